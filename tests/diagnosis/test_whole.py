"""One list from all diseases: ranked, causes first, nothing that contradicts itself."""

import pytest

from caviar.core.records import Action, Finding
from caviar.diagnosis.charts import CHARTS
from caviar.diagnosis.diagnose import DISEASES
from caviar.diagnosis.training_diseases import TRAINING_DISEASES
from caviar.diagnosis.whole import BRINGS_ABOUT, RULES_OUT, whole

MORE = Action("Get more train rows", "you", "Less variance", {"more_data": True})
WIDEN = Action("Widen", "caviar", "Less bias", {"widen": True})


def seen(name, severity="medium", confidence=0.9, *actions):
    return Finding(name, "present", severity, confidence, f"{name} is seen.", {}, actions)


def ids(findings, verdict="present"):
    return [each.id for each in findings if each.verdict == verdict]


def test_graver_and_surer_findings_stand_first_and_absent_ones_last():
    absent = Finding("divergence", "absent", "low", 1.0, "")
    open_one = Finding("dev-overfit", "cannot-tell", "low", 0.0, "")
    found = whole([absent, seen("dead-relu", "low"), open_one, seen("high-variance", "high"), seen("data-mismatch")])
    assert [each.id for each in found] == ["high-variance", "data-mismatch", "dead-relu", "dev-overfit", "divergence"]


def test_a_cause_stands_before_a_graver_finding_that_it_brings_about():
    found = whole([seen("high-bias", "high", 0.99), seen("not-converged", "high"), seen("learning-rate-too-low")])
    assert ids(found) == ["learning-rate-too-low", "high-bias", "not-converged"]


def test_small_batches_stand_before_what_their_norm_brings_about():
    effects = [seen("high-bias", "high", 0.99), seen("vanishing-gradient", "medium", 0.5)]
    found = whole([*effects, seen("batch-too-small", "high", 0.8), seen("batch-norm-mismatch", "high", 0.8)])
    assert ids(found)[:2] == ["batch-too-small", "batch-norm-mismatch"]


def test_a_trifle_does_not_go_before_what_it_might_bring_about():
    assert ids(whole([seen("high-bias", "high"), seen("dead-relu", "low")])) == ["high-bias", "dead-relu"]


@pytest.mark.parametrize("cause", ["divergence", "learning-rate-too-high", "exploding-gradient"])
def test_a_rate_is_not_called_too_low_where_steps_are_too_large(cause):
    found = whole([seen("learning-rate-too-low", "high", 0.99), seen(cause, "medium", 0.6)])
    assert ids(found) == [cause]
    [weaker] = [each for each in found if each.verdict == "cannot-tell"]
    assert weaker.id == "learning-rate-too-low" and not weaker.actions and cause.replace("-", " ") in weaker.meaning


def test_more_rows_are_no_action_where_they_were_measured_to_be_futile():
    variance = seen("high-variance", "high", 0.9, WIDEN, MORE)
    assert whole([variance])[0].actions == (WIDEN, MORE)
    assert whole([variance, seen("more-data-is-futile", "low")])[0].actions == (WIDEN,)


def test_findings_of_one_cause_in_a_ring_end():
    ring = [seen(name) for name in BRINGS_ABOUT]
    assert set(ids(whole(ring))) | set(ids(whole(ring), "cannot-tell")) == set(BRINGS_ABOUT)


def test_evidence_names_the_chart_and_one_that_is_named_already_stays():
    [finding] = whole([Finding("divergence", "absent", "low", 1.0, "", {"chart": "members"})])
    assert finding.evidence["chart"] == "members"
    assert whole([seen("high-bias")])[0].evidence["chart"] == CHARTS["high-bias"]


def test_every_disease_of_errors_has_a_chart_and_every_rule_names_known_diseases():
    known = {each.__name__.replace("_", "-") for each in (*DISEASES, *TRAINING_DISEASES)}
    assert {each.__name__.replace("_", "-") for each in DISEASES} <= set(CHARTS)
    for table in (BRINGS_ABOUT, RULES_OUT):
        assert set(table) | {name for names in table.values() for name in names} <= known
