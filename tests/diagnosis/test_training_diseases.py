"""Trainings built to have one disease, and healthy ones, seen from inside."""

import json

import numpy as np
import pytest
import torch
from torch import nn
from watched_loops import FEATURES, LABELS, perceptron, present, train, trained, weights_of

import caviar
from caviar.core.records import Finding
from caviar.diagnosis.training_diseases import TRAINING_DISEASES, examine

SGD, ADAM, RMSPROP = torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop


def made(seed, *hidden, **options):
    torch.manual_seed(seed)
    return perceptron(*(hidden or (48, 48)), **options)


@pytest.mark.parametrize(
    ("network", "kind", "rate", "options"),
    [
        ({}, ADAM, 3e-3, {}),
        ({}, SGD, 0.1, {}),
        ({}, SGD, 0.03, {"momentum": 0.9}),
        ({}, RMSPROP, 1e-3, {}),
        ({"activation": nn.Tanh}, ADAM, 3e-3, {}),
        ({"activation": nn.Tanh}, SGD, 0.1, {}),
        ({"activation": nn.Sigmoid}, ADAM, 3e-3, {}),
        ({"batch_norm": True}, ADAM, 1e-2, {}),
        ({"batch_norm": True, "activation": nn.Tanh}, SGD, 0.1, {"momentum": 0.9}),
        ({"drop_rate": 0.2}, ADAM, 3e-3, {}),
        ({"drop_rate": 0.2, "batch_norm": True}, torch.optim.AdamW, 3e-3, {"weight_decay": 0.1}),
        ({"activation": nn.GELU}, torch.optim.NAdam, 2e-3, {}),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_healthy_training_has_no_disease(network, kind, rate, options, seed):
    assert present(trained(made(seed, **network), kind, rate=rate, options=options, seed=seed)) == []


def he(network, factor=1.0):
    for each in weights_of(network):
        nn.init.kaiming_normal_(each.weight)
        with torch.no_grad():
            each.weight *= factor
            each.bias.zero_()
    return network


def moved_biases(network, by):
    with torch.no_grad():
        weights_of(network)[0].bias += by
    return network


def constant(network):
    for each in weights_of(network):
        nn.init.constant_(each.weight, 0.05)
        nn.init.zeros_(each.bias)
    return network


def wide_tanh(network):
    with torch.no_grad():
        for each in weights_of(network)[:-1]:
            each.weight *= 30
    return network


DEEP_SIGMOID = {"activation": nn.Sigmoid}
SICK = [
    ("vanishing-gradient", lambda s: made(s, *[16] * 39, **DEEP_SIGMOID), ADAM, 1e-3, {"steps": 40}),
    ("vanishing-gradient", lambda s: made(s, *[16] * 39, **DEEP_SIGMOID), SGD, 0.1, {"steps": 40}),
    ("exploding-gradient", lambda s: he(made(s), 100), ADAM, 1e-3, {}),
    ("bad-initialisation", lambda s: he(made(s), 100), SGD, 1e-6, {}),
    ("bad-initialisation", lambda s: constant(made(s)), ADAM, 1e-3, {}),
    ("dead-relu", lambda s: moved_biases(made(s), -100), ADAM, 1e-3, {}),
    ("saturated-units", lambda s: wide_tanh(made(s, activation=nn.Tanh)), ADAM, 1e-3, {}),
    ("learning-rate-too-high", made, ADAM, 0.3, {}),
    ("learning-rate-too-high", made, SGD, 10.0, {}),
    ("learning-rate-too-high", lambda s: made(s, activation=nn.Tanh), SGD, 3.0, {"options": {"momentum": 0.9}}),
    ("learning-rate-too-low", made, ADAM, 3e-6, {}),
    ("learning-rate-too-low", made, SGD, 1e-4, {}),
    ("learning-rate-too-low", lambda s: made(s, activation=nn.Tanh), RMSPROP, 1e-6, {}),
    ("batch-norm-mismatch", lambda s: made(s, batch_norm=True), ADAM, 1e-3, {"batch": 2}),
    ("slow-averages", made, ADAM, 1e-3, {"steps": 50, "options": {"betas": (0.9, 0.99999)}}),
    ("slow-averages", made, SGD, 1e-3, {"options": {"momentum": 0.999}}),
]


@pytest.mark.parametrize(("disease", "make", "kind", "rate", "others"), SICK)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_training_with_one_disease_has_that_one_first_or_second(disease, make, kind, rate, others, seed):
    findings = trained(make(seed), kind, rate=rate, seed=seed, **others)
    assert disease in [finding.id for finding in findings[:2] if finding.verdict == "present"]
    [found] = [finding for finding in findings if finding.id == disease]
    assert found.severity != "low" and found.actions and found.evidence and found.section


ALONE = {"vanishing-gradient", "dead-relu", "learning-rate-too-low", "slow-averages"}


@pytest.mark.parametrize(("disease", "make", "kind", "rate", "others"), [each for each in SICK if each[0] in ALONE])
def test_a_disease_without_consequences_comes_alone(disease, make, kind, rate, others):
    assert present(trained(make(0), kind, rate=rate, **others)) == [disease]


def test_a_training_that_blows_up_diverges_from_the_step_at_which_it_does():
    network = made(0, 48)
    findings = trained(network, SGD, rate=1e25, steps=30)
    [found] = [finding for finding in findings if finding.id == "divergence"]
    assert (found.verdict, found.severity) == ("present", "high")
    assert found.evidence["broken_loss"] in (2, 3)


def test_rows_that_are_not_numbers_are_told_from_a_rate_too_high():
    network = made(0)
    optimiser = SGD(network.parameters(), 0.1)
    watcher = caviar.watch(network, optimiser)
    for _ in range(3):
        loss = watcher.loss(nn.functional.cross_entropy(network(FEATURES[:50] * np.nan), LABELS[:50]))
        loss.backward()
        optimiser.step()
    found = {finding.id: finding for finding in watcher.findings()}
    assert "before any step was taken" in found["divergence"].meaning
    assert found["divergence"].actions[0].by == "you"
    assert found["learning-rate-too-high"].verdict != "present"


def test_without_losses_what_needs_them_cannot_tell_and_says_what_is_missing():
    findings = {finding.id: finding for finding in trained(made(0), hand_over=False)}
    for name in ("divergence", "bad-initialisation", "learning-rate-too-high"):
        assert findings[name].verdict == "cannot-tell" and "hand them over" in findings[name].meaning
    assert findings["dead-relu"].verdict == "absent"


def test_a_compiled_model_hides_its_units_and_that_is_said():
    network = made(0)
    network._orig_mod = None
    findings = {finding.id: finding for finding in trained(network)}
    for name in ("dead-relu", "saturated-units", "vanishing-gradient", "batch-norm-mismatch"):
        assert findings[name].verdict == "cannot-tell" and "compiled" in findings[name].meaning
    assert findings["learning-rate-too-low"].verdict == "absent"


def test_a_training_that_had_begun_before_shows_no_start():
    network = made(0)
    optimiser = ADAM(network.parameters(), 1e-3)
    train(network, optimiser, steps=5, watched=False)
    watcher, _ = train(network, optimiser, steps=5)
    [found] = [finding for finding in watcher.findings() if finding.id == "bad-initialisation"]
    assert "start is missing" in found.meaning


def test_the_length_that_is_planned_counts_for_slow_averages():
    network = made(0)
    watcher, _ = train(network, ADAM(network.parameters(), 1e-3, betas=(0.9, 0.99999)), steps=50, num_steps=100_000)
    assert "slow-averages" not in present(watcher.findings())


def test_before_any_step_every_disease_answers_and_none_is_present():
    network = made(0)
    watcher, _ = train(network, ADAM(network.parameters(), 1e-3), steps=0)
    findings = watcher.findings()
    assert len({finding.id for finding in findings}) == len(TRAINING_DISEASES) == len(findings)
    assert present(findings) == []


def test_findings_survive_json():
    for kind, rate in ((ADAM, 1e-3), (SGD, 10.0), (SGD, 1e25)):
        for finding in trained(made(0), kind, rate=rate, steps=40):
            assert Finding.from_json(json.loads(json.dumps(finding.to_json(), allow_nan=False))) == finding
            assert 0 <= finding.confidence <= 1


def test_examining_twice_gives_the_same_findings():
    network = made(0)
    watcher, _ = train(network, ADAM(network.parameters(), 1e-3), steps=40)
    assert examine(watcher.health()) == watcher.findings()
