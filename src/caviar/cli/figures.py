"""Figures as they stand on the screen: per cent for classes, the target's units for numbers."""

import math
from collections.abc import Sequence

from caviar.core.measure_words import per_cent


def shown_error(value: float, metric: str) -> str:
    """An error for the eye: "1.7 %" of a fraction (`metric` "error"), "48,123" of an RMSE in the target's units."""
    if metric == "error":
        return f"{per_cent(value)} %"
    return _units(value)


def shown_interval(interval: Sequence[float], metric: str) -> str:
    """A (low, high) pair for the eye: "0.8 to 3.5 %" or "47,500 to 48,900"."""
    low, high = interval
    if metric == "error":
        return f"{per_cent(low)} to {per_cent(high)} %"
    return f"{_units(low)} to {_units(high)}"


def counted(number: int, noun: str) -> str:
    """A count and its noun: "1 row", "2,000 rows"."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _units(value: float) -> str:
    """Four figures, thousands separated; whole from 1,000 on."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if not 1e-4 <= abs(value) < 1e15:
        return f"{value:.3e}"
    return f"{value:,.{max(0, 3 - math.floor(math.log10(abs(value))))}f}"
