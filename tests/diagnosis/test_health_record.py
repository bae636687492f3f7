"""What was seen of a training goes into a file and comes back the same."""

import json
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
import torch
from torch import nn
from watched_loops import perceptron, train

from caviar.diagnosis.health_record import health_from_json, health_to_json
from caviar.diagnosis.training_diseases import examine


def assert_alike(ours, theirs):
    if is_dataclass(ours):
        for field in fields(ours):
            assert_alike(getattr(ours, field.name), getattr(theirs, field.name))
    elif isinstance(ours, tuple) and ours and is_dataclass(ours[0]):
        for mine, other in zip(ours, theirs, strict=True):
            assert_alike(mine, other)
    elif isinstance(ours, np.ndarray):
        assert ours.shape == theirs.shape and ours.dtype.kind == theirs.dtype.kind
        np.testing.assert_allclose(ours.astype(float), theirs.astype(float), rtol=1e-5)
    elif isinstance(ours, float):
        assert ours == pytest.approx(theirs, rel=1e-5)
    else:
        assert ours == theirs


def seen(**network):
    torch.manual_seed(0)
    made = perceptron(16, 16, **network)
    watcher, _ = train(made, torch.optim.Adam(made.parameters(), 1e-3), steps=40)
    return watcher.health()


def test_a_health_comes_back_from_its_record_as_it_was():
    for health in (seen(), seen(batch_norm=True, activation=nn.Tanh)):
        assert_alike(health, health_from_json(json.loads(json.dumps(health_to_json(health), allow_nan=False))))


def test_what_was_not_finite_is_still_not_finite_in_the_record():
    health = seen()
    health.layers.weight_norm[0, 0], health.layers.update_ratio[0, 0] = np.inf, np.nan
    layers = health_from_json(json.loads(json.dumps(health_to_json(health), allow_nan=False))).layers
    assert np.isposinf(layers.weight_norm[0, 0]) and np.isnan(layers.update_ratio[0, 0])


def test_the_findings_from_a_record_are_those_of_the_training_itself():
    health = seen()
    again = health_from_json(health_to_json(health))
    assert [(each.id, each.verdict) for each in examine(again)] == [(each.id, each.verdict) for each in examine(health)]
