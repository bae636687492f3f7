"""Softmax: the derivative of the notes, two classes as logistic regression, and what counts as a wrong class."""

import torch
from loss_cases import COLUMNS, outputs_of, targets_of
from torch.nn import functional

from caviar.techniques.softmax import softmax_rows, wrong_classes


def test_the_gradient_is_prediction_minus_truth():
    """Notes 3.9: dz = ŷ − y."""
    logits, labels = outputs_of("softmax").requires_grad_(), targets_of("softmax")
    [dz] = torch.autograd.grad(softmax_rows(logits, labels, {}).sum(), logits)
    predictions = torch.softmax(logits, 1)
    truth = functional.one_hot(labels, 5).T.double()
    torch.testing.assert_close(dz, (predictions - truth).detach())


def test_two_classes_are_logistic_regression():
    logits, labels = outputs_of("softmax")[:, :2], targets_of("logistic")
    difference = logits[:, 1] - logits[:, 0]
    expected = functional.binary_cross_entropy_with_logits(
        difference, labels.double().expand_as(difference), reduction="none"
    )
    torch.testing.assert_close(softmax_rows(logits, labels, {}), expected)


def test_one_class_is_always_right():
    assert (softmax_rows(outputs_of("softmax")[:, :1], torch.zeros(9, dtype=torch.int64), COLUMNS) == 0).all()


def test_huge_logits_stay_finite():
    logits = outputs_of("softmax", scale=1e4).float().requires_grad_()
    losses = softmax_rows(logits, targets_of("softmax"), {"label_smoothing": torch.zeros(4)})
    assert torch.isfinite(losses).all()
    assert torch.isfinite(torch.autograd.grad(losses.sum(), logits)[0]).all()


def test_columns_without_smoothing_are_smoothing_zero():
    logits, labels = outputs_of("softmax"), targets_of("softmax")
    assert torch.equal(
        softmax_rows(logits, labels, {}),
        softmax_rows(logits, labels, {"label_smoothing": 0 * COLUMNS["label_smoothing"]}),
    )


def test_the_second_derivative_is_the_covariance_of_the_predicted_classes():
    """As dz = ŷ − y, d²z = diag ŷ − ŷ ŷᵀ."""
    logits, labels = outputs_of("softmax")[:1, :, :1], targets_of("softmax")[:1]
    found = torch.autograd.functional.hessian(lambda z: softmax_rows(z, labels, {}).sum(), logits).reshape(5, 5)
    predictions = torch.softmax(logits.flatten(), 0)
    torch.testing.assert_close(found, predictions.diag() - torch.outer(predictions, predictions))


def test_a_class_is_wrong_when_another_is_higher_or_an_output_is_not_finite():
    row = torch.tensor
    outputs = torch.stack(
        [row([0.0, 1.0]), row([1.0, 0.0]), row([0.0, torch.inf]), row([torch.nan, 1.0]), row([-torch.inf, 1.0])], 1
    ).unsqueeze(0)
    assert wrong_classes(outputs, torch.ones(5, dtype=torch.int64), {}).tolist() == [[0, 1, 1, 1, 1]]
