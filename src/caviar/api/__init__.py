"""The public door: load, check, fit, diagnose, train, search and what they give back; one file for each."""

from caviar.api.babysitting import babysit
from caviar.api.cross_validation import CrossValidation, cross_validate
from caviar.api.diagnoses import diagnose
from caviar.api.learning_curves import LearningCurve, learning_curve
from caviar.api.next_steps import NextStep, next_step
from caviar.api.optimizers import Adam, AdamW, GradientDescent, HeavyBall, Momentum, Nesterov, Optimizer, RMSprop
from caviar.api.populations import train
from caviar.api.runs import DEFAULT_BUDGET, Run, check, fit, load, open_run, report, resume
from caviar.api.searches import search
from caviar.api.trained import TrainedPopulation

__all__ = [
    "DEFAULT_BUDGET",
    "Adam",
    "AdamW",
    "CrossValidation",
    "GradientDescent",
    "HeavyBall",
    "LearningCurve",
    "Momentum",
    "Nesterov",
    "NextStep",
    "Optimizer",
    "RMSprop",
    "Run",
    "TrainedPopulation",
    "babysit",
    "check",
    "cross_validate",
    "diagnose",
    "fit",
    "learning_curve",
    "load",
    "next_step",
    "open_run",
    "report",
    "resume",
    "search",
    "train",
]
