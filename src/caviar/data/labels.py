"""The class labels of a new file, matched with those that training saw."""

from dataclasses import dataclass

import polars as pl

from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.casting import as_text
from caviar.data.wording import counted, shown_cell


@dataclass(frozen=True)
class Labels:
    """`values` (row,) holds known labels only, null elsewhere; `notices` tells what was respelled."""

    values: pl.Series
    notices: tuple[Notice, ...]


def match_labels(cells: pl.Series, classes: tuple[str, ...], form: str) -> Labels:
    """Labels as training spelled them. Where they differ by decoration alone, all are respelled, and told.

    Decoration is capitals, blanks, quotes around and a full stop after a label, as in the official test file of UCI's
    adult, '<=50K.'; it is looked through only where the labels of training stay distinct without it.
    """
    labels = as_text(cells, form)
    odd = labels.filter(~labels.is_in(list(classes))).drop_nulls().unique(maintain_order=True)
    plain = dict(zip(_undecorated(pl.Series(classes, dtype=pl.String)).to_list(), classes, strict=True))
    if not len(odd) or len(plain) < len(classes):
        return Labels(_known(labels, classes), ())
    respelled = {label: plain[bare] for label, bare in zip(odd.to_list(), _undecorated(odd).to_list(), strict=True) if bare in plain}
    notices = []
    if respelled:
        rows = int(labels.is_in(list(respelled)).sum())
        shown = ", ".join(f"{shown_cell(label)} as {known!r}" for label, known in list(respelled.items())[:3])
        notices.append(Notice("repaired", f"{counted(rows, 'label')} of {cells.name!r} {'is' if rows == 1 else 'are'} spelled otherwise than in "
                              f"training: {shown}{' …' * (len(respelled) > 3)}.", (cells.name,)))
        labels = labels.replace(respelled)
    return Labels(_known(labels, classes), tuple(notices))


def refuse_unknown(cells: pl.Series, unknown: pl.Series, source: str, classes: tuple[str, ...]) -> DataError:
    """The error for labels that training never saw, missing ones among them."""
    rows = unknown.arg_true()
    counts = pl.DataFrame({"label": cells.gather(rows).cast(pl.String), "row": rows}).group_by("label", maintain_order=True).agg(
        pl.len().alias("count"), pl.col("row").first().alias("first"))
    shown = ", ".join(f"{'(missing)' if label is None else shown_cell(label)} ({counted(count, 'row')}, first at row {first + 1:,})"
                      for label, count, first in counts.head(5).iter_rows())
    known = ", ".join(map(repr, classes[:10])) + " …" * (len(classes) > 10)
    return DataError(f"column {cells.name!r} has {counted(len(counts), 'label')} in {source} that training never saw: {shown}"
                     f"{' …' * (len(counts) > 5)}\nTraining saw {known}. Fix the labels, or drop those rows with --skip-unknown-labels.")


def _known(labels: pl.Series, classes: tuple[str, ...]) -> pl.Series:
    return labels.to_frame().select(pl.when(pl.first().is_in(list(classes))).then(pl.first())).to_series()


def _undecorated(labels: pl.Series) -> pl.Series:
    return labels.str.to_lowercase().str.strip_chars(" \t\"'").str.strip_suffix(".").str.replace_all(r"\s+", " ")
