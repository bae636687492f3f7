"""Caviar trains many neural networks as one program, says what holds the best one back, and takes the next step.

Importing it is cheap: each name below is fetched from its home when it is first used, and PyTorch with it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caviar.api import (
        Adam,
        AdamW,
        CrossValidation,
        GradientDescent,
        HeavyBall,
        LearningCurve,
        Momentum,
        Nesterov,
        NextStep,
        RMSprop,
        Run,
        TrainedPopulation,
        check,
        cross_validate,
        diagnose,
        fit,
        learning_curve,
        load,
        next_step,
        open_run,
        resume,
        search,
        train,
    )
    from caviar.core.config import FitConfig
    from caviar.core.errors import CaviarError, DataError, RunError, SettingsError
    from caviar.data.tables import Table
    from caviar.diagnosis.watch import watch
    from caviar.networks.lenet import LeNet
    from caviar.networks.mlp import MLP
    from caviar.networks.residual import Residual

__version__ = "0.1.0"

_HOMES = {
    "caviar.api": (
        "Adam",
        "AdamW",
        "CrossValidation",
        "GradientDescent",
        "HeavyBall",
        "LearningCurve",
        "Momentum",
        "Nesterov",
        "NextStep",
        "RMSprop",
        "Run",
        "TrainedPopulation",
        "check",
        "cross_validate",
        "diagnose",
        "fit",
        "learning_curve",
        "load",
        "next_step",
        "open_run",
        "resume",
        "search",
        "train",
    ),
    "caviar.core.config": ("FitConfig",),
    "caviar.core.errors": ("CaviarError", "DataError", "RunError", "SettingsError"),
    "caviar.data.tables": ("Table",),
    "caviar.diagnosis.watch": ("watch",),
    "caviar.networks.lenet": ("LeNet",),
    "caviar.networks.mlp": ("MLP",),
    "caviar.networks.residual": ("Residual",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "MLP",
    "Adam",
    "AdamW",
    "CaviarError",
    "CrossValidation",
    "DataError",
    "FitConfig",
    "GradientDescent",
    "HeavyBall",
    "LeNet",
    "LearningCurve",
    "Momentum",
    "Nesterov",
    "NextStep",
    "RMSprop",
    "Residual",
    "Run",
    "RunError",
    "SettingsError",
    "Table",
    "TrainedPopulation",
    "__version__",
    "check",
    "cross_validate",
    "diagnose",
    "fit",
    "learning_curve",
    "load",
    "next_step",
    "open_run",
    "resume",
    "search",
    "train",
    "watch",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from its home, once (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'caviar' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """`caviar.search` is the function, though a room of the house has its name, which importing would put there."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name == "search" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
