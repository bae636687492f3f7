"""How the report writes figures: rounded as in the findings' own words, and set so that none breaks over two lines."""

import math
import re
from typing import Any

from markupsafe import Markup, escape

from caviar.diagnosis.intervals import Metric
from caviar.diagnosis.wording import figure, points

SPACE = "\u00a0"
MINUS = "−"
UNKNOWN = "not recorded"


def error(value: float | None, metric: Metric) -> str:
    """An error: "8.1 %", or an RMSE in the target's units."""
    return UNKNOWN if value is None else _set(figure(value, metric))


def difference(value: float | None, metric: Metric) -> str:
    """A signed difference between errors: "−1.1 points"."""
    if value is None:
        return UNKNOWN
    shown = _set(points(value, metric))
    return f"+{shown}" if value > 0 and any(digit in shown for digit in "123456789") else shown


def size(value: float, metric: Metric) -> str:
    """A difference between errors without its sign: "1.1 points"."""
    return _set(points(abs(value), metric))


def difference_ends(low: float, high: float, metric: Metric) -> str:
    """The limits of a difference, signed and without unit: "−1.8 to +0.4"."""
    ends = (difference(end, metric).removesuffix("s").removesuffix(SPACE + "point") for end in (low, high))
    return " to ".join(ends)


def between(pair: tuple[float, float] | None, metric: Metric) -> str:
    """The limits of an interval: "1.4 to 3.9 %"."""
    if pair is None:
        return "no interval recorded"
    low, high = (_set(figure(value, metric)) for value in pair)
    return f"{low.removesuffix(SPACE + '%')} to {high}"


def share(value: float | None) -> str:
    """A share of a whole: "81 %", "0.4 %"; 100 % only where it is all of it."""
    if value is None:
        return UNKNOWN
    per_cent = 100 * value
    if 99.45 <= per_cent < 100:
        return f"{min(per_cent, 99.9):.1f}{SPACE}%"
    return f"{per_cent:.0f}{SPACE}%" if per_cent >= 9.95 or per_cent == 0 else f"{per_cent:.1f}{SPACE}%"


def count(value: float | None, noun: str = "") -> str:
    """A number of things: "1,234", with its noun "1,234 rows", "1 row"."""
    if value is None:
        return UNKNOWN
    if not noun:
        return f"{int(value):,}"
    return f"{int(value):,}{SPACE}{noun if int(value) == 1 else noun + 's'}"


def number(value: float | None) -> str:
    """Any number: whole ones in full, others to three figures, above 100 to the unit, far out as powers of ten."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if abs(value) < 1e15 and value == int(value):
        return _set(f"{int(value):,}")
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        power = math.floor(math.log10(abs(value)))
        return _set(f"{value / 10**power:.3g} × 10{superscript(power)}")
    if abs(value) >= 100:
        return _set(f"{value:,.0f}")
    return _set(f"{float(f'{value:.3g}'):.10f}".rstrip("0").rstrip("."))


def cell(value: Any) -> str:
    """Any cell of a table: text as it is, numbers to three figures, "–" for nothing."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(float(value)) if isinstance(value, int | float) else str(value)


def duration(seconds: float | None) -> str:
    """Time in words: "4.2 s", "2 min 3 s", "1 h 5 min"."""
    if seconds is None:
        return UNKNOWN
    if seconds < 9.95:
        return f"{seconds:.1f}{SPACE}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{SPACE}s"
    if whole < 3600:
        return f"{whole // 60}{SPACE}min" + (f"{SPACE}{whole % 60}{SPACE}s" if whole % 60 else "")
    return f"{whole // 3600}{SPACE}h" + (f"{SPACE}{whole % 3600 // 60}{SPACE}min" if whole % 3600 >= 60 else "")


def part_name(part: str) -> str:
    """A part of the rows in words: "train_dev" → "train-dev"."""
    return part.replace("_", "-")


def setting_name(name: str) -> str:
    """A column or setting in words: "learning_rate" → "learning rate"."""
    return "parameters" if name == "num_parameters" else name.removeprefix("setting.").replace("_", " ")


def prose(text: str) -> Markup:
    """Text for the page: options such as --budget become code and "8.1 %" one word, so that neither breaks."""
    together = re.sub(r"(?<=\d) (?=%)", SPACE, text)
    return Markup(re.sub(r"(?<![\w-])--[a-z][a-z-]*", r"<code>\g<0></code>", str(escape(together))))


def superscript(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def shorten(text: str, most: int) -> str:
    """At most `most` characters, the last one an ellipsis where text was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _set(figures: str) -> str:
    """No line break within a figure, and a minus that is one."""
    return figures.replace(" ", SPACE).replace("-", MINUS)
