"""What boosting reads: raw numbers, and categories as native codes."""

from datetime import datetime
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from caviar.diagnosis.tree_inputs import MOST_CODES, TreeInputs


def table(kinds, **cells):
    """A table as far as TreeInputs looks at it: a frame, and for each column its name, kind and whether it is used."""
    columns = tuple(
        SimpleNamespace(name=name, kind=kind, used=kind not in ("text", "constant")) for name, kind in kinds.items()
    )
    return SimpleNamespace(frame=pl.DataFrame(cells), columns=columns)


def test_numbers_booleans_and_dates_pass_through_and_missing_becomes_nan():
    train = table(
        {"size": "number", "old": "boolean", "when": "date", "remark": "text"},
        size=[1.5, None],
        old=[True, None],
        when=[datetime(1970, 1, 2), None],
        remark=["a", "b"],
    )
    inputs = TreeInputs.fit(train)
    assert inputs.is_category == [False, False, False]
    np.testing.assert_array_equal(inputs.transform(train.frame), [[1.5, 1.0, 86_400_000_000.0], [np.nan] * 3])


def test_categories_are_coded_by_frequency_and_unseen_ones_count_as_missing():
    train = table({"colour": "category"}, colour=["red", "blue", "blue", None])
    inputs = TreeInputs.fit(train)
    assert inputs.is_category == [True]
    new = pl.DataFrame({"colour": ["blue", "red", "green", None]})
    np.testing.assert_array_equal(inputs.transform(new)[:, 0], [0, 1, np.nan, np.nan])


def test_more_categories_than_bins_share_the_last_code():
    names = [f"c{number:04d}" for number in range(1000)]
    train = table({"id": "category"}, id=names + names[500:])
    codes = TreeInputs.fit(train).transform(train.frame)[:, 0]
    assert codes.max() == MOST_CODES - 1
    assert (codes[500 : 500 + MOST_CODES - 1] < MOST_CODES - 1).all()
    assert (codes[:500] == MOST_CODES - 1).all()


@pytest.mark.parametrize("kind", ["number", "category"])
def test_a_column_without_a_single_value_is_all_missing(kind):
    train = table({"empty": kind}, empty=pl.Series([None, None], dtype=pl.String if kind == "category" else pl.Float64))
    assert np.isnan(TreeInputs.fit(train).transform(train.frame)).all()
