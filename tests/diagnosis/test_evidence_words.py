"""Evidence in words: errors with their intervals and rows, parts in points, everything else as it is."""

from caviar.diagnosis.evidence_words import evidence_words


def test_an_error_comes_with_its_interval_and_rows_and_a_part_in_points():
    evidence = {
        "train_dev_error": 0.015, "train_dev_interval": [0.01, 0.02], "train_dev_rows": 10_000,
        "mismatch": 0.085, "mismatch_interval": [0.079, 0.091], "material": 0.02,
    }  # fmt: skip
    assert evidence_words(evidence, "error") == [
        "train-dev error 1.5 % [1.0, 2.0] of 10,000 rows",
        "mismatch 8.5 points [7.9, 9.1]",
        "material 2.0 points",
    ]


def test_counts_shares_and_words_are_shown_as_such():
    evidence = {"members": 1200, "fall": 0.034, "proxy": "human", "drop_rate": 0.2, "train_rows": 40}
    assert evidence_words(evidence, "error") == [
        "members 1,200", "fall 3 %", "proxy human", "drop rate 20 %", "train rows 40"
    ]  # fmt: skip


def test_a_regression_is_told_in_units_and_no_evidence_in_no_words():
    assert evidence_words({"dev_error": 48_123.4, "dev_interval": [47_000.0, 49_000.0]}, "rmse") == [
        "dev error 48,100 [47,000, 49,000]"
    ]
    assert evidence_words({}, "error") == []
