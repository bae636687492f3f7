"""Training a population on data: what is known of a member, the rows, the loop."""

from caviar.training.cohort import Cohort
from caviar.training.compilation import NOTICE as COMPILATION_NOTICE
from caviar.training.compilation import compile_steps, is_compiled
from caviar.training.data import Plan, TrainingData
from caviar.training.groups import Memory, memory_of, train_in_groups
from caviar.training.member import Member
from caviar.training.scoring import evaluate

__all__ = [
    "COMPILATION_NOTICE",
    "Cohort",
    "Member",
    "Memory",
    "Plan",
    "TrainingData",
    "compile_steps",
    "evaluate",
    "is_compiled",
    "memory_of",
    "train_in_groups",
]
