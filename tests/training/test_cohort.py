"""The training loop: who stays, who leaves, which weights are kept, and that nothing depends on the company."""

import math

import numpy as np
import pytest
import torch

from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.training import Cohort, Member, Plan, TrainingData

STRUCTURE = MLP((8,), "tanh", batch_norm=True)


@pytest.fixture(scope="module")
def data():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(160, 5, generator=generator)
    labels = (features[:, 0] * features[:, 1] > 0).long()
    return TrainingData("binary", 2, features[:100], labels[:100], features[100:], labels[100:])


def members(num, epochs, structure=STRUCTURE, **values):
    settings = Settings(num, **{"learning_rate": 0.02, **values})
    return [Member(row, structure, settings.member(row), 0, epochs) for row in range(num)]


def trained(data, num, epochs=12, rungs=(), patience=math.inf, structure=STRUCTURE, **values):
    cohort = Cohort(
        members(num, epochs, structure, **values), data, Plan(epochs, 32, seed=3, rungs=rungs, patience=patience)
    )
    cohort.run()
    return cohort


def test_every_member_learns_and_keeps_the_weights_of_its_best_epoch(data):
    cohort = trained(data, 4, epochs=30)
    for member in cohort.members:
        assert member.state == "finished" and len(member.curves) == 30
        assert member.curves[-1][0] < member.curves[0][0]
        assert member.dev_error == member.curves[member.best_epoch - 1][2] == min(point[2] for point in member.curves)
        network = member.structure.build(5, 2)
        network.load_state_dict(member.weights)
        wrong = network.eval()(data.dev_features).argmax(1) != data.dev_targets
        assert wrong.float().mean().item() == pytest.approx(member.dev_error)


def test_a_rung_drops_the_worst_and_the_rest_go_on_as_if_nothing_happened(data):
    whole, halved = trained(data, 6), trained(data, 6, rungs=((4, 2),))
    dropped = [member for member in halved.members if member.state == "dropped"]
    assert len(dropped) == 4 and all(len(member.curves) == 4 for member in dropped)
    survivors = [member for member in halved.members if member.state == "finished"]
    best_of_dropped = min(min(point[2] for point in member.curves) for member in dropped)
    assert all(min(point[2] for point in member.curves[:4]) <= best_of_dropped for member in survivors)
    for member in survivors:
        np.testing.assert_allclose(member.curves, whole.members[member.number].curves, rtol=1e-4)


def test_a_diverging_member_leaves_and_is_marked(data):
    cohort = trained(data, 3, structure=MLP((8,)), optimizer="gradient-descent", learning_rate=[0.05, 1e30, 0.05])
    assert [member.state for member in cohort.members] == ["finished", "diverged", "finished"]


def test_patience_stops_each_member_by_itself(data):
    cohort = trained(data, 4, epochs=60, patience=3)
    for member in cohort.members:
        assert member.state in ("early-stopped", "finished")
        if member.state == "early-stopped":
            assert len(member.curves) == member.best_epoch + 3


def test_a_member_trains_the_same_among_many_as_alone(data):
    rates = [0.001 * 1.2**row for row in range(33)]
    among = trained(data, 33, learning_rate=rates).members[7]
    alone = Cohort([Member(7, STRUCTURE, among.settings, 0, 12)], data, Plan(12, 32, seed=3))
    alone.run()
    np.testing.assert_allclose(alone.members[0].curves, among.curves, rtol=1e-3)


def test_out_of_time_keeps_what_was_reached(data):
    ticks = iter(range(10_000))
    cohort = Cohort(members(3, 50), data, Plan(50, 32, seed=3))
    cohort.run(lambda: next(ticks) > 9)
    for member in cohort.members:
        assert member.state == "budget"
        assert 0 < len(member.curves) < 50
        assert member.weights is not None


@pytest.mark.parametrize("threads", [1, 2])
def test_a_cohort_goes_on_from_its_state_bit_for_bit(data, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        whole = trained(data, 5, rungs=((3, 4),))
        first = Cohort(members(5, 12), data, Plan(12, 32, seed=3, rungs=((3, 4),)))
        for _ in range(5):
            first.train_epoch()
        state = {name: tensor.clone() for name, tensor in first.state().items()}
        records = [Member.from_json(member.to_json(), member.weights) for member in first.members]
        alive = {member.number for member in first.alive}
        second = Cohort(records, data, Plan(12, 32, seed=3, rungs=((3, 4),)))
        second.load_state(state, [member for member in records if member.number in alive])
        second.run()
    finally:
        torch.set_num_threads(before)
    for one, other in zip(whole.members, second.members, strict=True):
        assert one.curves == other.curves
        assert all(torch.equal(tensor, other.weights[name]) for name, tensor in one.weights.items())


def test_products_in_bfloat16_train_nearly_the_same_members_in_single_precision(data):
    whole = trained(data, 3, epochs=5)
    cohort = Cohort(members(3, 5), data, Plan(5, 32, seed=3, bfloat16=True))
    cohort.run()
    assert cohort.population.parameters.dtype == torch.float32
    for one, other in zip(whole.members, cohort.members, strict=True):
        assert other.curves[-1][0] == pytest.approx(one.curves[-1][0], rel=0.1)
        assert other.curves[-1] != one.curves[-1]
