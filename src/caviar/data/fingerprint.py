"""One number for the content of a table: the same cells under the same names give the same, whatever the file."""

import hashlib

import numpy as np
import polars as pl


def fingerprint(frame: pl.DataFrame) -> str:
    """sha256, in hex, of the names, types and raw values of the columns, in order; the same on any machine."""
    digest = hashlib.sha256(f"{frame.height}".encode())
    for cells in frame.iter_columns():
        digest.update(f"|{cells.name}|{'text' if cells.dtype == pl.String else 'values'}|".encode())
        for part in _raw(cells):
            digest.update(part)
    return digest.hexdigest()


def _raw(cells: pl.Series) -> list[bytes]:
    """Little-endian bytes; text as the length of each cell (−1 for a missing one), then the cells one after another."""
    if cells.dtype == pl.String:
        lengths = cells.str.len_bytes().cast(pl.Int64).fill_null(-1)
        return [lengths.to_numpy().astype("<i8").tobytes(), "".join(cells.drop_nulls().to_list()).encode()]
    if cells.dtype == pl.Boolean:
        return [cells.cast(pl.Int8).fill_null(-1).to_numpy().tobytes()]
    if cells.dtype == pl.Datetime:
        return [cells.to_physical().fill_null(np.iinfo(np.int64).min).to_numpy().astype("<i8").tobytes()]
    return [(cells.cast(pl.Float64).fill_null(np.nan).to_numpy() + 0.0).astype("<f8").tobytes()]  # −0 is 0
