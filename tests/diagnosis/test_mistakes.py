"""Which mistakes: confusions, the worst, the most typical, and rows that are pictures."""

import numpy as np
import polars as pl
import pytest
from judged_run import judged, judged_numbers, people

from caviar.diagnosis.judged_rows import JudgedRows
from caviar.diagnosis.mistakes import confusions, typical, worst
from caviar.diagnosis.pictures import picture_shape


def letters(truth: str, said: str, sure: list[float] | None = None, **changes: object) -> JudgedRows:
    """Rows of classes a, b and c."""
    chances = np.full((len(truth), 3), 0.1)
    chances[np.arange(len(said)), ["abc".index(letter) for letter in said]] = sure or [0.8] * len(said)
    numbers = np.arange(len(truth)) + 10
    known = {"probabilities": chances, "classes": ("a", "b", "c")} | changes
    return JudgedRows("dev", "multiclass", "letter", numbers, np.array(list(truth)), np.array(list(said)), **known)  # type: ignore[arg-type]


def test_confusions_are_counted_the_commonest_first() -> None:
    found = confusions(letters("aaaabbc", "abbcbaa"))
    assert [(one.truth, one.said, one.count) for one in found] == [
        ("a", "b", 2), ("a", "c", 1), ("b", "a", 1), ("c", "a", 1)
    ]  # fmt: skip
    assert [one.share for one in found] == [0.4, 0.2, 0.2, 0.2]


def test_the_worst_mistakes_are_those_the_model_was_surest_of() -> None:
    found = worst(letters("aaab", "abbb", [0.99, 0.6, 0.9, 0.99]))
    assert [(one.row, one.truth, one.prediction, one.probability) for one in found] == [
        (12, "a", "b", 0.9), (11, "a", "b", 0.6)
    ]  # fmt: skip


def test_the_worst_of_a_regression_are_missed_by_most() -> None:
    found = worst(judged_numbers(None, np.array([1.0, -30, 2, 20] + [0.5] * 16)))
    assert [(one.row, one.truth, one.prediction, one.probability) for one in found] == [
        (1, 101, 71, None), (3, 103, 123, None)
    ]  # fmt: skip


def test_the_typical_mistake_is_the_one_in_the_middle_of_its_kind() -> None:
    cells = pl.DataFrame({"size": [0.0, 9.0, 5.0, 1.0, 4.0], "city": ["Ayr", "Bath", "Ayr", "Ayr", "Ayr"]})
    [one] = typical(letters("aaaaa", "bbbbb", cells=cells))
    assert (one.row, one.kind, one.of) == (14, "a taken for b", 5)
    assert one.cells == {"size": 4.0, "city": "Ayr"}


def test_the_typical_row_has_the_smallest_mean_distance_by_hand() -> None:
    cells = people(60)
    rows = judged(cells, np.arange(60) < 25)
    for one in typical(rows):
        truth = one.kind.split()[0]
        places = [place for place in range(25) if rows.truth[place] == truth]
        means = {place: np.mean([_gower(cells, place, other) for other in places]) for place in places}
        assert means[one.row] == pytest.approx(min(means.values()))


def _gower(cells: pl.DataFrame, one: int, other: int) -> float:
    apart = []
    for column in cells.iter_columns():
        left, right = column[one], column[other]
        if left is None or right is None:
            apart.append(float((left is None) != (right is None)))
        elif isinstance(left, float):
            apart.append(abs(left - right) / (column.max() - column.min()))
        else:
            apart.append(float(left != right))
    return float(np.mean(apart))


def test_fewer_than_three_of_a_kind_have_no_typical_one_and_identifiers_do_not_count() -> None:
    cells = pl.DataFrame({"id": ["p", "q", "r", "s"], "size": [1.0, 2.0, 9.0, 2.1]})
    assert typical(letters("aabb", "bbaa", cells=cells)) == []
    kinds = {"id": "identifier"}
    assert typical(letters("aaab", "bbbb", cells=cells, kinds=kinds))[0].row == 11


def test_a_regression_errs_too_high_and_too_low() -> None:
    misses = np.array([50.0, 60, 70, 80, -55, -65, -75] + [1.0] * 63)
    found = typical(judged_numbers(pl.DataFrame({"size": np.arange(70.0)}), misses))
    assert [(one.kind, one.of) for one in found] == [("too high", 4), ("too low", 3)]


def test_square_rows_of_grey_values_are_pictures_and_other_tables_are_not() -> None:
    generator = np.random.default_rng(0)
    grey = generator.integers(0, 17, (300, 64)).astype(float)
    grey[:, [0, 63]] = 0
    shape = picture_shape(pl.DataFrame(grey))
    assert shape is not None and (shape.side, shape.low, shape.high) == (8, 0.0, 16.0)
    assert picture_shape(pl.DataFrame(grey[:, :60])) is None
    assert picture_shape(pl.DataFrame(grey[:, :36])) is None
    assert picture_shape(pl.DataFrame(generator.normal(size=(300, 64)))) is None
    assert picture_shape(people()) is None
