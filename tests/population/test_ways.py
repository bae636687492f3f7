"""Any module may be a population's network: batched where it can be, one after another where not, always the same."""

import numpy as np
import pytest
import torch
from cases import CASES, SEED, grow, trained
from choices import every_pair, settings_of
from torch import nn
from torch.nn import functional

from caviar.core.errors import SettingsError
from caviar.core.random import stream
from caviar.networks.layers import Dropout
from caviar.networks.mlp import MLP
from caviar.population.forward import Looped, Stacked, Vmapped
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import loss_for, train_step
from caviar.population.threads import in_threads

STEPS = 20
MIXED = settings_of([row | {"dropout": "on"} for row in every_pair()[::7]])
FEATURES = torch.randn(12, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
LABELS = torch.arange(12) % 3


def steps_of(network, num_steps=6, num_members=3, seed=SEED, **values):
    """A population of a network of 4 inputs and 3 outputs after some steps on the same rows."""
    population = Population(network, Settings(num_members, **values), torch.float64)
    rates = torch.full((num_members,), 0.05, dtype=torch.float64)
    for _ in range(num_steps):
        train_step(population, FEATURES, LABELS, loss_for("multiclass"), rates, seed, 12)
    return population


def looped(network):
    network.loops = True
    return network


def assert_equal(found, expected):
    torch.testing.assert_close(found.parameters, expected.parameters, rtol=0, atol=1e-10)
    for name, buffer in expected.buffers.items():
        torch.testing.assert_close(found.buffers[name], buffer, rtol=0, atol=1e-10)


class WithNativeDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.drop, self.last = nn.Linear(4, 6), nn.Dropout(0.4), nn.Linear(6, 3)

    def forward(self, x):
        return self.last(functional.dropout(self.drop(torch.tanh(self.first(x))), 0.1, self.training))


class WithOurDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.drop, self.last = nn.Conv1d(1, 3, 2), Dropout(), nn.Linear(9, 3)

    def forward(self, x):
        return self.last(self.drop(torch.tanh(self.conv(x.unsqueeze(1)))).flatten(1))  # dropped as (batch, 3, 3)


class LooksAtFigures(nn.Module):
    """Its course depends on the data, which no batched program can follow."""

    def __init__(self):
        super().__init__()
        self.norm, self.last = nn.BatchNorm1d(4), nn.Linear(4, 3)

    def forward(self, x):
        x = self.norm(x)
        return self.last(x) if self.last.weight.sum().item() > 0 else self.last(-x)


def test_stacked_vmapped_and_looped_are_the_same():
    case = CASES["tanh batch norm dropout"]
    stacked, vmapped, one_by_one = (trained(case, MIXED, STEPS, way) for way in ("stacked", "vmapped", "looped"))
    assert type(stacked.forward) is Stacked
    assert isinstance(vmapped.forward, Vmapped) and not vmapped.traits.notices
    assert type(one_by_one.forward) is Looped
    assert_equal(vmapped, stacked)
    assert_equal(one_by_one, stacked)


@pytest.mark.parametrize("name", ["LeNet", "residual", "user's own"])
def test_vmapped_and_looped_are_the_same(name):
    vmapped, one_by_one = (trained(CASES[name], MIXED, STEPS, way) for way in ("vmapped", "looped"))
    assert not any(vmapped.traits.refused.values())
    assert_equal(vmapped, one_by_one)


@pytest.mark.parametrize("way", ["stacked", "vmapped", "looped"])
def test_members_may_have_rows_of_their_own(way):
    population = trained(CASES["relu"], Settings(3), 5, way)
    rows = torch.randn(3, 6, 7, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    outputs = population.forward.outputs(rows, training=False, own_rows=True)
    for member in range(3):
        torch.testing.assert_close(outputs[member].T, population.member(member)(rows[member]))


def test_a_network_with_convolutions_loops_on_a_cpu_and_says_so():
    population = grow(CASES["LeNet"], Settings(2))
    assert type(population.forward) is Looped
    [notice] = population.traits.notices
    assert notice.level == "info" and "LeNetNetwork run one after another: it has convolutions" in notice.text


def test_a_lone_member_needs_no_batching():
    assert type(grow(CASES["user's own"], Settings(1)).forward) is Looped
    assert isinstance(grow(CASES["user's own"], Settings(2)).forward, Vmapped)


def test_a_subclass_has_to_say_again_that_it_stacks():
    class WithScale(type(MLP(()).build(4, 3))):
        def forward(self, features):
            return super().forward(features) * torch.linspace(1, 2, 3)

    population = Population(WithScale(MLP(()), 4, 3), Settings(2), torch.float64)
    assert isinstance(population.forward, Vmapped)


def test_a_network_that_vmap_refuses_runs_in_a_loop_and_says_why():
    population = steps_of(LooksAtFigures())
    [notice] = population.traits.notices
    assert "LooksAtFigures run one after another: torch.func.vmap can't run them together" in notice.text
    assert ".item()" in notice.text
    assert_equal(population, steps_of(looped(LooksAtFigures())))
    assert population.buffers["norm.num_batches_tracked"].tolist() == [6, 6, 6], "the refused pass left no trace"


def test_an_error_of_the_network_itself_is_raised_as_it_is():
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        steps_of(nn.Sequential(nn.Linear(5, 3)))


def test_outputs_of_a_wrong_shape_are_refused_with_what_to_do():
    with pytest.raises(
        SettingsError, match=r"must return \(batch, output\) or \(batch,\), Sequential returned \(12, 4, 3\)"
    ):
        steps_of(nn.Sequential(nn.Unflatten(1, (4, 1)), nn.Linear(1, 3)))


@pytest.mark.parametrize("loops", [False, True])
def test_outputs_without_an_axis_are_one_output(loops):
    network = nn.Sequential(nn.Linear(4, 1), nn.Flatten(0))
    network.loops = loops
    population = Population(network, Settings(3), torch.float64)
    assert population.forward.outputs(FEATURES, training=True).shape == (3, 1, 12)


@pytest.mark.parametrize("loops", [False, True])
def test_a_users_dropout_is_keyed_by_seed_and_step_and_shared_by_the_members(loops):
    network = WithNativeDropout()
    network.loops = loops
    population = steps_of(network, num_steps=0)
    for step in (3, 4):
        population.forward.key(SEED, step)
        outputs = population.forward.outputs(FEATURES, training=True)
        for row in range(3):
            member = population.member(row).train()
            torch.manual_seed(stream(SEED, "network", step).initial_seed())
            torch.testing.assert_close(outputs[row].T, member(FEATURES))


@pytest.mark.parametrize("loops", [False, True])
def test_a_users_dropout_neither_sees_nor_moves_the_global_random_state(loops):
    results = []
    for global_seed in (1, 2):
        network = WithNativeDropout()
        network.loops = loops
        torch.manual_seed(global_seed)
        before = torch.random.get_rng_state()
        results.append(steps_of(network).parameters)
        assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(*results)


@pytest.mark.parametrize("loops", [False, True])
def test_chunks_in_threads_share_a_users_dropout_draws(loops):
    """The generator belongs to all threads: a pass that draws from it must have it to itself."""
    network = WithNativeDropout()
    network.loops = loops
    population = steps_of(network, num_steps=0, num_members=4)

    def work(chunk, columns, stopped):
        for _ in range(40):
            rates = torch.full((len(chunk),), 0.05, dtype=torch.float64)
            train_step(chunk, FEATURES, LABELS, loss_for("multiclass"), rates, SEED, 12)

    in_threads(population.chunks(4), work)
    assert_equal(population, steps_of(looped(WithNativeDropout()), num_steps=40, num_members=4))


@pytest.mark.parametrize("loops", [False, True])
def test_each_member_has_its_own_rate_in_our_dropout_inside_a_users_network(loops):
    network = WithOurDropout()
    network.loops = loops
    rates = [0.0, 0.3, 0.8]
    population = steps_of(network, num_steps=2, drop_rate=rates)
    population.forward.key(SEED, 9)
    outputs = population.forward.outputs(FEATURES, training=True)
    draws = torch.rand((3, 3, 12), generator=stream(SEED, "dropout", 9, 0)).double().permute(2, 0, 1)
    for row, rate in enumerate(rates):
        member = population.member(row)
        activations = torch.tanh(member.conv(FEATURES.unsqueeze(1)))
        expected = member.last((activations * (draws >= rate) / (1 - rate)).flatten(1))
        torch.testing.assert_close(outputs[row].T, expected)


def test_rates_for_another_number_of_layers_are_refused():
    with pytest.raises(SettingsError, match=r"drop_rate gives 3 rates a member, and the network has 1 dropout layers"):
        Population(WithOurDropout(), Settings(2, drop_rate=np.zeros((2, 3))))


class Counting(nn.Module):
    """Buffers of every kind: changed in place, replaced by new ones, not kept in the state dict."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(4, 3)
        self.register_buffer("passes", torch.tensor(0))
        self.register_buffer("mean", torch.zeros(3))
        self.register_buffer("scale", torch.ones(()), persistent=False)

    def forward(self, x):
        outputs = self.last(x) * self.scale
        if self.training:
            self.passes += 1
            self.mean = 0.9 * self.mean + 0.1 * outputs.detach().mean(0)
        return outputs


@pytest.mark.parametrize("loops", [False, True])
def test_buffers_that_a_pass_changes_or_replaces_are_kept(loops):
    network = Counting()
    network.loops = loops
    population = steps_of(network, num_steps=0)
    means = torch.zeros(3, 3, dtype=torch.float64)
    for _ in range(4):
        outputs = population.forward.outputs(FEATURES, training=True)
        means = 0.9 * means + 0.1 * outputs.detach().mean(2)
    assert population.buffers["passes"].tolist() == [4, 4, 4]
    torch.testing.assert_close(population.buffers["mean"], means)
    member = population.member(1)
    assert member.passes == 4 and torch.equal(member.mean, population.buffers["mean"][1])


def test_batch_norm_with_a_plain_average_is_followed_in_a_loop():
    """momentum=None averages over all batches; torch reads the count as a number, which vmap can't."""
    network = nn.Sequential(nn.BatchNorm1d(4, momentum=None), nn.Linear(4, 3))
    population = steps_of(network)
    torch.testing.assert_close(population.buffers["0.running_mean"], FEATURES.mean(0).expand(3, -1))
    assert population.traits.notices


def test_frozen_parameters_stay_as_the_template_has_them():
    network = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
    network[0].requires_grad_(False)
    population = steps_of(network, l2=1.0, weight_decay=0.1)
    assert population.parameters.shape == (3, 18)
    for row in range(3):
        member = population.member(row)
        assert torch.equal(member[0].weight, network[0].weight.double())
        assert not member[0].weight.requires_grad and member[2].weight.requires_grad


class Tied(nn.Module):
    """One weight used twice, and a parameter that is used nowhere."""

    def __init__(self):
        super().__init__()
        self.there, self.back, self.last = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3)
        self.back.weight = self.there.weight
        self.unused = nn.Parameter(torch.ones(2))

    def forward(self, x):
        return self.last(self.back(torch.tanh(self.there(x))))


@pytest.mark.parametrize("loops", [False, True])
def test_tied_and_unused_parameters_train_as_in_plain_pytorch(loops):
    network = Tied()
    network.loops = loops
    start, end = (steps_of(network, num, num_members=2, optimizer="gradient-descent") for num in (0, 5))
    for row in range(2):
        plain = start.member(row).train()
        optimiser = torch.optim.SGD(plain.parameters(), lr=0.05)
        for _ in range(5):
            optimiser.zero_grad()
            functional.cross_entropy(plain(FEATURES), LABELS).backward()
            optimiser.step()
        found = end.member(row).state_dict()
        for name, tensor in plain.state_dict().items():
            torch.testing.assert_close(found[name], tensor, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_a_member_taken_out_is_an_ordinary_module_with_an_ordinary_state_dict(name):
    case = CASES[name]
    population = trained(case, MIXED, 6)
    features, _ = case.data()
    together = torch.cat([outputs for _, outputs in population.predict(features)], dim=2)
    module = population.member(3)
    fresh = case.build().double()
    fresh.load_state_dict(module.state_dict())
    torch.testing.assert_close(fresh.eval()(features), together[3].T, rtol=0, atol=1e-12)
    assert torch.equal(fresh(features), module(features))
    assert all(tensor.shape == fresh.state_dict()[key].shape for key, tensor in module.state_dict().items())


def test_pictures_are_predicted_in_pieces_of_bounded_size():
    """A convolution's outputs are larger than its weights tell."""
    population = Population(nn.Conv2d(1, 64, 1), Settings(2))
    with pytest.raises(SettingsError, match="Flatten"):
        next(population.predict(torch.zeros(1, 1, 50, 50)))
    [widest] = population.traits.widest.values()
    assert widest == 64 * 50 * 50
