"""Values out of records that may hold anything: what is not of the kind asked for counts as missing."""

import json
from typing import Any

LARGEST = 1e300  # what is larger cannot be shown in per cent


def number_of(value: Any) -> float | None:
    """A number below 1e300 in size; None for anything else that a record may hold."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        return None
    return float(value)


def pair_of(value: Any) -> tuple[float, float] | None:
    """Two numbers, low and high; None for anything else."""
    numbers = _numbers(value, 2)
    return None if numbers is None else (numbers[0], numbers[1])


def triple_of(value: Any) -> tuple[float, float, float] | None:
    """Three numbers, an estimate and its limits; None for anything else."""
    numbers = _numbers(value, 3)
    return None if numbers is None else (numbers[0], numbers[1], numbers[2])


def _numbers(value: Any, how_many: int) -> list[float] | None:
    if not isinstance(value, list | tuple) or len(value) != how_many:
        return None
    numbers = [number for number in map(number_of, value) if number is not None]
    return numbers if len(numbers) == how_many else None


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
