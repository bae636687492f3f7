"""A table to learn from: its cleaned cells, what each column is, and what there is to predict."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from caviar.core.errors import DataError, nearest
from caviar.core.records import Notice, Task
from caviar.data.splits import Split, split


@dataclass(frozen=True)
class Column:
    """A feature column: what it holds and whether training uses it."""

    name: str
    kind: str
    used: bool
    reason: str
    num_missing: int
    num_distinct: int
    form: str = ""


@dataclass(frozen=True)
class Table:
    """A cleaned table. Missing cells are null; numbers Float64, categories String, booleans Boolean, dates Datetime."""

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    target: str | None
    task: Task | None
    classes: tuple[str, ...]
    notices: tuple[Notice, ...]
    source: str
    fingerprint: str

    def __len__(self) -> int:
        return self.frame.height

    def split(self, seed: int = 0, **options: Any) -> Split:
        """Cut in train, dev and test (`data.splits.split`)."""
        return split(self, seed=seed, **options)


def load(source: str | Path, target: str | None = None, *, task: Task | None = None) -> Table:
    """Read a delimited file or a built-in table."""
    if str(source) in ("digits", "wine", "iris", "breast-cancer", "diabetes"):
        import sklearn.datasets

        bunch = getattr(sklearn.datasets, "load_" + str(source).replace("-", "_"))()
        frame = pl.DataFrame(bunch.data, schema=[str(name) for name in bunch.feature_names])
        target = target or "target"
        frame = frame.with_columns(pl.Series(target, bunch.target))
    else:
        frame = pl.read_csv(source, null_values=["?", "NA", ""], infer_schema_length=None)
    if target not in frame.columns:
        raise DataError(f"no column {target!r}.{nearest(str(target), frame.columns)}")
    distinct = frame[target].n_unique()
    numeric = frame[target].dtype.is_numeric()
    task = task or ("binary" if distinct == 2 else "regression" if numeric and distinct > 20 else "multiclass")
    frame = frame.with_columns(
        pl.col(name).cast(pl.Float64 if frame[name].dtype.is_numeric() and (name != target or task == "regression") else pl.String)
        for name in frame.columns)
    columns = tuple(Column(name, "number" if frame[name].dtype == pl.Float64 else "category", True, "",
                           frame[name].null_count(), frame[name].n_unique()) for name in frame.columns if name != target)
    classes = () if task == "regression" else tuple(sorted(frame[target].unique().to_list()))
    return Table(frame, columns, target, task, classes, (), str(source), hashlib.sha256(frame.write_csv().encode()).hexdigest())
