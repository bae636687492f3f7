"""Alone or together, the same: member k follows the path of a plain PyTorch loop with k's settings (DESIGN, rule 1)."""

import math

import numpy as np
import pytest
import torch
from plain import PlainMLP, train_plainly

from caviar.core.random import stream, uniform
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import loss_for, train_step
from caviar.population.threads import in_threads
from caviar.techniques.schedules import decay_factors, schedule_number

ROWS, INPUTS, CLASSES, BATCH, STEPS = 48, 7, 3, 16, 200
SEED = 5


def make_data(task):
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(ROWS, INPUTS, generator=generator, dtype=torch.float64)
    if task == "regression":
        return features, torch.randn(ROWS, generator=generator, dtype=torch.float64)
    return features, torch.randint(0, CLASSES, (ROWS,), generator=generator)


def make_batches(features, targets, steps=STEPS):
    generator = torch.Generator().manual_seed(2)
    for _ in range(steps):
        rows = torch.randperm(len(features), generator=generator)[:BATCH]
        yield features[rows], targets[rows]


def factors_of(settings, steps):
    """The schedule's factor for each step and member, (step, member)."""
    kinds = torch.tensor([schedule_number(name) for name in settings["schedule"]])
    epochs = torch.full((settings.num_members,), steps / 10, dtype=torch.float64)
    time = torch.arange(steps, dtype=torch.float64).unsqueeze(1) / 10
    return decay_factors(time, kinds, torch.tensor(settings["decay"]), torch.tensor(settings["warmup_epochs"]), epochs)


def train_population(structure, settings, task, steps=STEPS, batches=None):
    features, targets = make_data(task)
    population = Population(structure.build(INPUTS, 1 if task == "regression" else CLASSES), settings, torch.float64)
    start = population.parameters.clone()
    factors = factors_of(settings, steps)
    loss = loss_for(task)
    for step, batch in enumerate(batches or make_batches(features, targets, steps)):
        train_step(population, *batch, loss, torch.tensor(settings["learning_rate"]) * factors[step], SEED, ROWS)
    return population, start, factors


def assert_same_path(structure, settings, task):
    population, start, factors = train_population(structure, settings, task)
    features, targets = make_data(task)
    sizes = (INPUTS, *structure.hidden, 1 if task == "regression" else CLASSES)
    draws = [
        [
            uniform((units, BATCH), stream(SEED, "dropout", step, layer), torch.float64)
            for layer, units in enumerate(sizes[:-1])
        ]
        for step in range(STEPS)
    ]
    together = population.layout.views(population.parameters) | population.buffers
    for row in range(settings.num_members):
        plain = PlainMLP(sizes, structure.activation, structure.batch_norm).double()
        plain.load_row(population.layout.views(start), row)
        member = settings.member(row) | {"train_rows": ROWS}
        train_plainly(plain, member, list(make_batches(features, targets)), factors[:, row].tolist(), draws, task)
        for name, expected in plain.tensors().items():
            difference = torch.linalg.vector_norm(together[name][row] - expected)
            bound = 1e-9 * torch.linalg.vector_norm(expected) + 1e-9 * math.sqrt(expected.numel())
            assert difference <= bound, f"member {row} ({member['optimizer']}): {name} differs by {difference:.2e}"


STRUCTURES = {
    "logistic": MLP(hidden=()),
    "relu": MLP(hidden=(9, 6), activation="relu"),
    "tanh batch norm": MLP(hidden=(8, 5), activation="tanh", batch_norm=True),
    "silu batch norm": MLP(hidden=(6,), activation="silu", batch_norm=True),
}
MIXED = {
    "optimizer": ["gradient-descent", "momentum", "heavy-ball", "nesterov", "rmsprop", "adam", "adam", "adam"],
    "learning_rate": [0.05, 0.08, 0.01, 0.01, 0.003, 0.01, 0.02, 0.005],
    "beta1": [0.0, 0.9, 0.8, 0.9, 0.9, 0.9, 0.95, 0.8],
    "beta2": [0.999, 0.999, 0.999, 0.999, 0.99, 0.999, 0.98, 0.99],
    "epsilon": [1e-8, 1e-8, 1e-8, 1e-8, 1e-6, 1e-8, 1e-7, 1e-8],
    "schedule": ["constant", "inverse-time", "exponential", "inverse-root", "staircase", "cosine", "linear", "cosine"],
    "decay": [0.0, 0.1, 0.95, 1.0, 5.0, 0.0, 0.1, 0.05],
    "warmup_epochs": [0.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 3.0],
    "l2": [0.0, 0.5, 0.0, 1.0, 0.3, 0.7, 0.0, 0.0],
    "weight_decay": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.01],
    "l1": [0.0, 0.0, 0.2, 0.0, 0.0, 0.1, 0.0, 0.05],
    "clip_norm": [math.inf, 0.5, math.inf, 1.0, math.inf, 0.3, math.inf, 0.8],
    "drop_rate": [0.0, 0.2, 0.5, 0.1, 0.0, 0.3, 0.25, 0.4],
    "input_drop_rate": [0.0, 0.1, 0.0, 0.2, 0.0, 0.0, 0.15, 0.05],
    "label_smoothing": [0.0, 0.1, 0.0, 0.0, 0.05, 0.2, 0.0, 0.1],
}


@pytest.mark.parametrize("task", ["multiclass", "regression"])
@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_members_of_a_mixed_population_follow_their_plain_pytorch_loops(structure, task):
    values = dict(MIXED)
    if task == "regression":
        values |= {"label_smoothing": 0.0, "learning_rate": list(np.array(MIXED["learning_rate"]) / 5)}
    assert_same_path(structure, Settings(8, **values), task)


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_the_path_for_adam_alone_follows_plain_pytorch(structure):
    only_adam = {name: values[5:] for name, values in MIXED.items()}
    assert_same_path(structure, Settings(3, **only_adam), "multiclass")


def test_a_lone_member_follows_the_same_path_as_among_others():
    structure = STRUCTURES["tanh batch norm"]
    settings = Settings(8, **MIXED)
    together, _, _ = train_population(structure, settings, "multiclass", steps=60)
    alone, _, _ = train_population(structure, settings.keep(np.array([5])), "multiclass", steps=60)
    torch.testing.assert_close(alone.parameters[0], together.parameters[5], rtol=0, atol=1e-10)


def test_permuting_members_permutes_the_result():
    structure, order = STRUCTURES["tanh batch norm"], np.array([3, 0, 7, 1, 6, 2, 5, 4])
    settings = Settings(8, **MIXED)
    straight, _, _ = train_population(structure, settings, "multiclass", steps=60)
    permuted, _, _ = train_population(structure, settings.keep(order), "multiclass", steps=60)
    torch.testing.assert_close(permuted.parameters, straight.parameters[torch.tensor(order)], rtol=0, atol=1e-10)


def test_dropping_members_in_mid_run_changes_nothing_for_the_rest():
    structure, settings = STRUCTURES["tanh batch norm"], Settings(8, **MIXED)
    whole, _, _ = train_population(structure, settings, "multiclass", steps=60)
    features, targets = make_data("multiclass")
    population = Population(structure.build(INPUTS, CLASSES), settings, torch.float64)
    factors, kept = factors_of(settings, 60), np.arange(8)
    for step, batch in enumerate(make_batches(features, targets, 60)):
        if step == 25:
            kept = np.array([1, 4, 6])
            population.keep(kept)
        rates = torch.tensor(settings["learning_rate"][kept]) * factors[step, torch.tensor(kept)]
        train_step(population, *batch, loss_for("multiclass"), rates, SEED, ROWS)
    torch.testing.assert_close(population.parameters, whole.parameters[torch.tensor(kept)], rtol=0, atol=1e-10)


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_a_diverged_member_leaves_its_neighbours_unchanged(poison):
    structure, settings = STRUCTURES["tanh batch norm"], Settings(8, **MIXED)
    healthy, _, _ = train_population(structure, settings, "multiclass", steps=40)
    features, targets = make_data("multiclass")
    population = Population(structure.build(INPUTS, CLASSES), settings, torch.float64)
    factors = factors_of(settings, 40)
    for step, batch in enumerate(make_batches(features, targets, 40)):
        if step == 5:
            population.parameters[2] = poison
        train_step(
            population,
            *batch,
            loss_for("multiclass"),
            torch.tensor(settings["learning_rate"]) * factors[step],
            SEED,
            ROWS,
        )
    neighbours = [0, 1, 3, 4, 5, 6, 7]
    assert not torch.isfinite(population.parameters[2]).all()
    assert torch.equal(population.parameters[neighbours], healthy.parameters[neighbours])


def test_a_run_stopped_at_any_step_and_resumed_is_the_same_bit_for_bit():
    structure, settings = STRUCTURES["tanh batch norm"], Settings(8, **MIXED)
    whole, _, _ = train_population(structure, settings, "multiclass", steps=30)
    features, targets = make_data("multiclass")
    batches, factors = list(make_batches(features, targets, 30)), factors_of(settings, 30)
    population = Population(structure.build(INPUTS, CLASSES), settings, torch.float64)
    for step in range(30):
        if step == 13:
            state = {name: tensor.clone() for name, tensor in population.state().items()}
            population = Population(structure.build(INPUTS, CLASSES), settings, torch.float64)
            population.load_state(state)
        rates = torch.tensor(settings["learning_rate"]) * factors[step]
        train_step(population, *batches[step], loss_for("multiclass"), rates, SEED, ROWS)
    for name, tensor in whole.state().items():
        assert torch.equal(population.state()[name], tensor), name


def test_a_member_taken_out_is_an_ordinary_module_with_the_same_outputs():
    structure, settings = STRUCTURES["tanh batch norm"], Settings(8, **MIXED)
    population, _, _ = train_population(structure, settings, "multiclass", steps=20)
    features, _ = make_data("multiclass")
    stacked = torch.cat([outputs for _, outputs in population.predict(features)], dim=2)
    module = population.member(3)
    torch.testing.assert_close(module(features), stacked[3].T, rtol=0, atol=1e-12)
    assert set(module.state_dict()) == set(population.template.state_dict())


@pytest.mark.parametrize("num_chunks", [2, 3, 8])
def test_chunks_side_by_side_train_the_same_population(num_chunks):
    structure, settings = STRUCTURES["tanh batch norm"], Settings(8, **MIXED)
    whole, _, _ = train_population(structure, settings, "multiclass", steps=40)
    features, targets = make_data("multiclass")
    population = Population(structure.build(INPUTS, CLASSES), settings, torch.float64)
    factors, batches = factors_of(settings, 40), list(make_batches(features, targets, 40))

    def train(chunk, columns, stopped):
        for step, batch in enumerate(batches):
            rates = torch.tensor(settings["learning_rate"][columns]) * factors[step, columns]
            train_step(chunk, *batch, loss_for("multiclass"), rates, SEED, ROWS)

    in_threads(population.chunks(num_chunks), train)
    torch.testing.assert_close(population.parameters, whole.parameters, rtol=0, atol=1e-10)
    for name, buffer in whole.buffers.items():
        torch.testing.assert_close(population.buffers[name], buffer, rtol=0, atol=1e-10)


def test_a_failing_chunk_stops_the_others_and_is_reported():
    population = Population(MLP((3,)).build(INPUTS, CLASSES), Settings(2), torch.float64)
    seen = []

    def work(chunk, columns, stopped):
        if columns.start == 0:
            raise RuntimeError("out of memory")
        while not stopped():
            pass
        seen.append("stopped")

    with pytest.raises(RuntimeError, match="out of memory"):
        in_threads(population.chunks(2), work)
    assert seen == ["stopped"]
