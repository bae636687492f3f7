"""From a table to the matrix that a network reads: fitted on train only, applied alike everywhere. Notes 1.9."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.booleans import BooleanEncoding, fit_boolean
from caviar.data.categories import MOST_CATEGORIES, CategoryEncoding, fit_category
from caviar.data.dates import DateEncoding, fit_date
from caviar.data.left_out import LeftOut
from caviar.data.numbers import NumberEncoding, fit_number
from caviar.data.piecewise_linear import MOST_BINS, BinTargets
from caviar.data.scaling import Scaling
from caviar.data.shared_range import find_shared_range
from caviar.data.targets import TargetCoder
from caviar.data.wording import counted, shown_names

if TYPE_CHECKING:
    from caviar.data.records import Column, Table

Encoding = NumberEncoding | CategoryEncoding | BooleanEncoding | DateEncoding | LeftOut
ENCODINGS: dict[str, type[Encoding]] = {
    encoding.name: encoding for encoding in (NumberEncoding, CategoryEncoding, BooleanEncoding, DateEncoding, LeftOut)
}
FEWEST_ROWS_FOR_BINS = 2_000
MOST_BINS_IN_ALL, FEWEST_BINS_A_COLUMN = 512, 10
ROWS_AT_ONCE = 16_384  # the work of one go stays in the processor's cache


@dataclass(frozen=True)
class Preprocessor:
    """One encoding for each feature column, in the order of the table; their inputs stand side by side."""

    encodings: tuple[Encoding, ...]

    @classmethod
    def fit(cls, train: Table, *, bins: bool | Literal["auto"] = "auto") -> Preprocessor:
        """Choose and fit an encoding for each column, from `train` alone.

        Args:
            train: the train part, with its target.
            bins: piecewise-linear bins for number and date columns with more than ten distinct values: "auto" where
                train has at least 2,000 rows, so that each edge rests on enough of them; True always, False never.
                All columns together get 512 at most, an equal part each; where that would be fewer than ten (pixels),
                none has any.

        Raises:
            DataError: no column is left to learn from.
        """
        wanted = len(train.frame) >= FEWEST_ROWS_FOR_BINS if bins == "auto" else bins
        used = [column for column in train.columns if column.used]
        most_bins = MOST_BINS_IN_ALL // max(1, sum(column.kind in ("number", "date") for column in used))
        targets = _bin_targets(train, most_bins) if wanted and most_bins >= FEWEST_BINS_A_COLUMN else None
        shared = find_shared_range(train.frame.select(column.name for column in used if column.kind == "number"))
        fitted = cls(
            tuple(_fit_column(column, train.frame, targets, shared.get(column.name)) for column in train.columns)
        )
        if not fitted.num_inputs:
            raise DataError(
                "no feature column is left to learn from: each holds the same in all train rows, or was "
                "left out. Add a feature, or set a column's kind with --types."
            )
        return fitted

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        return tuple(name for encoding in self.encodings for name in encoding.input_names)

    @property
    def num_inputs(self) -> int:
        return len(self.input_names)

    def transform(self, frame: pl.DataFrame) -> np.ndarray:
        """Rows → (row, input) float32, C-contiguous, finite.

        `frame` holds the cells as tables.py cleans them; columns may be in any order, others are ignored. Raises
        DataError where it lacks a column.
        """
        used = [encoding for encoding in self.encodings if encoding.input_names]
        absent = [encoding.column for encoding in used if encoding.column not in frame.columns]
        if absent:
            raise DataError(
                f"the table lacks {counted(len(absent), 'column')} that the model was trained on: "
                f"{shown_names(absent)}. Add what is missing; the cells may be empty."
            )
        inputs = np.empty((len(frame), self.num_inputs), dtype=np.float32)
        for start in range(0, len(frame), ROWS_AT_ONCE):
            rows, place = slice(start, start + ROWS_AT_ONCE), 0
            for encoding in used:
                end = place + len(encoding.input_names)
                encoding.write(frame[encoding.column][rows], inputs[rows, place:end])
                place = end
        return inputs

    def folded(self) -> list[Notice]:
        """What was done to rare categories when this was fitted, one notice a column."""
        return [
            Notice(
                "repaired",
                f"column {encoding.column!r}: rare categories share one input; the {len(encoding.categories):,} most "
                f"frequent (at most {MOST_CATEGORIES}) have one each.",
                (encoding.column,),
            )
            for encoding in self.encodings
            if isinstance(encoding, CategoryEncoding) and encoding.has_other
        ]

    def unseen(self, frame: pl.DataFrame) -> list[Notice]:
        """Categories of a new file that training never saw. Where train's rare ones were folded, none can be told."""
        notices = []
        for encoding in self.encodings:
            if not isinstance(encoding, CategoryEncoding) or encoding.has_other:
                continue
            cells = encoding.unseen(frame[encoding.column])
            if len(cells):
                names = ", ".join(map(repr, cells.unique(maintain_order=True).head(3).to_list()))
                text = f"column {encoding.column!r}: {len(cells):,} cells hold categories that training never saw "
                text += f"({names}); they count as none of the known ones."
                notices.append(Notice("warning", text, (encoding.column,)))
        return notices

    def describe(self) -> list[dict[str, Any]]:
        """One entry a column: {"column", "kind", "encoding", "why", "inputs"}; a column left out has 0 inputs."""
        return [
            {
                "column": encoding.column,
                "kind": encoding.kind,
                "encoding": encoding.summary,
                "why": encoding.why,
                "inputs": len(encoding.input_names),
            }
            for encoding in self.encodings
        ]

    def to_json(self) -> dict[str, Any]:
        return {
            "encodings": [
                {"column": encoding.column, "encoding": encoding.name, "why": encoding.why, **encoding.to_json()}
                for encoding in self.encodings
            ]
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Preprocessor:
        return cls(
            tuple(
                ENCODINGS[entry["encoding"]].from_json(entry["column"], entry["why"], entry)
                for entry in value["encodings"]
            )
        )


def _bin_targets(train: Table, most_bins: int) -> BinTargets:
    return BinTargets(TargetCoder.fit(train).encode(train), train.task != "regression", min(MOST_BINS, most_bins))


def _fit_column(
    column: Column, frame: pl.DataFrame, targets: BinTargets | None, shared: tuple[Scaling, str] | None
) -> Encoding:
    if not column.used:
        return LeftOut(column.name, column.reason, column.kind)
    cells = frame[column.name]
    encoding: Encoding | None
    match column.kind:
        case "number":
            encoding = fit_number(column.name, cells, targets, shared)
        case "boolean":
            encoding = fit_boolean(column.name, cells)
        case "date":
            encoding = fit_date(column.name, cells, targets)
        case _:
            encoding = fit_category(column.name, cells)
    return encoding or LeftOut(column.name, "all train rows hold the same", column.kind)
