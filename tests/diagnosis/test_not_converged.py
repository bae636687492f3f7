"""Members that ended on the way down, and members that did not."""

import numpy as np
import pytest

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence, MemberHistory
from caviar.diagnosis.not_converged import not_converged

EPOCHS = np.arange(1, 41)
FALLING = MemberHistory(1 / np.sqrt(EPOCHS), dev_error=0.5 - EPOCHS / 200)
LEVEL = MemberHistory(0.3 + np.exp(-EPOCHS / 4), dev_error=0.2 + np.exp(-EPOCHS / 4))
OVERFITTING = MemberHistory(1 / np.sqrt(EPOCHS), dev_error=0.2 + np.abs(EPOCHS - 12) / 100)
STOPPED = MemberHistory(1 / np.sqrt(EPOCHS), stopped_by="early-stopping")
SHORT = MemberHistory(1 / np.sqrt(EPOCHS[:4]), planned_epochs=4)


def members(*histories, train=0.15, **others):
    return Evidence("error", train_error=ErrorRate.from_figure(train, 10_000), histories=histories, **others)


def test_members_whose_loss_still_falls_have_not_converged():
    finding = not_converged(members(FALLING, FALLING, LEVEL))
    assert finding.verdict == "present" and finding.severity == "medium" and finding.confidence > 0.9
    assert finding.evidence["falling"] == 2 and finding.evidence["fall"] == pytest.approx(0.05, abs=0.01)
    assert finding.actions[0].change == {"train_longer": True}


@pytest.mark.parametrize("histories", [(LEVEL,), (LEVEL, LEVEL, FALLING), (OVERFITTING,), (STOPPED,)])
def test_level_overfitting_and_early_stopped_members_have_converged_or_are_another_matter(histories):
    assert not_converged(members(*histories)).verdict == "absent"


def test_the_budget_that_cut_members_short_is_named():
    cut = MemberHistory(FALLING.train_loss, planned_epochs=100, stopped_by="budget")
    finding = not_converged(members(cut))
    assert finding.verdict == "present" and "1 were cut short" in finding.meaning


def test_curves_too_short_cannot_tell():
    finding = not_converged(members(SHORT, SHORT, LEVEL))
    assert finding.verdict == "cannot-tell" and "too short" in finding.meaning


def test_a_train_error_with_nothing_left_to_win_has_converged_though_its_loss_falls():
    assert not_converged(members(FALLING, train=0.002)).verdict == "absent"
    finding = not_converged(members(FALLING, train=0.06, human_error=0.055))
    assert finding.verdict == "absent" and "bias is not high" in finding.meaning
    assert not_converged(members(FALLING, train=0.10, human_error=0.055)).verdict == "present"


def test_missing_curves_are_named():
    assert "curves are missing" in not_converged(Evidence("error")).meaning


def test_without_a_train_error_the_curves_decide():
    assert not_converged(Evidence("error", histories=(FALLING,))).verdict == "present"


def test_members_that_the_budget_cut_in_mid_plan_did_not_converge():
    cut = MemberHistory(np.array([0.7]), np.array([0.4]), planned_epochs=20, best_epoch=1, stopped_by="budget")
    errors = np.repeat([1.0, 0.0], [40, 60])
    evidence = Evidence.from_rows("binary", errors, errors, trivial_error=0.5, human_error=0.0, histories=(cut,))
    finding = not_converged(evidence)
    assert finding.verdict == "present"
    assert "cut short by the time budget" in finding.meaning
