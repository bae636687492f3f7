"""The target under another name."""

import numpy as np
import polars as pl
import pytest

from caviar.data.copies import copy_notices, correlation
from caviar.data.tables import load

GENERATOR = np.random.default_rng(0)
VALUES = GENERATOR.normal(size=200)
LABELS = np.where(GENERATOR.random(200) < 0.3, "good", "bad")


def warned(target: object, **features: object) -> tuple[str, ...]:
    table = load(pl.DataFrame({**features, "y": target}), "y")
    notices = copy_notices(table.frame, table.columns, "y", classify=table.task != "regression")
    assert all(notice.level == "warning" for notice in notices)
    return tuple(name for notice in notices for name in notice.columns)


def test_a_feature_that_is_one_to_one_with_the_label_is_warned_of() -> None:
    assert warned(
        LABELS,
        code=np.where(LABELS == "good", 1, 2),
        flag=LABELS == "good",
        word=np.where(LABELS == "good", "G", "B"),
        other=VALUES,
    ) == ("code", "flag", "word")


def test_missing_cells_do_not_hide_it_and_a_single_exception_does() -> None:
    word = [None if row % 5 == 0 else label for row, label in enumerate(LABELS)]
    assert warned(LABELS, word=word) == ("word",)
    assert warned(LABELS, word=[label if row % 5 == 0 else None for row, label in enumerate(LABELS)]) == ()
    word[1] = "good" if LABELS[1] == "bad" else "bad"
    assert warned(LABELS, word=word) == ()


def test_a_finer_or_coarser_feature_is_none() -> None:
    assert warned(LABELS, finer=[label + "12"[row % 2] for row, label in enumerate(LABELS)]) == ()


@pytest.mark.parametrize(
    ("feature", "found"),
    [
        (3 * VALUES - 7, True),
        (-VALUES, True),
        (np.exp(VALUES), True),
        (VALUES + 1e-5 * GENERATOR.normal(size=200), True),
        (VALUES + 0.1 * GENERATOR.normal(size=200), False),
        (np.abs(VALUES), False),
    ],
)
def test_numbers_in_the_order_of_the_target_are_warned_of(feature: np.ndarray, found: bool) -> None:
    assert warned(VALUES, x=feature, other=GENERATOR.normal(size=200)) == (("x",) if found else ())


def test_few_rows_are_not_judged() -> None:
    assert warned(["a", "b"] * 4, x=["u", "v"] * 4) == ()


def test_correlation_is_that_of_numpy_even_of_huge_values_and_0_of_constants() -> None:
    other = VALUES + GENERATOR.normal(size=200)
    assert correlation(VALUES * 1e200, other) == pytest.approx(np.corrcoef(VALUES, other)[0, 1])
    assert correlation(VALUES, np.full(200, 3.0)) == 0.0
