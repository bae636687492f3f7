"""Durations are read as people write them, spoken back the same way, and nonsense is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.core.durations import parse_duration, spoken_duration
from caviar.core.errors import SettingsError


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("5min", 300),
        ("1h30m", 5_400),
        ("1 h 30 min 5 sec", 5_405),
        ("1.5h", 5_400),
        ("2d", 172_800),
        ("120", 120),
        (" 5M ", 300),
        (120, 120),
        (0.5, 0.5),
    ],
)
def test_a_duration_is_read_as_people_write_it(written: str | float, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "nonsense",
    [
        *("", " ", "soon", "5 parsecs", "m5", "5m5m", "30s1h", "-5m", "1h-5m", "0", "0s", "1e3", "nan", "inf", "5,5m"),
        *(0, -1, float("nan"), float("inf"), True),
    ],
)
def test_nonsense_is_refused_with_what_came_and_what_to_write(nonsense: str | float) -> None:
    with pytest.raises(SettingsError, match="such as 90s, 5m or 1h30m") as refusal:
        parse_duration(nonsense)
    assert repr(nonsense) in str(refusal.value)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.sampled_from(["", " "]))
def test_parts_add_up_with_and_without_spaces(hours: int, minutes: int, seconds: int, space: str) -> None:
    written = f"{hours}h{space}{minutes}m{space}{seconds}s"
    total = 3_600 * hours + 60 * minutes + seconds
    if total:
        assert parse_duration(written) == total
    else:
        with pytest.raises(SettingsError):
            parse_duration(written)


@given(st.text(max_size=12))
def test_any_text_is_either_a_time_above_zero_or_refused(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except SettingsError:
        return
    assert seconds > 0


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (0, "0 s"),
        (0.42, "0.4 s"),
        (9.97, "10 s"),
        (48.2, "48 s"),
        (59.7, "1 min"),
        (125, "2 min 5 s"),
        (3_599.8, "1 h"),
        (5_400, "1 h 30 min"),
        (180_000, "2 d 2 h"),
    ],
)
def test_a_duration_is_spoken_in_at_most_two_units(seconds: float, spoken: str) -> None:
    assert spoken_duration(seconds) == spoken


@given(st.floats(0.1, 1e7))
def test_a_spoken_duration_reads_back_to_within_its_own_rounding(seconds: float) -> None:
    spoken = spoken_duration(seconds)
    smallest_unit = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}[re.split(" ", spoken)[-1]]
    assert abs(parse_duration(spoken) - seconds) <= smallest_unit / 2 + 1e-6
