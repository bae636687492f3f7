"""A sheet of mistakes for a person to tag, and the sheet read back. Notes C3: error analysis by hand, wrong labels.

One line a mistake: `row`, `truth`, `prediction`, `probability`, then `tags` and `correct_label` to be filled in, then
the raw columns. Several tags are separated by `;`. An empty `correct_label` says that the given one is right.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from caviar.core.errors import DataError, SettingsError, nearest
from caviar.core.files import write_atomically
from caviar.data.sources import read
from caviar.data.wording import counted, listed, shown_names
from caviar.diagnosis.judged_rows import JudgedRows

ROW, TAGS, LABEL = "row", "tags", "correct_label"
OWN = (ROW, "truth", "prediction", "probability", TAGS, LABEL)
MOST_MISTAKES = 100


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a person wrote. `places`: (line,) of each line's row in the JudgedRows.

    `tags`: of each line. `labels`: the correct label, or number, of each line; None where the given one is right.
    """

    places: np.ndarray
    tags: tuple[tuple[str, ...], ...]
    labels: tuple[str | float | None, ...]

    @property
    def has_labels(self) -> bool:
        return any(label is not None for label in self.labels)


def write_sheet(path: Path, rows: JudgedRows, most: int = MOST_MISTAKES, seed: int = 0) -> int:
    """Write up to `most` random mistakes; returns how many. An existing file is never overwritten."""
    if path.suffix.lower() != ".csv":
        raise SettingsError(f"the sheet must be a .csv file; got {str(path)!r}.")
    if not path.parent.is_dir():
        raise SettingsError(f"the folder {str(path.parent)!r} of the sheet does not exist. Make it, or choose another.")
    if path.exists():
        raise SettingsError(f"{path} exists already, and may hold somebody's work. Choose another name.")
    mistakes = rows.mistakes
    if not len(mistakes):
        raise DataError(f"the model makes no mistake on {len(rows):,} {rows.part} rows: there is nothing to tag.")
    if len(mistakes) > most:
        mistakes = np.sort(np.random.default_rng(seed).permutation(mistakes)[:most])
    table = pl.DataFrame(
        {
            ROW: rows.numbers[mistakes],
            "truth": rows.truth[mistakes],
            "prediction": rows.prediction[mistakes],
            **({} if rows.sureness is None else {"probability": rows.sureness[mistakes].round(4)}),
            TAGS: [None] * len(mistakes),
            LABEL: [None] * len(mistakes),
        },
        schema_overrides={TAGS: pl.String, LABEL: pl.String},
    )
    if rows.cells is not None:
        cells = rows.cells[mistakes]
        table = table.hstack(cells.rename({name: f"{name} (column)" for name in cells.columns if name in OWN}))
    write_atomically(path, table.write_csv)
    return len(mistakes)


def read_sheet(path: Path, rows: JudgedRows) -> Sheet:
    """Read a sheet back; columns in any order, lines may be missing. Raises DataError for whatever makes no sense."""
    found = read(str(path)).frame
    frame = found.select(pl.all().cast(pl.String).str.strip_chars())
    if ROW not in frame.columns or not {TAGS, LABEL} & set(frame.columns):
        lacking = ROW if ROW not in frame.columns else f"{TAGS} or {LABEL}"
        raise DataError(
            f"{path} has no column {lacking}; its columns: {shown_names(frame.columns)}. "
            "`caviar errors RUN --write-sheet sheet.csv` writes a sheet that has them."
        )
    empty = pl.Series([None] * len(frame), dtype=pl.String)
    tags = frame[TAGS] if TAGS in frame.columns else empty
    labels = frame[LABEL] if LABEL in frame.columns else empty
    return Sheet(
        _places(path, frame[ROW], rows),
        tuple(_split(cell) for cell in tags.to_list()),
        _labels(path, labels, rows),
    )


def _places(path: Path, cells: pl.Series, rows: JudgedRows) -> np.ndarray:
    """Where the sheet's rows stand among the judged ones."""
    numbers = cells.cast(pl.Float64, strict=False)
    place_of = {float(number): place for place, number in enumerate(rows.numbers.tolist())}
    unknown = [cell for cell, number in zip(cells, numbers, strict=True) if number not in place_of]
    if unknown:
        shown = listed((repr(cell) if cell is not None else "(empty)" for cell in unknown), 5)
        raise DataError(
            f"{path} names {counted(len(unknown), 'row')} that {'is' if len(unknown) == 1 else 'are'} not among the "
            f"run's {len(rows):,} {rows.part} rows: {shown}. Keep the column {ROW!r} as it was written; for a sheet of "
            "another part say --part."
        )
    if (twice := cells.filter(numbers.is_duplicated()).unique(maintain_order=True).to_list()) != []:
        raise DataError(f"{path} has more than one line for row {listed(twice, 5)}. Keep one line a row.")
    return np.array([place_of[number] for number in numbers.to_list()], dtype=np.int64)


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for part in (cell or "").split(";") if (tag := part.strip())))


def _labels(path: Path, cells: pl.Series, rows: JudgedRows) -> tuple[str | float | None, ...]:
    given = [cell or None for cell in cells.to_list()]
    if rows.metric == "rmse":
        numbers = pl.Series(given, dtype=pl.String).cast(pl.Float64, strict=False).to_list()
        odd = [cell for cell, number in zip(given, numbers, strict=True) if cell is not None and not _is_finite(number)]
        if odd:
            raise DataError(f"{path}: {LABEL!r} must hold finite numbers; got {shown_names(dict.fromkeys(odd), 5)}.")
        return tuple(numbers)
    classes = rows.classes or tuple(sorted({*map(str, rows.truth), *map(str, rows.prediction)}))
    if unknown := list(dict.fromkeys(cell for cell in given if cell is not None and cell not in classes)):
        raise DataError(
            f"{path}: {LABEL!r} has {counted(len(unknown), 'label')} that the run does not know: "
            f"{shown_names(unknown, 5)}.{nearest(unknown[0], classes)} The labels: {shown_names(classes, 20)}. "
            "Leave the cell empty where the given label is right."
        )
    return tuple(given)


def _is_finite(number: float | None) -> bool:
    return number is not None and bool(np.isfinite(number))
