"""Alone or together, the same: member k follows the path of a plain PyTorch loop with k's settings (DESIGN, rule 1).

`make test` tries every pair of choices for every network, `make stress` the full product.
"""

import itertools
import math

import pytest
import torch
from cases import CASES, ROWS, STEPS_PER_EPOCH, grow, mlp, rates_of, train
from choices import CHOICES, every_pair, full_product, settings_of
from plain import masked_dropout, plain_moments, train_plainly


def assert_near(found, expected, what):
    difference = torch.linalg.vector_norm(found - expected).item()
    bound = 1e-9 * torch.linalg.vector_norm(expected).item() + 1e-9 * math.sqrt(expected.numel())
    assert difference <= bound, f"{what} differs by {difference:.2e}, allowed {bound:.2e}"


def assert_same_path(case, rows):
    """Train all rows as one population and each by itself; compare every tensor, moment and output."""
    settings = settings_of(rows)
    population = grow(case, settings)
    start = {name: view.clone() for name, view in population.layout.views(population.parameters).items()}
    train(case, population, rates_of(settings, case.steps), range(case.steps), case.steps)
    parameters = population.layout.views(population.parameters)
    velocity, square = population.layout.views(population.velocity), population.layout.views(population.square)
    features, _ = case.data()
    outputs = torch.cat([outputs for _, outputs in population.predict(features)], dim=2)
    buffers = {name: buffer.clone() for name, buffer in population.buffers.items()}  # the next pass moves them
    outputs_in_training = population.forward.outputs(features, training=True)
    batches = case.batches()
    for row, choice in enumerate(rows):
        network = case.plain().double()
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                parameter.copy_(start[name][row])
        member = settings.member(row) | {"train_rows": ROWS}
        optimiser = train_plainly(network, member, batches, 1 / STEPS_PER_EPOCH, case.draws, case.task)
        for name, parameter in network.named_parameters():
            where = f"{choice}: {name}"
            assert_near(parameters[name][row], parameter.detach(), where)
            plain_velocity, plain_square = plain_moments(optimiser, parameter, member)
            if plain_velocity is not None:
                assert_near(velocity[name][row], plain_velocity, f"{where}, velocity")
            if plain_square is not None:
                assert_near(square[name][row], plain_square, f"{where}, square")
        for name, buffer in network.named_buffers():
            assert_near(buffers[name][row].double(), buffer.double(), f"{choice}: {name}")
        with torch.no_grad():
            silent = [(draws, "none") for draws, _ in case.draws(0, ROWS)]
            no_dropout = masked_dropout({"none": 0.0}, silent)
            assert_near(outputs[row].T, network.eval()(features, no_dropout), f"{choice}: outputs")
            if not case.dropouts:
                expected = network.train()(features, no_dropout)
                assert_near(outputs_in_training[row].T, expected, f"{choice}: outputs in training")


def test_the_array_holds_every_pair_of_choices():
    rows = every_pair()
    for one, other in itertools.combinations(CHOICES, 2):
        assert {(row[one], row[other]) for row in rows} == set(itertools.product(CHOICES[one], CHOICES[other]))


@pytest.mark.parametrize("name", CASES)
def test_members_with_every_pair_of_choices_follow_their_plain_pytorch_loops(name):
    assert_same_path(CASES[name], every_pair())


@pytest.mark.parametrize("name", ["relu", "tanh batch norm dropout"])
def test_members_that_all_run_adam_follow_their_plain_pytorch_loops(name):
    """A population of Adam alone has an update of its own, with fewer passes over memory."""
    adam = [row for row in every_pair() if row["optimiser"] in ("Adam", "AdamW")]
    assert_same_path(CASES[name], adam)


def test_members_of_a_regression_follow_their_plain_pytorch_loops():
    case = mlp((6, 4), "silu", batch_norm=True, task="regression")
    assert_same_path(case, [row | {"label smoothing": "off"} for row in every_pair()[::5]])


@pytest.mark.stress
@pytest.mark.parametrize("optimiser", CHOICES["optimiser"])
@pytest.mark.parametrize("name", CASES)
def test_members_with_all_combinations_of_choices_follow_their_plain_pytorch_loops(name, optimiser):
    assert_same_path(CASES[name], [row for row in full_product() if row["optimiser"] == optimiser])
