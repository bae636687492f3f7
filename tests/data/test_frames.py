"""Tables in memory: types that stay, types that become plain."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from caviar.core.errors import DataError
from caviar.data.sources import read
from caviar.data.tables import load

DAY = datetime.datetime(2024, 1, 31)


def test_pandas_columns_keep_numbers_dates_and_booleans_and_missing_is_null() -> None:
    frame = pd.DataFrame(
        {
            "whole": pd.array([1, None, 3], dtype="Int64"),
            "float": [1.5, np.nan, 3.0],
            "plain": np.array([1, 2, 3], np.int8),
            "text": ["u", None, "w"],
            "mixed": ["u", 2, pd.NA],
            "flag": pd.array([True, None, False], dtype="boolean"),
            "date": pd.to_datetime(["2024-01-31", None, "2024-02-01"]),
            "zoned": pd.to_datetime(["2024-01-31 02:00", None, "2024-02-01 02:00"]).tz_localize("Etc/GMT-2"),
            "kind": pd.Categorical([7, None, 8]),
        }
    )
    found = read(frame)
    rows = found.frame.with_columns(pl.selectors.float().fill_nan(None)).rows()
    assert rows[0] == (1, 1.5, 1, "u", "u", True, DAY, DAY, "7")
    assert rows[1] == (None, None, 2, None, "2", None, None, None, None)
    assert found.categories == ("kind",)


def test_polars_types_become_plain() -> None:
    frame = pl.DataFrame(
        {
            "enum": pl.Series(["u", "v"], dtype=pl.Enum(["u", "v"])),
            "category": pl.Series(["u", "v"], dtype=pl.Categorical),
            "decimal": pl.Series(["1.50", "2.25"]).str.to_decimal(scale=2),
            "day": [DAY.date()] * 2,
            "length": [datetime.timedelta(seconds=90)] * 2,
            "clock": [datetime.time(0, 1, 30)] * 2,
            "list": [[1], [2, 3]],
            "zoned": pl.Series([DAY] * 2).dt.replace_time_zone("Asia/Tokyo"),
            "nothing": [None, None],
        }
    )
    found = read(frame)
    row = found.frame.row(0)
    assert row == ("u", "u", row[2], DAY, 90.0, 90.0, "[1]", datetime.datetime(2024, 1, 30, 15), None)
    assert float(row[2]) == 1.5
    assert found.categories == ("enum", "category")


def test_pandas_names_may_be_numbers_but_not_come_twice() -> None:
    assert read(pd.DataFrame([[1, 2]])).frame.columns == ["0", "1"]
    with pytest.raises(DataError, match=r"every column of DataFrame needs a name of its own"):
        read(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_a_column_declared_a_category_is_one_even_of_numbers() -> None:
    codes = [10 * (row % 3) for row in range(30)]
    answers = [("u", "v")[row % 2] for row in range(30)]
    table = load(pd.DataFrame({"code": pd.Categorical(codes), "y": answers}), "y")
    assert (table.columns[0].kind, table.columns[0].reason) == ("category", "as declared")
    assert table.frame["code"].unique().sort().to_list() == ["0", "10", "20"]
    assert load(pd.DataFrame({"code": codes, "y": answers}), "y").columns[0].kind == "number"
