"""Goals on the page: told where a run has them, left out where it has none or the record is damaged."""

import json

import pytest
from report_page import Page

from caviar.report import write_report

JUDGING = {
    "metric": "f1[yes]",
    "dev": {"value": 0.62, "interval": [0.5, 0.7]},
    "test": {"value": 0.583, "interval": [0.48, 0.671]},
    "requirements": [
        {
            "requirement": "recall[yes]>=0.8",
            "dev": {"value": 0.817, "interval": [0.7, 0.9], "satisfied": True},
            "test": {"value": 0.75, "interval": [0.6, 0.86], "satisfied": False},
        }
    ],
    "satisfied": True,
    "threshold": {"class": "yes", "probability": 0.322},
    "references": {"boosting": {"dev": {"f1[yes]": 0.6}, "test": {"f1[yes]": 0.55}}},
    "candidates": 57,
    "candidates_satisfying": 12,
    "dev_error_without": 0.22,
    "whole_prediction_ms": 15.2,
    "told": "",
}


def page_with(folder, judging) -> Page:
    result = json.loads((folder / "result.json").read_text())
    (folder / "result.json").write_text(json.dumps(result | {"judging": judging}))
    return Page(write_report(folder))


def test_goals_and_how_they_came_out_stand_in_the_verdict(own_copy):
    words = page_with(own_copy("binary"), JUDGING).text("verdict")
    for told in (
        "satisfies what was required",
        "f1[yes]",
        "58.3 %",
        "48.0 to 67.1 %",
        "55.0 %",
        "recall[yes] >= 80 %: satisfied on dev only",
        "57 candidates, of which 12 satisfy",
        "from a probability of 32.2 % on",
        "Always answering the class that suits the goals",
    ):
        assert told in words, told


def test_a_run_without_goals_has_no_word_of_them(pages):
    assert "What was asked for" not in pages["binary"].text("verdict")
    assert "Always answering the commonest class" in pages["binary"].text("verdict")


@pytest.mark.parametrize(
    "damaged", [None, 7, [], {}, {"metric": "f9"}, {"metric": "f1"}, JUDGING | {"dev": 3, "references": [1]}]
)
def test_a_damaged_record_never_breaks_the_page(own_copy, damaged):
    assert page_with(own_copy("binary"), damaged).text("verdict")
