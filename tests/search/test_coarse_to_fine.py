"""Coarse to fine finds the good region, keeps what may still matter, and beats blind search at the same cost."""

from collections.abc import Callable
from math import comb

import numpy as np
import pytest

from caviar.core.errors import SettingsError
from caviar.search.coarse_to_fine import propose, zoom
from caviar.search.spaces import Choice, Integer, LogUniform, OneMinusLogUniform, OrZero, Space, Uniform

Objective = Callable[[dict[str, np.ndarray]], np.ndarray]


def cube(num_dimensions: int) -> Space:
    return Space({f"x{number}": Uniform(0, 1) for number in range(num_dimensions)})


def points(settings: dict[str, np.ndarray]) -> np.ndarray:
    return np.stack(list(settings.values()), axis=1)


def bowl(seed: int) -> Objective:
    generator = np.random.default_rng(seed)
    centre, curvature = generator.uniform(0.1, 0.9, 4), 10 ** generator.uniform(-1, 1, 4)
    return lambda settings: ((points(settings) - centre) ** 2 * curvature).sum(axis=1)


def ridge(seed: int) -> Objective:
    generator = np.random.default_rng(seed)
    centre, across = generator.uniform(0.2, 0.8, 4), generator.standard_normal(4)
    across /= np.linalg.norm(across)
    return lambda settings: (
        10 * ((points(settings) - centre) @ across) ** 2 + 0.3 * ((points(settings) - centre) ** 2).sum(axis=1)
    )


def flat(seed: int) -> Objective:
    return lambda settings: 0.001 * points(settings).sum(axis=1)


def search(objective: Objective, seed: int, noise: float = 0.0, blind: bool = False) -> float:
    """96 trials, 24 at random and then three times 24; the mean true value of the five apparent best."""
    space, generator = cube(4), np.random.default_rng([seed, 1])
    if blind:
        settings = space.sample(96, seed)
        seen = objective(settings) + noise * generator.standard_normal(96)
    else:
        settings = space.sample(24, seed)
        seen = objective(settings) + noise * generator.standard_normal(24)
        for _ in range(3):
            more = propose(space, settings, seen, 24, seed)
            seen = np.concatenate([seen, objective(more) + noise * generator.standard_normal(24)])
            settings = {name: np.concatenate([settings[name], more[name]]) for name in settings}
    best = np.argsort(seen)[:5]
    return float(objective(settings)[best].mean())


def sign_test(wins: int, num: int) -> float:
    """The chance of at least so many wins among equals."""
    return sum(comb(num, k) for k in range(wins, num + 1)) / 2**num


@pytest.mark.parametrize(("make", "noise"), [(bowl, 0.0), (ridge, 0.0), (bowl, 0.05)], ids=["bowl", "ridge", "noisy"])
def test_proposals_beat_random_search_at_equal_trials(make, noise):
    wins = sum(search(make(seed), seed, noise) < search(make(seed), seed, noise, blind=True) for seed in range(20))
    assert sign_test(wins, 20) < 0.01


def test_proposals_are_no_worse_than_random_search_where_there_is_nothing_but_noise():
    found = np.array([search(flat(seed), seed, noise=0.1) for seed in range(20)])
    blind = np.array([search(flat(seed), seed, noise=0.1, blind=True) for seed in range(20)])
    assert found.mean() < blind.mean() + 0.0002  # a tenth of the difference between the centre and the best corner


# Zoom

SPACE = Space(
    {
        "learning_rate": LogUniform(1e-4, 1),
        "beta1": OneMinusLogUniform(0.8, 0.99),
        "drop_rate": OrZero(Uniform(0.05, 0.5), 0.3),
        "num_units": Integer(16, 512, log=True),
        "optimizer": Choice(("adam", "sgd", "rmsprop")),
        "hidden": Choice(((64,), (64, 64), (128, 128))),
    }
)


def errors(settings: dict[str, np.ndarray]) -> np.ndarray:
    """Best at a learning rate of 0.01, without dropout, with Adam; the rest does not matter."""
    rate = (np.log10(settings["learning_rate"]) + 2) ** 2
    error = 0.1 + 0.05 * rate + 0.2 * settings["drop_rate"] + 0.1 * (settings["optimizer"] == "sgd")
    return np.where(settings["learning_rate"] > 0.5, np.nan, error)


def test_zoom_closes_in_on_what_matters_and_leaves_what_does_not():
    settings = SPACE.sample(300, seed=0)
    zoomed = zoom(SPACE, settings, errors(settings))
    assert 5e-4 < zoomed["learning_rate"].low < 0.01 < zoomed["learning_rate"].high < 0.2
    for name in ("beta1", "num_units"):
        kept = SPACE[name].to_unit(zoomed[name].high) - SPACE[name].to_unit(zoomed[name].low)
        assert kept > 0.75
    assert zoomed["drop_rate"].probability > 0.45
    assert set(zoomed["optimizer"].values) == {"adam", "rmsprop"}
    assert len(zoomed["hidden"].values) == 3
    assert list(zoomed) == list(SPACE)


def test_zoom_stays_inside_the_space_and_keeps_every_kind():
    settings = SPACE.sample(100, seed=1)
    zoomed = zoom(SPACE, settings, errors(settings))
    for name, dimension in zoomed.items():
        assert type(dimension) is type(SPACE[name])
    for name in ("learning_rate", "num_units"):
        assert SPACE[name].low <= zoomed[name].low < zoomed[name].high <= SPACE[name].high


def test_one_zoom_is_never_narrower_than_its_factor():
    settings = {"x0": np.linspace(0, 1, 200)}
    zoomed = zoom(cube(1), settings, np.abs(settings["x0"] - 0.98), best_share=0.03, factor=0.4)
    assert (zoomed["x0"].low, zoomed["x0"].high) == (pytest.approx(0.6), 1.0)


def test_zoom_gives_a_dimension_that_does_not_matter_its_full_width_back():
    widths = []
    for seed in range(30):
        settings = cube(1).sample(100, seed)
        zoomed = zoom(cube(1), settings, np.random.default_rng([seed, 1]).random(100))
        widths.append(zoomed["x0"].high - zoomed["x0"].low)
    assert np.mean(widths) > 0.85


@pytest.mark.parametrize("num", [0, 1, 7])
def test_too_few_trials_leave_the_space_as_it_is(num):
    settings = SPACE.sample(num, seed=0)
    assert zoom(SPACE, settings, errors(settings)) == SPACE


def test_diverged_trials_do_not_count_as_evidence_for_their_region():
    settings = SPACE.sample(100, seed=0)
    assert zoom(SPACE, settings, np.full(100, np.nan)) == SPACE
    error = np.where(settings["learning_rate"] > 0.1, -np.inf, errors(settings))
    assert zoom(SPACE, settings, error)["learning_rate"].high < 0.1


def test_a_choice_tried_only_a_few_times_is_kept():
    space = Space({"optimizer": Choice(("adam", "sgd"))})
    settings = {"optimizer": np.array(["adam"] * 40 + ["sgd"] * 3)}
    zoomed = zoom(space, settings, np.arange(43.0))
    assert set(zoomed["optimizer"].values) == {"adam", "sgd"}
    assert zoomed["optimizer"].weights[0] > 0.5


def test_of_many_trials_a_choice_that_never_does_well_is_dropped():
    space = Space({"optimizer": Choice(("adam", "sgd"))})
    settings = {"optimizer": np.array(["adam", "sgd"] * 500)}
    assert zoom(space, settings, np.tile([0.1, 0.2], 500))["optimizer"] == Choice(("adam",))


@pytest.mark.parametrize(("probability", "best_is_zero"), [(0.3, True), (0.3, False), (0.0, True), (1.0, False)])
def test_the_chance_of_zero_follows_the_evidence_but_never_closes_or_opens_a_door(probability, best_is_zero):
    space = Space({"l2": OrZero(LogUniform(0.01, 1), probability)})
    settings = {"l2": np.array([0.0, 0.1] * 200)}
    error = np.where((settings["l2"] == 0) == best_is_zero, 0.1, 0.2)
    found = zoom(space, settings, error)["l2"].probability
    if probability in (0, 1):
        assert found == probability
    else:
        assert (found > 0.8 if best_is_zero else found < 0.2) and 0.05 <= found <= 0.95


def test_trials_of_an_earlier_space_are_welcome():
    settings = {"x0": np.linspace(-1, 2, 60), "gone": np.arange(60)}
    space = Space({"x0": Uniform(0, 1), "new": Uniform(0, 1)})
    zoomed = zoom(space, settings, np.abs(settings["x0"] - 0.2))
    assert zoomed["new"] == space["new"] and zoomed["x0"].low < 0.2 < zoomed["x0"].high < 0.8


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"best_share": 0}, "best_share must lie between 0 and 1, got 0"),
        ({"factor": 0}, "factor must lie above 0 and be at most 1, got 0"),
        ({"dev_error": np.zeros(3)}, "settings 'x0' has 20 trials, dev_error has 3"),
    ],
)
def test_a_wrong_zoom_says_what_must_hold(wrong, message):
    with pytest.raises(SettingsError, match=message):
        zoom(**{"space": cube(1), "settings": cube(1).sample(20, 0), "dev_error": np.zeros(20), **wrong})


# Propose


def proposals(num: int = 40, seed: int = 0, **options) -> dict[str, np.ndarray]:
    settings = SPACE.sample(80, seed=0)
    return propose(SPACE, settings, errors(settings), num, seed, **options)


def test_proposals_are_columns_as_sampling_gives_them_inside_the_space():
    drawn, sampled = proposals(), SPACE.sample(40, seed=0)
    for name, column in drawn.items():
        assert column.shape == (40,) and column.dtype == sampled[name].dtype
        assert not np.isnan(SPACE[name].to_units(column)).any()
        again = SPACE[name].from_units(SPACE[name].to_units(column))
        assert column.tolist() == (pytest.approx(again.tolist()) if column.dtype == np.float64 else again.tolist())


def test_the_first_proposals_are_near_the_best_trials_and_the_last_explore():
    drawn = errors(proposals(400, exploration=0.25))
    assert np.nanmean(drawn[:300]) < np.nanmean(drawn[300:]) - 0.05


def test_better_parents_have_more_children_and_those_at_a_bound_have_them_inside():
    settings = {"x0": np.linspace(0, 1, 100)}
    drawn = propose(cube(1), settings, settings["x0"], 400, seed=0, exploration=0)["x0"]
    assert drawn.max() < 0.2  # the parents lie in 0 to 0.09, their mean would be 0.045
    assert drawn.mean() < 0.045


def test_children_of_zero_are_mostly_zero():
    space = Space({"l2": OrZero(LogUniform(0.01, 1), 0.3)})
    settings = {"l2": np.array([0.0, 0.1, 0.2, 0.3] * 20)}
    drawn = propose(space, settings, settings["l2"], 400, seed=0, exploration=0)["l2"]
    assert np.mean(drawn == 0) > 0.97


def test_full_exploration_is_random_search():
    drawn = proposals(300, exploration=1)["learning_rate"]
    assert np.mean(drawn < 1e-2) == pytest.approx(0.5, abs=0.1)


def test_the_same_seed_proposes_the_same_and_another_otherwise():
    first, again, other = proposals(seed=1), proposals(seed=1), proposals(seed=2)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["learning_rate"], other["learning_rate"])


def test_a_later_round_with_the_same_seed_does_not_repeat_itself():
    settings = cube(1).sample(40, seed=0)
    first = propose(cube(1), settings, settings["x0"], 10, seed=0)
    longer = {"x0": np.concatenate([settings["x0"], first["x0"]])}
    second = propose(cube(1), longer, longer["x0"], 10, seed=0)
    assert len(set(first["x0"]) | set(second["x0"]) | set(settings["x0"])) == 60


def test_proposals_of_a_dimension_stay_when_another_is_added():
    settings = cube(1).sample(40, seed=0)
    wider = Space({"a": Uniform(0, 1), **cube(1)})
    narrow = propose(cube(1), settings, settings["x0"], 10, seed=0)
    wide = propose(wider, {**settings, "a": settings["x0"]}, settings["x0"], 10, seed=0)
    assert np.array_equal(narrow["x0"], wide["x0"])


@pytest.mark.parametrize("num_trials", [0, 3, 7])
def test_with_too_few_trials_every_proposal_explores(num_trials):
    settings = SPACE.sample(num_trials, seed=0)
    drawn = propose(SPACE, settings, errors(settings), 200, seed=0)
    assert np.mean(drawn["learning_rate"] < 1e-2) == pytest.approx(0.5, abs=0.12)


def test_parents_from_another_space_lend_only_what_exists_here():
    settings = {"optimizer": np.array(["gone", "adam"] * 20), "x0": np.array([None, 5.0] * 20, dtype=object)}
    space = Space({"optimizer": Choice(("adam", "sgd")), "x0": Uniform(0, 1), "new": OrZero(Integer(1, 3), 0.5)})
    drawn = propose(space, settings, np.arange(40.0), 50, seed=0)
    assert set(drawn["optimizer"]) <= {"adam", "sgd"}
    assert ((drawn["x0"] >= 0) & (drawn["x0"] <= 1)).all()
    assert set(drawn["new"]) <= {0, 1, 2, 3} and drawn["new"].dtype == np.int64


def test_nothing_asked_nothing_proposed():
    assert {name: len(column) for name, column in proposals(0).items()} == dict.fromkeys(SPACE, 0)


@pytest.mark.parametrize("wrong", [{"num": -1}, {"exploration": 1.1}, {"best_share": 1}])
def test_a_wrong_proposal_says_what_must_hold(wrong):
    with pytest.raises(SettingsError, match="must"):
        proposals(**wrong)
