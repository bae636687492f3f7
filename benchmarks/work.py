"""The work that every benchmark's runners share. Cheap to import: it loads neither PyTorch nor Caviar."""

import os
from dataclasses import dataclass

INPUTS, CLASSES = 64, 10
BATCHES = {32: 64, 64: 128, 128: 128, 256: 256}
MEMBERS = 32
LEARNING_RATE = 1e-3
DROP_RATE = 0.2
SEED = 0


@dataclass(frozen=True)
class Work:
    """Two hidden layers of `width` units on `rows` × 64 features; `full` adds batch norm and dropout to the ReLU."""

    width: int
    full: bool = False
    batch: int = 128
    rows: int = 8_000

    @property
    def kind(self) -> str:
        return "full" if self.full else "plain"

    @property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(inputs, units) of each layer."""
        return (INPUTS, self.width), (self.width, self.width), (self.width, CLASSES)

    @property
    def operations(self) -> int:
        """Of one model's epoch: two for each weight and row forward, four backward (to weights and activations)."""
        return 6 * self.rows * sum(num_in * num_out for num_in, num_out in self.layers)

    @property
    def parameters(self) -> int:
        """Of one plain model: weights and biases."""
        return sum((num_in + 1) * num_out for num_in, num_out in self.layers)


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
