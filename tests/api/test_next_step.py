"""`next_step`: from a sick network to the action that helps, measured; and what it refuses."""

import numpy as np
import polars as pl
import pytest

import caviar
from caviar.core.errors import SettingsError


def table(num_rows=500):
    """Does a point lie in a ring? Two units cannot tell."""
    points = np.random.default_rng(0).normal(size=(num_rows, 2))
    return pl.DataFrame({"x": points[:, 0], "y": points[:, 1], "in": np.linalg.norm(points, axis=1) < 1.2})


@pytest.fixture(scope="module")
def tiny():
    return caviar.train(caviar.MLP(hidden=(2,)), table(), target="in", epochs=15, learning_rate=0.02, seed=0)


@pytest.fixture(scope="module")
def after(tiny):
    return caviar.next_step(tiny, human_error=0.0)


def test_a_tiny_network_is_widened_and_its_dev_error_falls_beyond_the_interval(after):
    effect = after.step.effect
    assert after.findings[0].id == "high-bias"
    assert after.step.finding == "high-bias"
    assert "bigger network" in after.step.action
    assert after.kept
    assert effect["high"] < 0
    assert effect["train_error_after"] < effect["train_error_before"]
    assert "kept: high-bias → a bigger network" in repr(after)


def test_it_goes_on_with_networks_that_were_trained_by_what_was_kept(after, tiny):
    assert len(after.trained) == after.step.effect["trial"]["seeds"]
    assert after.trained.members[0].structure == caviar.MLP((32,), batch_norm=True)
    assert np.mean(after.trained.errors) == pytest.approx(after.step.effect["dev_error_after"])
    assert after.trained.predict(table()).height == 500
    assert tiny.members[0].structure == caviar.MLP((2,))
    again = caviar.next_step(after.trained, findings=[], seeds=len(after.trained))
    assert again.step.effect["dev_error_before"] == pytest.approx(after.step.effect["dev_error_after"])


def test_the_same_step_twice_is_the_same_to_the_bit(tiny, after):
    again = caviar.next_step(tiny, human_error=0.0)
    assert again.step.effect == after.step.effect
    assert again.trained.errors.tolist() == after.trained.errors.tolist()


def test_the_control_is_the_given_setup_trained_anew(tiny, after):
    seeds = list(range(after.step.effect["trial"]["seeds"]))
    anew = caviar.train(
        caviar.MLP(hidden=(2,)), table(), target="in", epochs=15, learning_rate=0.02, seed=0, seeds=seeds
    )
    assert after.step.effect["dev_error_before"] == pytest.approx(anew.errors.mean())


def test_a_regression_far_from_its_end_is_trained_longer_or_faster():
    values = np.random.default_rng(1).uniform(-1, 1, size=(1_000, 2))
    rows = pl.DataFrame({"x": values[:, 0], "y": values[:, 1], "z": np.sin(3 * values.sum(axis=1))})
    slow = caviar.train(caviar.MLP((64,)), rows, target="z", epochs=8, learning_rate=1e-4, schedule="constant")
    after = caviar.next_step(slow)
    assert after.kept
    assert after.step.effect["high"] < 0
    assert after.trained.errors.mean() < slow.errors[0]


def test_a_rate_far_too_low_is_seen_from_inside_and_raised():
    slow = caviar.train(caviar.MLP((32,)), table(2_000), target="in", epochs=15, learning_rate=1e-6)
    after = caviar.next_step(slow, human_error=0.0)
    assert after.findings[0].id == "learning-rate-too-low"
    assert after.step.finding == "learning-rate-too-low"
    assert after.step.effect["high"] < 0
    assert after.trained.members[0].settings["learning_rate"] > 1e-5


def test_a_network_that_diverges_at_once_is_given_smaller_steps():
    values = np.random.default_rng(1).uniform(-1, 1, size=(600, 2)).astype("float32")
    rows = (values, np.sin(3 * values.sum(axis=1)))
    lost = caviar.train(caviar.MLP((32,)), rows, epochs=5, learning_rate=1e9, optimizer="gradient-descent")
    assert lost.members[0].weights is None
    after = caviar.next_step(lost, human_error=0.0, seeds=3)
    assert {"divergence", "learning-rate-too-high"} & {one.id for one in after.findings if one.verdict == "present"}
    tried = [one["action"] for one in after.step.effect["trial"]["candidates"]]
    assert any("learning rate 1e+08 instead of 1e+09" in action for action in tried)


@pytest.fixture(scope="module")
def raw():
    """Numbers of a plane in thousands, from columns of very different sizes."""
    draw = np.random.default_rng(2)
    columns = draw.normal(size=(900, 2)) * [1_000, 0.01] + [5_000, 3]
    numbers = 20_000 + 3_000 * (columns[:, 0] - 5_000) / 1_000 + 2_000 * (columns[:, 1] - 3) / 0.01
    return columns[:500], numbers[:500], columns[500:], numbers[500:]


def test_columns_in_units_of_their_own_are_standardised_and_new_rows_come_as_before(raw):
    sick = caviar.train(caviar.MLP((16,)), raw, epochs=20, batch_size=32, learning_rate=0.01)
    after = caviar.next_step(sick, human_error=100.0)
    assert "input-not-normalised" in {one.id for one in after.findings if one.verdict == "present"}
    assert "mean 0 and deviation 1" in after.step.action and after.step.effect["high"] < 0
    predicted = after.trained.predict(raw[2])["prediction"].to_numpy()
    assert np.sqrt(np.mean((predicted - raw[3]) ** 2)) == pytest.approx(after.trained.errors.min(), rel=1e-4)
    again = caviar.next_step(after.trained, findings=[], seeds=3)
    first = np.mean(after.trained.errors[:3])
    assert again.step.effect["dev_error_before"] == pytest.approx(first, rel=1e-3)


def test_what_is_plain_takes_few_seeds_and_what_stays_open_twelve(after):
    assert after.step.effect["trial"]["seeds"] in (3, 6)
    draw = np.random.default_rng(3)
    noise = (draw.normal(size=(60, 2)), draw.integers(0, 2, 60), draw.normal(size=(40, 2)), draw.integers(0, 2, 40))
    hopeless = caviar.next_step(caviar.train(caviar.MLP((4,)), noise, epochs=2), findings=[])
    assert hopeless.step.effect["trial"]["seeds"] == 12
    assert not hopeless.kept


def test_findings_that_are_given_decide_what_is_tried(tiny):
    from caviar.core.records import Action, Finding

    wrong = Finding(
        "dead-relu", "present", "high", 1.0, "", actions=(Action("", "caviar", "it answers", {"activation": "gelu"}),)
    )
    tried = caviar.next_step(tiny, findings=[wrong]).step.effect["trial"]["candidates"]
    assert (tried[0]["finding"], tried[0]["action"]) == (
        "dead-relu",
        "activation gelu instead of relu on 2 relu, batch 64",
    )


def test_too_few_seeds_and_other_subjects_are_refused(tiny):
    with pytest.raises(SettingsError, match="at least 3 seeds; got 2"):
        caviar.next_step(tiny, seeds=2)
    with pytest.raises(SettingsError, match=r"goes on from what caviar\.train gave; got str"):
        caviar.next_step("runs/digits-1")
