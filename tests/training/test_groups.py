"""Members in groups: nothing changes for them, whatever the size and whatever fails on the way."""

import pytest
import torch

from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.training import Cohort, Member, Memory, Plan, TrainingData, memory_of, train_in_groups
from caviar.training.groups import memory_told

GENERATOR = torch.Generator().manual_seed(0)
FEATURES = torch.randn(60, 4, generator=GENERATOR)
LABELS = (FEATURES[:, 0] > 0).long()
DATA = TrainingData("binary", 2, FEATURES[:40], LABELS[:40], FEATURES[40:], LABELS[40:])
PLAN = Plan(3, 16, seed=1)


def made_members(num=7, structure=None):
    settings = Settings(num, learning_rate=[0.01 * (row + 1) for row in range(num)])
    return [Member(row, structure or MLP((5,)), settings.member(row), 0, 3) for row in range(num)]


def test_groups_of_any_size_train_every_member_as_the_whole_does():
    whole, parts = made_members(), made_members()
    list(train_in_groups(whole, DATA, PLAN, at_once=7, num_kept=7))
    sizes = [len(cohort.members) for cohort in train_in_groups(parts, DATA, PLAN, at_once=3, num_kept=7)]
    assert sizes == [3, 3, 1]
    for one, other in zip(whole, parts, strict=True):
        assert one.curves[-1] == pytest.approx(other.curves[-1], rel=1e-4)


def test_only_the_best_keep_their_weights():
    members = made_members()
    list(train_in_groups(members, DATA, PLAN, at_once=2, num_kept=3))
    kept = [member for member in members if member.weights is not None]
    assert len(kept) == 3
    assert max(member.score for member in kept) <= min(member.score for member in members if member.weights is None)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("not enough memory: you tried to allocate 1 byte")])
def test_out_of_memory_halves_the_group_and_goes_on(monkeypatch, error):
    expected, members = made_members(), made_members()
    list(train_in_groups(expected, DATA, PLAN, at_once=7, num_kept=7))
    train_epoch = Cohort.train_epoch

    def too_much_for_more_than_two(self, *arguments):
        done = train_epoch(self, *arguments)
        if len(self.alive) > 2:
            raise error
        return done

    monkeypatch.setattr(Cohort, "train_epoch", too_much_for_more_than_two)
    sizes = [len(cohort.members) for cohort in train_in_groups(members, DATA, PLAN, at_once=7, num_kept=7)]
    assert max(sizes) <= 2 and sum(sizes) == 7
    for one, other in zip(members, expected, strict=True):
        assert len(one.curves) == 3 and one.curves[-1] == pytest.approx(other.curves[-1], rel=1e-4)


def test_any_other_failure_is_not_taken_for_a_lack_of_memory(monkeypatch):
    def broken(self, *arguments):
        raise RuntimeError("shapes don't fit")

    monkeypatch.setattr(Cohort, "train_epoch", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        list(train_in_groups(made_members(), DATA, PLAN, at_once=7, num_kept=7))


def test_the_group_fits_into_half_of_what_is_free():
    memory = Memory(member=100, record=10, free=2_000)
    assert memory.members_at_once(1_000, num_kept=0) == 10
    assert memory.members_at_once(1_000, num_kept=50) == 5
    assert memory.members_at_once(3, num_kept=0) == 3
    assert memory.members_at_once(1_000, num_kept=1_000) == 1


def test_a_member_s_memory_is_at_least_its_matrices():
    small = memory_of(made_members(structure=MLP((5,))), DATA, PLAN)
    large = memory_of(made_members(structure=MLP((500,))), DATA, PLAN)
    assert small.record == 4 * (4 * 5 + 5 + 5 * 2 + 2 + 2)  # the weights, and two dropout rates
    assert small.member > 5 * 4 * (4 * 5 + 5 + 5 * 2 + 2) and large.member > 50 * small.member
    assert small.free > 0


def test_what_a_population_takes_is_told_in_one_sentence():
    small, large = Memory(600_000, 100_000, 24_000_000_000), Memory(2_400_000, 400_000, 23_900_000_000)
    assert memory_told([small], ["8 relu"], [1], [1]) == "1 member of 8 relu: 600 kB at once in 1 group, 24 GB free."
    assert (
        memory_told([small, large], ["8 relu", "64 relu"], [1_000, 1_001], [1_000, 500])
        == "2,001 members of 2 structures: 1.2 GB at once in 4 groups, 24 GB free."
    )
