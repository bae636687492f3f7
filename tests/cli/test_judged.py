"""Metric and requirements on the terminal: on dev and test, satisfied or not, and refused before any work."""

from collections.abc import Callable
from typing import Any

import pytest
from sample_run import RESULT, FakeApi

from caviar.cli.judged import judged
from caviar.cli.verdict import how_good

Command = Callable[..., Any]


def values(value: float, low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"value": value, "interval": [low, high], **more}


JUDGING: dict[str, Any] = {
    "metric": "f1[yes]",
    "dev": values(0.62, 0.5, 0.7),
    "test": values(0.583, 0.48, 0.671),
    "requirements": [
        {
            "requirement": "recall[yes]>=0.8", "metric": "recall[yes]",
            "dev": values(0.817, 0.7, 0.9, satisfied=True), "test": values(0.75, 0.6, 0.86, satisfied=False),
        },
        {
            "requirement": "latency_ms<=1", "metric": "latency_ms",
            "dev": values(0.25, 0.24, 0.26, satisfied=True), "test": values(0.25, 0.24, 0.26, satisfied=True),
        },
    ],
    "satisfied": True, "satisfied_on_test": False, "threshold": {"class": "yes", "probability": 0.322},
    "references": {"boosting": {"dev": {"f1[yes]": 0.6}, "test": {"f1[yes]": 0.55}}},
    "candidates": 57, "candidates_satisfying": 12, "dev_error_without": 0.22, "whole_prediction_ms": 15.2, "told": "",
}  # fmt: skip


def lines(judging: dict[str, Any]) -> list[str]:
    return [(line.label + line.text).rstrip() for line in judged(judging)]


def test_metric_references_and_requirements_stand_in_one_table() -> None:
    found = lines(JUDGING)
    assert found[0] == "Judged by f1[yes]" and found[1].split() == ["dev", "test"]
    assert found[2].split() == ["f1[yes]", "62.0", "%", "58.3", "%", "(95", "%", "interval", "48.0", "to", "67.1", "%)"]
    assert found[3].split() == ["boosting", "60.0", "%", "55.0", "%"]
    assert found[4].startswith("  recall[yes] >= 80 %") and found[4].endswith("NOT satisfied on test")
    assert "0.250 ms   0.250 ms" in found[5] and found[5].endswith("   satisfied")


def test_what_must_be_known_of_the_figures_is_said() -> None:
    told = " ".join(lines(JUDGING))
    assert "Satisfied on dev, where it was chosen, but not on test" in told
    assert "takes a row for 'yes' from a probability of 32.2 % on" in told
    assert "its dev error would be 22.0 %" in told and "it takes 15.2 ms here" in told
    unmet = " ".join(lines(JUDGING | {"satisfied": False}))
    assert "None of 57 candidates satisfies what was required" in unmet


def test_the_usual_metric_is_not_told_twice() -> None:
    found = lines(JUDGING | {"metric": "error"})
    assert found[0] == "What was required" and not any("boosting" in line for line in found[:4])


def test_a_verdict_without_goals_does_not_mention_them() -> None:
    plain, asked = ([line.text for line in how_good(result)] for result in (RESULT, RESULT | {"judging": JUDGING}))
    assert asked[: len(plain)] == plain and "Judged by f1[yes]" in asked and "Judged by f1[yes]" not in plain


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--metric", "f2"), "'f2' is no metric"),
        (("--require", "latency_ms<=-1"), "impossible"),
        (("--require", "recall[yes]=0.8"), "must be a metric, one of"),
    ],
)
@pytest.mark.parametrize("command", ["fit", "search"])
def test_impossible_goals_end_a_command_before_it_begins(
    caviar_command: Command, api: FakeApi, command: str, arguments: tuple[str, str], words: str
) -> None:
    answer = caviar_command(command, "a.csv", *arguments)
    assert answer.code == 2 and words in answer.err and not api.calls


def test_goals_are_passed_on_as_they_were_asked_for(caviar_command: Command, api: FakeApi) -> None:
    caviar_command("fit", "a.csv", "--metric", "f1", "--require", "recall[<=50K]>=80%", "--require", "latency_ms <= 1")
    assert api.call_of("fit")[1]["metric"] == "f1"
    assert api.call_of("fit")[1]["require"] == ("recall[<=50K]>=0.8", "latency_ms<=1")


def test_evaluate_tells_a_further_metric(caviar_command: Command, api: FakeApi) -> None:
    api.evaluation |= {
        "judging": {
            "metric": "auc",
            "rows": values(0.91, 0.88, 0.93),
            "requirements": [],
            "satisfied": True,
            "told": "",
        }
    }
    answer = caviar_command("evaluate", "runs/digits-1", "labelled.csv", "--metric", "auc")
    assert api.call_of("evaluate")[1]["metric"] == "auc"
    assert answer.out.splitlines()[1] == "  auc   91.0 %   (95 % interval 88.0 to 93.0 %)"
    assert caviar_command("evaluate", "runs/digits-1", "labelled.csv", "--metric", "acu").code == 2
