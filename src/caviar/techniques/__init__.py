"""The techniques of the notes, one a file; what the catalogue names of each is also had from here.

`from caviar.techniques import gradient_check, dropout, clip_gradients` brings three functions into anyone's own PyTorch
code.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from caviar.techniques.technique_catalog import TECHNIQUES

if TYPE_CHECKING:  # their files have the same names, for which a checker would take them
    from caviar.techniques.batch_norm import batch_norm as batch_norm
    from caviar.techniques.dropout import dropout as dropout
    from caviar.techniques.gradient_check import gradient_check as gradient_check

_MODULES = {name: one.module for one in TECHNIQUES.values() for name in one.names}

__all__ = [*_MODULES]


def __getattr__(name: str) -> Any:
    """Fetch a technique when it is first used (PEP 562): it brings PyTorch, which the catalogue does without."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"caviar.techniques.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]


class _Package(ModuleType):
    """`dropout` is the function, though its file has that name, which importing would put here."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _MODULES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
