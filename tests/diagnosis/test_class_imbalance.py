"""Uneven classes, recognised and missed."""

import numpy as np
import polars as pl
import pytest
from made_data import evidence_about, healthy_frame, regression_frame

from caviar.diagnosis.class_imbalance import class_imbalance
from caviar.diagnosis.evidence import Evidence


def uneven(share: float, num_rows: int = 2_000) -> pl.DataFrame:
    labels = np.where(np.arange(num_rows) < share * num_rows, "wild", "usual")
    return healthy_frame(num_rows).with_columns(y=pl.Series(labels))


def recognises(share: float):
    """Errors of a network that answers `usual` right, and `wild` in a share of its rows."""

    def errors(frame: pl.DataFrame) -> np.ndarray:
        rare = (frame["y"] == "wild").to_numpy()
        return rare & (np.cumsum(rare) > share * rare.sum())

    return lambda frame: errors(frame).astype(float)


@pytest.mark.parametrize(
    ("share", "recall", "verdict", "severity"),
    [
        (0.1, 0.0, "present", "high"),
        (0.1, 0.2, "present", "medium"),
        (0.1, 0.9, "absent", "low"),
        (0.4, 0.0, "absent", "low"),
        (0.02, 0.0, "present", "high"),
    ],
)
def test_uneven_classes_are_a_disease_where_the_small_one_is_missed(share, recall, verdict, severity):
    finding = class_imbalance(evidence_about(uneven(share), dev_errors=recognises(recall)))
    assert (finding.verdict, finding.severity) == (verdict, severity)
    if verdict == "present":
        assert finding.evidence["wild recognised_share"] == pytest.approx(recall, abs=0.03)


def test_a_few_dev_rows_of_the_small_class_do_not_convict():
    finding = class_imbalance(evidence_about(uneven(0.1, 100), dev_errors=recognises(0.0)))
    assert finding.verdict == "cannot-tell" and "missing" in finding.meaning


def test_even_classes_and_numbers_are_no_disease_and_no_rows_no_answer():
    assert class_imbalance(evidence_about(healthy_frame())).verdict == "absent"
    assert class_imbalance(evidence_about(regression_frame())).verdict == "absent"
    assert class_imbalance(Evidence("error")).verdict == "cannot-tell"
