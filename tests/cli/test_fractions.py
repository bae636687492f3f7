"""A rate may be typed as a fraction or in per cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.cli.fractions import parse_fraction
from caviar.core.errors import SettingsError


@pytest.mark.parametrize(
    ("typed", "value"), [("0.02", 0.02), ("2%", 0.02), (" 2.5 % ", 0.025), ("0", 0), ("53500", 53_500)]
)
def test_a_fraction_and_per_cent_are_the_same(typed: str, value: float) -> None:
    assert parse_fraction(typed) == pytest.approx(value)


@pytest.mark.parametrize("nonsense", ["", "%", "two", "2%%", "2 per cent", "nan", "inf%", "1/50"])
def test_what_is_no_number_is_refused(nonsense: str) -> None:
    with pytest.raises(SettingsError, match=r"0\.02, or per cent such as 2%"):
        parse_fraction(nonsense)


@given(st.floats(-1e6, 1e6, allow_subnormal=False))
def test_per_cent_is_a_hundredth(value: float) -> None:
    assert parse_fraction(f"{value!r}%") == pytest.approx(parse_fraction(repr(value)) / 100)
