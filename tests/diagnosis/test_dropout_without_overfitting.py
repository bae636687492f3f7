"""Dropout where nothing overfits, and where something does."""

import numpy as np
import pytest

from caviar.diagnosis.dropout_without_overfitting import dropout_without_overfitting
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence, MemberHistory


def members(*rates, train=0.015, dev=0.018, rows=10_000, **others):
    histories = tuple(MemberHistory(np.ones(10), drop_rate=rate) for rate in rates)
    return Evidence(
        "error",
        train_error=ErrorRate.from_figure(train, rows),
        dev_error=ErrorRate.from_figure(dev, rows),
        histories=histories,
        **others,
    )


def test_dropout_without_variance_is_found_and_is_slight():
    finding = dropout_without_overfitting(members(0.3, 0.5, 0.0))
    assert finding.verdict == "present" and finding.severity == "low"
    assert finding.evidence["dropping"] == 2 and finding.evidence["drop_rate"] == 0.3
    assert finding.actions[0].change == {"dropout": False}


def test_it_is_graver_where_bias_is_high():
    finding = dropout_without_overfitting(members(0.5, train=0.15, dev=0.155, human_error=0.01))
    assert finding.severity == "medium" and "dropout feeds" in finding.meaning


def test_dropout_against_overfitting_is_in_its_place():
    assert dropout_without_overfitting(members(0.5, dev=0.11)).verdict == "absent"


@pytest.mark.parametrize("rates", [(0.0,), (0.01, 0.02), (0.5, 0.0, 0.0)])
def test_little_dropout_is_none(rates):
    assert dropout_without_overfitting(members(*rates)).verdict == "absent"


def test_unknown_variance_leaves_it_open():
    finding = dropout_without_overfitting(members(0.5, train=0.05, dev=0.08, rows=60))
    assert finding.verdict == "cannot-tell" and "rows are too few" in finding.meaning


def test_missing_rates_are_named():
    assert "rates are missing" in dropout_without_overfitting(members(None)).meaning
