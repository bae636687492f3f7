"""Small tables built by hand, so that tests of splits and preprocessing need no reader."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from caviar.data.records import Column, Table

KINDS = {pl.Float64: "number", pl.String: "category", pl.Boolean: "boolean", pl.Datetime: "date"}


def small_table(
    columns: Mapping[str, Sequence[Any] | pl.Series],
    target: str = "y",
    task: str | None = None,
    unused: Sequence[str] = (),
) -> Table:
    """A table whose kinds follow from its cells: numbers, texts, true/false or dates. Labels are texts."""
    frame = pl.DataFrame({name: pl.Series(name, cells, strict=False) for name, cells in columns.items()})
    frame = frame.with_columns(pl.selectors.numeric().cast(pl.Float64), pl.selectors.by_dtype(pl.Null).cast(pl.Float64))
    is_number = frame[target].dtype == pl.Float64
    task = task or ("regression" if is_number else "binary" if frame[target].n_unique() == 2 else "multiclass")
    features = tuple(
        Column(
            cells.name,
            KINDS[cells.dtype.base_type()],
            cells.name not in unused,
            "left out by hand" if cells.name in unused else "",
            cells.null_count(),
            cells.n_unique(),
        )
        for cells in frame.iter_columns()
        if cells.name != target
    )
    classes = () if task == "regression" else tuple(sorted(frame[target].unique().drop_nulls().to_list()))
    return Table(frame, features, target, task, classes, (), "by hand", "0" * 64)
