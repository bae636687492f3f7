"""Cuts at random, by class, by group and by time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caviar.data.cuts import class_sizes, cut_at_random, cut_by_class, cut_by_group, cut_by_time

SHARES = st.sampled_from([[0.6, 0.2, 0.2], [0.8, 0.2], [0.98, 0.01, 0.01], [0.5, 0.3, 0.2], [1 / 3, 1 / 3, 1 / 3]])


@settings(deadline=None, max_examples=60)
@given(counts=st.lists(st.integers(1, 300), min_size=1, max_size=12), shares=SHARES, seed=st.integers(0, 9))
def test_every_class_is_within_one_row_of_its_share_in_every_part(
    counts: list[int], shares: list[float], seed: int
) -> None:
    classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    parts = cut_by_class(classes, shares, np.random.default_rng(seed))
    assert len(parts) == len(classes)
    for number, count in enumerate(counts):
        for part, share in enumerate(shares):
            came = int(((classes == number) & (parts == part)).sum())
            if min(shares) * count >= 2:  # else the class is rare, and rare classes are seen to
                assert abs(came - share * count) <= 1 + 1e-9
            elif count >= len(shares) + 1:
                assert came >= (2 if part == 0 else 1)


@settings(deadline=None, max_examples=60)
@given(
    counts=st.lists(st.integers(20, 300), min_size=1, max_size=30),
    shares=st.sampled_from([[0.6, 0.2, 0.2], [0.7, 0.3]]),
)
def test_rounding_does_not_add_up_over_the_classes(counts: list[int], shares: list[float]) -> None:
    parts = class_sizes(np.array(counts), shares).sum(axis=0)
    assert np.abs(parts - np.array(shares) * sum(counts)).max() <= 2


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (1, [1, 0, 0]),
        (2, [2, 0, 0]),
        (3, [2, 1, 0]),
        (4, [2, 1, 1]),
        (5, [3, 1, 1]),
        (10, [6, 2, 2]),
    ],
)
def test_rare_class_fills_train_first_then_dev_then_test(count: int, sizes: list[int]) -> None:
    assert class_sizes(np.array([count]), [0.6, 0.2, 0.2]).tolist() == [sizes]


def test_class_of_one_per_cent_parts_still_reaches_them() -> None:
    assert class_sizes(np.array([20]), [0.98, 0.01, 0.01]).tolist() == [[18, 1, 1]]


def test_cut_at_random_depends_on_the_seed_alone() -> None:
    first, again, other = (cut_at_random(100, [0.6, 0.2, 0.2], np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert (first == again).all()
    assert (first != other).any()
    assert np.bincount(first).tolist() == [60, 20, 20]


def test_every_row_is_equally_likely_to_be_in_dev() -> None:
    cuts = [cut_by_class(np.arange(40) % 4, [0.75, 0.25], np.random.default_rng(seed)) for seed in range(2_000)]
    assert np.abs(np.mean(cuts, axis=0) - 0.25).max() < 0.05  # 5 standard errors


@settings(deadline=None, max_examples=60)
@given(sizes=st.lists(st.integers(1, 40), min_size=3, max_size=60), seed=st.integers(0, 5), data=st.data())
def test_no_group_is_in_two_parts_and_no_part_is_empty(sizes: list[int], seed: int, data: st.DataObject) -> None:
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    shares = data.draw(SHARES)
    parts = cut_by_group(groups, None, shares, np.random.default_rng(seed))
    for group in range(len(sizes)):
        assert len(set(parts[groups == group])) == 1
    assert set(parts) == set(range(len(shares)))


def test_many_small_groups_meet_the_shares() -> None:
    groups = np.random.default_rng(0).integers(0, 3_000, size=10_000)
    parts = cut_by_group(groups, None, [0.6, 0.2, 0.2], np.random.default_rng(0))
    assert np.bincount(parts) / 10_000 == pytest.approx([0.6, 0.2, 0.2], abs=0.002)


def test_groups_of_one_class_are_dealt_so_that_every_part_has_both() -> None:
    groups = np.repeat(np.arange(12), 10)
    classes = np.where(groups < 3, 1, 0)  # three of twelve groups hold class 1
    for seed in range(5):
        parts = cut_by_group(groups, classes, [0.6, 0.2, 0.2], np.random.default_rng(seed))
        assert all(set(classes[parts == part]) == {0, 1} for part in range(3))


@settings(deadline=None, max_examples=80)
@given(times=st.lists(st.integers(0, 15), min_size=3, max_size=80), shares=SHARES)
def test_earlier_parts_lie_before_later_ones_and_ties_stay_together(times: list[int], shares: list[float]) -> None:
    if len(set(times)) < len(shares):
        return
    parts = cut_by_time(np.array(times), shares)
    assert set(parts) == set(range(len(shares)))
    for part in range(1, len(shares)):
        assert max(np.array(times)[parts == part - 1]) < min(np.array(times)[parts == part])


def test_border_in_time_is_the_nearest_possible_one() -> None:
    times = np.array([5, 1, 1, 1, 2, 2, 3, 3, 4, 4])
    assert cut_by_time(times, [0.6, 0.2, 0.2]).tolist() == [2, 0, 0, 0, 0, 0, 1, 1, 2, 2]  # rows 5, 7 instead of 6, 8
