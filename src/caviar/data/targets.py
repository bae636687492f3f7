"""Targets as numbers: classes as indices, regression targets standardised on train. Notes 1.9, 3.8."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Task
from caviar.data.scaling import mean_and_deviation

if TYPE_CHECKING:
    from caviar.data.tables import Table


@dataclass(frozen=True)
class TargetCoder:
    """Class labels ↔ indices 0 … C − 1 in the order of `classes`; regression targets y ↔ (y − mean) / std of train.

    `mean` and `std` are float64 in the target's own units (0 and 1 for classification).
    """

    task: Task
    target: str
    classes: tuple[str, ...]
    mean: float
    std: float

    @classmethod
    def fit(cls, train: Table) -> TargetCoder:
        assert train.target is not None and train.task is not None, "a train table has a target"
        if train.task != "regression":
            return cls(train.task, train.target, train.classes, 0.0, 1.0)
        return cls(train.task, train.target, (), *mean_and_deviation(_numbers(train.frame, train.target)))

    @property
    def num_outputs(self) -> int:
        """Outputs of the network: one a class (softmax, two classes as well), one for regression."""
        return len(self.classes) or 1

    def encode(self, table: Table) -> np.ndarray:
        """What the network learns: (row,) int64 class indices, or standardised float32."""
        if self.task != "regression":
            return self.raw(table)
        return ((self.raw(table) - self.mean) / self.std).astype(np.float32)

    def raw(self, table: Table) -> np.ndarray:
        """What errors are measured on: (row,) int64 class indices, or float64 in the target's units.

        Raises DataError for a missing target, or a label that train never saw.
        """
        if self.task == "regression":
            return _numbers(table.frame, self.target)
        labels = table.frame[self.target].cast(pl.String)
        codes = labels.cast(pl.Enum(self.classes), strict=False).to_physical().cast(pl.Int64)
        if codes.null_count():
            raise DataError(_unknown_labels(self.target, labels, codes.is_null()))
        return codes.to_numpy()

    def decode(self, outputs: np.ndarray) -> np.ndarray:
        """Standardised regression outputs back in the target's units, float64."""
        return np.asarray(outputs, dtype=np.float64) * self.std + self.mean

    def to_json(self) -> dict[str, Any]:
        return {"task": self.task, "target": self.target, "classes": list(self.classes), "mean": self.mean, "std": self.std}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> TargetCoder:
        return cls(**{**value, "classes": tuple(value["classes"])})


def _numbers(frame: pl.DataFrame, target: str) -> np.ndarray:
    values = frame[target].cast(pl.Float64)
    if values.null_count():
        rows = values.is_null().arg_true().to_list()
        raise DataError(f"target {target!r} is missing in {len(rows)} rows, first at row {rows[0] + 1}. Fill or drop those rows.")
    return values.to_numpy()


def _unknown_labels(target: str, labels: pl.Series, unknown: pl.Series) -> str:
    counts: dict[str, list[int]] = {}
    for row in unknown.arg_true().to_list():
        counts.setdefault(labels[row] if labels[row] is not None else "(missing)", []).append(row)
    shown = ", ".join(f"{label!r} ({len(rows)} rows, first at row {rows[0] + 1})" for label, rows in list(counts.items())[:5])
    more = " …" if len(counts) > 5 else ""
    return (f"column {target!r} has {len(counts)} labels that training never saw: {shown}{more}.\n"
            f"Fix the labels, or drop those rows with --skip-unknown-labels.")
