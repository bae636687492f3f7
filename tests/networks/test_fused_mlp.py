"""The compiled steps of an MLP population say what autograd and the techniques say on the same network."""

import math

import pytest
import torch

from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step, train_steps
from caviar.techniques.losses import LOSSES

ROWS, INPUTS, CLASSES, MEMBERS = 70, 6, 3, 4
GENERATOR = torch.Generator().manual_seed(0)
FEATURES = torch.randn(ROWS, INPUTS, generator=GENERATOR, dtype=torch.float64)
LABELS = torch.randint(0, CLASSES, (ROWS,), generator=GENERATOR)
MIXED = {
    "learning_rate": [0.01, 0.02, 0.03, 0.04],
    "optimizer": ["adam", "nesterov", "momentum", "rmsprop"],
    "drop_rate": [0.0, 0.2, 0.5, 0.1],
    "input_drop_rate": [0.1, 0.0, 0.2, 0.0],
    "label_smoothing": [0.0, 0.1, 0.0, 0.2],
    "clip_norm": [math.inf, 0.5, 0.1, math.inf],
    "l1": [0.0, 0.3, 0.0, 0.1],
    "l2": [0.2, 0.0, 0.1, 0.0],
    "weight_decay": [0.0, 0.0, 0.0, 0.5],
    "weight_average": [0.9, 0.0, 0.5, 0.99],
}
RATE = torch.tensor(MIXED["learning_rate"], dtype=torch.float64)


def population_of(structure, compiled, dtype=torch.float64):
    settings = Settings(MEMBERS, **MIXED)
    return Population(structure.build(INPUTS, CLASSES), settings, dtype, compiled)


def after_steps(structure, compiled, dtype=torch.float64, steps=6, weights=None):
    population = population_of(structure, compiled, dtype)
    rows = torch.randperm(ROWS, generator=torch.Generator().manual_seed(1))[:32]
    for _ in range(steps):
        train_step(
            population, FEATURES[rows].to(dtype), LABELS[rows], LOSSES["softmax"], RATE.to(dtype), 3, ROWS,
            None if weights is None else weights[..., rows],
        )  # fmt: skip
    return population


STRUCTURES = [
    MLP((), "relu"),
    MLP((7, 5), "relu"),
    MLP((7, 5), "relu", batch_norm=True),
    MLP((5,), "tanh"),
    MLP((5, 4), "sigmoid", batch_norm=True),
    MLP((9, 5, 4), "silu"),
    MLP((9, 5, 4), "gelu", batch_norm=True),
]


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
def test_weights_moments_and_buffers_agree_in_double_precision(structure):
    plain, compiled = (after_steps(structure, use) for use in (False, True))
    assert compiled.fused is not None and plain.fused is None
    for name in ("parameters", "velocity", "averages"):
        torch.testing.assert_close(getattr(compiled, name), getattr(plain, name), rtol=1e-9, atol=1e-11)
    for name, buffer in plain.buffers.items():
        torch.testing.assert_close(compiled.buffers[name], buffer, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
def test_they_agree_in_single_precision_as_far_as_it_goes(structure):
    plain, compiled = (after_steps(structure, use, torch.float32, steps=2) for use in (False, True))
    torch.testing.assert_close(compiled.parameters, plain.parameters, rtol=1e-3, atol=2e-4)


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
def test_outputs_in_test_mode_agree(structure):
    population = after_steps(structure, compiled=True)
    assert population.fused is not None
    expected = population.forward.outputs(FEATURES, training=False)
    torch.testing.assert_close(population.fused.outputs(FEATURES), expected.detach(), rtol=1e-9, atol=1e-11)


def test_many_rows_are_run_in_pieces_without_losing_any():
    population = after_steps(MLP((7,), "relu", batch_norm=True), compiled=True)
    assert population.fused is not None
    many = FEATURES.repeat(9, 1)[:613]
    torch.testing.assert_close(
        population.fused.outputs(many), population.forward.outputs(many, training=False).detach(), rtol=1e-9, atol=1e-11
    )


@pytest.mark.parametrize("weights", [None, "shared", "own"])
@pytest.mark.parametrize("loss", ["softmax", "multi-label"])
def test_several_steps_in_one_call_are_the_steps_one_after_the_other(weights, loss):
    targets = LABELS
    if loss == "multi-label":
        targets = (torch.rand(ROWS, CLASSES, generator=torch.Generator().manual_seed(2)) > 0.5).double()
        targets[:20, 1] = math.nan
    own = torch.rand(MEMBERS, ROWS, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    row_weights = {None: None, "shared": own[0], "own": own}[weights]
    batches = list(torch.randperm(ROWS, generator=torch.Generator().manual_seed(4)).split(20))[:3]
    rates = torch.stack([RATE, RATE / 2, RATE / 4])
    structure = MLP((7, 5), "relu", batch_norm=True)
    together, apart = population_of(structure, True), population_of(structure, True)
    losses = train_steps(together, FEATURES, targets, batches, LOSSES[loss], rates, 5, ROWS, row_weights)
    for rows, rate, expected in zip(batches, rates, losses, strict=True):
        chosen = None if row_weights is None else row_weights[..., rows]
        alone = train_step(apart, FEATURES[rows], targets[rows], LOSSES[loss], rate, 5, ROWS, chosen)
        torch.testing.assert_close(alone, expected, rtol=1e-12, atol=1e-12)
    assert together.step_count == apart.step_count == 3
    for name in ("parameters", "velocity", "square", "averages"):
        torch.testing.assert_close(getattr(together, name), getattr(apart, name), rtol=1e-10, atol=1e-12)
    for name, buffer in apart.buffers.items():
        torch.testing.assert_close(together.buffers[name], buffer, rtol=1e-10, atol=1e-12)


def test_batches_of_different_sizes_take_their_steps_too():
    batches = list(torch.arange(ROWS).split(32))
    assert {len(rows) for rows in batches} == {32, 6}
    rates = RATE.expand(len(batches), -1)
    compiled, plain = (population_of(MLP((5,), "relu"), use) for use in (True, False))
    for population in (compiled, plain):
        train_steps(population, FEATURES, LABELS, batches, LOSSES["softmax"], rates, 5, ROWS)
    torch.testing.assert_close(compiled.parameters, plain.parameters, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_member_that_is_not_a_number_leaves_its_neighbours_bit_for_bit(bad):
    broken, whole = (population_of(MLP((7, 5), "relu", batch_norm=True), True) for _ in range(2))
    broken.parameters[1, 3] = bad
    for population in (broken, whole):
        for _ in range(3):
            losses = train_step(population, FEATURES[:32], LABELS[:32], LOSSES["softmax"], RATE, 3, ROWS)
        population.last = losses
    assert not torch.isfinite(broken.last[1]) and torch.isfinite(whole.last).all()
    for row in (0, 2, 3):
        assert torch.equal(broken.parameters[row], whole.parameters[row])


def test_a_loss_of_the_user_s_own_takes_the_plain_way():
    from caviar.techniques.losses import Loss

    own = Loss("softmax", rows=lambda outputs, *_: outputs.square().mean(1), errors=lambda outputs, *_: outputs[:, 0])
    population = population_of(MLP((5,), "tanh"), True)
    losses = train_step(population, FEATURES, LABELS, own, RATE, 0, ROWS)
    assert (losses >= 0).all() and losses.shape == (MEMBERS,)


def test_rows_without_any_weight_change_nothing():
    weights = torch.zeros(MEMBERS, ROWS, dtype=torch.float64)
    weights[0] = 1
    population = Population(MLP((5,), "relu").build(INPUTS, CLASSES), Settings(MEMBERS), torch.float64)
    before = population.parameters.clone()
    losses = train_step(population, FEATURES, LABELS, LOSSES["softmax"], RATE, 0, ROWS, weights)
    assert losses[0] > 0 and torch.equal(losses[1:], torch.zeros(3, dtype=torch.float64))
    assert not torch.equal(population.parameters[0], before[0]) and torch.equal(population.parameters[1:], before[1:])
