"""Folds, resamples, nested subsets and class weights: what each promises, for many sizes and classes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_sample_weight

from caviar.core.errors import DataError, SettingsError
from caviar.techniques.row_weights import bootstrap, class_balance, class_weights, folds, subsets

CLASSES = st.lists(st.integers(0, 4), min_size=2, max_size=60).map(torch.tensor)
SEEDS = st.integers(0, 1000)


@given(CLASSES, st.integers(2, 12), SEEDS, st.booleans())
def test_each_row_is_held_out_exactly_once_and_the_folds_are_of_one_size(classes, num_folds, seed, stratified):
    num_folds = min(num_folds, len(classes))
    trains = folds(len(classes), num_folds, seed, classes if stratified else None)
    assert trains.shape == (num_folds, len(classes)) and trains.dtype == torch.float32
    assert set(trains.flatten().tolist()) <= {0.0, 1.0}
    held_out = 1 - trains
    assert (held_out.sum(0) == 1).all()
    sizes = held_out.sum(1)
    assert sizes.max() - sizes.min() <= 1


@given(CLASSES, st.integers(2, 12), SEEDS)
def test_stratified_folds_hold_out_each_class_in_equal_parts(classes, num_folds, seed):
    held_out = 1 - folds(len(classes), min(num_folds, len(classes)), seed, classes)
    for one in classes.unique():
        counts = held_out[:, classes == one].sum(1)
        assert counts.max() - counts.min() <= 1


def test_folds_are_random_and_depend_on_the_seed_alone():
    assert torch.equal(folds(100, 5, 0), folds(100, 5, 0))
    assert not torch.equal(folds(100, 5, 0), folds(100, 5, 1))
    assert not torch.equal(folds(100, 5, 0)[0], (torch.arange(100) % 5 != 0).float())
    classes = torch.arange(100) % 2
    assert not torch.equal(folds(100, 5, 0, classes), folds(100, 5, 1, classes))


@given(st.integers(1, 50), st.integers(1, 8), SEEDS)
def test_a_resample_draws_as_many_rows_as_there_are(num_rows, num_members, seed):
    counts = bootstrap(num_rows, num_members, seed)
    assert counts.shape == (num_members, num_rows)
    assert (counts >= 0).all() and (counts == counts.round()).all()
    assert (counts.sum(1) == num_rows).all()


def test_a_larger_population_begins_with_the_resamples_of_a_smaller_one():
    assert torch.equal(bootstrap(30, 7, 3)[:4], bootstrap(30, 4, 3))
    first, second = bootstrap(30, 2, 3)
    assert not torch.equal(first, second)
    assert not torch.equal(first, bootstrap(30, 1, 4)[0])


def test_a_resample_leaves_out_about_one_row_in_e():
    """(1 − 1/n)^n → 1/e: the out-of-bag rows of Efron's bootstrap."""
    assert (bootstrap(20_000, 1, 0) == 0).float().mean().item() == pytest.approx(np.exp(-1), abs=0.01)


@given(CLASSES, st.lists(st.integers(1, 60), min_size=1, max_size=6), SEEDS, st.booleans())
def test_a_smaller_subset_lies_within_a_larger_one(classes, sizes, seed, stratified):
    sizes = [min(size, len(classes)) for size in sizes]
    chosen = subsets(len(classes), sizes, seed, classes if stratified else None)
    assert chosen.sum(1).tolist() == sizes
    by_size = chosen[torch.tensor(sizes).argsort()]
    assert (by_size.diff(dim=0) >= 0).all()


@given(CLASSES, st.integers(1, 60), SEEDS)
def test_a_stratified_subset_holds_the_classes_in_proportion_up_to_rounding(classes, size, seed):
    size = min(size, len(classes))
    [chosen] = subsets(len(classes), [size], seed, classes)
    present = classes.unique()
    for one in present:
        share = (classes == one).float().mean().item()
        off = abs(chosen[classes == one].sum().item() - size * share)
        assert off < 1 + share * max(len(present) - 2, 0) + 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_of_two_classes_a_stratified_subset_takes_the_same_share(seed):
    classes = torch.cat([torch.zeros(800, dtype=torch.int64), torch.ones(200, dtype=torch.int64)])
    chosen = subsets(1000, [10, 100, 500], seed, classes)
    assert chosen[:, 800:].sum(1).tolist() == pytest.approx([2, 20, 100], abs=1)


def test_small_classes_come_into_subsets_at_different_sizes():
    """A hundred classes of one row: without a draw for each, all would come in at the same size."""
    classes = torch.cat([torch.zeros(900, dtype=torch.int64), torch.arange(1, 101)])
    chosen = subsets(1000, [250, 500, 750], 0, classes)
    assert chosen[:, 900:].sum(1).tolist() == pytest.approx([25, 50, 75], abs=15)


def test_a_subset_is_the_same_whatever_the_other_sizes_are():
    assert torch.equal(subsets(40, [10, 20, 30], 5)[1], subsets(40, [20], 5)[0])
    assert not torch.equal(subsets(40, [20], 5), subsets(40, [20], 6))
    assert not torch.equal(subsets(40, [20], 5)[0], (torch.arange(40) < 20).float())


@given(CLASSES)
def test_balanced_weights_are_scikit_learns(classes):
    numbers = torch.unique(classes, return_inverse=True)[1]
    weights = class_balance(numbers, len(numbers.unique()))
    np.testing.assert_allclose(weights.numpy(), compute_sample_weight("balanced", numbers.numpy()), rtol=1e-14)


def test_a_class_that_never_occurs_leaves_the_others_balanced():
    weights = class_balance(torch.tensor([0, 0, 0, 2]), 3)
    assert weights.tolist() == pytest.approx([4 / 9, 4 / 9, 4 / 9, 4 / 3])


def test_each_row_has_the_weight_of_its_class():
    assert class_weights(torch.tensor([2, 0, 1, 2]), [1.0, 0.0, 0.3]).tolist() == [0.3, 1.0, 0.0, 0.3]


@pytest.mark.parametrize("num_folds", [-1, 0, 1, 11])
def test_too_few_or_too_many_folds_are_refused(num_folds):
    with pytest.raises(SettingsError, match=f"at least 2 and at most the number of rows, 10; got {num_folds}"):
        folds(10, num_folds, 0)


@pytest.mark.parametrize(("sizes", "got"), [([], "none"), ([0], "0"), ([5, 11], "11"), ([-3], "-3")])
def test_subsets_of_no_or_too_many_rows_are_refused(sizes, got):
    with pytest.raises(SettingsError, match=f"from 1 to 10; got {got}"):
        subsets(10, sizes, 0)


def test_strata_of_another_length_or_with_gaps_are_refused():
    for rule in (lambda strata: folds(10, 2, 0, strata), lambda strata: subsets(10, [5], 0, strata)):
        with pytest.raises(DataError, match="each of the 10 rows; got 9"):
            rule(torch.zeros(9))
        with pytest.raises(DataError, match="1 of 10 rows are NaN"):
            rule(torch.tensor([torch.nan] + [0.0] * 9))


@pytest.mark.parametrize("weights", [[1.0, -1.0], [0.0, 0.0], [torch.inf, 1.0], [torch.nan, 1.0], [[1.0, 1.0]], []])
def test_impossible_class_weights_are_refused(weights):
    with pytest.raises(SettingsError, match="one number a class, each finite and at least 0"):
        class_weights(torch.tensor([0, 1]), weights)


def test_labels_that_are_no_class_numbers_are_refused():
    for rule in (lambda labels: class_balance(labels, 2), lambda labels: class_weights(labels, [1.0, 2.0])):
        with pytest.raises(DataError, match="from 0 to 1; got 2 in 1 rows"):
            rule(torch.tensor([0, 1, 2]))
        with pytest.raises(DataError, match="got -1 in 2 rows"):
            rule(torch.tensor([-1, 1, -1]))
        with pytest.raises(DataError, match=r"one whole number a row; got 2 of torch.float32"):
            rule(torch.tensor([0.5, 1.0]))
        with pytest.raises(DataError, match="one whole number a row; got 1 × 2"):
            rule(torch.tensor([[0, 1]]))
