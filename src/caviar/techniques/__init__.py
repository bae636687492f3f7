"""The techniques of the notes, one a file; `gradient_check` is also had by its name alone."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from caviar.techniques.gradient_check import gradient_check

__all__ = ["gradient_check"]


def __getattr__(name: str) -> Any:
    """Fetch the function when it is first used (PEP 562): it brings PyTorch, which the catalogue does without."""
    if name != "gradient_check":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("caviar.techniques.gradient_check").gradient_check


class _Package(ModuleType):
    """`gradient_check` is the function, though its file has that name, which importing would put here."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name == "gradient_check" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
