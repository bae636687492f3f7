"""Classes with a handful of rows."""

import numpy as np
import polars as pl
from made_data import evidence_about, healthy_frame, regression_frame

from caviar.data.check import check
from caviar.data.tables import load
from caviar.diagnosis.rare_class import rare_class


def with_rare(rows: int, num_rows: int = 1_000) -> pl.DataFrame:
    frame = healthy_frame(num_rows)
    labels = frame["y"].to_numpy().copy()
    labels[np.linspace(0, num_rows - 1, rows).astype(int)] = "odd"
    return frame.with_columns(y=pl.Series(labels))


def test_a_class_of_a_few_rows_is_named_and_of_some_more_is_not() -> None:
    finding = rare_class(evidence_about(with_rare(6)))
    assert (finding.verdict, finding.severity) == ("present", "low") and "'odd' (6 rows)" in finding.meaning
    assert rare_class(evidence_about(with_rare(6, 200))).severity == "medium"
    assert rare_class(evidence_about(with_rare(10))).verdict == "absent"


def test_check_and_the_finding_agree() -> None:
    for rows in (3, 9, 10, 50):
        warned = any("fewer than 10 rows" in notice.text for notice in check(load(with_rare(rows), "y")))
        assert warned == (rare_class(evidence_about(with_rare(rows))).verdict == "present")


def test_a_class_that_dev_lacks_is_not_measured() -> None:
    frame = healthy_frame(classes=("a", "b", "c"))
    dev = frame.filter(pl.col("y") != "c")[:200]
    evidence = evidence_about(frame[200:], dev=dev)
    evidence.data.counts["dev"]["c"] = 0
    finding = rare_class(evidence)
    assert finding.verdict == "present" and "Dev has no row of 'c'" in finding.meaning


def test_healthy_tables_have_no_rare_class() -> None:
    assert rare_class(evidence_about(healthy_frame())).verdict == "absent"
    assert rare_class(evidence_about(regression_frame())).verdict == "absent"
