"""Values out of records that may hold anything: what is not of the kind asked for counts as missing."""

import json
import math
from typing import Any


def number_of(value: Any) -> float | None:
    """A finite number; None for anything else that a record may hold."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def pair_of(value: Any) -> tuple[float, float] | None:
    """Two finite numbers, low and high; None for anything else."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    low, high = number_of(value[0]), number_of(value[1])
    return None if low is None or high is None else (low, high)


def text_of(value: Any) -> str:
    """Text as it is, nothing as "", anything else as JSON writes it."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def mapping_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings_in(value: Any) -> list[dict[str, Any]]:
    """The entries of a list that are mappings."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
