"""The verdict: how good, against what, what holds it back, what is next, where to look. In that order, and short."""

from pathlib import Path
from typing import Any

import pytest
from sample_run import BIAS_UNKNOWN, DATA, REGRESSION, RESULT, VARIANCE

from caviar.cli.verdict import verdict


def told(
    result: dict[str, Any] | None = None, data: dict[str, Any] | None = None, folder: str = "runs/digits-1"
) -> str:
    lines = verdict(RESULT | (result or {}), DATA | (data or {}), Path(folder))
    return "\n".join((line.label + line.text).rstrip() for line in lines)


def test_the_whole_verdict_of_a_classification() -> None:
    assert told() == "\n".join(
        [
            "digits: 10 classes of 'digit' from 2 columns; rows: 1,079 train, 359 dev, 359 test",
            "47 networks trained in 58 s (the budget is spent); the model averages the best 5",
            "",
            "Test error    1.7 %   (95 % interval 0.81 to 3.5 %)",
            "  trivial    89.9 %",
            "  boosting    4.0 %",
            "The model: train 0.10 % · dev 5.2 % · test 1.7 %",
            "",
            "What holds it back",
            "  high-variance: dev error is 5.1 points above train error.",
            "Cannot tell: high-bias (the report says what is missing)",
            "Next: Bring more rows.",
            "Right tool? A network is the right tool here.",
            "",
            "Report:  runs/digits-1/report.html",
            "Predict: caviar predict runs/digits-1 NEW.csv --out predictions.csv",
        ]
    )


def test_a_regression_is_told_in_the_units_of_its_target() -> None:
    lines = told(REGRESSION, {"classes": []}).splitlines()
    assert lines[0].startswith("digits: a number, 'price', from 2 columns; rows:")
    assert lines[3:8] == [
        "Test RMSE     49,500   (95 % interval 48,100 to 50,900)",
        "  trivial    115,000",
        "  boosting    48,100",
        "  a person    30,000",
        "The model: train 40,123 · dev 48,000 · test 49,500",
    ]


def test_without_test_rows_the_dev_error_is_the_headline_and_said_to_be_hopeful() -> None:
    text = told({"test_error": None, "test_interval": None, "reference_part": "dev"}, {"rows": {"train": 9, "dev": 3}})
    assert "Dev error     5.2 %   (95 % interval 3.0 to 8.0 %)" in text
    assert "The model: train 0.10 % · dev 5.2 %\n" in text
    assert "There are no test rows." in text
    assert "rows: 9 train, 3 dev\n" in text


def test_a_reference_that_could_not_be_measured_is_left_out() -> None:
    assert "boosting" not in told({"reference_errors": {"trivial": 0.9, "boosting": None}})


def test_a_second_look_at_test_is_told() -> None:
    assert "Look number" not in told()
    assert "Look number 2 at test rows in this run" in told({"test_looks": 2})


def test_a_healthy_run_says_that_nothing_was_found() -> None:
    text = told({"findings": [], "unanswered": []})
    assert "Nothing was found that holds it back." in text
    assert "Small things" not in text
    small = [VARIANCE | {"severity": "low"}]
    text = told({"findings": small, "unanswered": []})
    assert "Nothing was found that holds it back much.\nSmall things: high-variance (the report says more)" in text
    assert VARIANCE["meaning"] not in text
    assert "Cannot tell" not in text


def test_unanswered_questions_go_on_one_line() -> None:
    text = told({"unanswered": [BIAS_UNKNOWN, VARIANCE]})
    assert "Cannot tell: high-bias, high-variance (the report says what is missing)" in text.splitlines()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("budget", "budget is spent"),
        ("target", "target error"),
        ("no-gain", "stopped paying"),
        ("members", "asked for"),
    ],
)
def test_every_reason_to_stop_has_its_words(reason: str, words: str) -> None:
    assert words in told({"stopped_because": reason})


def test_one_network_alone_is_not_called_an_average() -> None:
    assert "1 network trained in 58 s (the budget is spent); the model is the best one" in told(
        {"members_trained": 1, "ensemble_size": 1}
    )


def test_warnings_and_repairs_are_told_and_choices_are_left_to_the_report() -> None:
    levels = ["info", "repaired", "warning", "warning", "warning", "warning"]
    notices = [{"level": level, "text": f"notice {number}", "columns": []} for number, level in enumerate(levels)]
    text = told(data={"notices": notices})
    assert (
        "About the data\n  - notice 2\n  - notice 3\n  - notice 4\n  - notice 5\n  - and 1 more, in the report" in text
    )
    assert "notice 0" not in text
    assert "notice 1\n" not in text


def test_a_folder_with_a_space_can_be_pasted_into_a_shell() -> None:
    assert "caviar predict 'my runs/a' NEW.csv" in told(folder="my runs/a")
