"""The figures of a finding's evidence in words, each error with its interval and rows beside it."""

from typing import Any

from caviar.diagnosis.intervals import Interval, Metric
from caviar.diagnosis.wording import figure, points, spread, three_figures

SHARES = ("fall", "drop_rate", "share", "shares", "share_of_mistakes")  # how their names end
DIFFERENCES = ("bias", "variance", "mismatch", "optimism", "difference", "material")  # how their names end


def evidence_words(evidence: dict[str, Any], metric: Metric) -> list[str]:
    """One entry a known figure, such as "train error 1.0 % [0.8, 1.2] of 10,000 rows" or "bias 2.0 points [1, 3]".

    Args:
        evidence: as a Finding holds it, or as it comes back from JSON.
    """
    words = []
    for name, value in evidence.items():
        stem = name.removesuffix("_error")
        if name.endswith("_interval") or (name.endswith("_rows") and f"{name.removesuffix('_rows')}_error" in evidence):
            continue  # told with its error
        if name == "chart" or value is None or value == {}:
            continue
        if isinstance(value, bool | str):
            shown = str(value)
        elif isinstance(value, dict):
            shown = ", ".join(f"{part} {_plain(name, each)}" for part, each in value.items())
        elif isinstance(value, list):
            shown = ", ".join(_plain(name, each) for each in value)
        elif name.endswith("_error"):
            shown = figure(value, metric) + _limits(evidence, stem, value, metric)
            rows = evidence.get(f"{stem}_rows")
            shown += "" if rows is None else f" of {rows:,} rows"
        elif name.endswith(DIFFERENCES):
            shown = points(value, metric) + _limits(evidence, name, value, metric)
        elif name.endswith("_share") and f"{name}_interval" in evidence:
            shown = figure(value, "error") + _limits(evidence, name, value, "error")
        else:
            shown = _plain(name, value)
        words.append(f"{name.replace('_', ' ').replace('train dev', 'train-dev')} {shown}")
    return words


def _plain(name: str, value: Any) -> str:
    if not isinstance(value, int | float):
        return str(value)
    if name.endswith(SHARES):
        return f"{100 * value:.0f} %"
    return f"{value:,}" if isinstance(value, int) else three_figures(value)


def _limits(evidence: dict[str, Any], stem: str, value: float, metric: Metric) -> str:
    """ " [0.8, 1.2]" where the evidence has the interval."""
    ends = evidence.get(f"{stem}_interval")
    return "" if ends is None else spread(Interval(value, *ends), metric)
