"""Whether the end of a curve is still falling."""

import numpy as np
import pytest

from caviar.diagnosis.curves import dev_was_improving, fall_at_end, last_epochs, level_of_proof
from caviar.diagnosis.evidence import MemberHistory

EPOCHS = np.arange(1, 51)


def noisy(curve, size=0.002):
    return curve * (1 + size * np.random.default_rng(0).standard_normal(len(curve)))


@pytest.mark.parametrize(
    ("curve", "proof"),
    [
        (1 / np.sqrt(EPOCHS), "present"),
        (2 - EPOCHS / 50, "present"),
        (0.3 + np.exp(-EPOCHS / 5), "absent"),
        (np.full(50, 0.3), "absent"),
        (0.3 + EPOCHS / 500, "absent"),
    ],
)
def test_shapes_of_curves_are_told_apart(curve, proof):
    assert level_of_proof(fall_at_end(curve)) == proof
    assert level_of_proof(fall_at_end(noisy(curve))) == proof


def test_the_fall_is_what_a_tenth_more_epochs_bring():
    straight = fall_at_end(2 - EPOCHS / 50)  # stands at 1 and falls by 5/50 in five more epochs
    assert straight.estimate == pytest.approx(0.1)
    assert (straight.low, straight.high) == pytest.approx((0.1, 0.1))


def test_its_interval_holds_the_truth_19_times_in_20():
    draw = np.random.default_rng(1)
    falls = [fall_at_end(2 - EPOCHS / 50 + 0.01 * draw.standard_normal(50)) for _ in range(400)]
    assert np.mean([fall.low <= 0.1 <= fall.high for fall in falls]) == pytest.approx(0.95, abs=0.035)


def test_a_curve_too_short_or_too_noisy_cannot_tell():
    assert level_of_proof(fall_at_end(1 / EPOCHS[:5])) == "cannot-tell"
    assert level_of_proof(fall_at_end(0.3 + 0.05 * (-1.0) ** EPOCHS[:20])) == "cannot-tell"


def test_epochs_that_diverged_are_left_out():
    curve = np.append(2 - EPOCHS / 50, [np.nan, np.inf])
    assert fall_at_end(curve).estimate == pytest.approx(0.1)


def test_a_loss_at_nought_has_nowhere_to_fall():
    assert fall_at_end(np.zeros(20)) is None


@pytest.mark.parametrize(("num_epochs", "end"), [(6, 6), (20, 6), (50, 10), (200, 40)])
def test_the_end_of_a_curve_is_its_last_fifth(num_epochs, end):
    assert last_epochs(num_epochs) == end


def test_dev_was_improving_when_the_kept_epoch_is_near_the_end():
    losses = np.ones(50)
    assert dev_was_improving(MemberHistory(losses, best_epoch=41))
    assert not dev_was_improving(MemberHistory(losses, best_epoch=40))
    assert dev_was_improving(MemberHistory(losses))
