"""Losses against torch's own and against finite differences."""

import pytest
import torch
from torch.nn import functional

from caviar.techniques.losses import softmax_cross_entropy, squared_error


def logits_and_labels(members=4, classes=5, batch=7, scale=1.0):
    generator = torch.Generator().manual_seed(3)
    logits = scale * torch.randn(members, classes, batch, generator=generator, dtype=torch.float64)
    return logits, torch.randint(0, classes, (batch,), generator=generator)


@pytest.mark.parametrize("classes", [1, 2, 5])
def test_softmax_equals_torch_for_each_member_and_its_own_smoothing(classes):
    logits, labels = logits_and_labels(classes=classes)
    smoothing = torch.tensor([0.0, 0.1, 0.5, 0.9], dtype=torch.float64)
    losses = softmax_cross_entropy(logits, labels, smoothing)
    for member in range(4):
        expected = functional.cross_entropy(logits[member].T, labels, label_smoothing=smoothing[member].item())
        assert losses[member].item() == pytest.approx(expected.item(), abs=1e-12)


@pytest.mark.parametrize("smoothing", [[0.0] * 4, [0.0, 0.1, 0.5, 0.9]])
def test_the_gradient_of_softmax_is_prediction_minus_truth(smoothing):
    logits, labels = logits_and_labels()
    weights = torch.tensor(smoothing, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda z: softmax_cross_entropy(z, labels, weights), logits.requires_grad_())


def test_softmax_of_two_classes_is_logistic_regression():
    logits, labels = logits_and_labels(classes=2)
    losses = softmax_cross_entropy(logits, labels, torch.zeros(4, dtype=torch.float64))
    difference = logits[:, 1] - logits[:, 0]
    expected = functional.binary_cross_entropy_with_logits(
        difference, labels.double().expand_as(difference), reduction="none"
    ).mean(1)
    torch.testing.assert_close(losses, expected)


def test_huge_logits_stay_finite():
    logits, labels = logits_and_labels(scale=1e4)
    losses = softmax_cross_entropy(logits.float(), labels, torch.zeros(4))
    assert torch.isfinite(losses).all()


def test_one_member_at_nan_leaves_the_others_alone():
    logits, labels = logits_and_labels()
    clean = softmax_cross_entropy(logits, labels, torch.zeros(4, dtype=torch.float64))
    logits[1] = torch.nan
    poisoned = softmax_cross_entropy(logits, labels, torch.zeros(4, dtype=torch.float64))
    assert poisoned[1].isnan()
    assert torch.equal(poisoned[[0, 2, 3]], clean[[0, 2, 3]])


def test_squared_error_is_torchs_mean_squared_error():
    generator = torch.Generator().manual_seed(0)
    outputs, targets = torch.randn(3, 1, 8, generator=generator), torch.randn(8, generator=generator)
    expected = [functional.mse_loss(outputs[member, 0], targets).item() for member in range(3)]
    assert squared_error(outputs, targets).tolist() == pytest.approx(expected)
