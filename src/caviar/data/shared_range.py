"""Columns that share one range of whole steps (pixels, counts, grades) are scaled together, by one common scale.

Scaled one by one, a pixel that is nearly always black would be blown up by its tiny deviation until its noise drowned
the others.
"""

import numpy as np
import polars as pl

from caviar.data.numbers import number_cells
from caviar.data.scaling import Scaling, Standard, floored

FEWEST_COLUMNS = 8
FEWEST_STEPS, MOST_STEPS = 4, 1_024


def find_shared_range(frame: pl.DataFrame) -> dict[str, tuple[Scaling, str]]:
    """The number columns to be scaled together, each with its scaling and why; empty where there is no such family.

    A family is at least 8 columns with one smallest and one largest value, on a grid of 4 to 1,024 equal steps
    between them (whole numbers, or k/255), and the other columns on that grid inside that range (dark pixels). It
    counts only where it is at least a third of the columns inside the range. Each column keeps its own centre, its
    mean; the scale they share is the root of their mean variance.
    """
    ranges = {
        cells.name: (low, high)
        for cells in frame.iter_columns()
        if (low := cells.min()) is not None and (high := cells.max()) is not None
    }
    if len(ranges) < FEWEST_COLUMNS:
        return {}
    spans, counts = np.unique(np.array(list(ranges.values()), dtype=np.float64), axis=0, return_counts=True)
    low, high = spans[counts.argmax()].tolist()
    core = [name for name, span in ranges.items() if span == (low, high)]
    inside = [name for name, span in ranges.items() if low <= span[0] and span[1] <= high]
    if len(core) < max(FEWEST_COLUMNS, len(inside) / 3):
        return {}
    step = _grid_step(np.unique(np.concatenate([_distinct(frame[name]) for name in core])))
    if step is None:
        return {}
    family = [name for name in inside if _is_on_grid(_distinct(frame[name]), low, step)]
    moments = {name: _mean_and_variance(frame[name]) for name in family}
    scale = floored(float(np.sqrt(np.mean([variance for _, variance in moments.values()]))), np.array([low, high]))
    why = (
        f"one of {len(family)} columns on one scale from {low:g} to {high:g} (such as pixels or counts): its mean "
        f"is subtracted, and all are divided by one common spread, {scale:.3g}"
    )
    return {name: (Standard(mean, scale), why) for name, (mean, _) in moments.items()}


def _grid_step(points: np.ndarray) -> float | None:
    """The step of the grid that all points lie on, or None."""
    if not FEWEST_STEPS < len(points) <= MOST_STEPS + 1:
        return None
    step = float(np.diff(points).min())
    is_grid = _is_on_grid(points, float(points[0]), step) and (points[-1] - points[0]) / step < MOST_STEPS + 0.5
    return step if is_grid else None


def _is_on_grid(points: np.ndarray, low: float, step: float) -> bool:
    steps = (points - low) / step
    return bool(np.all(np.abs(steps - np.round(steps)) < 1e-3))


def _distinct(cells: pl.Series) -> np.ndarray:
    return number_cells(cells.drop_nulls().unique())


def _mean_and_variance(cells: pl.Series) -> tuple[float, float]:
    values = number_cells(cells.drop_nulls())
    return float(values.mean()), float(values.var())
