"""Training a population on data: what is known of a member, the rows, the loop."""

from caviar.training.cohort import Cohort
from caviar.training.data import Plan, TrainingData
from caviar.training.groups import Memory, memory_of, train_in_groups
from caviar.training.member import Member

__all__ = ["Cohort", "Member", "Memory", "Plan", "TrainingData", "memory_of", "train_in_groups"]
