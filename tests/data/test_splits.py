"""The split as a whole: sizes, disjoint parts, what decides the cut, what is told and what is refused."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import small_table

from caviar.core.errors import DataError, SettingsError
from caviar.data.records import Table
from caviar.data.splits import Split, split


def numbered(rows: int, seed: int = 0, **columns: Any) -> Table:
    """A regression table whose feature x is the row's number."""
    return small_table({"x": np.arange(float(rows)), **columns, "y": np.random.default_rng(seed).standard_normal(rows)})


def with_classes(counts: dict[str, int], seed: int = 0, **columns: Any) -> Table:
    labels = np.random.default_rng(seed).permutation(np.repeat(list(counts), list(counts.values())))
    return small_table({"x": np.arange(float(len(labels))), **columns, "y": labels.tolist()})


def parts_of(cut: Split) -> dict[str, Table]:
    parts = {"train": cut.train, "dev": cut.dev, "test": cut.test}
    return {name: part for name, part in parts.items() if part is not None}


def texts(cut: Split, level: str | None = None) -> str:
    return "\n".join(notice.text for notice in cut.notices if level in (None, notice.level))


@settings(deadline=None, max_examples=40)
@given(rows=st.integers(10, 300), seed=st.integers(0, 50), test_share=st.sampled_from([None, 0, 0.3]))
def test_parts_are_disjoint_and_together_hold_every_row_as_it_was(
    rows: int, seed: int, test_share: float | None
) -> None:
    table = numbered(rows)
    cut = split(table, seed=seed, test_share=test_share)
    everything = np.concatenate(list(cut.rows.values()))
    assert sorted(everything) == list(range(rows))
    for name, part in parts_of(cut).items():
        assert part.frame.equals(table.frame[cut.rows[name]])
        assert (np.diff(cut.rows[name]) > 0).all()
    assert (cut.test is None) == (test_share == 0)


def test_small_table_is_cut_60_20_20_and_says_why() -> None:
    cut = split(with_classes({"a": 300, "b": 200}))
    assert [len(part) for part in parts_of(cut).values()] == [300, 100, 100]
    assert "60.0% / 20.0% / 20.0% of 500" in cut.rule
    assert "up to 10,000 rows" in cut.rule


def test_a_hundred_thousand_rows_are_cut_by_the_falling_share() -> None:
    cut = split(numbered(100_000))
    assert [len(part) for part in parts_of(cut).values()] == [91_056, 4_472, 4_472]  # 0.2^½ · 0.01^½ = 4.472 %
    assert "shares shrink" in cut.rule


def test_classes_keep_their_proportions_in_every_part() -> None:
    cut = split(with_classes({"a": 60, "b": 30, "c": 10}))
    for name, sizes in (("train", [36, 18, 6]), ("dev", [12, 6, 2]), ("test", [12, 6, 2])):
        part = parts_of(cut)[name].frame["y"]
        assert [(part == label).sum() for label in "abc"] == sizes


def test_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    table = with_classes({"a": 60, "b": 40})
    first, again, other = split(table, seed=3), split(table, seed=3), split(table, seed=4)
    assert all((first.rows[name] == again.rows[name]).all() for name in first.rows)
    assert first.train.fingerprint == again.train.fingerprint != other.train.fingerprint
    assert (first.rows["dev"] != other.rows["dev"]).any()


def test_rows_of_a_seed_stay_the_same_from_version_to_version() -> None:
    assert split(numbered(10), seed=0).rows["dev"].tolist() == [0, 9]
    assert split(with_classes({"a": 6, "b": 4}), seed=7).rows["test"].tolist() == [6, 9]


def test_shares_can_be_set() -> None:
    cut = split(numbered(200), dev_share=0.1, test_share=0.3)
    assert [len(part) for part in parts_of(cut).values()] == [120, 20, 60]
    assert "as set by --dev-share and --test-share" in cut.rule


def test_rare_class_reaches_every_part_that_it_has_rows_for_and_the_others_are_told() -> None:
    cut = split(with_classes({"a": 100, "rare": 4, "rarest": 3}))
    counts = {name: dict(part.frame["y"].value_counts().iter_rows()) for name, part in parts_of(cut).items()}
    assert [counts[name].get("rare", 0) for name in counts] == [2, 1, 1]
    assert [counts[name].get("rarest", 0) for name in counts] == [2, 1, 0]
    assert "test has no row of the class 'rarest'" in texts(cut, "warning")


def test_class_with_one_row_is_refused_with_its_name() -> None:
    with pytest.raises(DataError, match=r"at least 2 rows in the table, but 'typo' has 1\. Mend the labels"):
        split(with_classes({"a": 50, "b": 50, "typo": 1}))


def test_groups_never_cross_and_are_no_feature() -> None:
    patients = [f"p{number % 23}" for number in range(200)]
    cut = split(numbered(200, patient=patients), group="patient")
    held = [set(part.frame["patient"]) for part in parts_of(cut).values()]
    assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])
    assert [column.name for column in cut.train.columns] == ["x"]
    assert "column 'patient' says how to cut the parts (--group)" in texts(cut, "info")
    assert "in whole groups of 'patient'" in cut.rule


def test_missing_group_cell_is_a_group_of_its_own() -> None:
    cut = split(numbered(100, group=[None] * 50 + ["one"] * 50), group="group")
    assert all(part.frame["group"].null_count() for part in list(parts_of(cut).values())[1:])


def test_time_puts_train_before_dev_before_test_and_keeps_ties_together() -> None:
    days = [datetime(2020, 1, 1) + timedelta(days=int(day)) for day in np.random.default_rng(0).integers(0, 40, 300)]
    cut = split(numbered(300, day=days), time="day")
    train, dev, test = (part.frame["day"] for part in parts_of(cut).values())
    assert train.max() < dev.min() and dev.max() < test.min()
    assert [len(part) for part in (train, dev, test)] == pytest.approx([180, 60, 60], abs=8)
    assert [column.name for column in cut.train.columns] == ["x"]


def test_time_as_text_goes_by_the_alphabet_and_says_so() -> None:
    cut = split(numbered(30, month=[f"2020-{1 + row // 3:02d}" for row in range(30)]), time="month")
    assert cut.train.frame["month"].max() < cut.dev.frame["month"].min()
    assert "--types month=date" in texts(cut, "warning")


def test_time_split_warns_of_the_column_that_drifts() -> None:
    generator = np.random.default_rng(0)
    table = numbered(
        3_000,
        when=np.arange(3_000.0),
        drifts=np.arange(3_000) / 1_000 + generator.standard_normal(3_000),
        steady=generator.standard_normal(3_000),
    )
    cut = split(table.__class__(**{**vars(table), "columns": table.columns[1:]}), time="when")
    warned = [notice for notice in cut.notices if "distributed otherwise" in notice.text]
    assert [notice.columns for notice in warned] == [("drifts",), ("drifts",)]  # train and dev, dev and test


def test_random_split_is_not_tested_for_drift() -> None:
    assert "distributed otherwise" not in texts(split(numbered(500)))


def test_separate_test_table_leaves_train_and_dev_to_be_cut() -> None:
    table, test = with_classes({"a": 80, "b": 20}), with_classes({"a": 5, "b": 5}, seed=1)
    cut = split(table, test=test)
    assert set(cut.rows) == {"train", "dev"}
    assert [len(part) for part in parts_of(cut).values()] == [80, 20, 10]
    assert cut.test is not None and cut.test.frame.equals(test.frame)
    assert "test 10 (a table of its own)" in cut.rule


def test_separate_dev_and_test_leave_all_rows_to_train() -> None:
    table = numbered(50)
    cut = split(table, dev=numbered(10, seed=1), test=numbered(20, seed=2))
    assert cut.train.frame.equals(table.frame)
    assert (len(cut.dev), len(cut.test or [])) == (10, 20)
    assert cut.rows["train"].tolist() == list(range(50))
    assert "dev and test came separately" in cut.rule


def test_separate_dev_table_with_fewer_labels_gets_the_classes_of_train() -> None:
    cut = split(with_classes({"a": 40, "b": 40, "c": 40}), dev=with_classes({"a": 5, "c": 5}))
    assert cut.dev.classes == ("a", "b", "c")
    assert cut.dev.task == "multiclass"
    assert "dev has no row of the class 'b'" in texts(cut, "warning")


def test_separate_table_of_another_distribution_is_told_with_the_column() -> None:
    table = small_table({"x": np.random.default_rng(0).standard_normal(1_000), "y": np.arange(1_000.0)})
    moved = small_table({"x": np.random.default_rng(1).standard_normal(1_000) + 1, "y": np.arange(1_000.0)})
    assert "dev is distributed otherwise than train in 1 of 2 columns: 'x'" in texts(split(table, dev=moved), "warning")


def test_separate_table_that_shares_groups_or_comes_too_early_is_told() -> None:
    table = numbered(40, who=[f"p{row // 4}" for row in range(40)])
    test = numbered(4, who=["p0", "p1", "new", "new"])
    assert "2 rows of test are of a group ('who')" in texts(split(table, group="who", test=test), "warning")
    later = numbered(4, when=[38.0, 39, 40, 41])
    warned = texts(split(numbered(40, when=np.arange(40.0)), time="when", test=later), "warning")
    assert "2 rows of test are not later ('when') than all of train and dev" in warned


def test_copies_across_parts_are_counted() -> None:
    table = small_table({"x": [1.0, 2.0] * 50, "y": np.arange(100.0)})
    warned = texts(split(table), "warning")
    assert "20 rows of dev (100.0%) have exactly the feature values of a row in train" in warned
    assert "20 rows of test (100.0%) have exactly the feature values of a row in train or dev" in warned


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"dev_share": 0.0}, SettingsError, "dev_share must lie between 0 and 1, got 0"),
        ({"dev_share": 1.5}, SettingsError, "dev_share must lie between 0 and 1, got 1.5"),
        ({"test_share": -0.1}, SettingsError, "test_share must lie from 0"),
        ({"dev_share": 0.5, "test_share": 0.5}, SettingsError, "must leave rows to train on, got 0.5 for dev"),
        ({"dev_share": 0.001}, DataError, "dev would be empty: .* Raise --dev-share to 0.01 at least"),
        ({"group": "Who", "time": "when"}, SettingsError, "by groups or by time, not by both"),
        ({"group": "woh"}, DataError, "the group column must be in the table, but 'woh' is not. Did you mean 'who'?"),
        ({"time": "wen"}, DataError, "the time column must be in the table, but 'wen' is not. Did you mean 'when'?"),
        ({"group": "y"}, DataError, "must not be the target"),
        ({"group": "same"}, DataError, "'same' must have at least 3 distinct values, one for each part, but has 1"),
        ({"time": "same"}, DataError, "'same' must have at least 3 distinct values, one for each part, but has 1"),
        ({"time": "gaps"}, DataError, "'gaps' must be filled, but is missing in 2 rows: rows 1, 100"),
    ],
)
def test_requests_that_cannot_be_met_are_refused(given: dict[str, Any], error: type, message: str) -> None:
    table = numbered(
        100,
        who=[f"p{row % 9}" for row in range(100)],
        when=np.arange(100.0),
        same=["s"] * 100,
        gaps=[None, *range(98), None],
    )
    with pytest.raises(error, match=message):
        split(table, **given)


def test_share_beside_a_separate_table_is_refused() -> None:
    with pytest.raises(SettingsError, match="a separate test table came as well"):
        split(numbered(50), test_share=0.2, test=numbered(10))


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_too_few_rows_are_refused(rows: int) -> None:
    with pytest.raises(DataError, match="too few to cut: train needs at least 2"):
        split(numbered(rows))


def test_four_rows_are_just_enough() -> None:
    assert [len(part) for part in parts_of(split(numbered(4))).values()] == [2, 1, 1]


def test_class_that_comes_only_late_in_time_is_refused() -> None:
    table = small_table({"when": np.arange(100.0), "x": np.arange(100.0), "y": ["a", "b"] * 45 + ["c"] * 10})
    with pytest.raises(DataError, match=r"at least 2 rows in train, but 'c' has 0"):
        split(table, time="when")


def test_separate_table_that_does_not_fit_is_refused() -> None:
    table = with_classes({"a": 30, "b": 30})
    with pytest.raises(DataError, match="the dev table lacks 1 column of the table to train on: 'x'"):
        split(table, dev=small_table({"z": [1.0, 2.0], "y": ["a", "b"]}))
    with pytest.raises(DataError, match="'x' holds String, not Float64"):
        split(table, dev=small_table({"x": ["1", "2"], "y": ["a", "b"]}))
    with pytest.raises(DataError, match="training never saw: 'z' \\(1 row, first at row 2\\)"):
        split(table, test=small_table({"x": [1.0, 2.0], "y": ["a", "z"]}))
    with pytest.raises(DataError, match="the test table must have the target 'y'"):
        split(table, test=small_table({"x": [1.0, 2.0], "w": ["a", "z"]}, target="w"))
    with pytest.raises(DataError, match="the test table has no rows"):
        split(
            table,
            test=small_table({"x": [1.0, 2.0], "y": ["a", "b"]}).__class__(**{**vars(table), "frame": table.frame[:0]}),
        )


def test_columns_left_out_of_training_may_lack_in_a_separate_table() -> None:
    cells = {"id": [f"n{row}" for row in range(20)], "x": np.arange(20.0), "y": np.arange(20.0)}
    table = small_table(cells, unused=["id"])
    assert len(split(table, dev=numbered(5)).train) == 20 * 4 // 5


def test_parts_share_no_memory_of_rows_that_reading_skipped() -> None:
    table = numbered(20)
    cut = split(Table(**{**vars(table), "skipped_rows": (3,)}))
    assert cut.train.row_numbers().tolist() == list(range(12))


def test_frame_of_a_part_keeps_every_column() -> None:
    cut = split(numbered(20, who=[f"p{row % 5}" for row in range(20)]), group="who")
    assert cut.dev.frame.columns == ["x", "who", "y"]
    assert isinstance(cut.dev.frame, pl.DataFrame)
