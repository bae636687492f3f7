"""Errors and differences in words: per cent and points for classes, the target's units for regression."""

from typing import Any

from caviar.core.figures import per_cent, three_figures
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.intervals import Interval, Metric


def figure(value: float, metric: Metric) -> str:
    """An error: "8.1 %", or an RMSE with three figures, such as "48,100"."""
    return f"{per_cent(value)} %" if metric == "error" else three_figures(value)


def points(value: float, metric: Metric) -> str:
    """A difference between errors: "1.3 points", or three figures in the target's units."""
    if metric == "rmse":
        return three_figures(value)
    shown = per_cent(value)
    return f"{shown} point" if shown == "1.0" else f"{shown} points"


def spread(interval: Interval, metric: Metric) -> str:
    """The limits of a difference: " [0.2, 2.4]"; empty for an exact figure."""
    if interval.low == interval.high:
        return ""
    show = per_cent if metric == "error" else three_figures
    return f" [{show(interval.low)}, {show(interval.high)}]"


def bare_note(*errors: ErrorRate) -> str:
    """Says that figures without row counts were taken as exact, where all of them are."""
    if not all(error.is_bare for error in errors):
        return ""
    return " No row counts came with the figures, so they count as exact: how sure this is cannot be said."


def too_few_rows(errors: dict[str, ErrorRate]) -> str:
    """The row counts behind errors that tell nothing apart: "60 train and 60 dev rows are too few"."""
    counts = " and ".join(f"{error.rows:,} {part}" for part, error in errors.items() if error.rows)
    return f"{counts} rows are too few"


def error_evidence(**errors: ErrorRate | None) -> dict[str, Any]:
    """Evidence of each known error: `train=…` becomes "train_error", "train_interval" [low, high] and "train_rows"."""
    found: dict[str, Any] = {}
    for name, error in errors.items():
        if error is None:
            continue
        found[f"{name}_error"] = error.estimate
        if not error.is_bare:
            found[f"{name}_interval"] = [error.low, error.high]
        if error.rows is not None:
            found[f"{name}_rows"] = error.rows
    return found


def part_evidence(name: str, part: Interval, material: float) -> dict[str, Any]:
    """Evidence of one part of the error, such as the bias: its size, its interval, and what size would be material."""
    found: dict[str, Any] = {name: part.estimate}
    if part.low < part.high:
        found[f"{name}_interval"] = [part.low, part.high]
    return {**found, "material": material}
