"""The interval of an effect covers new seeds and new rows, for all changes at once."""

import numpy as np
import pytest

from caviar.diagnosis.effects import measured_effects, without_luck

TRIALS = 1_200


def trained(generator, num_seeds, num_rows, by_seed, by_row, by_both, shift=0.0):
    """Row losses (seed, row) of networks of one kind: each seed, each row and each pair of them has a chance part."""
    return (
        shift
        + by_seed * generator.normal(size=(num_seeds, 1))
        + by_row * generator.normal(size=(1, num_rows))
        + by_both * generator.normal(size=(num_seeds, num_rows))
    )


@pytest.mark.parametrize(
    ("num_seeds", "num_changes", "parts"),
    [(3, 1, (0.1, 1, 1)), (3, 4, (0.3, 1, 0.3)), (3, 4, (1, 0.1, 0.1)), (5, 2, (0, 1, 0)), (5, 4, (0.1, 0.1, 1))],
)
def test_all_true_effects_lie_in_their_intervals_in_95_per_cent_of_trials(num_seeds, num_changes, parts):
    generator, covered = np.random.default_rng(0), 0
    truths = 0.2 * np.arange(num_changes)
    for _ in range(TRIALS):
        control = trained(generator, num_seeds, 80, *parts)
        changes = [trained(generator, num_seeds, 80, *parts, shift=truth) for truth in truths]
        found = measured_effects(changes, control, "loss")
        covered += all(one.low <= truth <= one.high for one, truth in zip(found, truths, strict=True))
    assert covered / TRIALS >= 0.93


def test_rows_alone_would_promise_too_much_where_seeds_matter():
    """What the interval would be without its seeds: a plain one of the mean over rows."""
    generator, covered, plain = np.random.default_rng(1), 0, 0
    for _ in range(TRIALS):
        control, change = (trained(generator, 5, 80, 0.5, 0.5, 0.5) for _ in range(2))
        [found] = measured_effects([change], control, "loss")
        rows = (change - control).mean(axis=0)
        covered += found.low <= 0 <= found.high
        plain += abs(rows.mean()) <= 1.96 * rows.std(ddof=1) / np.sqrt(len(rows))
    assert covered / TRIALS >= 0.93
    assert plain / TRIALS < 0.6


def test_mistakes_of_equally_good_networks_rarely_look_like_an_effect():
    generator, false = np.random.default_rng(2), 0
    for _ in range(TRIALS):
        difficulty = generator.beta(0.2, 2, size=150)
        networks = [(generator.random((3, 150)) < difficulty).astype(float) for _ in range(5)]
        false += any(one.high < 0 for one in measured_effects(networks[1:], networks[0], "error"))
    assert false / TRIALS <= 0.03


def test_the_more_changes_are_tried_the_wider_is_each_interval():
    generator = np.random.default_rng(3)
    control, change, *others = [trained(generator, 5, 80, 0.1, 1, 1) for _ in range(6)]
    [alone] = measured_effects([change], control, "loss")
    among = measured_effects([change, *others], control, "loss")[0]
    assert among.estimate == alone.estimate
    assert among.half_width > 1.1 * alone.half_width


@pytest.mark.parametrize("parts", [(1, 0.1, 0.1), (0.1, 1, 1)])
def test_looking_three_times_with_ever_more_seeds_finds_chance_no_more_often_than_looking_once(parts):
    generator, found = np.random.default_rng(6), {1: 0, 3: 0}
    for _ in range(600):
        networks = [trained(generator, 12, 40, *parts) for _ in range(7)]
        for allowed in found:
            looks = (
                measured_effects([each[:seeds] for each in networks[1:]], networks[0][:seeds], "loss", allowed)
                for seeds in (3, 6, 12)
            )
            found[allowed] += any(one.high < 0 for effects in looks for one in effects)
    assert found[3] / 600 <= 0.03
    assert found[1] > found[3]


def test_networks_that_err_on_the_same_rows_still_leave_something_open():
    mistakes = np.tile(np.arange(50) < 5, (3, 1)).astype(float)
    [found] = measured_effects([mistakes], mistakes, "error")
    assert found.low < 0 == found.estimate < found.high


def test_the_effect_of_rmse_is_the_difference_of_the_seeds_mean_rmse():
    generator = np.random.default_rng(4)
    before, after = generator.normal(scale=2, size=(4, 500)) ** 2, generator.normal(scale=1, size=(4, 500)) ** 2
    [found] = measured_effects([after], before, "rmse")
    expected = np.mean([np.sqrt(row.mean()) for row in after]) - np.mean([np.sqrt(row.mean()) for row in before])
    assert found.estimate == pytest.approx(expected)
    assert found.high < 0


def test_the_luck_of_the_best_looking_of_equals_is_mostly_taken_away():
    generator, told, fair = np.random.default_rng(5), [], []
    for _ in range(300):
        control = trained(generator, 4, 60, 0, 1, 0.5)
        changes = [trained(generator, 4, 60, 0, 1, 0.5) for _ in range(5)]
        effects = [one.estimate for one in measured_effects(changes, control, "loss")]
        best = int(np.argmin(effects))
        told.append(effects[best])
        fair.append(without_luck(changes, control, "loss", best))
    assert np.mean(told) < -0.08
    assert abs(np.mean(fair)) < 0.5 * abs(np.mean(told))
