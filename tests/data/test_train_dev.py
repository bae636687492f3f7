"""The train-dev set: as large as dev, like train in its classes, in whole groups, and apart from what is trained on."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import small_table

from caviar.data.records import Table
from caviar.data.splits import Split, split
from caviar.data.train_dev import with_train_dev


def table(rows: int, first: int = 0, share_yes: float = 0.5, **columns: Any) -> Table:
    """Feature x is the row's number; labels alternate so that `share_yes` of them are yes."""
    numbers = np.arange(float(first), float(first + rows))
    labels = ["yes" if (number * share_yes) % 1 < share_yes else "no" for number in numbers]
    return small_table({"x": numbers, **columns, "y": labels})


def cut(rows: int, dev_rows: int, together: str | None = None, seed: int = 0, **columns: Any) -> Split:
    group = {} if together is None else {"group": together}
    dev_columns = {name: cells[:1] * dev_rows for name, cells in columns.items()}
    dev = table(dev_rows, first=10_000, **dev_columns)
    parts = split(table(rows, **columns), dev=dev, test_share=0.2, seed=seed, **group)
    return with_train_dev(parts, seed=seed, together=together)


def numbers_in(part: Table | None) -> set[float]:
    assert part is not None
    return set(part.frame["x"])


@settings(deadline=None, max_examples=30)
@given(rows=st.integers(200, 900), dev_rows=st.integers(30, 400), seed=st.integers(0, 20))
def test_it_is_of_the_dev_sets_size_or_a_fifth_of_train_and_disjoint(rows: int, dev_rows: int, seed: int) -> None:
    parts = cut(rows, dev_rows, seed=seed)
    train, train_dev, test = numbers_in(parts.train), numbers_in(parts.train_dev), numbers_in(parts.test)
    assert len(train) + len(train_dev) + len(test) == rows
    assert not (train & train_dev or train & test or train_dev & test)
    whole = len(train) + len(train_dev)
    assert abs(len(train_dev) - min(dev_rows, whole // 5)) <= 2
    assert set(parts.rows["train_dev"]) == train_dev and set(parts.rows["train"]) == train


def test_classes_keep_their_proportion() -> None:
    parts = with_train_dev(split(table(1_000, share_yes=0.25), dev=table(150, first=10_000, share_yes=0.9)))
    assert parts.train_dev is not None
    assert (parts.train_dev.frame["y"] == "yes").mean() == pytest.approx(0.25, abs=0.02)


def test_the_same_seed_holds_out_the_same_rows_and_another_seed_others() -> None:
    first, again, other = (numbers_in(cut(500, 60, seed=seed).train_dev) for seed in (3, 3, 4))
    assert first == again != other


def test_groups_stay_together() -> None:
    groups = [f"g{number // 10}" for number in range(600)]
    parts = cut(600, 80, together="g", g=groups)
    assert parts.train_dev is not None
    assert not set(parts.train.frame["g"]) & set(parts.train_dev.frame["g"])
    assert 60 <= len(parts.train_dev) <= 100


def test_the_rule_and_the_fingerprints_tell_of_it() -> None:
    before = split(table(500), dev=table(60, first=10_000))
    parts = with_train_dev(before)
    assert "60 of these train rows are held out as a train-dev set" in parts.rule
    assert parts.train_dev is not None
    assert len({before.train.fingerprint, parts.train.fingerprint, parts.train_dev.fingerprint}) == 3


@pytest.mark.parametrize(("rows", "dev_rows"), [(120, 100), (1_000, 20)])
def test_too_few_rows_hold_nothing_out_and_say_so(rows: int, dev_rows: int) -> None:
    before = split(table(rows), dev=table(dev_rows, first=10_000))
    parts = with_train_dev(before)
    assert parts.train_dev is None and parts.train is before.train
    assert "too few to tell anything" in parts.notices[-1].text


def test_a_class_of_three_rows_keeps_two_to_train_on_and_of_two_rows_all() -> None:
    for rare in (2, 3):
        labels = ["yes"] * 300 + ["no"] * 300 + ["rare"] * rare
        data = small_table({"x": np.arange(float(len(labels))), "y": labels})
        dev = small_table({"x": np.arange(100.0), "y": ["yes", "no"] * 49 + ["rare"] * 2})
        parts = with_train_dev(split(data, dev=dev, test_share=0))
        assert parts.train_dev is not None
        assert (parts.train.frame["y"] == "rare").sum() == 2


def test_one_group_alone_cannot_be_cut() -> None:
    groups = ["a"] * 300 + ["b"] * 300
    before = split(table(600, g=groups), dev=table(60, first=10_000, g=["c"] * 60), group="g", test_share=0.5)
    parts = with_train_dev(before, together="g")
    assert parts.train_dev is None and "some class or group" in parts.notices[-1].text


def test_groups_that_hold_a_class_each_cannot_be_cut() -> None:
    groups, labels = ["a"] * 300 + ["b"] * 100, ["yes"] * 300 + ["no"] * 100
    data = small_table({"x": np.arange(400.0), "g": groups, "y": labels})
    dev = small_table({"x": np.arange(100.0), "g": ["c"] * 100, "y": ["yes", "no"] * 50})
    parts = with_train_dev(split(data, dev=dev, group="g", test_share=0), together="g")
    assert parts.train_dev is None and "some class or group" in parts.notices[-1].text
