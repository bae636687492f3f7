"""The public door: load, check, fit, train, search and what they give back; one file for each."""

from caviar.api.optimizers import Adam, AdamW, GradientDescent, HeavyBall, Momentum, Nesterov, Optimizer, RMSprop
from caviar.api.populations import train
from caviar.api.runs import DEFAULT_BUDGET, Run, check, fit, load, open_run, report, resume
from caviar.api.searches import search
from caviar.api.trained import TrainedPopulation

__all__ = [
    "DEFAULT_BUDGET",
    "Adam",
    "AdamW",
    "GradientDescent",
    "HeavyBall",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "Run",
    "TrainedPopulation",
    "check",
    "fit",
    "load",
    "open_run",
    "report",
    "resume",
    "search",
    "train",
]
