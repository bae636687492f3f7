"""Known answers of the notes for dropout and averages; early stopping and averages of members that leave."""

import math

import pytest
import torch

from caviar.techniques.averages import ExponentialAverage
from caviar.techniques.dropout import dropout
from caviar.techniques.early_stopping import EarlyStopping

generator = torch.Generator().manual_seed


def test_dropout_keeps_the_expectation():
    """Notes 1.6: E[a'] = a, because the kept units are divided by the keep-probability."""
    ones = torch.ones(1, 200_000)
    dropped = dropout(ones, 0.3, torch.rand(1, 200_000, generator=generator(0)))
    assert dropped.mean().item() == pytest.approx(1.0, abs=0.01)
    assert dropped.unique().tolist() == pytest.approx([0.0, 1 / 0.7])


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
