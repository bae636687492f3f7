"""The class labels of a new file, matched with those that training saw."""

from dataclasses import dataclass

import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.casting import as_text
from caviar.data.wording import are, counted, listed, shown_cell, shown_names


@dataclass(frozen=True)
class Labels:
    """`values` (row,) holds known labels, and null elsewhere; `notices` tells what was respelled."""

    values: pl.Series
    notices: tuple[Notice, ...]


def match_labels(cells: pl.Series, classes: tuple[str, ...], form: str) -> Labels:
    """Labels as training spelled them. One that differs by decoration alone is respelled, and told.

    Decoration is capitals, blanks, quotes around and a full stop after a label, as in UCI's own test file of adult,
    '<=50K.'; it is looked through only where the labels of training stay distinct without it.
    """
    labels = as_text(cells, form)
    odd = labels.filter(~labels.is_in(list(classes))).drop_nulls().unique(maintain_order=True)
    plain = dict(zip(_undecorated(pl.Series(classes, dtype=pl.String)), classes, strict=True))
    if not len(odd) or len(plain) < len(classes):
        return Labels(_known(labels, classes), ())
    respelled = {label: plain[bare] for label, bare in zip(odd, _undecorated(odd), strict=True) if bare in plain}
    if not respelled:
        return Labels(_known(labels, classes), ())
    rows = int(labels.is_in(list(respelled)).sum())
    shown = listed((f"{shown_cell(label)} read as {known!r}" for label, known in respelled.items()), 3)
    told = f"{counted(rows, 'label')} in {cells.name!r} {are(rows)} spelled otherwise than in training: {shown}."
    return Labels(_known(labels.replace(respelled), classes), (Notice("repaired", told, (cells.name,)),))


def refuse_unknown(cells: pl.Series, unknown: pl.Series, source: str, classes: tuple[str, ...]) -> DataError:
    """The error for the rows whose label training never saw, or where it is missing."""
    rows = unknown.arg_true()
    met = pl.DataFrame({"label": cells.gather(rows).cast(pl.String), "row": rows})
    counts = met.group_by("label", maintain_order=True).agg(pl.len(), pl.col("row").first())
    shown = listed(
        f"{shown_cell(label)} ({counted(count, 'row')}, first at row {first + 1:,})"
        for label, count, first in counts.iter_rows()
    )
    return DataError(
        f"column {cells.name!r} has {counted(len(counts), 'label')} in {source} that training never saw: "
        f"{shown}. Training saw {shown_names(classes)}.\n"
        "Fix the labels, or drop those rows with --skip-unknown-labels."
    )


def _known(labels: pl.Series, classes: tuple[str, ...]) -> pl.Series:
    return labels.to_frame().select(pl.when(pl.first().is_in(list(classes))).then(pl.first())).to_series()


def _undecorated(labels: pl.Series) -> pl.Series:
    return labels.str.to_lowercase().str.strip_chars(" \t\"'").str.strip_suffix(".").str.replace_all(r"\s+", " ")
