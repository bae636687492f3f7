"""Early stopping that ended a network while it still underfitted, and early stopping that did its work."""

import numpy as np

from caviar.diagnosis.early_stopped_too_soon import early_stopped_too_soon
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence, MemberHistory

EPOCHS = np.arange(1, 31)
STOPPED_FALLING = MemberHistory(1 / np.sqrt(EPOCHS), best_epoch=20, planned_epochs=100, stopped_by="early-stopping")
STOPPED_LEVEL = MemberHistory(0.3 + np.exp(-EPOCHS / 3), best_epoch=20, planned_epochs=100, stopped_by="early-stopping")
STOPPED_SHORT = MemberHistory(1 / np.sqrt(EPOCHS[:4]), best_epoch=2, planned_epochs=100, stopped_by="early-stopping")
TO_THE_END = MemberHistory(1 / np.sqrt(EPOCHS), planned_epochs=30)


def members(*histories, train=0.15, human=0.01):
    return Evidence("error", train_error=ErrorRate.from_figure(train, 10_000), human_error=human, histories=histories)


def test_stopped_while_falling_and_underfitting_is_too_soon():
    finding = early_stopped_too_soon(members(STOPPED_FALLING, STOPPED_FALLING, TO_THE_END))
    assert finding.verdict == "present" and finding.severity == "high"
    assert finding.evidence["stopped_early"] == 2 and finding.evidence["bias"] > 0.1
    assert "2 of 3 members" in finding.meaning and "epoch 20" in finding.meaning
    assert finding.actions[0].change == {"train_longer": True, "regularise": True}


def test_stopping_a_network_that_fits_is_not_too_soon():
    assert early_stopped_too_soon(members(STOPPED_FALLING, train=0.01)).verdict == "absent"


def test_a_level_loss_acquits_early_stopping():
    finding = early_stopped_too_soon(members(STOPPED_LEVEL))
    assert finding.verdict == "absent" and "levelled off" in finding.meaning


def test_members_that_ran_to_the_end_were_not_stopped():
    assert early_stopped_too_soon(members(TO_THE_END, TO_THE_END, STOPPED_FALLING)).verdict == "absent"


def test_unknown_bias_leaves_it_open_and_says_what_would_tell():
    finding = early_stopped_too_soon(members(STOPPED_FALLING, human=None))
    assert finding.verdict == "cannot-tell" and "--human-error" in finding.actions[0].text


def test_curves_too_short_leave_it_open():
    finding = early_stopped_too_soon(members(STOPPED_SHORT))
    assert finding.verdict == "cannot-tell" and "too short" in finding.meaning


def test_missing_curves_are_named():
    assert "curves are missing" in early_stopped_too_soon(Evidence("error")).meaning
