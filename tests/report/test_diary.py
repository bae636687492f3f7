"""The diary: what each step did, in words and as the error's path."""

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
    errors = [point.split(" ")[0] for point in line["d"].replace("M", "").split("L")]
    assert errors[0] != errors[1] == errors[2] == errors[3]
    assert len(shapes(picture, "line", "whisker")) == 1


def test_steps_without_effects_are_listed_without_a_picture():
    found = diary(RunFiles(Path("run"), {}, steps=[{}, {"effect": None, "stage": "x"}]))
    assert found.picture == ""
    assert [entry.stage for entry in found.entries] == ["Step", "X"]


def test_empty_diary_is_none():
    assert diary(RunFiles(Path("run"), {})) is None


def tried(name, error, low, high, kept, finding="high-bias"):
    return {
        "name": name,
        "finding": finding,
        "action": f"{name} it",
        "dev_error": error,
        "difference": error - 0.2,
        "low": low,
        "high": high,
        "kept": kept,
        "why": "measured",
    }


TRIAL = {
    "number": 1,
    "stage": "round 1: act",
    "finding": "high-bias",
    "action": "widen it",
    "effect": {
        "kept": True,
        "dev_error_before": 0.2,
        "dev_error_after": 0.1,
        "ensemble": {"train_error": 0.05, "dev_error": 0.09},
        "trial": {
            "seeds": 3,
            "control": {"dev_error": 0.2, "train_error": 0.15},
            "candidates": [
                tried("widen", 0.1, -0.13, -0.07, True) | {"difference_without_luck": -0.09},
                tried("train-longer", 0.21, -0.02, 0.04, False, "none"),
                {"name": "cut", "action": "cut it", "kept": False, "why": "the budget ended"},
            ],
        },
    },
}


@pytest.fixture
def acted():
    first = STEPS[0] | {"effect": STEPS[0]["effect"] | {"ensemble": {"train_error": 0.18, "dev_error": 0.2}}}
    return diary(RunFiles(Path("run"), {}, steps=[first, TRIAL]))


def test_a_trial_tells_every_action_with_its_effect_and_what_became_of_it(acted):
    entry = acted.entries[1]
    said = [one.measured.replace("\u00a0", " ").replace("−", "-") for one in entry.tried]
    assert said == [
        "dev error 10.0 %, -10.0 points (-13.0 to -7.0); without the luck of being picked -9.0 points",
        "dev error 21.0 %, +1.0 point (-2.0 to +4.0)",
        "",
    ]
    assert [(one.finding, one.kept) for one in entry.tried] == [("high-bias", True), ("", False), ("", False)]
    assert "Each from 3 seeds" in entry.told.replace("\u00a0", " ")


def test_the_path_shows_both_errors_of_the_ensemble_and_each_action_beside_its_control(acted):
    picture = narrow(acted.picture)
    [dev], [train] = shapes(picture, "path", "falling"), shapes(picture, "path", "train-path")
    for line in (dev, train):
        first, last = (float(point.split(" ")[0]) for point in line["d"].replace("M", "").split("L"))
        assert last < first
    assert len(shapes(picture, "line", "control")) == 3
    assert len(shapes(picture, "line", "whisker kept-step")) == 1
    assert len(shapes(picture, "line", "whisker undone")) == 1


def test_a_first_error_far_out_does_not_flatten_the_path():
    steps = [{"effect": {"dev_error_after": error, "kept": True}} for error in (0.9, 0.03, 0.02)]
    picture = narrow(diary(RunFiles(Path("run"), {}, steps=steps)).picture)
    assert len(shapes(picture, "path", "arrow")) == 1
    near, nearest = (float(circle["cx"]) for circle in shapes(picture, "circle", "kept-step"))
    assert near - nearest > 50


def test_records_that_hold_anything_do_no_harm():
    for broken in ([], "x", {"candidates": [1, {"dev_error": "much"}]}, {"control": 3, "candidates": "none"}):
        effect = {"trial": broken, "ensemble": "none", "kept": "perhaps", "dev_error_after": 0.1}
        assert len(diary(RunFiles(Path("run"), {}, steps=[{"effect": effect}])).entries) == 1
