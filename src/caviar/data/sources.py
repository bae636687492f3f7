"""Where a table comes from: a file, a built-in name, or a frame in memory; its cells as they came, not interpreted."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.builtin import is_builtin, read_builtin
from caviar.data.decoding import unpack
from caviar.data.delimited import read_delimited
from caviar.data.frames import declared_categories, from_arrays, from_memory, plain_types
from caviar.data.records import Table
from caviar.data.source_names import ENDINGS, WHAT_IS_READ, check_name, file_ending


@dataclass(frozen=True)
class Source:
    """A table as it came. Columns are text, numbers, booleans or dates; `target` is the one that the source names.

    `categories` are the columns that their type declares to be such; `comma_is_decimal` as in delimited.py.
    """

    frame: pl.DataFrame
    name: str
    target: str | None = None
    notices: tuple[Notice, ...] = ()
    comma_is_decimal: bool = False
    categories: tuple[str, ...] = ()


def read(source: Any) -> Source:
    """Read any source whole. Raises DataError where it is missing, empty, damaged, or of a kind that is not read."""
    if isinstance(source, str):
        check_name(source)
    if is_builtin(source):
        frame, target = read_builtin(source)
        return Source(frame, source.replace("_", "-"), target)
    if isinstance(source, Table):
        return Source(source.frame, source.source, source.target)
    if isinstance(source, (str, Path)):
        return _read_file(Path(source))
    found = from_memory(source)
    if found is None:
        raise DataError(f"a table cannot be read from {type(source).__name__}. Caviar reads {WHAT_IS_READ}.")
    return _typed(*found)


def _read_file(path: Path) -> Source:
    name, ending = str(path), file_ending(path)
    content = unpack(_content(path), name)
    delimiter = ENDINGS[ending]
    if delimiter:
        found = read_delimited(content, name, delimiter)
        return Source(found.frame, name, None, found.notices, found.comma_is_decimal)
    if ending == ".npz":
        return _read_npz(content, name)
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(
            f"{name} must be a Parquet file, but reading it fails ({_first_line(error)}). "
            "It is damaged or of another format: save it again, or name it by what it holds."
        ) from None
    return _typed(frame, name)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise DataError(f"{path} cannot be read: {why}. Check the path and its permissions.") from None
    if not content:
        raise DataError(f"{path} is empty (0 bytes). Check that it was saved or downloaded whole.")
    return content


def _read_npz(content: bytes, name: str) -> Source:
    how = "Save it with numpy.savez(path, X=…, y=…)"
    if not content.startswith(b"PK"):
        raise DataError(f"{name} must be an .npz archive, but is none. {how}.")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except Exception as error:  # a damaged archive raises what zipfile, zlib or NumPy happen to raise
        raise DataError(
            f"{name} must be an .npz archive of plain arrays, but reading it fails ({_first_line(error)}). "
            f"{how}, without objects in it."
        ) from None
    frame, target, notices = from_arrays(arrays, name)
    return Source(frame, name, target, tuple(notices))


def _typed(frame: pl.DataFrame, name: str) -> Source:
    if not frame.width or not frame.height:
        raise DataError(f"{name} has {frame.height} rows and {frame.width} columns. It must have at least one of each.")
    return Source(plain_types(frame), name, categories=declared_categories(frame))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:150].rstrip(".") or type(error).__name__
