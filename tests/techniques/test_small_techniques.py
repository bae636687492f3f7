"""Dropout, batch norm, initialisers, penalties, clipping, averages, early stopping: known answers and edge values."""

import math

import pytest
import torch
from torch.nn import functional

from caviar.core.errors import SettingsError
from caviar.techniques.averages import ExponentialAverage
from caviar.techniques.batch_norm import batch_norm
from caviar.techniques.clipping import clip_gradients
from caviar.techniques.dropout import dropout
from caviar.techniques.early_stopping import EarlyStopping
from caviar.techniques.initialisers import initial_weights
from caviar.techniques.penalties import add_l1_gradient, add_l2_gradient, decay_weights

generator = torch.Generator().manual_seed


def test_dropout_keeps_the_expectation():
    """Notes 1.6: E[a'] = a, because the kept units are divided by the keep-probability."""
    ones = torch.ones(1, 200_000)
    dropped = dropout(ones, 0.3, torch.rand(1, 200_000, generator=generator(0)))
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.01)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / 0.7])


def test_dropout_at_rate_zero_changes_nothing_for_that_member_alone():
    activations, draws = torch.randn(2, 5, 4, generator=generator(1)), torch.rand(5, 4, generator=generator(2))
    dropped = dropout(activations, torch.tensor([0.0, 0.5]).view(2, 1, 1), draws)
    assert torch.equal(dropped[0], activations[0])
    assert torch.equal(dropped[1] == 0, draws < 0.5)


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_of_each_member_equals_torchs(training):
    z = torch.randn(3, 4, 9, generator=generator(0), dtype=torch.float64) * 3 + 1
    gamma, beta = (torch.randn(3, 4, generator=generator(seed), dtype=torch.float64) for seed in (1, 2))
    mean, var = torch.zeros(3, 4, dtype=torch.float64), torch.ones(3, 4, dtype=torch.float64)
    plain = [torch.nn.BatchNorm1d(4).double().train(training) for _ in range(3)]
    for member, layer in enumerate(plain):
        layer.weight.data, layer.bias.data = gamma[member].clone(), beta[member].clone()
    together = batch_norm(z, gamma, beta, mean, var, training)
    for member, layer in enumerate(plain):
        torch.testing.assert_close(together[member], layer(z[member].T).T)
        torch.testing.assert_close(mean[member], layer.running_mean)
        torch.testing.assert_close(var[member], layer.running_var)


@pytest.mark.parametrize(
    ("scheme", "variance"), [("he", 2 / 300), ("xavier", 1 / 300), ("glorot", 2 / 500), ("zeros", 0.0)]
)
def test_initial_weights_have_the_variance_of_their_scheme(scheme, variance):
    weights = initial_weights((200, 300), scheme, 1.0, generator(0))
    assert weights.var().item() == pytest.approx(variance, rel=0.03)
    assert initial_weights((200, 300), scheme, 1.5, generator(0)).var().item() == pytest.approx(
        2.25 * variance, rel=0.03
    )


def test_a_convolutions_fan_in_counts_its_window():
    weights = initial_weights((64, 16, 3, 3), "he", 1.0, generator(0))
    assert weights.var().item() == pytest.approx(2 / (16 * 9), rel=0.05)


def test_an_unknown_initialiser_is_refused():
    with pytest.raises(SettingsError, match="choose from he, xavier, glorot, zeros"):
        initial_weights((2, 2), "hee", 1.0, generator(0))


def test_penalties_add_the_derivative_of_their_formula():
    weights = torch.randn(2, 6, generator=generator(0), dtype=torch.float64).requires_grad_()
    strength = torch.tensor([[0.3], [0.7]], dtype=torch.float64)
    l2_gradient, l1_gradient = torch.zeros_like(weights), torch.zeros_like(weights)
    add_l2_gradient(l2_gradient, weights.detach(), strength)
    add_l1_gradient(l1_gradient, weights.detach(), strength)
    torch.testing.assert_close(l2_gradient, torch.autograd.grad((strength / 2 * weights**2).sum(), weights)[0])
    torch.testing.assert_close(l1_gradient, torch.autograd.grad((strength * weights.abs()).sum(), weights)[0])


def test_decoupled_decay_shrinks_by_rate_times_decay():
    weights = torch.tensor([[2.0], [2.0]])
    decay_weights(weights, torch.tensor([[0.1], [0.1]]), torch.tensor([[0.0], [0.5]]))
    assert weights.flatten().tolist() == pytest.approx([2.0, 1.9])


def test_clipping_equals_torchs_for_each_member_by_itself():
    gradients = torch.randn(3, 10, generator=generator(0), dtype=torch.float64) * 5
    clipped = gradients.clone()
    norms = clip_gradients(clipped, torch.tensor([1.0, math.inf, 0.01], dtype=torch.float64))
    for member, limit in enumerate((1.0, math.inf, 0.01)):
        plain = torch.nn.Parameter(torch.zeros(10, dtype=torch.float64))
        plain.grad = gradients[member].clone()
        norm = torch.nn.utils.clip_grad_norm_([plain], limit)
        torch.testing.assert_close(clipped[member], plain.grad)
        assert norms[member].item() == pytest.approx(norm.item())


@pytest.mark.parametrize(("beta", "values"), [(0.9, 10), (0.98, 50), (0.5, 2), (0.999, 1000)])
def test_an_average_with_beta_remembers_about_one_over_one_minus_beta_values(beta, values):
    """Notes 2.3: after 1 / (1 − β) steps a value's weight has fallen to about 1 / e of its first."""
    average = ExponentialAverage(beta, corrected=False)
    first = average.add(torch.ones(())).item()
    for _ in range(values):
        last = average.add(torch.zeros(())).item()
    assert last / first == pytest.approx(math.exp(-1), abs=0.12)


def test_bias_correction_gives_a_constants_average_from_the_first_value_on():
    corrected, raw = ExponentialAverage(0.98), ExponentialAverage(0.98, corrected=False)
    assert corrected.add(torch.tensor(7.0)).item() == pytest.approx(7.0)
    assert raw.add(torch.tensor(7.0)).item() == pytest.approx(0.14)


def test_each_member_averages_its_weights_with_its_own_beta():
    """A matrix (member, parameter) with β (member, 1), against the weighted sum written out."""
    weights = torch.randn(12, 3, 5, generator=generator(0), dtype=torch.float64)  # (step, member, parameter)
    betas = [0.0, 0.5, 0.99]
    added, taken = (ExponentialAverage(torch.tensor(betas, dtype=torch.float64).unsqueeze(1)) for _ in range(2))
    for step in weights:
        last = added.add(step)
        taken.take(step)
    for member, beta in enumerate(betas):
        shares = [(1 - beta) * beta ** (11 - step) / (1 - beta**12) for step in range(12)]
        expected = sum(share * weights[step, member] for step, share in enumerate(shares))
        torch.testing.assert_close(last[member], expected)
        torch.testing.assert_close(taken.value()[member], expected)
    assert torch.equal(taken.value()[0], weights[-1, 0]), "β = 0 is the last value, bit for bit"


@pytest.mark.parametrize("beta", [0.9, torch.tensor([[0.9], [0.5], [0.2]])])
def test_an_average_goes_on_with_the_members_that_are_kept(beta):
    values, rows = torch.randn(6, 3, 4, generator=generator(0)), torch.tensor([2, 0])
    whole, kept = ExponentialAverage(beta), ExponentialAverage(beta)
    kept.keep(torch.tensor([0, 1, 2]))
    for number, value in enumerate(values):
        whole.take(value)
        kept.take(value if number < 3 else value[rows])
        if number == 2:
            kept.keep(rows)
    assert torch.equal(kept.value(), whole.value()[rows])


def test_one_member_at_nan_leaves_the_average_of_the_others_alone():
    average = ExponentialAverage(torch.tensor([[0.9], [0.9]]))
    for value in (1.0, math.nan, 1.0):
        average.take(torch.tensor([[value], [1.0]]))
    assert average.value()[0].isnan() and average.value()[1].item() == pytest.approx(1.0)


def test_early_stopping_waits_for_each_member_by_itself():
    stopping = EarlyStopping(3, torch.tensor([1.0, 2.0, math.inf]))
    for epoch, scores in enumerate([(0.5, 0.5, 0.5), (0.6, 0.6, 0.6), (0.7, 0.4, math.nan)], start=1):
        better, stop = stopping.update(epoch, torch.tensor(scores, dtype=torch.float64))
        if epoch == 2:
            assert stop.tolist() == [True, False, False]
    assert better.tolist() == [False, True, False]
    assert stopping.best_epoch.tolist() == [1, 3, 1]
    stopping.keep(torch.tensor([1]))
    assert stopping.best_score.tolist() == [0.4]


def test_the_reference_batch_norm_disagrees_when_the_statistics_are_shared_over_members():
    """The check above can fail: one mean for all members is a different layer."""
    z = torch.randn(2, 3, 8, generator=generator(0)) + torch.tensor([0.0, 5.0]).view(2, 1, 1)
    ones, zeros = torch.ones(2, 3), torch.zeros(2, 3)
    ours = batch_norm(z, ones, zeros, zeros.clone(), ones.clone(), training=True)
    shared = (
        functional.batch_norm(z.permute(0, 2, 1).reshape(-1, 3), None, None, training=True)
        .view(2, 8, 3)
        .permute(0, 2, 1)
    )
    assert not torch.allclose(ours, shared, atol=0.1)
