"""What a table is once it has been read: its cleaned cells, what each column holds, and what there is to predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from caviar.core.records import Notice, Task
from caviar.data.splits import Split, split

Kind = Literal["number", "category", "boolean", "date", "text", "identifier", "constant"]


@dataclass(frozen=True)
class Column:
    """A feature column: what it holds, and whether training uses it.

    `reason` says in a few words why it has this kind, or why it is left out. `form` says how its cells are written, so
    that another file is read alike: see `casting.py`.
    """

    name: str
    kind: Kind
    used: bool
    reason: str
    num_missing: int
    num_distinct: int
    form: str = ""


@dataclass(frozen=True)
class Table:
    """A cleaned table. A missing cell is null; a number is Float64 and finite, a category String, a date Datetime.

    Args:
        frame: every column of the file, target included, in the order of the file (of the schema, for a file read like
            another). Numbers Float64, categories and texts String, booleans Boolean, dates Datetime; labels String.
        columns: the features in that order; target aside.
        target: None in a file read only to predict.
        task: None where there is no target to infer it from.
        classes: every label as text, sorted (whole numbers by value); () for regression.
        notices: what was repaired, left out, chosen or looks suspicious while reading.
        source: a path or a built-in name.
        fingerprint: sha256 of the content in hex; the same cells give the same, whatever the file's format.
        skipped_rows: rows of the source, from 0, that `frame` lacks (`skip_unknown_labels`).
        target_form: how the target's cells are written, as `Column.form`.
        missing: the spellings of a missing cell that the user added.
    """

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    target: str | None
    task: Task | None
    classes: tuple[str, ...]
    notices: tuple[Notice, ...]
    source: str
    fingerprint: str
    skipped_rows: tuple[int, ...] = ()
    target_form: str = ""
    missing: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.frame.height

    def row_numbers(self) -> np.ndarray:
        """Where each row of `frame` stands in the source, from 0: (row,) int64."""
        return np.setdiff1d(np.arange(len(self) + len(self.skipped_rows)), self.skipped_rows)

    def split(self, seed: int = 0, **options: Any) -> Split:
        """Cut in train, dev and test (`data.splits.split` says how, and what the options are)."""
        return split(self, seed=seed, **options)
