"""Tables that are in memory, or typed on the disk: polars, pandas, Arrow, NumPy. Cells keep their types."""

from typing import Any

import numpy as np
import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.names import check_names
from caviar.data.wording import listed

MICROSECONDS = 1_000_000


def from_memory(source: Any) -> tuple[pl.DataFrame, str] | None:
    """A frame of a polars, pandas or Arrow table, and what it is; None for anything else."""
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if isinstance(source, pl.DataFrame):
        return source, "DataFrame"
    if type(source).__module__.partition(".")[0] == "pandas" and hasattr(source, "columns"):
        names = [str(name) for name in source.columns]
        check_names(names, "DataFrame")
        columns = [_pandas_column(name, source.iloc[:, place]) for place, name in enumerate(names)]
        return pl.DataFrame(columns), "DataFrame"
    if hasattr(source, "__arrow_c_stream__") and hasattr(source, "column_names"):
        check_names([str(name) for name in source.column_names], "Arrow table")
        return pl.DataFrame(source), "Arrow table"
    return None


def plain_types(frame: pl.DataFrame) -> pl.DataFrame:
    """Only numbers, booleans, dates and text are left: durations become seconds, categories and nested cells text."""
    return frame.select(_plain(frame[name]) for name in frame.columns)


def declared_categories(frame: pl.DataFrame) -> tuple[str, ...]:
    """Columns that their type declares to be categories."""
    return tuple(name for name, kind in frame.schema.items() if kind == pl.Categorical or kind == pl.Enum)


def from_arrays(arrays: dict[str, np.ndarray], source: str) -> tuple[pl.DataFrame, str | None, list[Notice]]:
    """A table of the arrays X (row, …) and y (row,) of an .npz file, with columns x1, x2 … and y, which is its target.

    Raises DataError: no X, objects in place of numbers or text, rows of X and y that do not match.
    """
    inputs = next((arrays[key] for key in ("X", "x") if key in arrays), None)
    targets = next((arrays[key] for key in ("y", "Y") if key in arrays), None)
    if inputs is None:
        raise DataError(
            f"{source} must hold an array X (rows × columns) and, to learn from, y (one value a row); it "
            f"holds {listed(arrays) or 'none'}. Save it with numpy.savez(path, X=…, y=…)."
        )
    if inputs.ndim < 2 or not inputs.size:
        raise DataError(f"X in {source} must have rows and columns, got shape {inputs.shape}.")
    notices = []
    if inputs.ndim > 2:
        axes = " × ".join(str(length) for length in inputs.shape[1:])
        inputs = inputs.reshape(len(inputs), -1)
        notices.append(
            Notice(
                "repaired",
                f"X has {axes} values a row, flattened to {inputs.shape[1]:,} columns: "
                "which of them are neighbours is lost.",
            )
        )
    columns = {f"x{place}": _array_column(inputs[:, place - 1], source) for place in range(1, inputs.shape[1] + 1)}
    if targets is None:
        return pl.DataFrame(columns), None, notices
    if targets.size != len(inputs):
        hint = " Turn indicator columns into one label a row, y.argmax(axis=1)." if len(targets) == len(inputs) else ""
        raise DataError(
            f"y in {source} must have one value for each of the {len(inputs):,} rows of X, "
            f"got shape {targets.shape}.{hint}"
        )
    return pl.DataFrame({**columns, "y": _array_column(targets.reshape(-1), source)}), "y", notices


def _array_column(values: np.ndarray, source: str) -> np.ndarray | list[str]:
    if values.dtype.kind in "biuf":
        return np.ascontiguousarray(values.astype(np.float32) if values.dtype == np.float16 else values)
    if values.dtype.kind in "US":
        return [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in values.tolist()]
    raise DataError(f"the arrays of {source} must hold numbers, booleans or text, got {values.dtype}.")


def _pandas_column(name: str, column: Any) -> pl.Series:
    """Numbers and dates by their array; the rest one by one, a missing cell (None, NaN, NA, NaT) as null."""
    kind = column.dtype.kind
    if kind in "iuf":
        whole = kind != "f" and not column.hasnans
        return pl.Series(name, column.to_numpy() if whole else column.to_numpy(dtype=np.float64, na_value=np.nan))
    if kind == "M":
        moments = column.dt.tz_convert(None) if getattr(column.dt, "tz", None) is not None else column
        return pl.Series(name, moments.to_numpy().astype("datetime64[us]"))
    present = column.notna().to_numpy()
    cells = [cell if there else None for cell, there in zip(column.tolist(), present, strict=True)]
    if any(present) and all(isinstance(cell, bool) or cell is None for cell in cells):
        return pl.Series(name, cells, dtype=pl.Boolean)
    texts = pl.Series(name, [None if cell is None else str(cell) for cell in cells], dtype=pl.String)
    return texts.cast(pl.Categorical) if str(column.dtype) == "category" else texts


def _plain(cells: pl.Series) -> pl.Series:
    kind = cells.dtype
    if kind.is_numeric() or kind in (pl.String, pl.Boolean):
        return cells
    if kind in (pl.Null, pl.Categorical, pl.Enum):
        return cells.cast(pl.String)
    if kind in (pl.Date, pl.Datetime):
        if getattr(kind, "time_zone", None):
            cells = cells.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return cells.cast(pl.Datetime("us"))
    if kind == pl.Duration:
        return cells.dt.total_microseconds() / MICROSECONDS
    if kind == pl.Time:
        return cells.to_physical() / (1000 * MICROSECONDS)
    texts = [None if cell is None else str(cell) for cell in cells.to_list()]
    return pl.Series(cells.name, texts, dtype=pl.String)
