"""Which class is taken for which: the confusion matrix, the classes one by one, the surest mistakes. C3."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from caviar.diagnosis.intervals import wilson
from caviar.report import wording
from caviar.report.drawing import LETTER, Drawing, element

MOST_CLASSES = 30
MOST_LINES = 12
WIDTH = 350.0
LETTERS = 14  # of a label on the matrix


@dataclass(frozen=True)
class Confusion:
    """Tables are rows of cells, ready for the page; `picture` is empty where there are too many classes to draw."""

    picture: Markup
    needs_room: bool
    classes: list[list[str]]
    mixed_up: list[list[str]]
    notes: list[str]


def confusion(truth: np.ndarray, predicted: np.ndarray, labels: list[str]) -> Confusion:
    """From places in `labels`, (row,) int each."""
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, (truth, predicted), 1)
    notes = []
    picture, wide = Markup(""), False
    if len(labels) <= MOST_CLASSES:
        drawing = _matrix(counts, labels)
        picture, wide = drawing.svg(), drawing.width > 360
    else:
        notes.append(
            f"{len(labels):,} classes are too many for a matrix to be read; the commonest mistakes stand below."
        )
    per_class = _classes(counts, labels)
    if len(per_class) > 60:
        notes.append(f"The table shows the 60 classes with the most mistakes of {len(per_class):,}.")
        wrong = counts.sum(axis=1) - counts.diagonal()
        per_class = [per_class[place] for place in np.argsort(-wrong, kind="stable")[:60]]
    return Confusion(picture, wide, per_class, _mixed_up(counts, labels), notes)


def _matrix(counts: np.ndarray, labels: list[str]) -> Drawing:
    """Rows: the true class; columns: what was predicted. A cell's strength is its share of the row."""
    names = [wording.shorten(label, LETTERS) for label in labels]
    longest = LETTER * max(map(len, names))
    size = min(86.0, max(WIDTH - longest - 38, 200.0) / len(labels)) if len(labels) <= 12 else 23.0
    upright = longest > size - 2
    left, top = longest + 34, (longest if upright else 14.0) + 34
    side = size * len(labels)
    width = max(left + side + 4, WIDTH)
    wrong = int(counts.sum() - counts.diagonal().sum())
    drawing = Drawing(
        "confusion",
        width,
        top + side + 6,
        f"Confusion matrix of {len(labels)} classes: {wrong:,} of {int(counts.sum()):,} rows lie off the diagonal.",
    )
    drawing.text(left + side / 2, 12, "predicted", "title", "middle")
    drawing.text(0, 0, "true", "title", "middle", transform=f"translate(9 {top + side / 2:.1f}) rotate(-90)")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for row, name in enumerate(names):
        y = top + size * row
        drawing.text(left - 6, y + size / 2 + 4, name, "", "end")
        x = left + size * row + size / 2
        if upright:
            drawing.text(0, 0, name, "", transform=f"translate({x + 4:.1f} {top - 6:.1f}) rotate(-90)")
        else:
            drawing.text(x, top - 8, name, "", "middle")
        for column in range(len(labels)):
            _cell(
                drawing,
                left + size * column,
                y,
                size,
                int(counts[row, column]),
                float(shares[row, column]),
                row == column,
                f"true {labels[row]}, predicted {labels[column]}",
            )
    return drawing


def _cell(drawing: Drawing, x: float, y: float, size: float, count: int, share: float, right: bool, what: str) -> None:
    title = element("title", f"{what}: {wording.count(count, 'row')}, {wording.share(share)} of the row")
    strength = 0.0 if count == 0 else 0.12 + 0.88 * (share if right else min(1.0, 3 * share))
    drawing.add(
        "rect",
        title,
        x=x + 1,
        y=y + 1,
        width=size - 2,
        height=size - 2,
        class_="right" if right else "wrong",
        fill_opacity=f"{strength:.2f}",
    )
    if count:
        shown = f"{count:,}"
        fits = LETTER * len(shown) < size + 2
        drawing.text(
            x + size / 2,
            y + size / 2 + 4,
            shown if fits else f"{count / 1000:.0f}k",
            ("on-strong" if strength > 0.5 else "on-weak") + ("" if size > 28 else " small"),
            "middle",
        )


def _classes(counts: np.ndarray, labels: list[str]) -> list[list[str]]:
    """Rows: class, its rows, share found (recall) with interval, times predicted, share of these right (precision)."""
    rows = []
    for place, label in enumerate(labels):
        own, right, said = int(counts[place].sum()), int(counts[place, place]), int(counts[:, place].sum())
        limits = wilson(right, own) if own else None
        rows.append(
            [
                label,
                wording.count(own),
                wording.share(right / own) if own else "–",
                wording.between((limits.low, limits.high), "error") if limits else "–",
                wording.count(said),
                wording.share(right / said) if said else "–",
            ]
        )
    return rows


def _mixed_up(counts: np.ndarray, labels: list[str]) -> list[list[str]]:
    """The commonest mistakes: true, predicted, rows, share of the true class."""
    off = counts.copy()
    np.fill_diagonal(off, 0)
    order = np.argsort(-off, axis=None, kind="stable")[:MOST_LINES]
    pairs = [np.unravel_index(place, off.shape) for place in order]
    return [
        [
            labels[row],
            labels[column],
            wording.count(int(off[row, column])),
            wording.share(off[row, column] / counts[row].sum()),
        ]
        for row, column in pairs
        if off[row, column]
    ]
