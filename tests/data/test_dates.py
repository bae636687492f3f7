"""Dates as inputs: trend, year, and places on circles."""

import json
from datetime import datetime, timedelta
from math import cos, pi, sin

import numpy as np
import polars as pl
import pytest

from caviar.data.dates import DateEncoding, fit_date
from caviar.data.piecewise_linear import BinTargets

MONDAY = datetime(2024, 1, 1)


def inputs_of(encoding: DateEncoding | None, cells: list) -> dict[str, list[float]]:
    assert encoding is not None
    inputs = np.full((len(cells), len(encoding.input_names)), np.nan, dtype=np.float32)
    encoding.write(pl.Series(cells, dtype=pl.Datetime("us")), inputs)
    return {name: inputs[:, number].tolist() for number, name in enumerate(encoding.input_names)}


def series(cells: list) -> pl.Series:
    return pl.Series(cells, dtype=pl.Datetime("us"))


def test_month_and_weekday_lie_on_circles() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(800)]
    inputs = inputs_of(fit_date("d", series(days), None), [MONDAY, datetime(2024, 6, 9), datetime(2023, 12, 31)])
    assert list(inputs) == ["d month sine", "d month cosine", "d weekday sine", "d weekday cosine", "d year", "d days"]
    assert inputs["d month sine"] == pytest.approx([sin(2 * pi / 12), sin(pi), sin(2 * pi)], abs=1e-6)
    assert inputs["d month cosine"] == pytest.approx([cos(2 * pi / 12), -1, 1], abs=1e-6)
    assert inputs["d weekday sine"] == pytest.approx([sin(2 * pi / 7), 0, 0], abs=1e-6)  # Monday, Sunday, Sunday
    assert inputs["d weekday cosine"] == pytest.approx([cos(2 * pi / 7), 1, 1], abs=1e-6)


def test_days_are_standardised_and_keep_the_time_of_day() -> None:
    encoding = fit_date("d", series([MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)]), None)
    inputs = inputs_of(encoding, [MONDAY + timedelta(days=5 / 3), MONDAY + timedelta(days=5 / 3, hours=12)])
    assert inputs["d days"] == pytest.approx([0, 0.5 / np.std([0, 1, 4])], abs=1e-6)


def test_hour_is_a_circle_only_where_train_has_times_of_day() -> None:
    hours = [MONDAY + timedelta(hours=number) for number in range(24)]
    encoding = fit_date("d", series(hours), None)
    assert encoding is not None and encoding.circles == ("hour",)
    inputs = inputs_of(encoding, [MONDAY + timedelta(hours=6), MONDAY + timedelta(hours=23, minutes=59, seconds=59)])
    assert inputs["d hour sine"] == pytest.approx([1, 0], abs=1e-3)
    assert inputs["d hour cosine"] == pytest.approx([0, 1], abs=1e-3)


def test_year_that_is_always_the_same_and_circles_that_stand_still_are_left_out() -> None:
    encoding = fit_date("d", series([MONDAY, MONDAY + timedelta(days=7)]), None)
    assert encoding is not None and encoding.input_names == ("d days",)


def test_missing_date_has_zero_circles_the_median_and_a_flag() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(401)]
    encoding = fit_date("d", series([*days, None]), None)
    inputs = inputs_of(encoding, [None, days[200]])
    assert inputs["d days is missing"] == [1, 0]
    assert inputs["d days"][0] == inputs["d days"][1]
    assert [inputs[name][0] for name in inputs if "sine" in name] == [0, 0, 0, 0]


def test_days_get_bins_where_the_target_changes_in_time() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(2_000)]
    encoding = fit_date("d", series(days), BinTargets((np.arange(2_000) > 700).astype(np.int64), True))
    assert encoding is not None and encoding.days.bins is not None
    assert encoding.days.bins.edges[1] == pytest.approx(MONDAY.timestamp() // 86_400 + 700.5, abs=1)
    assert encoding.year is not None and encoding.year.bins is None


def test_dates_before_1970_are_dates_too() -> None:
    encoding = fit_date("d", series([datetime(1900, 3, 1, 6), datetime(1950, 7, 1, 18)]), None)
    inputs = inputs_of(encoding, [datetime(1900, 3, 1, 6)])
    assert inputs["d hour sine"] == pytest.approx([1])
    assert inputs["d days"] == [-1]


@pytest.mark.parametrize("cells", [[MONDAY, MONDAY], [None], []])
def test_column_that_holds_the_same_everywhere_is_not_encoded(cells: list) -> None:
    assert fit_date("d", series(cells), None) is None


def test_one_date_and_holes_say_which() -> None:
    encoding = fit_date("d", series([MONDAY, None, MONDAY]), None)
    assert inputs_of(encoding, [None, MONDAY]) == {"d days is missing": [1, 0]}


def test_json_round_trip_is_exact() -> None:
    days = [MONDAY + timedelta(hours=31 * number) for number in range(500)]
    encoding = fit_date("d", series([*days, None]), None)
    assert encoding is not None
    assert DateEncoding.from_json("d", encoding.why, json.loads(json.dumps(encoding.to_json()))) == encoding
