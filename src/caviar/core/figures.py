"""Figures for the eye: rounded so that what matters is seen and nothing else."""

import math


def three_figures(value: float) -> str:
    """Rounded to three significant figures, thousands marked: 48,100 · 3.14 · 0.00123."""
    if not 1e-4 <= abs(value) < math.inf:
        return f"{value:.3g}"
    decimals = 2 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):,.{max(0, decimals)}f}"


def per_cent(share: float) -> str:
    """One decimal; two where one would show a small share as nought."""
    value = 100 * share
    return f"{value:.2f}" if 0.004 < abs(value) < 0.095 else f"{value:.1f}".replace("-0.0", "0.0")
