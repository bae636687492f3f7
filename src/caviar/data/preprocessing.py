"""From a table to the matrix that a network reads: fitted on train only, applied alike everywhere. Notes 1.9."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from caviar.core.errors import DataError
from caviar.data.categories import BooleanEncoding, CategoryEncoding, fit_boolean, fit_category
from caviar.data.dates import DateEncoding, fit_date
from caviar.data.numbers import NumberEncoding, fit_number
from caviar.data.shared_range import find_shared_range
from caviar.data.targets import TargetCoder

if TYPE_CHECKING:
    from caviar.data.tables import Column, Table

Encoding = NumberEncoding | CategoryEncoding | BooleanEncoding | DateEncoding
ENCODINGS: dict[str, type[Encoding]] = {encoding.name: encoding for encoding in
                                        (NumberEncoding, CategoryEncoding, BooleanEncoding, DateEncoding)}
FEWEST_ROWS_FOR_BINS = 2_000


@dataclass(frozen=True)
class Preprocessor:
    """One encoding a column that is used; the columns that every train row has alike are in `left_out`, with the reason."""

    encodings: tuple[Encoding, ...]
    left_out: tuple[tuple[str, str, str], ...]  # (column, kind, why)

    @classmethod
    def fit(cls, train: Table, *, bins: bool | Literal["auto"] = "auto") -> Preprocessor:
        """Choose and fit an encoding for each used column of `train`, and read nothing else.

        Args:
            train: the train part.
            bins: piecewise-linear bins for number and date columns with more than ten distinct values: "auto" where train
                has at least 2,000 rows, so that an edge rests on enough of them; True, False: always, never.
        """
        wanted = len(train) >= FEWEST_ROWS_FOR_BINS if bins == "auto" else bins
        targets = TargetCoder.fit(train).raw(train) if wanted else None
        classify = train.task != "regression"
        used = [column for column in train.columns if column.used]
        shared = find_shared_range({column.name: train.frame[column.name] for column in used if column.kind == "number"})
        encodings: list[Encoding] = []
        left_out = [(column.name, column.kind, column.reason) for column in train.columns if not column.used]
        for column in used:
            encoding = _fit_column(column, train.frame[column.name], targets, classify, shared)
            if encoding is None:
                left_out.append((column.name, column.kind, "left out: all train rows hold the same"))
            else:
                encodings.append(encoding)
        if not encodings:
            raise DataError("no feature column is left to learn from: each is constant in the train rows, or left out. "
                            "Add a feature, or set a column's kind with --types.")
        return cls(tuple(encodings), tuple(left_out))

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        return tuple(name for encoding in self.encodings for name in encoding.input_names)

    @property
    def num_inputs(self) -> int:
        return len(self.input_names)

    def transform(self, frame: pl.DataFrame) -> np.ndarray:
        """Rows → (row, input) float32, C-contiguous, finite. Raises DataError where a column is missing from `frame`."""
        absent = [encoding.column for encoding in self.encodings if encoding.column not in frame.columns]
        if absent:
            raise DataError(f"the table lacks the columns {', '.join(map(repr, absent))}, which the model was trained on. "
                            "Add them; empty cells will do.")
        inputs = np.empty((len(frame), self.num_inputs), dtype=np.float32)
        place = 0
        for encoding in self.encodings:
            end = place + len(encoding.input_names)
            encoding.write(frame[encoding.column], inputs[:, place:end])
            place = end
        return inputs

    def describe(self) -> list[dict[str, Any]]:
        """One entry a column: {"column", "kind", "encoding", "why", "inputs"}; a column left out has 0 inputs."""
        chosen = [{"column": encoding.column, "kind": encoding.name, "encoding": encoding.summary, "why": encoding.why,
                   "inputs": len(encoding.input_names)} for encoding in self.encodings]
        return chosen + [{"column": column, "kind": kind, "encoding": "none", "why": why, "inputs": 0}
                         for column, kind, why in self.left_out]

    def to_json(self) -> dict[str, Any]:
        return {"encodings": [{"column": encoding.column, "kind": encoding.name, "why": encoding.why, **encoding.to_json()}
                              for encoding in self.encodings], "left_out": [list(entry) for entry in self.left_out]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Preprocessor:
        encodings = tuple(ENCODINGS[entry["kind"]].from_json(entry["column"], entry["why"], entry)
                          for entry in value["encodings"])
        return cls(encodings, tuple(tuple(entry) for entry in value["left_out"]))


def _fit_column(column: Column, cells: pl.Series, targets: np.ndarray | None, classify: bool,
                shared: dict[str, Any]) -> Encoding | None:
    match column.kind:
        case "number":
            together = shared.get(column.name)
            return fit_number(column.name, cells, None if together else targets, classify=classify, shared=together)
        case "boolean":
            return fit_boolean(column.name, cells)
        case "date":
            return fit_date(column.name, cells, targets, classify=classify)
        case _:
            return fit_category(column.name, cells)
