"""Spellings of dates, against Python's own calendar."""

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import cells

from caviar.data.written_dates import as_dates, date_form, is_ambiguous

MOMENTS = st.datetimes(datetime.datetime(1500, 1, 1), datetime.datetime(2199, 12, 31))


@given(st.lists(MOMENTS, min_size=1, max_size=5))
def test_iso_text_of_any_moment_is_read_back_exactly(moments: list[datetime.datetime]) -> None:
    for separator in ("T", " "):
        assert as_dates(cells(*[moment.isoformat(separator) for moment in moments]), "year").to_list() == moments


@given(
    MOMENTS,
    st.sampled_from(
        [
            ("year", "%Y/%m/%d %H:%M"),
            ("day", "%d.%m.%Y %H:%M"),
            ("month", "%m/%d/%Y %I:%M %p"),
            ("month name", "%d %b %Y %H:%M"),
            ("month name", "%B %d, %Y %H:%M"),
            ("month name", "%d-%b-%Y %H:%M"),
        ]
    ),
)
def test_dates_of_other_spellings_are_those_of_strftime(moment: datetime.datetime, spelling: tuple[str, str]) -> None:
    form, pattern = spelling
    text = moment.strftime(pattern)
    assert as_dates(cells(text), form).to_list() == [moment.replace(second=0, microsecond=0)]
    assert date_form(cells(text), 1.0) is not None


@given(st.datetimes(datetime.datetime(1600, 1, 1), datetime.datetime(2100, 1, 1)), st.integers(-23 * 60, 23 * 60))
def test_a_zone_is_counted_back_to_utc(moment: datetime.datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=minutes)))
    assert as_dates(cells(zoned.isoformat()), "year").to_list() == [zoned.astimezone(datetime.UTC).replace(tzinfo=None)]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("2024-01", "year", (2024, 1, 1)),
        ("2024-1-5", "year", (2024, 1, 5)),
        ("2024-01-31T10:00Z", "year", (2024, 1, 31, 10)),
        ("2024-01-31 10:00:00 UTC", "year", (2024, 1, 31, 10)),
        ("1/31/24", "month", (2024, 1, 31)),
        ("1/31/68", "month", (2068, 1, 31)),
        ("1/31/69", "month", (1969, 1, 31)),
        ("31-1-2024", "day", (2024, 1, 31)),
        ("May 2020", "month name", (2020, 5, 1)),
        ("Sept. 3rd, 2020", "month name", (2020, 9, 3)),
        ("12:30 am", "month", None),
        ("1/2/2024 12:30 am", "month", (2024, 1, 2, 0, 30)),
        ("1/2/2024 12:30 PM", "month", (2024, 1, 2, 12, 30)),
        ("20240131", "compact", (2024, 1, 31)),
    ],
)
def test_one_date_in_many_spellings(text: str, form: str, expected: tuple[int, ...] | None) -> None:
    assert as_dates(cells(text), form).to_list() == [expected and datetime.datetime(*expected)]


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2024-13-01",
        "2024-01-31 25:00",
        "2024-01-31 10:60",
        "24-01-31",
        "4500-12",
        "2024-01-31 and more",
        "20240131",
        "2024",
        "abc",
        "",
    ],
)
def test_what_is_no_date_is_missing(text: str) -> None:
    assert as_dates(cells(text), "year").to_list() == [None]


def test_a_date_has_one_day() -> None:
    assert as_dates(cells("5 Jan 2024", "Jan 6, 2024", "5 Jan 6, 2024"), "month name").null_count() == 1


def test_day_or_month_first_is_decided_over_the_whole_column() -> None:
    assert date_form(cells("3/4/2024", "5/6/2024"), 0.95) == "month"
    assert date_form(cells("3/4/2024", "31/1/2024"), 0.95) == "day"
    assert date_form(cells("3.4.2024", "5.6.2024"), 0.95) == "day"
    assert date_form(cells("3.4.2024", "1.31.2024", "1.30.2024"), 0.95) == "month"


def test_only_dates_that_could_be_read_otherwise_are_ambiguous() -> None:
    assert is_ambiguous(cells("3/4/2024", "5/6/2024"), "month")
    assert not is_ambiguous(cells("3/4/2024", "1/31/2024"), "month")
    assert not is_ambiguous(cells("3/3/2024", "5/5/2024"), "month")
    assert not is_ambiguous(cells("3.4.2024"), "day")
    assert not is_ambiguous(cells("2024-03-04"), "year")


def test_a_few_other_cells_do_not_hide_dates_and_many_do() -> None:
    assert date_form(cells(*["2024-01-31"] * 19, "soon", None, None), 0.95) == "year"
    assert date_form(cells(*["2024-01-31"] * 18, "soon", "later"), 0.95) is None
    assert date_form(cells("red", "green"), 0.95) is None
    assert date_form(cells(), 0.95) is None


def test_typed_dates_stay_and_other_types_are_none() -> None:
    moments = pl.Series([datetime.datetime(2024, 1, 31), None])
    assert as_dates(moments, "") is moments
    assert date_form(pl.Series([1.0, 2.0]), 0.95) is None
    assert as_dates(pl.Series([20240131.0, 1.0, None]), "compact").to_list() == [
        datetime.datetime(2024, 1, 31),
        None,
        None,
    ]
    assert as_dates(pl.Series([True]), "year").to_list() == [None]
