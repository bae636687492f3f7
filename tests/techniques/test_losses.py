"""Means of every loss: weights, order of the rows, precision, and rows without a say. Parity: test_common.py."""

import pytest
import torch
from loss_cases import BATCH, COLUMNS, MEMBERS, outputs_of, targets_of
from torch.nn import functional

from caviar.techniques.losses import LOSSES, mean_loss, softmax_cross_entropy, squared_error

EVERY_LOSS = pytest.mark.parametrize("name", LOSSES)


def some_weights(shape):
    """Weights of which about a third are 0."""
    draws = torch.rand(shape, generator=torch.Generator().manual_seed(8), dtype=torch.float64)
    return torch.where(draws < 0.35, 0.0, 3 * draws)


def loss_and_gradient(name, outputs, targets, columns, weights=None):
    outputs = outputs.clone().requires_grad_()
    losses = mean_loss(LOSSES[name], outputs, targets, columns, weights)
    return losses.detach(), torch.autograd.grad(losses.sum(), outputs)[0]


def test_weights_by_class_are_torchs_class_weights():
    outputs, labels = outputs_of("softmax"), targets_of("softmax")
    by_class = torch.tensor([0.5, 2.0, 0.0, 1.0, 3.0], dtype=torch.float64)
    losses = mean_loss(LOSSES["softmax"], outputs, labels, {}, by_class[labels])
    for member in range(MEMBERS):
        expected = functional.cross_entropy(outputs[member].T, labels, weight=by_class)
        assert losses[member].item() == pytest.approx(expected.item(), rel=1e-12)


@EVERY_LOSS
def test_a_whole_weight_is_as_many_copies_of_the_row(name):
    outputs, targets = outputs_of(name), targets_of(name)
    copies = torch.tensor([2, 0, 1, 3, 0, 1, 1, 0, 2])
    rows = torch.repeat_interleave(torch.arange(BATCH), copies)
    weighted = mean_loss(LOSSES[name], outputs, targets, COLUMNS, copies)
    repeated = mean_loss(LOSSES[name], outputs[:, :, rows], targets[rows], COLUMNS, None)
    torch.testing.assert_close(weighted, repeated, rtol=1e-12, atol=0)


@EVERY_LOSS
def test_a_member_without_a_row_in_the_batch_has_loss_and_gradient_zero(name):
    weights = some_weights((MEMBERS, BATCH))
    weights[2] = 0
    losses, gradient = loss_and_gradient(name, outputs_of(name), targets_of(name), COLUMNS, weights)
    assert losses[2] == 0 and (gradient[2] == 0).all()
    assert torch.isfinite(losses).all() and torch.isfinite(gradient).all()
    assert (losses[[0, 1, 3]] > 0).all() and (gradient[[0, 1, 3]] != 0).any()


@pytest.mark.parametrize("name", ["squared", "softmax", "logistic"])
def test_a_row_of_weight_zero_adds_nothing_even_where_its_loss_overflows(name):
    outputs, targets = outputs_of(name).float(), targets_of(name)
    targets = targets.float() if name == "squared" else targets
    weights = torch.ones(BATCH)
    weights[5] = 0
    clean = loss_and_gradient(name, outputs, targets, {}, weights)
    outputs[:, :, 5] = 1e30 if name == "squared" else outputs[:, :, 5] * 1e38
    losses, gradient = loss_and_gradient(name, outputs, targets, {}, weights)
    assert torch.equal(losses, clean[0])
    assert torch.equal(gradient[:, :, :5], clean[1][:, :, :5]) and (gradient[:, :, 5] == 0).all()


@EVERY_LOSS
def test_the_rows_may_come_in_any_order(name):
    outputs, targets, weights = outputs_of(name), targets_of(name), some_weights((BATCH,))
    order = torch.randperm(BATCH, generator=torch.Generator().manual_seed(0))
    losses, gradient = loss_and_gradient(name, outputs, targets, COLUMNS, weights)
    shuffled = loss_and_gradient(name, outputs[:, :, order], targets[order], COLUMNS, weights[order])
    torch.testing.assert_close(shuffled[0], losses, rtol=1e-13, atol=0)
    torch.testing.assert_close(shuffled[1], gradient[:, :, order], rtol=1e-12, atol=1e-15)


@EVERY_LOSS
def test_single_and_double_precision_stay_what_they_are(name):
    for dtype in (torch.float32, torch.float64):
        outputs = outputs_of(name).to(dtype)
        assert LOSSES[name].rows(outputs, targets_of(name), COLUMNS).dtype == dtype
        assert LOSSES[name].errors(outputs, targets_of(name), COLUMNS).dtype == dtype
        assert mean_loss(LOSSES[name], outputs, targets_of(name), COLUMNS, some_weights((BATCH,))).dtype == dtype


@EVERY_LOSS
def test_outputs_that_a_vmap_made_are_like_any_others(name):
    outputs, targets = outputs_of(name), targets_of(name)
    rows_last = outputs.transpose(1, 2).clone().requires_grad_()  # (member, batch, output), as modules give
    through = mean_loss(LOSSES[name], torch.vmap(lambda one: (2 * one).T)(rows_last), targets, COLUMNS, None)
    losses, gradient = loss_and_gradient(name, 2 * outputs, targets, COLUMNS)
    torch.testing.assert_close(through, losses)
    torch.testing.assert_close(torch.autograd.grad(through.sum(), rows_last)[0], 2 * gradient.transpose(1, 2))


def test_the_short_forms_are_the_means_of_softmax_and_squared_error():
    logits, labels = outputs_of("softmax"), targets_of("softmax")
    assert torch.equal(
        softmax_cross_entropy(logits, labels, COLUMNS["label_smoothing"]),
        mean_loss(LOSSES["softmax"], logits, labels, COLUMNS, None),
    )
    generator = torch.Generator().manual_seed(0)
    outputs, targets = torch.randn(3, 1, 8, generator=generator), torch.randn(8, generator=generator)
    expected = [functional.mse_loss(outputs[member, 0], targets).item() for member in range(3)]
    assert squared_error(outputs, targets).tolist() == pytest.approx(expected)


def test_only_the_losses_of_a_mean_are_reported_as_a_root():
    assert {name for name, loss in LOSSES.items() if loss.root} == {"squared", "huber"}
    assert {name for name, loss in LOSSES.items() if loss.counts} == {"multi-label"}
