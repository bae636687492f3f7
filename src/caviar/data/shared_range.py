"""Columns that share one range of whole steps (pixels, counts, grades) are scaled together, by one common scale.

Scaled one by one, a pixel that is nearly always black would be blown up by its tiny deviation until its noise drowns the rest.
"""

import numpy as np
import polars as pl

from caviar.data.numbers import number_cells
from caviar.data.scaling import Scaling, Standard

FEWEST_COLUMNS = 8
MOST_STEPS = 1_024


def find_shared_range(columns: dict[str, pl.Series]) -> dict[str, tuple[Scaling, str]]:
    """The columns to be scaled together, each with its scaling and why; empty where there is no such family.

    A family is at least 8 number columns with the same smallest and the same largest value, on a grid of 4 to 1,024 equal
    steps (whole numbers, or k/255), and the columns that stay inside that range on the same grid. It counts only where the
    former are at least a third of it. Each column keeps its own centre, its mean; the scale is the root of the mean
    variance of the family.
    """
    cells = {name: values[~np.isnan(values)] for name, values in ((name, number_cells(cells)) for name, cells in columns.items())}
    ranges = {name: (float(values.min()), float(values.max())) for name, values in cells.items() if len(values)}
    if len(ranges) < FEWEST_COLUMNS:
        return {}
    spans, counts = np.unique(np.array(list(ranges.values())), axis=0, return_counts=True)
    low, high = spans[counts.argmax()].tolist()
    core = [name for name, span in ranges.items() if span == (low, high)]
    inside = [name for name, span in ranges.items() if low <= span[0] and span[1] <= high]
    if len(core) < FEWEST_COLUMNS or len(core) * 3 < len(inside):
        return {}
    step = _common_step(np.unique(np.concatenate([np.unique(cells[name]) for name in core])))
    if step is None:
        return {}
    family = [name for name in inside if _on_grid(np.unique(cells[name]), low, step)]
    scale = float(np.sqrt(np.mean([cells[name].var() for name in family])))
    why = (f"one of {len(family)} columns on the same scale from {low:g} to {high:g} (such as pixels or counts), so all are "
           f"divided by one common spread, {scale:.3g}, after subtracting each column's mean")
    return {name: (Standard(float(cells[name].mean()), scale), why) for name in family}


def _common_step(points: np.ndarray) -> float | None:
    """The step of the grid that all points lie on, or None."""
    if not 4 < len(points) <= MOST_STEPS + 1:
        return None
    step = float(np.diff(points).min())
    if (points[-1] - points[0]) / step > MOST_STEPS + 0.5:
        return None
    return step if _on_grid(points, float(points[0]), step) else None


def _on_grid(points: np.ndarray, low: float, step: float) -> bool:
    steps = (points - low) / step
    return bool(np.all(np.abs(steps - np.round(steps)) < 1e-3))
