"""The best member watched once more: what is seen is what its own training was, sick or healthy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.diagnosis.training_diseases import examine
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.recipe.observation import observe
from caviar.training import Cohort, Member, Plan, TrainingData

FEATURES, LABELS = load_digits(return_X_y=True)
FEATURES = torch.tensor((FEATURES - FEATURES.mean(0)) / (FEATURES.std(0) + 1e-8), dtype=torch.float32)
LABELS = torch.tensor(LABELS)
DATA = TrainingData("multiclass", 10, FEATURES[:1200], LABELS[:1200], FEATURES[1200:], LABELS[1200:])
SMALL = MLP((32, 32))
ALL, FEW = 10**9, 0  # steps of a run so long that the whole is watched, and so short that hardly any is


def trained(structure=SMALL, *, epochs=6, batch_size=64, **settings):
    member = Member(0, structure, Settings(1, seeds=[3], **settings).member(0), 0, epochs)
    Cohort([member], DATA, Plan(epochs, batch_size, seed=5)).run()
    return member


def plain_path(member):
    """Losses, gradients at the layers' outputs and ‖ΔW‖/‖W‖ of a plain loop with torch's SGD, step by step."""
    network = member.structure.build(64, 10)
    network.initialise(
        member.settings["init_scheme"], member.settings["init_gain"], stream(member.settings["seed"], "initial weights")
    )
    linear = [each for each in network.modules() if isinstance(each, nn.Linear)]
    optimiser = torch.optim.SGD(network.parameters(), member.settings["learning_rate"])
    seen = {"losses": [], "ratios": [], "norms": []}
    for epoch in range(member.planned_epochs):
        for rows in epoch_batches(1200, member.batch_size, 5, epoch):
            first, second, last = linear
            z = [first(DATA.train_features[rows])]
            z.append(second(torch.relu(z[0])))
            z.append(last(torch.relu(z[1])))
            loss = functional.cross_entropy(z[2], DATA.train_targets[rows])
            gradients = torch.autograd.grad(loss, z, retain_graph=True)
            before = [each.weight.detach().clone() for each in linear]
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            seen["losses"].append(loss.item())
            seen["norms"].append([each.norm().item() for each in gradients])
            moved = [(each.weight.detach() - was).norm() / was.norm() for each, was in zip(linear, before, strict=True)]
            seen["ratios"].append([each.item() for each in moved])
    return {name: np.array(values) for name, values in seen.items()}


def test_the_whole_training_is_seen_as_a_plain_loop_goes_through_it():
    member = trained(optimizer="gradient-descent", learning_rate=0.1, schedule="constant")
    health, plain = observe(member, DATA, 5, ALL), plain_path(member)
    at = health.watched - 1
    assert health.num_steps == len(health.losses) == 6 * 19 and at[-1] == 6 * 19 - 1
    np.testing.assert_allclose(health.losses, plain["losses"], rtol=1e-4)
    np.testing.assert_allclose(health.layers.update_ratio, plain["ratios"][at], rtol=1e-3)
    np.testing.assert_allclose(health.layers.output_gradient, plain["norms"][at], rtol=1e-3)
    assert health.known_nothing == pytest.approx(np.log(10)) and health.optimiser.beta1 == health.optimiser.beta2 == 0


def test_of_a_long_training_the_start_and_the_end_are_seen_and_epochs_between():
    member = trained(epochs=12, learning_rate=0.003)
    short, whole = observe(member, DATA, 5, FEW), observe(member, DATA, 5, ALL)
    assert short.watched[0] == 1 and short.watched[-1] == member.best_epoch * 19 and short.num_steps == 12 * 19
    assert len(short.losses) < 60 and (np.diff(short.loss_steps) > 0).all() and (np.diff(short.watched) > 0).all()
    np.testing.assert_allclose(short.losses[:16], whole.losses[:16], rtol=1e-4)
    ends = [np.nanmedian(each.layers.update_ratio[-3:]) for each in (short, whole)]
    assert 1 / 4 < ends[0] / ends[1] < 4
    assert [(each.id, each.verdict) for each in examine(short)] == [(each.id, each.verdict) for each in examine(whole)]


def test_watching_leaves_the_member_and_the_random_state_as_they_were():
    member = trained(drop_rate=0.2)
    before = {name: each.clone() for name, each in member.weights.items()}, list(member.curves), torch.get_rng_state()
    observe(member, DATA, 5, ALL)
    assert all(torch.equal(member.weights[name], each) for name, each in before[0].items())
    assert member.curves == before[1] and torch.equal(torch.get_rng_state(), before[2])


def test_watching_is_the_same_twice():
    member = trained(drop_rate=0.2)
    first, again = observe(member, DATA, 5, FEW), observe(member, DATA, 5, FEW)
    np.testing.assert_array_equal(first.losses, again.losses)
    np.testing.assert_array_equal(first.layers.output_gradient, again.layers.output_gradient)


DEEP = MLP((16,) * 20, "sigmoid")


@pytest.mark.parametrize("steps", [ALL, FEW])
@pytest.mark.parametrize(
    ("disease", "structure", "settings"),
    [
        ("learning-rate-too-low", SMALL, {"learning_rate": 3e-7, "schedule": "constant"}),
        ("learning-rate-too-high", SMALL, {"learning_rate": 3.0, "schedule": "constant"}),
        ("bad-initialisation", SMALL, {"learning_rate": 1e-3, "init_gain": 10.0}),
        ("vanishing-gradient", DEEP, {"learning_rate": 1e-3}),
        ("saturated-units", MLP((32, 32), "tanh"), {"learning_rate": 1e-4, "init_gain": 30.0}),
        ("slow-averages", SMALL, {"learning_rate": 1e-3, "beta1": 0.995}),
    ],
)
def test_a_sick_training_shows_its_disease(disease, structure, settings, steps):
    findings = examine(observe(trained(structure, **settings), DATA, 5, steps))
    assert disease in [each.id for each in findings if each.verdict == "present"]


@pytest.mark.parametrize("steps", [ALL, FEW])
@pytest.mark.parametrize(
    ("structure", "settings"),
    [
        (SMALL, {"learning_rate": 0.005}),
        (MLP((32, 32), batch_norm=True), {"learning_rate": 0.01, "drop_rate": 0.2, "weight_decay": 0.1}),
        (MLP((32,), "tanh"), {"learning_rate": 0.005, "schedule": "cosine", "label_smoothing": 0.1}),
        (MLP(()), {"learning_rate": 0.01}),
    ],
)
def test_a_healthy_training_has_nothing_grave(structure, settings, steps):
    findings = examine(observe(trained(structure, **settings), DATA, 5, steps))
    assert [str(each) for each in findings if each.verdict == "present" and each.severity != "low"] == []


def test_rows_that_count_more_do_so_for_who_watches():
    weights = torch.where(DATA.train_targets < 3, 5.0, 0.2)
    data = replace(DATA, train_weights=weights)
    member = Member(0, SMALL, Settings(1, seeds=[3], learning_rate=0.003).member(0), 0, 2)
    Cohort([member], data, Plan(2, 64, seed=5)).run()
    losses = observe(member, data, 5, ALL).losses[:19]
    parts = [float(weights[rows].sum()) for rows in epoch_batches(1200, 64, 5, 0)]
    assert np.dot(losses, parts) / sum(parts) == pytest.approx(member.curves[0][0], rel=1e-4)


@pytest.mark.parametrize("steps", [FEW, ALL])
def test_of_a_training_that_diverged_at_once_the_first_steps_are_seen(steps):
    member = trained(optimizer="gradient-descent", learning_rate=1e20, batch_size=8)
    assert member.state == "diverged" and member.weights is None
    health = observe(member, DATA, 5, steps)
    assert health.watched[0] == 1 and not np.isfinite(health.losses).all()
    found = {each.id: each for each in examine(health)}
    assert found["divergence"].verdict == "present" or found["learning-rate-too-high"].verdict == "present"
