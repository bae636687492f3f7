"""Importance finds what mattered, keeps quiet about noise, and takes settings as they come."""

import numpy as np
import pytest

from caviar.core.errors import SettingsError
from caviar.search.importance import importance
from caviar.search.spaces import Choice, LogUniform, OrZero, Space, Uniform, columns_of

SPACE = Space(
    {
        "learning_rate": LogUniform(1e-4, 1),
        "drop_rate": OrZero(Uniform(0.05, 0.5), 0.4),
        "optimizer": Choice(("adam", "sgd", "rmsprop")),
        "hidden": Choice(((64,), (64, 64))),
        "beta2": Choice((0.999,)),
        "noise": Uniform(0, 1),
    }
)


def members(num: int, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The learning rate matters most, then the optimizer, then whether there is dropout; the rest not at all."""
    settings = SPACE.sample(num, seed)
    error = 0.1 + 0.05 * (np.log10(settings["learning_rate"]) + 2) ** 2
    error += 0.08 * (settings["optimizer"] == "sgd") + 0.04 * (settings["drop_rate"] > 0)
    return settings, error + 0.002 * np.random.default_rng(seed).standard_normal(num)


def test_what_matters_is_found_in_its_order_and_the_rest_has_next_to_nothing():
    shares = importance(*members(300))
    assert list(shares)[:3] == ["learning_rate", "optimizer", "drop_rate"]
    assert shares["hidden"] < 0.01 and shares["noise"] < 0.02 and shares["beta2"] == 0


def test_shares_sum_to_one_and_every_hyperparameter_has_one():
    shares = importance(*members(60))
    assert set(shares) == set(SPACE)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares.values())


def test_an_interaction_is_found_though_neither_setting_matters_alone():
    space = Space({name: Uniform(-1, 1) for name in ("a", "b", "c")})
    settings = space.sample(400, seed=0)
    shares = importance(settings, settings["a"] * settings["b"])
    assert min(shares["a"], shares["b"]) > 0.3 > 0.1 > shares["c"]


def test_noise_is_not_explained():
    space = Space({f"x{number}": Uniform(0, 1) for number in range(12)})
    told = [importance(space.sample(30, seed), np.random.default_rng([seed, 1]).random(30)) for seed in range(8)]
    assert told.count({}) >= 7


def test_what_stays_within_the_noise_has_exactly_nothing():
    settings = Space({f"x{number}": Uniform(0, 1) for number in range(12)}).sample(100, seed=1)
    shares = importance(settings, settings["x0"] + 0.5 * settings["x1"])
    assert list(shares.values()).count(0) >= 8


def test_diverged_members_are_evidence():
    settings = Space({"learning_rate": LogUniform(1e-4, 1), "noise": Uniform(0, 1)}).sample(100, seed=0)
    error = np.where(settings["learning_rate"] > 0.05, np.nan, 0.2 + 0.001 * settings["noise"])
    assert importance(settings, error)["learning_rate"] > 0.7
    for terrible in (np.inf, 1e9):
        assert importance(settings, np.where(np.isnan(error), terrible, error)) == importance(settings, error)


def test_a_few_terrible_members_do_not_drown_the_rest():
    settings, error = members(300)
    error[:5] = 1e6
    assert list(importance(settings, error))[:2] == ["learning_rate", "optimizer"]


def test_the_scale_of_a_setting_or_of_the_error_does_not_matter():
    settings, error = members(100)
    logarithm = {**settings, "learning_rate": np.log(settings["learning_rate"])}
    assert importance(logarithm, 1000 * error) == importance(settings, error)


def test_a_setting_that_only_some_members_have_is_taken_as_it_comes():
    settings, error = members(200)
    has_momentum = settings["optimizer"] == "sgd"
    rows = [{"beta1": 0.9, "nesterov": "yes"} if has else {} for has in has_momentum]
    shares = importance({**columns_of(rows), "noise": settings["noise"]}, error)
    assert shares["beta1"] + shares["nesterov"] > 0.9


def test_the_same_seed_gives_the_same():
    assert importance(*members(50)) == importance(*members(50))


@pytest.mark.parametrize("num", [0, 1, 9])
def test_of_few_members_nothing_is_said(num):
    assert importance(*members(num)) == {}


@pytest.mark.parametrize("error", [np.full(50, 0.1), np.full(50, np.nan)], ids=["equal", "diverged"])
def test_of_members_that_do_not_differ_nothing_is_said(error):
    assert importance(members(50)[0], error) == {}


def test_without_a_setting_that_varies_nothing_is_said():
    assert importance({"beta2": np.full(50, 0.999)}, np.arange(50.0)) == {}
    assert importance({}, np.arange(50.0)) == {}


def test_columns_of_another_length_are_refused():
    with pytest.raises(SettingsError, match="settings 'rate' has 3 members, dev_error has 20"):
        importance({"rate": np.arange(3)}, np.arange(20.0))
