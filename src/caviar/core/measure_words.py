"""Metrics, their values and requirements as people read them: 78.3 %, 0.52 ms, recall[yes] >= 80 %."""

from caviar.core.figures import three_figures
from caviar.core.measures import Unit
from caviar.core.requirements import Requirement


def shown_value(value: float | None, unit: Unit) -> str:
    """A value in its unit: "78.3 %" of a share, "0.52 ms", "12,345" of a count, three figures of anything else."""
    if value is None:
        return "not measurable"
    if unit == "share":
        return f"{per_cent(value)} %"
    if unit == "count":
        return f"{value:,.0f}"
    shown = three_figures(value)
    return f"{shown} {unit}" if unit in ("ms", "MB") else shown


def shown_ends(low: float, high: float, unit: Unit) -> str:
    """The limits of an interval: "72.1 to 84.0 %"."""
    ends = shown_value(low, unit), shown_value(high, unit)
    suffix = {"share": " %", "ms": " ms", "MB": " MB"}.get(unit, "")
    return f"{ends[0].removesuffix(suffix)} to {ends[1]}"


def shown_gap(value: float, requirement: Requirement) -> str:
    """By how much a value misses the bound: "1.8 points", or in the metric's unit."""
    gap, unit = abs(value - requirement.bound), requirement.measure.kind.unit
    if unit != "share":
        return shown_value(gap, unit)
    shown = per_cent(gap)
    return f"{shown} point" if shown == "1.0" else f"{shown} points"


def shown_requirement(requirement: Requirement) -> str:
    """As it was asked for, with room to read: "recall[yes] >= 80 %"; a unit in the name is not said twice."""
    bound = (
        f"{100 * requirement.bound:.10g} %"
        if requirement.measure.kind.unit == "share"
        else f"{requirement.bound:,.10g}"
    )
    return f"{requirement.measure} {requirement.relation} {bound}"


def per_cent(share: float) -> str:
    """One decimal from 1 % on, two below, so that a small share still shows two figures."""
    return f"{100 * share:.{1 if abs(share) >= 0.01 or share == 0 else 2}f}"
