"""A diagnosis of bare figures: the notes' cases, intervals only with rows, and figures that cannot be."""

import json

import pytest

from caviar.core.errors import SettingsError
from caviar.diagnosis.bare_figures import BareFigures


def verdicts(*errors, **others):
    return {finding.id: finding.verdict for finding in BareFigures(*errors, **others).findings()}


@pytest.mark.parametrize("rows", [10_000, None])
@pytest.mark.parametrize(
    ("train", "dev", "human", "bias", "variance"),
    [
        (0.15, 0.16, 0.0, "present", "absent"),
        (0.01, 0.11, 0.0, "absent", "present"),
        (0.15, 0.30, 0.0, "present", "present"),
        (0.005, 0.01, 0.0, "absent", "absent"),
        (0.15, 0.16, 0.15, "absent", "absent"),
    ],
)
def test_the_notes_cases(rows, train, dev, human, bias, variance):
    found = verdicts(train, dev, human_error=human, rows=rows)
    assert (found["high-bias"], found["high-variance"]) == (bias, variance)


def test_with_a_train_dev_error_the_gap_to_dev_is_mismatch_and_not_variance():
    found = verdicts(0.01, 0.10, train_dev_error=0.015, rows=10_000)
    assert (found["high-variance"], found["data-mismatch"]) == ("absent", "present")


def test_without_one_variance_is_said_to_rest_on_dev_rows_like_train():
    [variance] = [one for one in BareFigures(0.01, 0.11).findings() if one.id == "high-variance"]
    assert variance.verdict == "present" and "if dev rows are like the train rows" in variance.meaning


def test_without_a_human_error_bias_is_open_up_to_a_bar_that_is_told():
    summary = BareFigures(0.15, 0.30).summary()
    assert summary["verdict"].endswith("bias: cannot tell (bias is high if less than 13.0 % is reachable)")
    assert verdicts(0.15, 0.30, human_error=0.1299)["high-bias"] == "present"
    assert verdicts(0.15, 0.30, human_error=0.1301)["high-bias"] == "absent"


def test_rows_behind_the_figures_move_that_bar_down():
    [bias] = [one for one in BareFigures(0.15, 0.30, rows=200).findings() if one.id == "high-bias"]
    bar = bias.evidence["high_below_error"]
    assert bar < 0.13
    assert verdicts(0.15, 0.30, rows=200, human_error=bar - 1e-4)["high-bias"] == "present"
    assert verdicts(0.15, 0.30, rows=200, human_error=bar + 1e-4)["high-bias"] != "present"


def test_rows_give_every_figure_and_every_part_an_interval_and_without_rows_none_has_one():
    figures = {"train_dev_error": 0.02, "test_error": 0.11, "human_error": 0.0}
    bare, counted = (BareFigures(0.01, 0.10, **figures, rows=rows).summary() for rows in (None, 400))
    for summary in (bare, counted):
        assert set(summary["parts"]) == {"bias", "variance", "mismatch", "test_gap"}
        assert set(summary["figures"]) == {"train_error", "train_dev_error", "dev_error", "test_error", "human_error"}
    assert all(one["interval"] is None for one in [*bare["figures"].values(), *bare["parts"].values()])
    for part in counted["parts"].values():
        low, high = part["interval"]
        assert low < part["size"] < high
    assert counted["figures"].pop("human_error")["interval"] is None
    assert all(one["interval"][0] <= one["error"] <= one["interval"][1] for one in counted["figures"].values())


def test_few_rows_leave_a_gap_of_four_points_open():
    assert verdicts(0.05, 0.09, rows=60)["high-variance"] == "cannot-tell"
    assert verdicts(0.05, 0.09, rows=6_000)["high-variance"] == "present"


@pytest.mark.parametrize(
    ("test", "verdict"), [(0.20, "present"), (0.11, "absent"), (0.05, "absent"), (None, "cannot-tell")]
)
def test_a_test_error_far_above_dev_is_dev_overfit(test, verdict):
    assert verdicts(0.09, 0.10, test_error=test, rows=10_000)["dev-overfit"] == verdict


def test_regression_needs_to_know_what_is_material():
    assert verdicts(3.0, 9.0, metric="rmse")["high-variance"] == "cannot-tell"
    assert verdicts(3.0, 9.0, metric="rmse", trivial_error=12.0)["high-variance"] == "present"
    assert verdicts(3.0, 9.0, metric="rmse", material=7.0)["high-variance"] == "absent"


def test_the_next_step_speaks_of_no_run():
    assert "--budget" not in BareFigures(0.01, 0.11).summary()["next_action"]


def test_the_summary_is_plain_json():
    summary = BareFigures(0.01, 0.11, rows=500, human_error=0.0).summary()
    assert json.loads(json.dumps(summary, allow_nan=False)) == json.loads(json.dumps(summary))


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ({}, r"train error \(--train-error\) and the dev error \(--dev-error\)"),
        ({"train_error": 0.1}, r"Missing: the dev error \(--dev-error\)"),
        ({"train_dev_error": 0.1, "dev_error": 0.2}, r"Missing: the train error \(--train-error\)"),
        ({"train_error": -0.01, "dev_error": 0.2}, "train error must be a number of at least 0; got -0.01"),
        ({"train_error": 0.01, "dev_error": 15}, "dev error must lie between 0 and 1.*got 15. For 15 % write 0.15"),
        ({"train_error": 0.01, "dev_error": 0.2, "train_dev_error": 1.5}, "train-dev error must lie between"),
        ({"train_error": 0.01, "dev_error": 0.2, "human_error": float("nan")}, "human error must be a number"),
        ({"train_error": 0.01, "dev_error": "11%"}, "dev error must be a number of at least 0; got '11%'"),
        ({"train_error": 0.01, "dev_error": 0.2, "rows": 0}, "rows must be a whole number of at least 1.*got 0"),
        ({"train_error": 0.01, "dev_error": 0.2, "rows": 2.5}, "rows must be a whole number"),
        ({"train_error": 0.01, "dev_error": 0.2, "metric": "mae"}, "metric must be 'error'.*or 'rmse'; got 'mae'"),
    ],
)
def test_figures_that_cannot_be_are_refused_by_name(figures, told):
    with pytest.raises(SettingsError, match=told):
        BareFigures(**figures)
