"""Populations of networks that a user wrote: 4 inputs, 3 outputs, a dozen rows."""

import torch
from cases import SEED

from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import loss_for, train_step

FEATURES = torch.randn(12, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
LABELS = torch.arange(12) % 3


def steps_of(network, num_steps=6, num_members=3, seed=SEED, **values):
    """A population of a network of 4 inputs and 3 outputs after some steps on the same rows."""
    population = Population(network, Settings(num_members, **values), torch.float64)
    rates = torch.full((num_members,), 0.05, dtype=torch.float64)
    for _ in range(num_steps):
        train_step(population, FEATURES, LABELS, loss_for("multiclass"), rates, seed, 12)
    return population


def looped(network, loops=True):
    """The network, told to run in a loop, or not to."""
    network.loops = loops
    return network


def assert_equal(found, expected):
    torch.testing.assert_close(found.parameters, expected.parameters, rtol=0, atol=1e-10)
    for name, buffer in expected.buffers.items():
        torch.testing.assert_close(found.buffers[name], buffer, rtol=0, atol=1e-10)
