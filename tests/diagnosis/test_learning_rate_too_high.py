"""Large steps that lead back to where the loss began, from figures by hand."""

import numpy as np
import pytest

from caviar.diagnosis.health import Health, Layers
from caviar.diagnosis.learning_rate_too_high import learning_rate_too_high


def health(largest_step, losses):
    """A layer whose first step is the largest, the later ones 2 % of the weights; watched at ten steps."""
    steps = np.array([[largest_step]] + [[0.02]] * 9)
    ones = np.ones((10, 1))
    return Health(
        layers=Layers(("only",), ones, ones, steps, ones, ones, np.zeros((10, 1))),
        watched=np.arange(1, 11),
        num_steps=len(losses),
        gradient_norm=np.ones(10),
        learning_rate=np.full(10, 0.2),
        losses=losses,
        loss_steps=np.arange(1, len(losses) + 1),
        known_nothing=2.3,
    )


def course(peak, end):
    """From 2.3 by way of the peak, for ten losses each, to the end."""
    return np.concatenate([np.full(10, 2.3), np.full(10, peak), np.full(60, end)])


@pytest.mark.parametrize(
    ("largest_step", "losses", "verdict"),
    [
        (1.9, course(peak=4.0, end=2.4), "present"),
        (0.05, course(peak=4.0, end=2.4), "absent"),
        (1.9, course(peak=4.0, end=1.9), "absent"),
        (1.9, course(peak=2.4, end=2.3), "absent"),
    ],
)
def test_steps_were_in_vain_where_a_large_one_raised_the_loss_and_it_ends_where_it_began(largest_step, losses, verdict):
    found = learning_rate_too_high(health(largest_step, losses))
    assert found.verdict == verdict
    assert verdict == "absent" or found.severity == "high"
