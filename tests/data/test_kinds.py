"""What columns hold: the rules, one by one, with cells that just do and just do not meet them."""

import datetime
import random
import uuid

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import cells

from caviar.data.cleaning import clean
from caviar.data.kinds import impose, infer

GENERATOR = random.Random(0)
MEASURED = [round(GENERATOR.gauss(50, 10), 4) for _ in range(200)]
AMOUNTS = GENERATOR.sample(range(1_000, 90_000), 200)


def kind_of(values: list[object], name: str = "x") -> str:
    return infer(cells(*values, name=name)).kind


@pytest.mark.parametrize(
    ("values", "name", "kind"),
    [
        # numbers: measurements and amounts are no identifiers, however distinct
        (MEASURED, "x", "number"),
        (AMOUNTS, "x", "number"),
        (sorted(MEASURED), "x", "number"),
        (MEASURED, "user_id", "number"),
        ([0, 1] * 50, "x", "number"),
        ([1, 2, 3] * 50, "class", "number"),
        (["1,234.5", "17"] * 20, "x", "number"),
        (list(range(1900, 2020)), "year", "number"),
        (list(range(18, 60)), "age", "number"),
        (list(range(10)), "x", "number"),
        ([*range(95), *["soon"] * 5], "x", "identifier"),
        ([*MEASURED[:95], *["soon"] * 5], "x", "number"),
        # identifiers: counters, and distinct whole numbers of that name
        (list(range(100)), "x", "identifier"),
        (GENERATOR.sample(range(1, 101), 100), "x", "identifier"),
        (sorted(AMOUNTS), "order", "identifier"),
        (sorted(AMOUNTS, reverse=True), "order", "identifier"),
        (AMOUNTS, "PassengerId", "identifier"),
        (AMOUNTS, "ID", "identifier"),
        (AMOUNTS, "id_customer", "identifier"),
        (AMOUNTS, "humid", "number"),
        (AMOUNTS, "idea", "number"),
        (GENERATOR.sample(range(300), 100), "x", "number"),
        (list(range(5)), "id", "identifier"),
        (AMOUNTS, "card no", "identifier"),
        ([f"A{row:05d}" for row in range(100)], "x", "identifier"),
        ([uuid.UUID(int=row) for row in range(100)], "x", "identifier"),
        # codes
        ([f"{zipcode:05d}" for zipcode in (7030, 10001, 90210)] * 20, "zip", "category"),
        ([f"{row:05d}" for row in range(100)], "zip", "identifier"),
        ([7, 8, 9] * 30, "store_id", "category"),
        # booleans
        (["yes", "no"] * 20, "x", "boolean"),
        (["Y", "n", "N"] * 20, "x", "boolean"),
        (["True", "false"] * 20, "x", "boolean"),
        (["yes", "no", "maybe"] * 20, "x", "category"),
        (["yes", "true"] * 20, "x", "category"),
        (["m", "f"] * 20, "x", "category"),
        (["yes"] * 2000 + ["no"], "x", "boolean"),
        # dates
        (["2024-01-31", "2023-05-01 10:00"] * 20, "x", "date"),
        (["3/4/2024", "31/1/2024"] * 20, "x", "date"),
        ([20240131, 20231224] * 20, "sale_date", "date"),
        ([20240131, 20231224] * 20, "x", "number"),
        ([20249131, 20231224] * 20, "date", "number"),
        (["2024-01-31"] * 90 + ["soon"] * 10, "x", "category"),
        # text and categories
        ([f"Mr {row} Smith" for row in range(100)], "x", "text"),
        ([f"t {row // 2} x" for row in range(100)], "x", "category"),
        ([f"t {row * 2 // 3} x" for row in range(300)], "x", "text"),
        ([*["usual"] * 160, *[f"rare {row} x" for row in range(340)]], "x", "category"),
        ([*["usual"] * 140, *[f"rare {row} x" for row in range(360)]], "x", "text"),
        (["long " * 20 + "a", "long " * 20 + "b"] * 20, "x", "category"),
        ([f"{'long ' * 20}{row // 5}" for row in range(200)], "x", "text"),
        ([f"c{row // 5}" for row in range(50_000)], "x", "category"),
        ([*range(80), *["?"] * 0, *["word"] * 20], "x", "text"),
        ([*[1, 2, 3] * 30, *["word"] * 10], "x", "category"),
        # constants
        ([None] * 20, "x", "constant"),
        (["k"] * 20, "x", "constant"),
        (["k"] * 19 + [None], "x", "constant"),
        (["k"] * 10 + [None] * 10, "x", "category"),
        ([5] * 100, "x", "constant"),
        (["inf", "-inf"] * 9, "x", "constant"),
        (["5", "inf"] * 9, "x", "constant"),
        (["0"] * 97 + ["x"] * 3, "x", "category"),
    ],
)
def test_kind(values: list[object], name: str, kind: str) -> None:
    assert kind_of(values, name) == kind


@pytest.mark.parametrize(
    ("cells_of", "kind"),
    [
        (pl.Series(MEASURED), "number"),
        (pl.Series(range(100)), "identifier"),
        (pl.Series([1.0, 2.0] * 20), "number"),
        (pl.Series([True, False] * 9), "boolean"),
        (pl.Series([True] * 9), "constant"),
        (pl.Series([datetime.datetime(2024, 1, day) for day in range(1, 30)]), "date"),
        (pl.Series([datetime.datetime(2024, 1, 1)] * 9), "constant"),
        (pl.Series([2**60, 2**61] * 9, dtype=pl.UInt64), "number"),
    ],
)
def test_kind_of_typed_columns(cells_of: pl.Series, kind: str) -> None:
    assert infer(cells_of).kind == kind


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.integers(-5, 5),
            st.floats(-5, 5),
            st.sampled_from(["yes", "no", "a", "2024-01-31", "", "inf"]),
        ),
        max_size=40,
    ),
    st.booleans(),
)
def test_any_column_has_a_kind_and_every_kind_but_text_can_be_imposed_or_is_refused(
    values: list[object], comma: bool
) -> None:
    column = clean(cells(*values).to_frame())["x"]
    guess = infer(column, comma_is_decimal=comma)
    assert guess.reason and guess.used == (guess.kind in ("number", "category", "boolean", "date"))
    for kind in ("number", "category", "boolean", "date", "text", "identifier"):
        imposed = impose(column, kind, comma_is_decimal=comma)  # type: ignore[arg-type]
        assert imposed is None or imposed.kind in (kind, "constant")
        assert imposed is not None or kind in ("number", "boolean", "date")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([1, 90] * 9, "whole numbers, 1 to 90"),
        ([0.5, 1484705] * 9, "numbers, 0.5 to 1,484,705"),
        (["1,5", "2"] * 9, "numbers, 1.5 to 2, decimal comma"),
        (["a", "b", "c"] * 9, "3 categories"),
        (["yes", "no"] * 9, "yes or no"),
        (["2024-01-31", "2023-01-31"] * 9, "dates, 2023-01-31 to 2024-01-31"),
        (["k"] * 9, "every cell is 'k'"),
        ([3.0] * 9, "every cell is '3'"),
        (["k"] * 9 + [None], "every cell is 'k' or missing"),
        ([None] * 9, "every cell is missing"),
        (["k"] * 9 + [None] * 9, "'k' or missing"),
        (list(range(50)), "whole numbers that count the rows"),
        ([f"Mr {row} Smith" for row in range(100)], "100 distinct texts in 100 rows"),
    ],
)
def test_reason(values: list[object], reason: str) -> None:
    assert infer(cells(*values)).reason == reason


def test_words_among_numbers_are_remarked_on_unless_they_are_codes() -> None:
    words = infer(cells(*[*range(80), *["none"] * 20]))
    assert (
        "mixes numbers (80% of its cells) and words, such as 'none': taken as text" in words.remark and words.suspicious
    )
    codes = infer(cells(*[*range(1000, 1070), *[f"PC {row}" for row in range(30)]]))
    assert codes.kind == "text" and not codes.remark


def test_unusual_spellings_of_numbers_and_dates_are_remarked_on() -> None:
    assert "written like '$1,234.5': read as 1234.5" in infer(cells(*["$1,234.5", "$9"] * 9)).remark
    assert "could have the day or the month first ('3/4/2024')" in infer(cells(*["3/4/2024", "4/5/2024"] * 9)).remark


@pytest.mark.parametrize(
    ("values", "kind", "form"),
    [
        (["1,5", "x"], "number", "decimal comma"),
        (["3/4/2024", *["x"] * 20], "date", "month"),
        ([20240131, 20240201], "date", "compact"),
        ([1, 2], "category", "number"),
        (["01", "2"], "category", ""),
        ([0, 1], "boolean", ""),
        ([1, 2], "text", ""),
        ([1, 2], "identifier", "number"),
    ],
)
def test_a_kind_imposed_comes_with_the_form_that_fits(values: list[object], kind: str, form: str) -> None:
    guess = impose(cells(*values), kind)  # type: ignore[arg-type]
    assert guess is not None and (guess.kind, guess.form, guess.reason) == (kind, form, "as declared")


@pytest.mark.parametrize("kind", ["number", "boolean", "date"])
def test_a_kind_that_fits_no_cell_cannot_be_imposed(kind: str) -> None:
    assert impose(cells("red", "green"), kind) is None  # type: ignore[arg-type]
