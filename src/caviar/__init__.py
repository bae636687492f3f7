"""Caviar trains many neural networks as one program, says what holds the best one back, and takes the next step.

Importing it is cheap: each name below is fetched from its home when it is first used, and PyTorch with it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caviar.api import Run, check, fit, load, open_run, resume
    from caviar.core.config import FitConfig
    from caviar.core.errors import CaviarError, DataError, RunError, SettingsError
    from caviar.data.tables import Table
    from caviar.diagnosis.watch import watch

__version__ = "0.1.0"

__all__ = [
    "CaviarError",
    "DataError",
    "FitConfig",
    "Run",
    "RunError",
    "SettingsError",
    "Table",
    "__version__",
    "check",
    "fit",
    "load",
    "open_run",
    "resume",
    "watch",
]

_HOMES = {
    "caviar.api": ("Run", "check", "fit", "load", "open_run", "resume"),
    "caviar.core.config": ("FitConfig",),
    "caviar.core.errors": ("CaviarError", "DataError", "RunError", "SettingsError"),
    "caviar.data.tables": ("Table",),
    "caviar.diagnosis.watch": ("watch",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Fetch a public name from its home, once (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'caviar' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
