"""What `check` finds: each fault planted in a healthy table, and nothing in the healthy one."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from table_files import texts

from caviar.data.check import check
from caviar.data.tables import load

NUM_ROWS = 1_000
GENERATOR = np.random.default_rng(0)
NUMBERS = GENERATOR.normal(50, 10, NUM_ROWS)
COLOURS = GENERATOR.choice(["red", "green", "blue"], NUM_ROWS)
LABELS = np.where(NUMBERS + GENERATOR.normal(0, 20, NUM_ROWS) > 50, "good", "bad")
AMOUNTS = NUMBERS * 3 + GENERATOR.normal(0, 20, NUM_ROWS)


def told(level: str, columns: dict[str, object] | None = None, target: object = LABELS, **options: object) -> str:
    frame = pl.DataFrame({"size": NUMBERS, "colour": COLOURS, **(columns or {}), "y": target}, strict=False)
    return texts(check(load(frame, "y", **options)), level)  # type: ignore[arg-type]


def with_cells(values: np.ndarray, count: int, value: object) -> list[object]:
    """The values with the first `count` of them replaced."""
    return [value] * count + values.tolist()[count:]


@pytest.mark.parametrize("target", [LABELS, AMOUNTS], ids=["classes", "regression"])
def test_a_healthy_table_has_no_warning_and_nothing_repaired(target: np.ndarray) -> None:
    assert told("warning", target=target) == told("repaired", target=target) == ""
    assert told("info", target=target).startswith("the task is")


def test_warnings_come_first_and_nothing_comes_twice() -> None:
    frame = pl.DataFrame({"size": NUMBERS, "same": ["k"] * NUM_ROWS, "copy": LABELS, "y": LABELS})
    notices = check(load(frame, "y"))
    assert [notice.level for notice in notices] == ["warning", "repaired", "info"]
    assert len(set(notices)) == len(notices)


def test_notices_of_the_split_are_told_as_well() -> None:
    table = load("iris")
    parts = table.split()
    assert set(parts.notices) <= set(check(table, parts))
    assert check(table, replace(parts, notices=table.notices)) == check(table)


def test_a_table_without_target_is_checked_as_far_as_that_goes() -> None:
    frame = pl.DataFrame({"size": with_cells(NUMBERS, 600, None), "colour": COLOURS})
    assert "cells are missing in 1 of 2 columns: 'size' 60%" in texts(check(load(frame, target_needed=False)))


def test_few_rows() -> None:
    frame = pl.DataFrame({"size": NUMBERS[:150], "y": LABELS[:150]})
    assert "150 rows are few for a network" in texts(check(load(frame, "y")), "warning")
    wide = pl.DataFrame({f"x{place}": GENERATOR.normal(size=300) for place in range(70)} | {"y": LABELS[:300]})
    assert "300 rows are few for 70 columns" in texts(check(load(wide, "y")), "warning")


def test_missing_cells_by_column_most_first() -> None:
    columns = {"a": with_cells(NUMBERS, 20, None), "b": with_cells(COLOURS, 100, None)}
    assert "cells are missing in 2 of 4 columns: 'b' 10%, 'a' 2%. They are filled in" in told("info", columns)
    columns["a"] = with_cells(NUMBERS, 700, None)
    assert "'a' 70%, 'b' 10%. Where most are missing, ask why" in told("warning", columns)


def test_nearly_constant_columns() -> None:
    assert "nearly every cell holds the same in 'a' (99.6%)" in told("info", {"a": [1, 2, 3, 4] + [0] * (NUM_ROWS - 4)})
    assert "nearly every cell" not in told("info", {"a": [1] * 6 + [0] * (NUM_ROWS - 6)})


def test_many_categories() -> None:
    towns = [f"town {row % 150}" for row in range(NUM_ROWS)]
    assert "many categories in 'town' (150, 150 in fewer than 10 rows)" in told("info", {"town": towns})


def test_what_reading_told_is_among_it() -> None:
    columns = {
        "id": range(NUM_ROWS),
        "name": [f"Mr {row} X" for row in range(NUM_ROWS)],
        "same": ["k"] * NUM_ROWS,
        "odd": with_cells(NUMBERS.astype(str), 3, "oops"),
        "copy": LABELS,
        "inf": with_cells(NUMBERS, 1, np.inf),
    }
    told_info, told_repaired = told("info", columns), told("repaired", columns)
    assert "as identifiers: 'id'" in told_info and "as text: 'name'" in told_info
    assert "'same'" in told_repaired and "'oops' (row 1)" in told_repaired and "1 infinite cell" in told_repaired
    assert "'copy' gives the target 'y' away" in told("warning", columns)


# ------------------------------------------------------------------------- rows that come twice


def test_rows_that_repeat_are_counted_and_a_few_of_them_are_no_warning() -> None:
    def doubled(count: int) -> dict[str, object]:
        keep = np.r_[np.arange(NUM_ROWS - count), np.arange(count)]
        return {"size": NUMBERS[keep], "colour": COLOURS[keep], "target": LABELS[keep]}

    few, many = doubled(5), doubled(50)
    assert "5 rows repeat an earlier one exactly (0.5%; rows 996, 997, 998 …)" in told(
        "info", few, target=few.pop("target")
    )
    assert "50 rows repeat an earlier one exactly (5.0%" in told("warning", many, target=many.pop("target"))


def test_rows_that_contradict_each_other_bound_the_error() -> None:
    keep = np.r_[
        np.arange(NUM_ROWS - 40), np.arange(20), np.arange(20)
    ]  # 20 rows three times, once with the other label
    labels = LABELS[keep]
    labels[-20:] = np.where(labels[-20:] == "good", "bad", "good")
    found = told("warning", {"size": NUMBERS[keep], "colour": COLOURS[keep]}, target=labels)
    assert "60 rows agree with another in every feature, but not in 'y' (rows 1, 2, 3 …)." in found
    assert "They cost any model at least 2.0% of error." in found


def test_contradictions_of_a_regression_have_no_bound() -> None:
    keep = np.r_[np.arange(NUM_ROWS - 20), np.arange(20)]
    found = told("warning", {"size": NUMBERS[keep], "colour": COLOURS[keep]}, target=AMOUNTS)
    assert "40 rows agree with another in every feature, but not in 'y'" in found and "of error" not in found


def test_columns_left_out_do_not_tell_rows_apart() -> None:
    keep = np.r_[np.arange(NUM_ROWS - 50), np.arange(50)]
    columns = {"id": range(NUM_ROWS), "size": NUMBERS[keep], "colour": COLOURS[keep]}
    assert "50 rows repeat" in told("warning", columns, target=LABELS[keep])


# ------------------------------------------------------------------------------- the target


def test_dominant_and_rare_labels() -> None:
    labels = np.array(["usual"] * 950 + ["odd"] * 45 + ["rare"] * 5)
    found = told("warning", target=labels)
    assert (
        "label 'usual' makes up 95.0% of the rows: an error of 5.0% needs no model. Look at the errors of each label"
        in found
    )
    assert "1 label of 'y' has fewer than 10 rows: 'rare' (5 rows)." in found
    assert "label 'a' makes up 70.0% of the rows" in told("info", target=["a"] * 700 + ["b"] * 300)


def test_a_skewed_target_and_its_logarithm() -> None:
    skewed = np.exp(AMOUNTS / 25)
    assert "target 'y' is skewed" in told("info", target=skewed) and "predict log(y) instead" in told(
        "info", target=skewed
    )
    assert "a few small values" in told("info", target=-skewed) and "log(" not in told("info", target=-skewed)


def test_a_target_that_was_cut_off() -> None:
    cut = np.minimum(AMOUNTS, np.quantile(AMOUNTS, 0.95))
    assert "50 rows (5.0%) hold exactly the largest value of target 'y'" in told("warning", target=cut)
    assert "hold exactly the smallest value" in told("warning", target=-cut)
    assert "cut off" not in told("warning", target=np.round(AMOUNTS))
    steps = np.arange(NUM_ROWS) * 7 % 120 + 0.5
    assert "cut off" not in told("warning", target=np.minimum(steps, 117.5))  # 3 of 118 steps: not above the others
    assert "cut off" not in told("warning", target=np.minimum(steps, 20.5))  # grades, not measurements


# ---------------------------------------------------------------------------- numbers far away


@pytest.mark.parametrize(
    ("code", "found"), [(-999, True), (-1, True), (99999, True), (9999, True), (99, False), (-50, False)]
)
def test_codes_that_mean_missing(code: int, found: bool) -> None:
    columns = {"a": with_cells(NUMBERS.round(1).clip(1, 98), 30, code)}
    warned = f"column 'a' holds {code:,} in 30 rows, all else lies from" in told("warning", columns)
    assert warned == found
    assert f"--missing={code} " in told("warning", columns) or not found
    assert "--missing" not in told("warning", {"a": with_cells(NUMBERS, 4, code)})


def test_a_negative_code_among_negative_numbers_must_be_far_away() -> None:
    assert "--missing" not in told("warning", {"a": with_cells(NUMBERS - 50, 30, -9)})
    assert "--missing=-999" in told("warning", {"a": with_cells(NUMBERS - 50, 30, -999)})


def test_heavy_tails() -> None:
    found = told("info", {"a": with_cells(NUMBERS, 2, 5_000), "b": [*[0] * 900, *range(1000, 1100)]})
    assert (
        "heavy tails: 'b' reaches 1,099, though at least half of its cells are 0; 'a' reaches 5,000, though half"
        in found
    )
    assert "heavy tails" not in told("info", {"a": with_cells(NUMBERS, 2, 200)})


# ------------------------------------------------------------------------ columns that give it away


@pytest.mark.parametrize(
    ("make", "target", "found"),
    [
        (lambda: np.where(LABELS == "good", 1.0, -1.0) * GENERATOR.uniform(1, 2, NUM_ROWS), LABELS, True),
        (lambda: np.where(LABELS == "good", 1.0, -1.0) + GENERATOR.normal(0, 1.0, NUM_ROWS), LABELS, False),
        (lambda: [label + "xyz"[row % 3] for row, label in enumerate(LABELS)], LABELS, True),
        (lambda: [None if label == "bad" else row / 7 for row, label in enumerate(LABELS)], LABELS, True),
        (lambda: [f"{row % 300}" + "abc"[row % 3] for row in range(NUM_ROWS)], LABELS, False),
        (lambda: np.abs(AMOUNTS) + GENERATOR.normal(0, 2, NUM_ROWS), AMOUNTS, True),
        (lambda: COLOURS, np.char.str_len(COLOURS) + GENERATOR.normal(0, 0.01, NUM_ROWS), True),
        (lambda: NUMBERS + 0.5, AMOUNTS, False),
    ],
)
def test_columns_that_predict_the_target_alone(make, target: np.ndarray, found: bool) -> None:  # type: ignore[no-untyped-def]
    assert ("column 'a' alone takes away" in told("warning", {"a": make()}, target)) == found


def test_categories_that_only_one_half_has_are_no_evidence() -> None:
    singles = [f"{label} {row}" for row, label in enumerate(LABELS)]
    assert "alone takes away" not in told("warning", {"a": singles}, types={"a": "category"})


def test_copies_that_loading_told_are_not_told_again() -> None:
    found = told("warning", {"copy": LABELS})
    assert "gives the target" in found and "alone takes away" not in found
