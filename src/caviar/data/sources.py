"""Where a table comes from: a file, a built-in name, or a frame in memory; its cells as they came, not interpreted."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from caviar.core.errors import DataError, nearest
from caviar.core.records import Notice
from caviar.data.builtin import TARGETS, is_builtin, read_builtin
from caviar.data.decoding import unpack
from caviar.data.delimited import read_delimited
from caviar.data.frames import declared_categories, from_arrays, from_memory, plain_types
from caviar.data.records import Table

ENDINGS = {".csv": ",", ".tsv": "\t", ".parquet": None, ".npz": None}
WHAT_IS_READ = (
    ".csv, .tsv and .parquet files (also .gz), .npz files, polars and pandas DataFrames, and the names "
    + ", ".join(TARGETS)
)


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
    if isinstance(source, str) and not source.strip():
        raise DataError(f"the data must be named, got an empty text. Caviar reads {WHAT_IS_READ}.")
    if is_builtin(source):
        frame, target = read_builtin(source)
        return Source(frame, source.replace("_", "-"), target)
    if isinstance(source, str) and "://" in source:
        raise DataError(f"{source} is an address, and Caviar reads files. Download it first.")
    if isinstance(source, Table):
        return Source(source.frame, source.source, source.target)
    if isinstance(source, (str, Path)):
        return _read_file(Path(source))
    found = from_memory(source)
    if found is None:
        raise DataError(f"a table cannot be read from {type(source).__name__}. Caviar reads {WHAT_IS_READ}.")
    return _typed(*found)


def _read_file(path: Path) -> Source:
    name, ending = str(path), _ending(path)
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


def _ending(path: Path) -> str:
    """The ending that says the format, lower case, .gz aside. Raises DataError for another, or for a folder."""
    if path.is_dir():
        raise DataError(f"{path} is a folder. Give one file: Caviar reads {WHAT_IS_READ}.")
    if not path.exists():
        raise DataError(_missing(path))
    plain = path.name.lower().removesuffix(".gz")
    for ending in ENDINGS:
        if plain.endswith(ending):
            return ending
    raise DataError(
        f"{path} is of an unknown type: Caviar reads {WHAT_IS_READ}. "
        "If it is text with a delimiter, name it .csv (or .tsv for tabs)."
    )


def _missing(path: Path) -> str:
    """What is wrong with a path that leads to no file, with the nearest name that exists."""
    if not path.parent.is_dir():
        return f"there is no file {path}: its folder {path.parent} does not exist either."
    names = [entry.name for entry in path.parent.iterdir()]
    if not path.suffix and path.name == str(path):
        return (
            f"{path.name!r} is neither a file nor a built-in table ({', '.join(TARGETS)})."
            f"{nearest(path.name, [*TARGETS, *names])}"
        )
    return f"there is no file {path}.{nearest(path.name, names)}"


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
