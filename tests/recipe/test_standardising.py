"""Rows brought to mean 0 and deviation 1 by the train rows alone."""

import numpy as np
import pytest
import torch

from caviar.recipe.standardising import Standards
from caviar.training import TrainingData

DRAW = np.random.default_rng(0)
COLUMNS = DRAW.normal(size=(60, 3)) * [1_000, 0.01, 1] + [5_000, 0, -3]
NUMBERS = 40 * DRAW.normal(size=60) + 7


def data_of(features, targets, loss):
    features, targets = torch.tensor(features).float(), torch.tensor(targets)
    targets = targets.float() if targets.is_floating_point() else targets
    task = "multiclass" if loss == "softmax" else "regression"
    return TrainingData(task, 1, features[:40], targets[:40], features[40:], targets[40:], loss=loss)


def test_columns_are_standardised_by_the_train_rows_and_dev_rows_likewise():
    data = data_of(COLUMNS, np.arange(60) % 3, "softmax")
    after = Standards.of(data).data(data)
    mean, deviation = COLUMNS[:40].mean(axis=0), COLUMNS[:40].std(axis=0)
    np.testing.assert_allclose(after.train_features, (COLUMNS[:40] - mean) / deviation, atol=1e-3)
    np.testing.assert_allclose(after.dev_features, (COLUMNS[40:] - mean) / deviation, atol=1e-3)
    assert after.train_targets.equal(data.train_targets) and after.dev_targets.equal(data.dev_targets)
    assert after.unit == 1


def test_a_constant_column_is_shifted_and_not_blown_up():
    features = COLUMNS.copy()
    features[:, 1] = 1_234.567
    features[::2, 1] = np.nextafter(np.float32(1_234.567), np.float32(2_000))  # no difference but rounding
    data = data_of(features, np.arange(60) % 3, "softmax")
    assert Standards.of(data).data(data).train_features[:, 1].abs().max() < 0.01


def test_numbers_are_standardised_and_their_errors_stay_in_their_own_units():
    data = data_of(COLUMNS, NUMBERS, "squared")
    standards = Standards.of(data)
    after = standards.data(data)
    assert float(after.train_targets.mean()) == pytest.approx(0, abs=1e-6)
    assert float(after.train_targets.std(correction=0)) == pytest.approx(1)
    assert after.unit == pytest.approx(NUMBERS[:40].std(), rel=1e-5)
    back = after.dev_targets * standards.target_deviation + standards.target_mean
    np.testing.assert_allclose(back, NUMBERS[40:], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("loss", ["huber", "quantile"])
def test_losses_that_have_a_scale_of_their_own_keep_their_targets(loss):
    data = data_of(COLUMNS, NUMBERS, loss)
    after = Standards.of(data).data(data)
    assert after.train_targets.equal(data.train_targets) and after.unit == 1


def test_pictures_are_standardised_by_channel():
    pictures = DRAW.normal(size=(60, 2, 4, 4)) * [[[10]], [[0.1]]] + 3
    data = data_of(pictures, np.arange(60) % 3, "softmax")
    after = Standards.of(data).data(data).train_features
    np.testing.assert_allclose(after.mean(dim=(0, 2, 3)), [0, 0], atol=1e-4)
    np.testing.assert_allclose(after.std(dim=(0, 2, 3), correction=0), [1, 1], atol=1e-4)


def test_tokens_are_left_alone():
    tokens = torch.arange(40).reshape(20, 2)
    data = TrainingData("multiclass", 2, tokens, tokens[:, 0] % 2, tokens, tokens[:, 0] % 2)
    assert Standards.of(data).data(data).train_features is tokens
