"""Learning-rate factors against the notes' formulas, worked out by hand."""

import math

import pytest
import torch

from caviar.core.errors import SettingsError
from caviar.techniques.schedules import SCHEDULES, decay_factors, schedule_number

BY_HAND = {  # (decay, epoch, planned epochs) → factor
    "constant": [((0.3, 7.0, 10), 1.0)],
    "inverse-time": [((1.0, 0.0, 10), 1.0), ((1.0, 1.0, 10), 0.5), ((1.0, 3.0, 10), 0.25)],
    "exponential": [((0.95, 0.0, 10), 1.0), ((0.95, 2.0, 10), 0.9025)],
    "inverse-root": [((1.0, 0.5, 10), 1.0), ((1.0, 4.0, 10), 0.5), ((2.0, 16.0, 10), 0.5)],
    "staircase": [((10.0, 9.9, 40), 1.0), ((10.0, 10.0, 40), 0.5), ((10.0, 25.0, 40), 0.25)],
    "cosine": [
        ((0.0, 0.0, 10), 1.0),
        ((0.0, 5.0, 10), 0.5),
        ((0.0, 10.0, 10), 0.0),
        ((0.1, 10.0, 10), 0.1),
        ((0.0, 2.5, 10), 0.5 * (1 + math.cos(math.pi / 4))),
    ],
    "linear": [((0.0, 5.0, 10), 0.5), ((0.2, 10.0, 10), 0.2), ((0.2, 20.0, 10), 0.2)],
}


def factor(name, decay, epoch, epochs, warmup=0.0):
    columns = (torch.tensor([float(value)], dtype=torch.float64) for value in (decay, warmup, epochs))
    return decay_factors(
        torch.tensor([[float(epoch)]], dtype=torch.float64), torch.tensor([schedule_number(name)]), *columns
    ).item()


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_schedule_gives_the_factors_of_its_formula(name):
    for (decay, epoch, epochs), expected in BY_HAND[name]:
        assert factor(name, decay, epoch, epochs) == pytest.approx(expected, abs=1e-12)


def test_warm_up_rises_from_zero_and_then_leaves_the_schedule_alone():
    assert [factor("constant", 0, epoch, 10, warmup=4) for epoch in (0, 1, 4, 9)] == pytest.approx([0, 0.25, 1, 1])


def test_an_unknown_schedule_is_refused_with_the_nearest_name():
    with pytest.raises(SettingsError, match="Did you mean 'cosine'"):
        schedule_number("cosinus")
