"""All diseases together: healthy networks, networks with one disease, false alarms, order, and the next step."""

import json

import numpy as np
import pytest

from caviar.core.records import Action, Finding
from caviar.diagnosis.diagnose import DISEASES, diagnose, next_action, verdict_words
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence, MemberHistory, Reference

EPOCHS = np.arange(1, 61)
LEVEL = MemberHistory(0.1 + np.exp(-EPOCHS / 6), planned_epochs=60, best_epoch=55, drop_rate=0.0)
FALLING = MemberHistory(1 / np.sqrt(EPOCHS), planned_epochs=60, best_epoch=60, drop_rate=0.0)
STOPPED = MemberHistory(
    FALLING.train_loss, planned_epochs=200, best_epoch=45, stopped_by="early-stopping", drop_rate=0.0
)
DROPPING = MemberHistory(LEVEL.train_loss, planned_epochs=60, best_epoch=55, drop_rate=0.4)


def network(train, dev, *, train_rows=10_000, dev_rows=10_000, human=0.0, histories=(LEVEL,) * 3, **others):
    return Evidence(
        "error",
        "binary",
        ErrorRate.from_figure(train, train_rows),
        ErrorRate.from_figure(dev, dev_rows),
        human_error=human,
        histories=histories,
        train_rows=train_rows,
        **{"num_candidates": 20, **others},
    )


def present(evidence):
    return {finding.id for finding in diagnose(evidence) if finding.verdict == "present"}


@pytest.mark.parametrize(
    ("train", "dev", "human", "expected", "words"),
    [
        (0.01, 0.11, 0.00, {"high-variance"}, "high variance"),
        (0.15, 0.16, 0.00, {"high-bias"}, "high bias"),
        (0.15, 0.30, 0.00, {"high-bias", "high-variance"}, "high bias and high variance"),
        (0.005, 0.01, 0.00, set(), "neither high bias nor high variance"),
        (0.15, 0.16, 0.15, set(), "neither high bias nor high variance"),
    ],
)
def test_the_notes_table_of_train_and_dev_errors(train, dev, human, expected, words):
    evidence = network(train, dev, human=human)
    assert present(evidence) == expected
    assert verdict_words(diagnose(evidence)) == words


@pytest.mark.parametrize(
    ("evidence", "disease"),
    [
        (network(0.15, 0.155), "high-bias"),
        (network(0.01, 0.11), "high-variance"),
        (network(0.05, 0.055, human=None, histories=(FALLING,) * 3), "not-converged"),
        (network(0.005, 0.01, histories=(DROPPING,) * 3), "dropout-without-overfitting"),
        (network(0.05, 0.055, human=0.04, dev_rows=400, num_candidates=1), "dev-set-too-small"),
    ],
)
def test_a_network_with_one_disease_has_that_one(evidence, disease):
    assert present(evidence) == {disease}


def test_stopping_too_soon_comes_with_the_bias_that_it_causes():
    assert present(network(0.15, 0.155, histories=(STOPPED,) * 3)) == {"high-bias", "early-stopped-too-soon"}


def test_choosing_among_many_on_few_rows_comes_with_a_dev_set_too_small():
    mistakes = (np.random.default_rng(0).random((100, 150)) < 0.15).astype(float)
    assert present(network(0.15, 0.15, human=0.15, dev_rows=150, num_candidates=100, candidate_errors=mistakes)) == {
        "dev-overfit",
        "dev-set-too-small",
    }


@pytest.mark.parametrize(
    "evidence",
    [
        network(0.002, 0.004, human=None),
        network(0.03, 0.04, human=0.025),
        Evidence.from_rows(
            "regression",
            np.random.default_rng(1).normal(0, 3.0, 5000) ** 2,
            np.random.default_rng(2).normal(0, 3.1, 5000) ** 2,
            trivial_error=10.0,
            human_error=3.0,
            histories=(LEVEL,),
            num_candidates=20,
        ),
    ],
)
def test_a_healthy_network_has_no_disease(evidence):
    findings = diagnose(evidence)
    assert {finding.verdict for finding in findings} == {"absent"}
    assert next_action(findings).startswith("Nothing found")


def test_healthy_networks_rarely_raise_a_false_alarm():
    """Train and dev errors drawn around 5 %, the human error too: every present bias or variance is an accident."""
    draw = np.random.default_rng(3)
    alarms = 0
    for rows in (100, 300, 1000, 3000) * 50:
        evidence = network(
            draw.binomial(3 * rows, 0.05) / (3 * rows),
            draw.binomial(rows, 0.05) / rows,
            human=0.05,
            train_rows=3 * rows,
            dev_rows=rows,
        )
        alarms += bool(present(evidence) & {"high-bias", "high-variance"})
    assert alarms / 200 <= 0.05


def test_sick_networks_are_rarely_cleared():
    """Variance of five points: on few rows it may stay open, but absent would be wrong."""
    draw = np.random.default_rng(4)
    verdicts = []
    for rows in (100, 300, 1000, 3000) * 50:
        evidence = network(
            draw.binomial(3 * rows, 0.05) / (3 * rows),
            draw.binomial(rows, 0.10) / rows,
            train_rows=3 * rows,
            dev_rows=rows,
        )
        verdicts += [finding.verdict for finding in diagnose(evidence) if finding.id == "high-variance"]
    assert verdicts.count("absent") / 200 <= 0.05
    assert verdicts[2::4].count("present") >= 48 and verdicts[3::4].count("present") == 50


def test_every_disease_answers_for_empty_evidence_what_is_missing():
    findings = diagnose(Evidence("error"))
    assert len({finding.id for finding in findings}) == len(DISEASES) == len(findings)
    assert all(finding.verdict == "cannot-tell" and "missing" in finding.meaning for finding in findings)


def test_findings_survive_json_and_come_back_equal():
    boosting = Reference("boosting", None, ErrorRate.from_figure(0.07, 3000))
    for evidence in (network(0.15, 0.30), network(0.15, 0.2, human=None, reference=boosting), Evidence("rmse")):
        for finding in diagnose(evidence):
            assert Finding.from_json(json.loads(json.dumps(finding.to_json(), allow_nan=False))) == finding
            assert 0 <= finding.confidence <= 1 and finding.section


def test_diagnosing_twice_gives_the_same_findings():
    evidence = network(0.15, 0.30)
    assert diagnose(evidence) == diagnose(evidence)


def test_the_gravest_and_surest_present_finding_comes_first_and_absent_ones_last():
    findings = diagnose(network(0.03, 0.15, human=None))
    assert findings[0].id == "high-variance"
    order = [finding.verdict for finding in findings]
    assert order == sorted(order, key=["present", "cannot-tell", "absent"].index)


def test_the_larger_of_two_present_findings_comes_first():
    bias_first, variance_first = diagnose(network(0.20, 0.23)), diagnose(network(0.03, 0.23))
    assert [finding.id for finding in bias_first[:2]] == ["high-bias", "high-variance"]
    assert [finding.id for finding in variance_first[:2]] == ["high-variance", "high-bias"]


def test_the_next_action_names_the_first_present_finding_and_both_ways_out():
    words = next_action(diagnose(network(0.01, 0.11)))
    assert words.startswith("High variance: give Caviar a larger --budget to search stronger regularisation")
    assert words.endswith("or get more train rows.")


def test_the_next_action_of_an_open_question_is_to_settle_it():
    words = next_action(diagnose(network(0.06, 0.06, human=None)))
    assert "high-bias is open" in words and "--human-error" in words


def test_the_next_action_of_a_finding_for_the_user_alone_asks_the_user():
    give = Action("Give dev more rows", "you", "")
    finding = Finding("dev-set-too-small", "present", "high", 0.9, "", actions=(give,))
    assert next_action([finding]) == "Dev set too small: give dev more rows."


def test_verdict_words_name_what_stays_open():
    assert verdict_words(diagnose(network(0.06, 0.06, human=None))) == "nothing high for certain; bias: cannot tell"
    assert verdict_words(diagnose(network(0.06, 0.2, human=None))) == "high variance; bias: cannot tell"


def test_what_was_tried_until_it_stopped_paying_is_not_advised_again():
    findings = diagnose(network(0.01, 0.11))
    assert "larger --budget" in next_action(findings)
    left = next_action(findings, exhausted=True)
    assert left.startswith("High variance: get more train rows; what Caviar can do was tried")
    assert "nothing" in next_action([], exhausted=True).lower()
