"""Findings: all of them, the present ones first, figures in the run's units."""

import json
from pathlib import Path

from caviar.core.records import Action, Finding
from caviar.report.findings import findings
from caviar.report.run_files import RunFiles

FINDINGS = [
    Finding("not-converged", "absent", "low", 0.8, "Level.", {"members": 8, "falling": 1, "fall": 0.02}, section="1.3"),
    Finding("high-bias", "cannot-tell", "low", 0.0, "No proxy.", {"proxy": "boosting"}),
    Finding(
        "high-variance",
        "present",
        "high",
        0.97,
        "Wide gap.",
        {"variance": 0.05, "variance_interval": [0.03, 0.07], "train_rows": 26_049, "median": None},
        (Action("Get more rows", "you", "The gap narrows"),),
        "1.2",
    ),
    Finding(
        "dev-set-too-small", "present", "low", 0.9, "Small.", {"rows_enough": 12_000, "smallest_difference": 0.031}
    ),
]


def as_written(finding):
    return json.loads(json.dumps(finding.to_json()))


def cards(metric="error"):
    return findings(RunFiles(Path("run"), {"metric": metric}, findings=[as_written(finding) for finding in FINDINGS]))


def test_present_come_first_then_open_questions_then_absent_each_in_the_order_written():
    assert [(card.title, card.verdict) for card in cards()] == [
        ("High variance", "present"),
        ("Dev set too small", "present"),
        ("High bias", "cannot tell"),
        ("Not converged", "absent"),
    ]


def test_evidence_is_in_per_cent_for_classes():
    shown = dict(cards()[0].evidence)
    assert shown == {
        "variance": "5.0\u00a0%",
        "variance interval": "3.0 to 7.0\u00a0%",
        "train rows": "26,049",
        "median": "–",
    }
    assert dict(cards()[3].evidence)["fall"] == "2.0\u00a0%"


def test_evidence_is_in_units_for_regression():
    assert dict(cards("rmse")[0].evidence)["variance"] == "0.0500"


def test_confidence_is_left_out_where_nothing_can_be_told():
    assert [card.confidence for card in cards()] == ["97\u00a0%", "90\u00a0%", "", "80\u00a0%"]


def test_actions_say_who_can_take_them():
    assert cards()[0].actions == [("Get more rows", "you can", "The gap narrows")]


def test_without_the_file_the_result_s_own_findings_are_shown():
    run = RunFiles(Path("run"), {"findings": [as_written(FINDINGS[2])], "unanswered": [as_written(FINDINGS[1])]})
    assert [card.title for card in findings(run)] == ["High variance", "High bias"]


def test_verdict_nobody_knows_counts_as_cannot_tell():
    [card] = findings(RunFiles(Path("run"), {}, findings=[{"id": "x", "verdict": "perhaps"}]))
    assert card.verdict == "cannot tell"
