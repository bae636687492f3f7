"""Rows of dev that were trained on, planted in made tables, and tables whose rows are equal by chance."""

import numpy as np
import polars as pl
import pytest
from made_data import evidence_about, healthy_frame

from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.duplicates_across_parts import duplicates_across_parts
from caviar.diagnosis.evidence import Evidence


def doubled(share: float) -> pl.DataFrame:
    """A healthy table with some of its rows in it twice, in random order."""
    frame = healthy_frame()
    return pl.concat([frame, frame[: int(share * len(frame))]]).sample(fraction=1, shuffle=True, seed=0)


@pytest.mark.parametrize(("share", "severity"), [(0.04, "medium"), (0.5, "high")])
def test_rows_that_are_in_the_table_twice_are_found_with_their_share(share: float, severity: str) -> None:
    finding = duplicates_across_parts(evidence_about(doubled(share)))
    assert (finding.verdict, finding.severity) == ("present", severity)
    # a row of dev has its twin in train with probability 0.6
    assert finding.evidence["dev_copied_share"] == pytest.approx(0.6 * 2 * share / (1 + share), abs=0.07)


def test_grave_copies_come_before_everything_else() -> None:
    evidence = evidence_about(doubled(0.5), dev_errors=lambda frame: np.ones(len(frame)))
    assert diagnose(evidence)[0].id == "duplicates-across-parts"


def test_the_error_without_the_copies_is_told_and_makes_few_of_them_grave() -> None:
    frame = healthy_frame()
    train, dev = frame[:600], pl.concat([frame[600:], frame[:35]])

    def remembered(rows: pl.DataFrame) -> np.ndarray:
        return np.r_[np.arange(400) % 3 == 0, np.zeros(35)].astype(float)

    finding = duplicates_across_parts(evidence_about(train, dev=dev, test_share=0, dev_errors=remembered))
    assert finding.severity == "high" and finding.evidence["dev_copied_share"] < 0.1
    assert finding.evidence["fresh_dev_error"] == pytest.approx(134 / 400)
    assert "On the dev rows that are none the error is 33.5 %, not 30.8 %." in finding.meaning
    harmless = duplicates_across_parts(evidence_about(train, dev=dev, test_share=0))
    assert harmless.severity == "medium"


def test_healthy_rows_and_rows_equal_by_chance_are_no_disease() -> None:
    assert duplicates_across_parts(evidence_about(healthy_frame())).verdict == "absent"
    draw = np.random.default_rng(1)
    coarse = pl.DataFrame({name: draw.integers(0, 7, 900) for name in "abc"} | {"y": draw.choice(["u", "v"], 900)})
    finding = duplicates_across_parts(evidence_about(coarse))
    assert finding.verdict == "absent" and finding.evidence["dev_copied_share"] > 0.5 and "coarse" in finding.meaning


def test_without_rows_nothing_can_be_told() -> None:
    assert duplicates_across_parts(Evidence("error")).verdict == "cannot-tell"
