"""Successive halving keeps the better members, on better evidence the fewer there are."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.core.errors import SettingsError
from caviar.search.halving import member_epochs, rungs, survivors


def test_rungs_of_the_paper():
    assert rungs(81, 81, eta=3) == [(1, 27), (3, 9), (9, 3), (27, 1)]
    assert rungs(16, 16, eta=2) == [(1, 8), (2, 4), (4, 2), (8, 1)]


def test_few_members_are_dropped_late():
    assert rungs(9, 81, eta=3) == [(9, 3), (27, 1)]


def test_an_ensembles_worth_of_members_stays():
    assert rungs(64, 40, eta=2, least=10) == [(5, 32), (10, 16), (20, 10)]


def test_no_member_is_dropped_before_its_least_epochs_and_more_survive_instead():
    assert rungs(81, 81, eta=3, min_epochs=5) == [(9, 27), (27, 9)]


def test_few_epochs_leave_room_for_few_rungs():
    assert rungs(1000, 9, eta=3) == [(1, 333), (3, 111)]


@pytest.mark.parametrize(("members", "epochs", "least"), [(1, 100, 1), (8, 1, 1), (8, 100, 8), (8, 100, 20)])
def test_where_nothing_can_be_dropped_there_are_no_rungs(members, epochs, least):
    assert rungs(members, epochs, least=least) == []


@given(
    members=st.integers(1, 3000),
    epochs=st.integers(1, 500),
    eta=st.sampled_from([1.5, 2, 3, 4]),
    min_epochs=st.integers(1, 20),
    least=st.integers(1, 20),
)
def test_epochs_rise_members_fall_and_the_bounds_hold(members, epochs, eta, min_epochs, least):
    schedule = rungs(members, epochs, eta, min_epochs, least)
    assert [epoch for epoch, _ in schedule] == sorted({epoch for epoch, _ in schedule})
    alive = [members, *(keep for _, keep in schedule)]
    assert all(after < before for before, after in itertools.pairwise(alive))
    assert all(min_epochs <= epoch < epochs and keep >= least for epoch, keep in schedule)
    assert all(after >= int(before / eta) for before, after in itertools.pairwise(alive))
    assert member_epochs(members, epochs, schedule) <= members * epochs


def test_each_rung_of_the_paper_costs_about_the_same():
    schedule = rungs(81, 81, eta=3)
    assert member_epochs(81, 81, schedule) == 81 * 1 + 27 * 2 + 9 * 6 + 3 * 18 + 1 * 54
    assert member_epochs(81, 81, []) == 81 * 81


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"num_members": 0}, "num_members must be at least 1, got 0"),
        ({"num_epochs": 0}, "num_epochs must be at least 1, got 0"),
        ({"min_epochs": 0}, "min_epochs must be at least 1, got 0"),
        ({"least": 0}, "least must be at least 1, got 0"),
        ({"eta": 1}, "eta must be at least 1.5 .* got 1"),
        ({"eta": float("nan")}, "eta must be at least 1.5"),
    ],
)
def test_a_wrong_schedule_says_what_must_hold(wrong, message):
    with pytest.raises(SettingsError, match=message):
        rungs(**{"num_members": 8, "num_epochs": 10, **wrong})


def test_the_lowest_scores_survive_in_the_order_of_their_rows():
    assert survivors(np.array([0.5, 0.1, 0.9, 0.2]), keep=2).tolist() == [1, 3]


def test_a_diverged_member_never_survives_beside_a_sound_one():
    scores = np.array([np.nan, 0.3, np.inf, 0.2, -np.inf])
    assert survivors(scores, keep=4).tolist() == [1, 3]


def test_when_all_diverged_the_first_rows_stay():
    assert survivors(np.array([np.nan, np.inf, np.nan]), keep=2).tolist() == [0, 1]


def test_equal_scores_stay_by_row():
    assert survivors(np.full(6, 0.4), keep=3).tolist() == [0, 1, 2]


def test_protected_members_stay_and_count():
    scores = np.array([0.1, 0.2, 0.3, 0.9])
    assert survivors(scores, keep=2, protected=[3]).tolist() == [0, 3]
    assert survivors(scores, keep=1, protected=[2, 3]).tolist() == [2, 3]


def test_protection_does_not_save_a_diverged_member():
    assert survivors(np.array([0.1, np.nan]), keep=2, protected=[1]).tolist() == [0]


@given(
    scores=st.lists(st.sampled_from([0.1, 0.2, 0.3, float("nan"), float("inf")]), min_size=1, max_size=30),
    keep=st.integers(1, 40),
)
def test_no_survivor_is_worse_than_a_dropped_member(scores, keep):
    values = np.array(scores)
    stay = survivors(values, keep)
    dropped = np.setdiff1d(np.arange(len(values)), stay)
    sound = np.isfinite(values)
    assert len(stay) == min(keep, sound.sum() or len(values))
    if sound.any() and (left := dropped[sound[dropped]]).size:
        assert values[stay].max() <= values[left].min()


def test_keeping_none_is_refused():
    with pytest.raises(SettingsError, match="keep must be at least 1, got 0"):
        survivors(np.array([0.1]), keep=0)
