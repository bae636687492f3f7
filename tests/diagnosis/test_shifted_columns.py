"""Dev tables of another kind than train, column by column."""

import numpy as np
import polars as pl
import pytest
from made_data import evidence_about, healthy_frame

from caviar.diagnosis.shifted_columns import shifted_columns

TRAIN, DEV = healthy_frame(4_000), healthy_frame(2_000, seed=1)


@pytest.mark.parametrize(("deviations", "severity"), [(0.25, "low"), (0.5, "medium"), (1.5, "high")])
def test_a_shifted_column_is_named_with_how_far_it_lies(deviations: float, severity: str) -> None:
    finding = shifted_columns(evidence_about(TRAIN, dev=DEV.with_columns(pl.col("size") + 10 * deviations)))
    assert (finding.verdict, finding.severity) == ("present", severity)
    assert finding.evidence["dev_farthest"] == "size" and finding.evidence["dev_columns_apart"] == 1


def test_other_colours_and_missing_cells_are_shifts_too() -> None:
    others = DEV.with_columns(colour=pl.when(pl.col("colour") == "red").then(pl.lit("blue")).otherwise("colour"))
    assert shifted_columns(evidence_about(TRAIN, dev=others)).evidence["dev_farthest"] == "colour"
    holes = DEV.with_columns(weight=pl.when(pl.int_range(2_000) % 2 == 0).then("weight"))
    assert shifted_columns(evidence_about(TRAIN, dev=holes)).evidence["dev_farthest"] == "weight"


def test_tables_of_one_kind_are_rarely_taken_for_two() -> None:
    verdicts = [
        shifted_columns(evidence_about(TRAIN, dev=healthy_frame(300, seed=seed))).verdict for seed in range(2, 12)
    ]
    assert verdicts == ["absent"] * 10


def test_parts_cut_at_random_are_alike_and_parts_cut_by_time_may_differ() -> None:
    assert "at random" in shifted_columns(evidence_about(TRAIN)).meaning
    drifting = TRAIN.with_columns(day=np.arange(4_000), size=pl.col("size") + pl.int_range(4_000) / 80)
    finding = shifted_columns(evidence_about(drifting, cut="by time", time="day"))
    assert finding.verdict == "present" and finding.evidence["dev_farthest"] == "size"
    assert "in order of time" in finding.meaning
