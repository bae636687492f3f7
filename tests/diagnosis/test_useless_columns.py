"""Constant columns and identifiers: left out before training, or in use as the user wished."""

import numpy as np
import polars as pl
from made_data import NUM_ROWS, evidence_about, healthy_frame

from caviar.diagnosis.constant_column import constant_column
from caviar.diagnosis.diagnose import diagnose, next_action
from caviar.diagnosis.identifier_column import identifier_column

FRAME = healthy_frame()


def test_healthy_columns_are_neither() -> None:
    evidence = evidence_about(FRAME)
    assert constant_column(evidence).verdict == identifier_column(evidence).verdict == "absent"


def test_a_constant_column_was_left_out_which_asks_for_nothing() -> None:
    evidence = evidence_about(FRAME.with_columns(country=pl.lit("NL")))
    finding = constant_column(evidence)
    assert (finding.verdict, finding.severity, finding.actions) == ("present", "low", ())
    assert "left out before training" in finding.meaning and "'country'" in finding.meaning
    assert "onstant column" not in next_action(diagnose(evidence))


def test_a_nearly_constant_column_is_in_use_and_worth_a_look() -> None:
    finding = constant_column(evidence_about(FRAME.with_columns(flag=np.where(np.arange(NUM_ROWS) < 4, "a", "b"))))
    assert finding.verdict == "present" and finding.actions and "'flag' (99.6%)" in finding.meaning
    some = FRAME.with_columns(flag=np.where(np.arange(NUM_ROWS) < 6, "a", "b"))
    assert constant_column(evidence_about(some)).verdict == "absent"


def test_a_row_counter_was_left_out_and_is_a_fault_where_the_user_keeps_it() -> None:
    frame = FRAME.with_columns(customer_id=np.arange(NUM_ROWS))
    left_out = identifier_column(evidence_about(frame))
    assert (left_out.verdict, left_out.severity, left_out.actions) == ("present", "low", ())
    kept = identifier_column(evidence_about(frame, types={"customer_id": "number"}))
    assert (kept.verdict, kept.severity) == ("present", "medium") and "'customer_id'" in kept.meaning and kept.actions
