"""How a technique enters the common tests: run for all members at once, and, slowly and plainly, for one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

Outputs = torch.Tensor | tuple[torch.Tensor, ...]


@dataclass(frozen=True)
class Entry:
    """One technique, or one of its parts.

    Tensors are float64 and are copied before each call, so that what works in place can be called as it is.

    Args:
        run: the technique, with everything of `members` and `shared` by name; gives (member, …), one tensor or several.
        plain: the same for one member, by a formula or by torch's own function, with no code of Caviar's.
        members: by name, tensors or lists with the member axis first. shared: what all members share.
        edges: by name, what stands in place of `members` and `shared` at an edge value; results must be finite there.
        refused: by name, a call that a CaviarError must answer, and words of it.
        gradient_by: names of members' tensors that the result can be differentiated by. derivative_of: for a technique
            that is itself a gradient, the name of what it is by, and the function for one member.
        halves: names of what may come in half precision; results: the precision of each output then, "same" as came
            in, "single" or "double".
        no_gradient, no_half: why not, where not.
    """

    run: Callable[..., Outputs]
    plain: Callable[..., Outputs]
    members: dict[str, Any]
    shared: dict[str, Any] = field(default_factory=dict)
    edges: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, tuple[Callable[[], Any], str]] = field(default_factory=dict)
    gradient_by: tuple[str, ...] = ()
    derivative_of: tuple[str, Callable[..., torch.Tensor]] | None = None
    halves: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    no_gradient: str = ""
    no_half: str = ""

    def __post_init__(self):
        assert bool(self.gradient_by or self.derivative_of) != bool(self.no_gradient), "a gradient, or why not"
        assert bool(self.halves) == bool(self.results) != bool(self.no_half), "half precision, or why not"

    @property
    def num_members(self):
        return len(next(iter(self.members.values())))

    def arguments(self, edge=None):
        """What `run` is called with, by name."""
        return self.members | self.shared | (self.edges[edge] if edge else {})

    def together(self, arguments):
        """All members at once: a tuple of outputs."""
        return as_tuple(self.run(**{name: copied(value) for name, value in arguments.items()}))

    def alone(self, arguments, member):
        """One member by the plain reference: a tuple of outputs without the member axis."""
        own = {name: value[member] if name in self.members else value for name, value in arguments.items()}
        return as_tuple(self.plain(**{name: copied(value) for name, value in own.items()}))

    def only(self, arguments, members):
        """The arguments of these members, in this order."""
        return {name: picked(value, members) if name in self.members else value for name, value in arguments.items()}


def as_tuple(outputs):
    return outputs if isinstance(outputs, tuple) else (outputs,)


def copied(value):
    return value.clone() if isinstance(value, torch.Tensor) else value


def picked(value, members):
    return value[members] if isinstance(value, torch.Tensor) else [value[member] for member in members]


def is_floating(value):
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def normal(*shape, seed=0, scale=1.0):
    """Standard normal float64 draws times `scale`."""
    return scale * torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def drawn(*shape, seed=0):
    """Uniform float64 draws in [0, 1)."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def column(*values):
    return torch.tensor(values, dtype=torch.float64)
