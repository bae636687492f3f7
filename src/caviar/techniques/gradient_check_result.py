"""What a gradient check found: a table that says which tensor's gradient is wrong, and where. Notes 1.13, 1.14."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

FINE, BUG = 1e-6, 1e-4
"""The notes' marks are 1e-7 fine, 1e-5 look, 1e-3 a bug. An error goes by the nearest of them."""

Verdict = Literal["fine", "kink", "look", "bug"]
HEADINGS = ("tensor", "shape", "checked", "error", "verdict", "")


@dataclass(frozen=True)
class Entry:
    """One entry of a tensor: its derivative by differences, and the gradient that was given.

    uncertainty: what `approx` may be off by. kink: the loss bends here, so that there is no one slope to hold
    the gradient against.
    """

    index: tuple[int, ...]
    approx: float
    gradient: float
    uncertainty: float = 0.0
    kink: bool = False

    @property
    def difference(self) -> float:
        return abs(self.approx - self.gradient)


@dataclass(frozen=True)
class TensorCheck:
    """One parameter tensor. `entries` are those that were looked at; `size` is how many there are."""

    name: str
    shape: tuple[int, ...]
    size: int
    entries: Sequence[Entry]

    @property
    def judged(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.kink]

    @property
    def error(self) -> float:
        """‖approx − gradient‖ / (‖approx‖ + ‖gradient‖) over the entries off kinks; 0 where both are 0."""
        approx = math.hypot(*(entry.approx for entry in self.judged))
        gradient = math.hypot(*(entry.gradient for entry in self.judged))
        difference = math.hypot(*(entry.difference for entry in self.judged))
        return difference / (approx + gradient) if approx or gradient else 0.0

    @property
    def within_uncertainty(self) -> bool:
        """Whether differences know no better: of a gradient near 0 they give little but rounding."""
        return all(entry.difference <= entry.uncertainty for entry in self.judged)

    @property
    def verdict(self) -> Verdict:
        """Fine, look or bug by the error; "kink" where every entry sits on one, which says nothing of the code."""
        if not self.judged:
            return "kink"
        if self.error <= FINE or self.within_uncertainty:
            return "fine"
        return "look" if self.error <= BUG else "bug"

    @property
    def _at_zero(self) -> str:
        """What makes a tensor fine although its relative error is large, or says little."""
        if all(entry.approx == entry.gradient == 0 for entry in self.judged):
            return "both are 0"
        if all(max(abs(entry.approx), abs(entry.gradient)) <= entry.uncertainty for entry in self.judged):
            return "both are 0 but for rounding"
        return "as far as differences show" if self.error > FINE else ""

    @property
    def worst(self) -> list[Entry]:
        """The entries that differ by more than the uncertainty, the largest difference first."""
        wrong = [entry for entry in self.judged if not entry.difference <= entry.uncertainty]
        return sorted(wrong, key=lambda entry: -entry.difference)

    @property
    def hint(self) -> str:
        """What the differences have in common, where they do."""
        if self.verdict in ("fine", "kink"):
            return self._at_zero if self.judged else ""
        if all(entry.gradient == 0 for entry in self.judged):
            return "the gradient is 0 throughout: forgotten?"
        ratios = [entry.gradient / entry.approx for entry in self.judged if abs(entry.approx) > 1e3 * entry.uncertainty]
        if len(ratios) > 1 and max(ratios) - min(ratios) <= 1e-3 * abs(ratios[0] - 1):
            return f"the gradient is {ratios[0]:.4g} times what it should be, throughout"
        worst = self.worst[0]
        place = ", ".join(map(str, worst.index))
        return f"worst at [{place}]: gradient {worst.gradient:.6g}, by differences {worst.approx:.6g}"


@dataclass(frozen=True)
class GradientCheck:
    """The outcome; print it for the table. `remarks` say what was switched off, left out, or sits on a kink."""

    tensors: Sequence[TensorCheck]
    remarks: Sequence[str]
    epsilon: float

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong: every tensor is fine, or sits on a kink and can't be judged."""
        return not self._wrong

    @property
    def worst(self) -> TensorCheck:
        """The tensor with the largest error among those with the gravest verdict."""
        grave = get_args(Verdict)
        return max(self.tensors, key=lambda tensor: (grave.index(tensor.verdict), _finite(tensor.error)))

    @property
    def _wrong(self) -> list[str]:
        return [tensor.name for tensor in self.tensors if tensor.verdict in ("look", "bug")]

    def __getitem__(self, name: str) -> TensorCheck:
        """The check of the tensor `name`."""
        [found] = [tensor for tensor in self.tensors if tensor.name == name]
        return found

    def __str__(self) -> str:
        verdict = f"look at {', '.join(self._wrong)}" if self._wrong else f"fine, {len(self.tensors)} tensors"
        rows = [HEADINGS, *map(_row, self.tensors)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
        lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([f"Gradient check: {verdict}", *(f"  {line.rstrip()}" for line in lines), *self.remarks])


def _row(tensor: TensorCheck) -> tuple[str, ...]:
    shape = "×".join(map(str, tensor.shape)) or "number"
    checked = f"{len(tensor.entries)} of {tensor.size}"
    return tensor.name, shape, checked, f"{tensor.error:.1e}", tensor.verdict, tensor.hint


def _finite(error: float) -> float:
    return error if math.isfinite(error) else math.inf
