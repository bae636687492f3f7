"""Columns made from the target, planted in made tables."""

import numpy as np
import polars as pl
import pytest
from made_data import NUM_ROWS, evidence_about, healthy_frame, regression_frame

from caviar.data.check import check
from caviar.data.giveaways import giveaways
from caviar.data.tables import load
from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.leaking_column import leaking_column

NOISE = np.random.default_rng(5).normal(size=NUM_ROWS)


def leaks(frame: pl.DataFrame, noise: float) -> pl.DataFrame:
    """With a column `paid`: the target with noise of this deviation, in deviations of the target."""
    truth = frame["y"].to_numpy() if frame["y"].dtype.is_numeric() else (frame["y"] == "good").to_numpy().astype(float)
    return frame.with_columns(paid=pl.Series(truth + noise * truth.std() * NOISE))


CLASSES, NUMBERS = healthy_frame(), regression_frame()


@pytest.mark.parametrize(
    ("frame", "noise", "severity"),
    [
        (CLASSES, 0.0, "high"),
        (CLASSES, 0.3, "high"),
        (CLASSES, 0.6, "medium"),
        (NUMBERS, 0.0, "high"),
        (NUMBERS, 0.08, "high"),
        (NUMBERS, 0.35, "medium"),
    ],
)
def test_a_column_made_from_the_target_is_named_and_where_grave_comes_first(
    frame: pl.DataFrame, noise: float, severity: str
) -> None:
    findings = diagnose(evidence_about(leaks(frame, noise)))
    finding = next(finding for finding in findings if finding.id == "leaking-column")
    assert (finding.verdict, finding.severity) == ("present", severity)
    assert finding.evidence["best_column"] == "paid"
    assert severity == "medium" or findings[0] is finding


@pytest.mark.parametrize("frame", [CLASSES, NUMBERS, leaks(CLASSES, 3.0), leaks(NUMBERS, 3.0)])
def test_columns_that_tell_something_of_the_target_are_no_leak(frame: pl.DataFrame) -> None:
    assert leaking_column(evidence_about(frame)).verdict == "absent"


@pytest.mark.parametrize("noise", [0.0, 0.08, 0.35, 3.0])
def test_check_warns_of_the_very_columns_that_the_finding_names(noise: float) -> None:
    frame = leaks(healthy_frame(), noise)
    finding = leaking_column(evidence_about(frame))
    warned = [notice for notice in check(load(frame, "y")) if notice.level == "warning" and "paid" in notice.columns]
    assert bool(warned) == (finding.verdict == "present")


def test_a_strong_column_among_strong_ones_does_not_stand_out() -> None:
    assert giveaways({"a": 0.9, "b": 0.8}) == {} == giveaways({"a": 0.7, "b": 0.0}) == giveaways({})
    assert giveaways({"a": 0.9, "b": 0.6}) == {"a": "stands out"}
    assert giveaways({"a": 0.98, "b": 0.99, "c": 0.5}) == {"b": "nearly all", "a": "nearly all"}


def test_too_few_rows_leave_it_open() -> None:
    assert leaking_column(evidence_about(healthy_frame(40))).verdict == "cannot-tell"
