"""What evidence holds, what counts as material, and which epoch a member kept."""

import numpy as np
import pytest

from caviar.core.errors import SettingsError
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence, MemberHistory


def test_evidence_from_rows_measures_both_errors_and_counts_train_rows():
    evidence = Evidence.from_rows("multiclass", np.array([0, 0, 0, 1.0]), np.array([0, 1.0]), human_error=0.1)
    assert (evidence.metric, evidence.task) == ("error", "multiclass")
    assert (evidence.train_error.estimate, evidence.dev_error.estimate) == (0.25, 0.5)
    assert (evidence.train_rows, evidence.human_error) == (4, 0.1)


def test_regression_evidence_from_rows_is_in_target_units():
    evidence = Evidence.from_rows("regression", np.array([4.0, 4.0]), np.array([9.0, 9.0]))
    assert (evidence.metric, evidence.train_error.estimate, evidence.dev_error.estimate) == ("rmse", 2, 3)


def test_two_points_are_material_for_classes_and_a_twentieth_of_the_trivial_error_for_regression():
    assert Evidence("error").material_size == 0.02
    assert Evidence("rmse", trivial_error=100.0).material_size == 5
    assert Evidence("rmse").material_size is None
    assert Evidence("rmse", material=7.0).material_size == 7
    assert Evidence("rmse", trivial_error=1.0, material=7.0).material_size == 7
    assert Evidence("error", material=0.0).material_size == 0


@pytest.mark.parametrize("name", ["human_error", "material"])
def test_errors_in_per_cent_instead_of_fractions_are_refused(name):
    with pytest.raises(SettingsError, match=r"give 0\.025"):
        Evidence("error", **{name: 15.0})
    with pytest.raises(SettingsError, match="at least 0"):
        Evidence("rmse", **{name: -1.0})
    Evidence("rmse", **{name: 15.0})


def test_the_kept_epoch_is_the_one_given_or_the_best_on_dev():
    losses = np.ones(4)
    assert MemberHistory(losses, best_epoch=2).kept_epoch == 2
    assert MemberHistory(losses, dev_error=np.array([0.4, np.nan, 0.2, 0.3])).kept_epoch == 3
    assert MemberHistory(losses, dev_error=np.full(4, np.nan)).kept_epoch is None
    assert MemberHistory(losses).kept_epoch is None
    assert MemberHistory(losses).epochs_run == 4


def test_bare_figures_build_the_same_evidence():
    evidence = Evidence("error", train_error=ErrorRate.from_figure(0.01), dev_error=ErrorRate.from_figure(0.11))
    assert evidence.train_error.is_bare and evidence.task is None
