"""Errors are per cent on the screen, or stand in the target's units."""

import pytest

from caviar.cli.figures import counted, shown_error, shown_interval


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [(0.0167, "1.7 %"), (0.5, "50.0 %"), (1, "100.0 %"), (0, "0.0 %"), (0.00123, "0.12 %"), (0.0099, "0.99 %")],
)
def test_a_fraction_is_shown_in_per_cent(fraction: float, shown: str) -> None:
    assert shown_error(fraction, "error") == shown


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (48_123.4, "48,123"),
        (999.96, "1,000.0"),
        (53.21, "53.21"),
        (0.54321, "0.5432"),
        (0, "0"),
        (1.5e-7, "1.500e-07"),
        (2.5e18, "2.500e+18"),
        (float("inf"), "inf"),
    ],
)
def test_an_rmse_is_shown_with_four_figures_in_units(units: float, shown: str) -> None:
    assert shown_error(units, "rmse") == shown


def test_an_interval_names_its_unit_once() -> None:
    assert shown_interval((0.008, 0.035), "error") == "0.80 to 3.5 %"
    assert shown_interval([47_500, 48_900], "rmse") == "47,500 to 48,900"


def test_a_count_takes_the_plural_but_for_one() -> None:
    assert [counted(number, "row") for number in (0, 1, 2_000)] == ["0 rows", "1 row", "2,000 rows"]
