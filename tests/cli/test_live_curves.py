"""The curves on a terminal: where a value stands, what the line of figures says, and nudges as upright lines."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.cli.live_curves import LiveCurves, figures, picture
from caviar.cli.text_plot import BLANK, MARK, is_wide, text_plot
from caviar.core.progress import Course

POINTS = [(1.0 / epoch, 1.0, 0.2 / epoch, 0.01) for epoch in range(1, 21)]
COURSE = Course(POINTS, 40, 20, [(10, "learning_rate 0.01 → 0.005")], reference=0.022)


def test_a_falling_line_goes_from_the_upper_left_to_the_lower_right() -> None:
    first, *_, last = text_plot([4, 3, 2, 1], 4, 8, 3)
    assert first[0] != BLANK and first[-1] == BLANK
    assert last[-1] != BLANK and last[0] == BLANK


def test_half_of_the_epochs_fill_half_of_the_width() -> None:
    for line in text_plot([1.0, 2.0] * 10, 40, 20, 2):
        assert set(line[11:]) == {BLANK} and set(line[:10]) != {BLANK}


def test_a_constant_curve_is_one_unbroken_line() -> None:
    lines = text_plot([0.5] * 30, 30, 10, 4)
    assert sum(set(line) != {BLANK} for line in lines) == 1
    assert all(BLANK not in line for line in lines if set(line) != {BLANK})


def test_what_is_not_finite_leaves_a_gap() -> None:
    [line] = text_plot([1.0, math.nan, math.nan, math.nan, 1.0], 5, 5, 1)
    assert [letter != BLANK for letter in line] == [True, False, False, False, True]


def test_a_mark_stands_upright_where_no_curve_passes() -> None:
    lines = text_plot([1.0, 1.0, 1.0], 3, 9, 4, marks=[2.5])
    column = [line[6] for line in lines]
    assert column.count(MARK) == 3


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60), st.integers(1, 80), st.integers(1, 40),
    st.integers(1, 8), st.booleans(),
)  # fmt: skip
def test_any_figures_make_a_picture_of_its_size(
    values: list[float], more: int, width: int, height: int, log: bool
) -> None:
    lines = text_plot(values, len(values) + more, width, height, [1.5], log and is_wide(values))
    assert len(lines) == height and {len(line) for line in lines} == {width}


def test_the_line_of_figures_says_where_it_stands() -> None:
    assert figures(COURSE, "error") == (
        "epoch 20/40 · train loss 0.05 · dev 1.0 % (best 1.0 % at 20) · boosting 2.2 % · rate 0.01"
    )
    paused = Course(POINTS[:1], 40, 0, paused=True, seconds_left=125)
    assert figures(paused, "rmse") == ("epoch 1/40 PAUSED · train loss 1 · rate 0.01 · 2 min 5 s left")


@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_the_picture_fits_the_terminal_and_ends_with_the_nudges(width: int) -> None:
    lines = picture(COURSE, "error", width)
    assert all(len(line) <= width for line in lines[1:])
    assert lines[-1] == f"{MARK} after epoch 10: learning_rate 0.01 → 0.005"
    assert sum(MARK in line for line in lines[1:-1]) >= 5
    assert "20.0 %" in lines[2] and "train loss" in lines[1]


@pytest.mark.parametrize(("epochs", "end"), [(1, 12), (12, 12), (13, 25), (60, 100), (100, 100), (130, 130)])
def test_the_axis_grows_with_the_run_by_halves_of_the_plan(epochs: int, end: int) -> None:
    assert picture(Course(POINTS[:1] * epochs, 100, 1), "error", 100)[-1].split()[-1] == str(end)


def test_before_the_first_epoch_there_is_the_line_of_any_progress() -> None:
    curves = LiveCurves()
    curves.update("references", 0, None, None)
    assert curves.line().plain == "references"
    curves.begin(Path("runs/a-1"), "multiclass")
    curves.draw(COURSE)
    assert curves.line().plain.splitlines()[0].startswith("epoch 20/40")
