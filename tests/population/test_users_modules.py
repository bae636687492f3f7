"""What a user's module may hold: dropout of any kind, buffers of any kind, frozen, tied and unused parameters."""

import numpy as np
import pytest
import torch
from cases import SEED
from torch import nn
from torch.nn import functional
from users import FEATURES, LABELS, assert_equal, looped, steps_of

from caviar.core.errors import SettingsError
from caviar.core.random import stream
from caviar.networks.layers import Dropout
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import loss_for, train_step
from caviar.population.threads import in_threads


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


@pytest.mark.parametrize("loops", [False, True])
def test_a_users_dropout_is_keyed_by_seed_and_step_and_shared_by_the_members(loops):
    network = looped(WithNativeDropout(), loops)
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
        network = looped(WithNativeDropout(), loops)
        torch.manual_seed(global_seed)
        before = torch.random.get_rng_state()
        results.append(steps_of(network).parameters)
        assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(*results)


@pytest.mark.parametrize("loops", [False, True])
def test_chunks_in_threads_share_a_users_dropout_draws(loops):
    """The generator belongs to all threads: a pass that draws from it must have it to itself."""
    network = looped(WithNativeDropout(), loops)
    population = steps_of(network, num_steps=0, num_members=4)

    def work(chunk, columns, stopped):
        for _ in range(40):
            rates = torch.full((len(chunk),), 0.05, dtype=torch.float64)
            train_step(chunk, FEATURES, LABELS, loss_for("multiclass"), rates, SEED, 12)

    in_threads(population.chunks(4), work)
    assert_equal(population, steps_of(looped(WithNativeDropout()), num_steps=40, num_members=4))


@pytest.mark.parametrize("loops", [False, True])
def test_each_member_has_its_own_rate_in_our_dropout_inside_a_users_network(loops):
    network = looped(WithOurDropout(), loops)
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
    network = looped(Counting(), loops)
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
    network = looped(Tied(), loops)
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
