"""The diary: what each step did, in words and as a falling line."""

from pathlib import Path

import pytest
from report_page import narrow, shapes

from caviar.report.diary import diary
from caviar.report.run_files import RunFiles

STEPS = [
    {
        "number": 0,
        "stage": "baseline",
        "finding": "none",
        "action": "logistic",
        "effect": {"dev_error_after": 0.2, "kept": True},
    },
    {
        "number": 1,
        "stage": "coarse search",
        "finding": "high-bias",
        "action": "more",
        "seconds": 4.0,
        "members_trained": 30,
        "effect": {
            "dev_error_before": 0.2,
            "dev_error_after": 0.15,
            "difference": -0.05,
            "low": -0.07,
            "high": -0.03,
            "kept": True,
        },
    },
    {"number": 2, "stage": "widen", "effect": {"dev_error_before": 0.15, "dev_error_after": 0.16, "kept": False}},
    {"number": 3, "stage": "wait", "effect": {"dev_error_before": 0.15, "dev_error_after": None, "kept": None}},
]


@pytest.fixture
def found():
    return diary(RunFiles(Path("run"), {}, steps=STEPS))


def test_effects_are_measured_in_words(found):
    measured = [entry.measured.replace("\u00a0", " ").replace("−", "-") for entry in found.entries]
    assert measured == [
        "dev error 20.0 %",
        "dev error 20.0 % → 15.0 %, -5.0 points (95 % interval -7.0 to -3.0)",
        "dev error 15.0 % → 16.0 %, +1.0 point (no interval)",
        "dev error was not measured",
    ]


def test_entries_say_what_was_found_and_what_it_cost(found):
    assert [entry.finding for entry in found.entries] == ["", "high-bias", "", ""]
    assert found.entries[1].cost == "30\u00a0members, 4.0\u00a0s"
    assert found.entries[1].stage == "Coarse search"
    assert [entry.kept for entry in found.entries] == [True, True, False, None]


def test_undone_step_is_hollow_and_leaves_the_line_where_it_was(found):
    picture = narrow(found.picture)
    assert len(shapes(picture, "circle", "kept-step")) == 2
    assert len(shapes(picture, "circle", "undone")) == 1
    [line] = shapes(picture, "path", "falling")
    heights = [point.split(" ")[1] for point in line["d"].replace("M", "").split("L")]
    assert heights[1] == heights[2] == heights[3]
    assert len(shapes(picture, "line", "whisker")) == 1


def test_steps_without_effects_are_listed_without_a_picture():
    found = diary(RunFiles(Path("run"), {}, steps=[{}, {"effect": None, "stage": "x"}]))
    assert found.picture == ""
    assert [entry.stage for entry in found.entries] == ["Step", "X"]


def test_empty_diary_is_none():
    assert diary(RunFiles(Path("run"), {})) is None
