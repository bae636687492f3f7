"""What data may be called: a built-in name, or the path of a file of a known type. Told before anything is loaded."""

from pathlib import Path

from caviar.core.errors import DataError, nearest
from caviar.data.builtin import TARGETS, is_builtin

ENDINGS = {".csv": ",", ".tsv": "\t", ".parquet": None, ".npz": None}
WHAT_IS_READ = (
    ".csv, .tsv and .parquet files (also .gz), .npz files, polars and pandas DataFrames, and the names "
    + ", ".join(TARGETS)
)


def check_name(name: str) -> None:
    """Raises DataError where nothing that Caviar reads is called so; the file itself is not opened."""
    if not name.strip():
        raise DataError(f"the data must be named, got an empty text. Caviar reads {WHAT_IS_READ}.")
    if is_builtin(name):
        return
    if "://" in name:
        raise DataError(f"{name} is an address, and Caviar reads files. Download it first.")
    file_ending(Path(name))


def file_ending(path: Path) -> str:
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
