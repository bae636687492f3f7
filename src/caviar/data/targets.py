"""Targets as numbers: classes as indices, regression targets standardised on train. Notes 1.9, 3.8."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Task
from caviar.data.labels import refuse_unknown
from caviar.data.scaling import mean_and_deviation
from caviar.data.wording import counted, shown_rows

if TYPE_CHECKING:
    from caviar.data.records import Table


@dataclass(frozen=True)
class TargetCoder:
    """Class labels ↔ indices 0 … C − 1 in the order of `classes`; regression targets y ↔ (y − mean) / std of train.

    `mean` and `std` are float64 in the target's unit (0 and 1 for classes).
    """

    task: Task
    target: str
    classes: tuple[str, ...]
    mean: float
    std: float

    @classmethod
    def fit(cls, train: Table) -> TargetCoder:
        """Raises DataError where the regression target is missing somewhere or the same in all train rows."""
        assert train.target is not None and train.task is not None, "a train table has a target"
        if train.task != "regression":
            return cls(train.task, train.target, train.classes, 0.0, 1.0)
        values = _numbers(train.frame[train.target])
        if values.min() == values.max():
            raise DataError(
                f"target {train.target!r} is {values[0]:g} in all {counted(len(values), 'train row')}, so "
                "there is nothing to learn. Add rows with other values, or choose another target."
            )
        return cls(train.task, train.target, (), *mean_and_deviation(values))

    @property
    def num_outputs(self) -> int:
        """Outputs of the network: one a class (softmax, for two classes as well), one for regression."""
        return len(self.classes) or 1

    def encode(self, table: Table) -> np.ndarray:
        """What the network learns: (row,) int64 class indices, or standardised float32. Errors as `raw`."""
        if self.task != "regression":
            return self.raw(table)
        return ((self.raw(table) - self.mean) / self.std).astype(np.float32)

    def raw(self, table: Table) -> np.ndarray:
        """What errors are measured on: (row,) int64 class indices, or float64 in the target's unit.

        Raises DataError for a missing target, or a label that train never saw.
        """
        cells = table.frame[self.target]
        if self.task == "regression":
            return _numbers(cells)
        labels = cells.cast(pl.String)
        codes = labels.cast(pl.Enum(self.classes), strict=False).to_physical().cast(pl.Int64)
        if codes.null_count():
            raise refuse_unknown(labels, codes.is_null(), table.source, self.classes)
        return codes.to_numpy()

    def decode(self, outputs: np.ndarray) -> np.ndarray:
        """Standardised regression outputs in the target's unit: float64, same shape."""
        return np.asarray(outputs, dtype=np.float64) * self.std + self.mean

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"classes": list(self.classes)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> TargetCoder:
        return cls(**value | {"classes": tuple(value["classes"])})


def _numbers(cells: pl.Series) -> np.ndarray:
    if cells.null_count():
        rows = cells.is_null().arg_true().to_list()
        raise DataError(
            f"target {cells.name!r} must be known in every row, but is missing in "
            f"{counted(len(rows), 'row')}: {shown_rows(rows)}. Fill those cells, or drop the rows."
        )
    return cells.cast(pl.Float64).to_numpy()
