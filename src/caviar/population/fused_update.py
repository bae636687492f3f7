"""The compiled update of a population's matrices."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from caviar.core.compiled import Array
from caviar.population.layout import Layout
from caviar.population.settings import Settings
from caviar.techniques.fused_update import update, update_columns


@dataclass(frozen=True)
class FusedUpdate:
    """What step.py's plain update does, in one pass (techniques/fused_update.py).

    matrices: parameters, gradients, velocity, square, each contiguous (member, parameter) on a CPU.
    columns: the members' settings. spans: (span, 3), start, stop and whether penalties act there.
    """

    matrices: tuple[Array, ...]
    columns: Array
    spans: Array

    @classmethod
    def of(cls, settings: Settings, layout: Layout, matrices: tuple[Tensor, ...]) -> "FusedUpdate":
        spans = [(span.start, span.stop, 1) for span in layout.penalised_spans]
        spans += [(slot.start, slot.stop, 0) for slot in layout.slots if not slot.penalised]
        arrays = tuple(matrix.numpy() for matrix in matrices)
        return cls(arrays, update_columns(settings.columns), np.array(sorted(spans), dtype=np.int64))

    def apply(self, rate: Tensor, train_rows: int | Tensor, step: int) -> None:
        """One step for all members, in place; `rate` is (member,), `train_rows` the notes' m, `step` t from 1."""
        update(*self.matrices, self.columns, rate.numpy(), self.rows(train_rows), step, self.spans)

    def rows(self, train_rows: int | Tensor) -> Array:
        """The notes' m of each member, (member,)."""
        return np.broadcast_to(np.asarray(train_rows, dtype=np.float64), len(self.columns)).copy()


def can_fuse(parameters: Tensor) -> bool:
    """Whether the compiled pass knows these tensors: on a CPU, float32 or float64."""
    return parameters.device.type == "cpu" and parameters.dtype in (torch.float32, torch.float64)
