"""Calibration: of the rows that got a probability of 70 %, how many were right to get it. Notes 3.8."""

import numpy as np

from caviar.diagnosis.intervals import wilson
from caviar.report import wording
from caviar.report.curves import Panel
from caviar.report.drawing import Plot
from caviar.report.scales import Scale

NUM_BINS = 10
FEWEST_ROWS = 5
FOOT = 56.0  # height of the bars


def calibration(name: str, probabilities: np.ndarray, happened: np.ndarray, of_what: str, share_of_what: str) -> Panel:
    """Observed share against predicted probability in ten bins, with Wilson's intervals; below, the rows of each.

    Args:
        name: unique in the page.
        probabilities: (row,) in [0, 1].
        happened: (row,) bool, whether what was given that probability came true.
        of_what, share_of_what: axis titles.
    """
    places = np.minimum((probabilities * NUM_BINS).astype(int), NUM_BINS - 1)
    rows = np.bincount(places, minlength=NUM_BINS)
    hits = np.bincount(places, weights=happened, minlength=NUM_BINS)
    sums = np.bincount(places, weights=probabilities, minlength=NUM_BINS)
    filled = rows > 0
    gap = float(np.abs(hits[filled] - sums[filled]).sum() / len(probabilities))
    label = (
        f"Calibration over {wording.count(len(probabilities), 'row')}: the observed share differs from the predicted "
        "probability by "
        f"{wording.share(gap)} on average."
    )
    per_cent = Scale(0.0, 1.0, factor=100.0)
    plot = Plot(name, 350, 330 + FOOT, label, per_cent, per_cent, of_what, share_of_what, y_most=6, foot=FOOT)
    plot.line(plot.left, plot.bottom, plot.right, plot.top, "diagonal")
    for place in np.flatnonzero(filled):
        interval = wilson(float(hits[place]), int(rows[place]))
        x = float(plot.x(sums[place] / rows[place]))
        few = rows[place] < FEWEST_ROWS
        low, high = plot.y([interval.low, interval.high])
        plot.line(x, low, x, high, "whisker own-other" if few else "whisker own")
        plot.add(
            "circle", cx=x, cy=float(plot.y(interval.estimate)), r=4.5, class_="mark own-other" if few else "mark own"
        )
    foot = plot.height - 6
    tallest = rows.max()
    for place in np.flatnonzero(filled):
        start, end = plot.x(place / NUM_BINS) + 1, plot.x((place + 1) / NUM_BINS) - 1
        size = max(1.0, float(rows[place] / tallest) * (FOOT - 22))
        plot.add("rect", x=start, y=foot - size, width=end - start, height=size, class_="bar")
        plot.text(float(start + end) / 2, foot - size - 3, _short_count(int(rows[place])), "small", "middle")
    small = f" Hollow: fewer than {FEWEST_ROWS} rows." if (filled & (rows < FEWEST_ROWS)).any() else ""
    return Panel(
        plot.svg(),
        "Calibration",
        f"{wording.count(len(probabilities), 'row')}; on the dashed line a probability means what it says. "
        "Average gap "
        f"{wording.share(gap)}. Whiskers: 95 % intervals. Bars: rows in each tenth.{small}",
    )


def _short_count(rows: int) -> str:
    return f"{rows:,}" if rows < 10_000 else f"{rows / 1000:.0f}k"
