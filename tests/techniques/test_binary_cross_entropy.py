"""Logistic loss of one label and of several with gaps: far-off logits, missing labels, what counts as wrong."""

import pytest
import torch
from loss_cases import COLUMNS, outputs_of, targets_of

from caviar.techniques.binary_cross_entropy import (
    logistic_rows,
    multi_label_rows,
    num_labels_present,
    wrong_label_share,
    wrong_sides,
)

NAN, INF = torch.nan, torch.inf


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.float32, torch.float64])
def test_labels_may_be_numbers_of_any_type(dtype):
    outputs, labels = outputs_of("logistic"), targets_of("logistic")
    assert torch.equal(logistic_rows(outputs, labels.to(dtype), COLUMNS), logistic_rows(outputs, labels, COLUMNS))


def test_far_off_logits_cost_their_size_and_nothing_overflows():
    z = torch.tensor([[[1e4, -1e4, 1e4, -1e4, 30.0]]], dtype=torch.float64).requires_grad_()
    losses = logistic_rows(z, torch.tensor([0, 1, 1, 0, 1]), {})
    assert losses.tolist()[0] == pytest.approx([1e4, 1e4, 0, 0, 9.357622968839299e-14], rel=1e-9)
    assert torch.autograd.grad(losses.sum(), z)[0].flatten().tolist() == pytest.approx([1, -1, 0, 0, 0], abs=1e-12)


def test_smoothing_makes_the_best_output_the_smoothed_label():
    """σ(z) = 1 − s / 2 for y = 1: there the gradient is 0."""
    smoothing = torch.tensor([0.2, 0.5], dtype=torch.float64)
    best = torch.logit(1 - smoothing / 2).view(2, 1, 1).requires_grad_()
    losses = logistic_rows(best, torch.ones(1), {"label_smoothing": smoothing})
    assert torch.autograd.grad(losses.sum(), best)[0].abs().max() < 1e-15


def test_a_side_is_wrong_when_the_logit_disagrees_or_is_not_finite():
    outputs = torch.tensor([[[2.0, -2.0, 0.0, INF, NAN, -INF]]])
    assert wrong_sides(outputs, torch.ones(6), {}).tolist() == [[0, 1, 1, 1, 1, 1]]
    assert wrong_sides(outputs, torch.zeros(6, dtype=torch.int64), {}).tolist() == [[1, 0, 0, 1, 1, 1]]


def test_a_missing_label_gets_no_gradient_whatever_its_output():
    outputs, targets = outputs_of("multi-label"), targets_of("multi-label")
    missing = targets.T.isnan()
    assert missing.any()
    results = []
    for poison in (0.0, 1e30, NAN, INF):
        z = torch.where(missing, poison, outputs).requires_grad_()
        losses = multi_label_rows(z, targets, COLUMNS)
        [gradient] = torch.autograd.grad(losses.sum(), z)
        assert (gradient[:, missing] == 0).all() and (gradient[:, ~missing] != 0).all()
        results.append(losses.detach())
    assert all(torch.equal(one, results[0]) for one in results)


def test_a_row_without_labels_has_loss_error_and_count_zero():
    targets = torch.full((3, 2), NAN)
    z = torch.ones(2, 2, 3, requires_grad=True)
    losses = multi_label_rows(z, targets, {})
    assert (losses == 0).all() and (torch.autograd.grad(losses.sum(), z)[0] == 0).all()
    assert (wrong_label_share(z, targets, {}) == 0).all()
    assert num_labels_present(targets).tolist() == [0, 0, 0]


def test_the_share_of_wrong_labels_is_of_those_that_are_there():
    targets = torch.tensor([[1.0, 0.0, NAN], [1.0, NAN, NAN], [0.0, 0.0, 1.0]])
    outputs = torch.tensor([[1.0, 1.0, NAN], [-1.0, 5.0, 5.0], [-1.0, NAN, INF]]).T.unsqueeze(0)
    assert wrong_label_share(outputs, targets, {}).tolist() == [pytest.approx([1 / 2, 1, 2 / 3])]
    assert num_labels_present(targets).tolist() == [2, 1, 3]


def test_one_label_that_is_always_there_is_logistic_regression():
    outputs, labels = outputs_of("logistic"), targets_of("logistic")
    many = multi_label_rows(outputs, labels.double().unsqueeze(1), COLUMNS)
    torch.testing.assert_close(many, logistic_rows(outputs, labels, COLUMNS), rtol=1e-14, atol=0)
