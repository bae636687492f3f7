"""The verdict: its figures are the records', its judgement follows from them."""

import json
from pathlib import Path

import polars as pl
import pytest

from caviar.report.run_files import RunFiles
from caviar.report.verdict import verdict


def run_with(**result) -> RunFiles:
    fields = {
        "task": "binary",
        "metric": "error",
        "target": "income",
        "train_error": 0.08,
        "dev_error": 0.11,
        "test_error": 0.12,
        "test_interval": [0.10, 0.14],
        "reference_part": "test",
        "reference_errors": {"trivial": 0.24, "boosting": 0.13},
        "members_trained": 1_234,
        "ensemble_size": 8,
        "seconds": 61.0,
        "stopped_because": "no-gain",
    }
    return RunFiles(Path("run"), fields | result, {"rows": {"train": 4_000, "dev": 1_000, "test": 1_000}})


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("−", "-")


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_figures_of_the_result_stand_in_the_verdict(pages, example_folders, kind):
    result = json.loads((example_folders[kind] / "result.json").read_text())
    words = pages[kind].text("verdict")
    errors = [result[f"{part}_error"] for part in ("train", "dev", "test")]
    errors += [
        *result["test_interval"],
        *result["reference_errors"].values(),
        *result["reference_train_errors"].values(),
    ]
    for error in errors:
        shown = f"{float(f'{error:.3g}'):,.0f}" if kind == "regression" else f"{100 * error:.1f}"
        assert shown in words
    for text in (result["next_action"], result["right_tool"], result["findings"][0]["meaning"]):
        assert " ".join(text.split()) in words
    assert "16,281 rows" in words or "360 rows" in words or "3,096 rows" in words


@pytest.mark.parametrize(
    ("boosting", "badge"), [(0.15, "better than boosting"), (0.13, "close to boosting"), (0.09, "boosting is better")]
)
def test_boosting_outside_the_interval_is_told_apart(boosting, badge):
    assert verdict(run_with(reference_errors={"trivial": 0.24, "boosting": boosting})).standing == badge


@pytest.mark.parametrize(
    ("gap", "badge"),
    [
        ([-0.02, -0.03, -0.01], "better than boosting"),
        ([0.01, -0.01, 0.03], "level with boosting"),
        ([-0.01, -0.03, 0.01], "level with boosting"),
        ([0.02, 0.01, 0.03], "boosting is better"),
    ],
)
def test_paired_difference_decides_where_it_was_recorded(gap, badge):
    found = verdict(run_with(reference_differences={"boosting": gap}))
    assert found.standing == badge
    low, high = (f"{100 * end:+.1f}" for end in gap[1:])
    assert f"95 % interval {low} to {high}" in plain(" ".join(found.got))


def test_network_that_may_be_no_better_than_the_trivial_predictor_is_called_so():
    found = verdict(run_with(test_error=0.23, test_interval=[0.21, 0.25]))
    assert found.standing == "no better than guessing"
    assert found.standing_style == "bad"


def test_expected_mistakes_are_counted_for_a_newcomer():
    assert (
        "Of 1,000 new rows like these, expect about 120 (100 to 140) to get the wrong income."
        in verdict(run_with()).got
    )


def test_size_of_the_work_is_told():
    words = plain(" ".join(verdict(run_with()).got))
    assert "An ensemble of 8 networks out of 1,234 trained in 1 min 1 s; it stopped because further steps" in words


def test_regression_says_how_far_off_half_of_the_rows_are():
    run = run_with(task="regression", metric="rmse", test_error=5.0, test_interval=[4.0, 6.0])
    table = pl.DataFrame(
        {"part": ["test"] * 5 + ["dev"], "truth": [0.0] * 6, "prediction": [1.0, -2.0, 3.0, 4.0, 10.0, 99.0]}
    )
    run = RunFiles(run.folder, run.result, run.data, predictions=table)
    assert "Half of the test rows are predicted within 3.00 of the true income" in plain(verdict(run).got[0])


def test_second_look_at_test_is_a_caution():
    assert verdict(run_with(test_looks=1)).caution == []
    assert "Test was looked at 3 times" in verdict(run_with(test_looks=3)).caution[0]


def test_missing_interval_and_references_are_said_to_be_missing():
    found = verdict(run_with(test_interval=None, reference_errors=None))
    assert "no interval recorded" in found.limits
    assert "No reference line was recorded" in " ".join(found.got)


def test_present_findings_keep_the_order_they_were_written_in():
    findings = [
        {"id": name, "severity": severity, "meaning": "m"}
        for name, severity in (("a-b", "low"), ("c", "high"), ("d", "?"))
    ]
    assert [one["title"] for one in verdict(run_with(findings=findings)).held_back] == ["A b", "C", "D"]


def test_far_away_line_becomes_an_arrow_and_all_lines_are_in_the_description():
    found = verdict(run_with(reference_errors={"trivial": 0.9, "boosting": 0.13}, human_error=0.05))
    assert 'class="arrow trivial"' in found.picture
    assert "Trivial on test 90.0 %" in plain(found.picture)
    assert "Human on as given 5.0 %" in plain(found.picture)
