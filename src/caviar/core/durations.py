"""Durations as people write them: read ("90s", "1h30m") and spoken ("1 h 30 min")."""

import math
import re
from itertools import pairwise

from caviar.core.errors import SettingsError

_UNIT_SECONDS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "min": 60.0, "s": 1.0, "sec": 1.0}
_PART = r"(\d+(?:\.\d+)?)\s*(d|h|min|m|sec|s)"
_DURATION = re.compile(rf"\s*(?:{_PART}\s*)+", re.IGNORECASE)


def parse_duration(value: str | float) -> float:
    """Seconds of `value`: a number of seconds, or text such as "90", "90s", "5m", "1h30m", "1.5 h".

    Units are d, h, m (or min) and s (or sec), each at most once, larger before smaller.

    Raises:
        SettingsError: `value` is no duration, not above zero, or not finite.
    """
    seconds = _seconds(value)
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        raise SettingsError(
            f"a duration must be a number of seconds above zero, or text such as 90s, 5m or 1h30m; got {value!r}."
        )
    return seconds


def _seconds(value: str | float) -> float | None:
    if isinstance(value, bool):
        return None
    if not isinstance(value, str):
        return float(value)
    if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
        return float(value)
    if not _DURATION.fullmatch(value):
        return None
    parts = [(float(number), _UNIT_SECONDS[unit.lower()]) for number, unit in re.findall(_PART, value, re.IGNORECASE)]
    units = [unit for _, unit in parts]
    if any(larger <= smaller for larger, smaller in pairwise(units)):
        return None
    return sum(number * unit for number, unit in parts)


def spoken_duration(seconds: float) -> str:
    """`seconds` (0 or more) in at most two units, rounded to the smaller: "0.4 s", "2 min 5 s", "1 h 30 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return _two_units(whole, 60, "min", "s")
    if whole < 86_400:
        return _two_units(round(seconds / 60), 60, "h", "min")
    return _two_units(round(seconds / 3_600), 24, "d", "h")


def _two_units(small: int, ratio: int, large_name: str, small_name: str) -> str:
    large, rest = divmod(small, ratio)
    return f"{large} {large_name} {rest} {small_name}" if rest else f"{large} {large_name}"
