"""Conditions say exactly which rows they mean."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from judged_run import people

from caviar.diagnosis.conditions import conditions_of


def texts(frame: pl.DataFrame, kinds: dict[str, str] | None = None, fewest: int = 1) -> dict[str, np.ndarray]:
    return {each.text: each.mask for each in conditions_of(frame, kinds or {}, fewest)}


@pytest.mark.parametrize("column", ["age", "income", "height"])
def test_a_range_holds_the_rows_that_its_text_names(column: str) -> None:
    frame = people(200).select(column)
    found = texts(frame)
    assert len(found) > 30
    for text, mask in found.items():
        for value, held in zip(frame[column].to_list(), mask, strict=True):
            if "missing" in text:
                assert held == (value is None)
            elif value is not None:
                assert held == eval(text.replace("≤", "<=").replace(",", "").replace(" = ", " == "), {column: value})
            else:
                assert not held


def test_a_number_with_few_values_is_cut_between_them() -> None:
    found = texts(pl.DataFrame({"rooms": [1.0, 2.0, 2.0, 3.0, None]}))
    assert {text: mask.tolist() for text, mask in found.items()} == {
        "rooms is missing": [False, False, False, False, True],
        "rooms = 1": [True, False, False, False, False],
        "rooms ≤ 2": [True, True, True, False, False],
        "rooms = 2": [False, True, True, False, False],
        "rooms ≥ 2": [False, True, True, True, False],
        "rooms = 3": [False, False, False, True, False],
    }


def test_categories_booleans_and_missing_cells_are_conditions() -> None:
    frame = pl.DataFrame({"city": ["Ayr", "Bath", None, "Ayr"], "member": [True, None, False, True]})
    found = {text: np.flatnonzero(mask).tolist() for text, mask in texts(frame).items()}
    assert found == {
        "city is missing": [2],
        "city = Ayr": [0, 3],
        "city = Bath": [1],
        "member is missing": [1],
        "member = yes": [0, 3],
        "member = no": [2],
    }


def test_dates_are_cut_at_midnight_and_written_as_days() -> None:
    days = [datetime(2024, 1, 1, 12) + timedelta(days=day) for day in range(100)]
    found = texts(pl.DataFrame({"when": days}))
    cut = next(text for text in found if text.startswith("when ≤")).removeprefix("when ≤ ")
    assert found[f"when ≤ {cut}"].tolist() == [day <= datetime.fromisoformat(cut) for day in days]


def test_texts_identifiers_and_constants_make_no_conditions() -> None:
    frame = pl.DataFrame({"note": ["a", "a", "b", "b"], "id": [1.0, 2.0, 3.0, 4.0], "same": [1.0, 1.0, 2.0, 2.0]})
    assert texts(frame, {"note": "text", "id": "identifier", "same": "constant"}) == {}


def test_conditions_that_hold_too_few_rows_or_nearly_all_are_left_out() -> None:
    frame = pl.DataFrame({"city": ["Ayr"] * 5 + ["Bath"] * 95})
    assert texts(frame, fewest=6) == {}
    assert set(texts(frame, fewest=5)) == {"city = Ayr", "city = Bath"}
