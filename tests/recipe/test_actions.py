"""From findings to candidates, and what each makes of a setup."""

from dataclasses import replace

import pytest

from caviar.core.records import Action, Finding
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.recipe.actions import candidates
from caviar.recipe.plans import Shape
from caviar.recipe.setups import Setup

SETUP = Setup(Shape(MLP((64, 64)), 64), Settings(1, learning_rate=0.01, drop_rate=0.1).member(0), epochs=20)
CHANGES = {
    "high-variance": [{"regularise": True}],
    "high-bias": [{"widen": True}, {"train_longer": True}],
    "saturated-units": [{"init_scheme": "xavier", "init_gain": 1.0}, {"batch_norm": True}],
    "dead-relu": [{"learning_rate": "x0.3"}],
    "batch-too-small": [{"batch_size": 256}],
    "data-mismatch": [{"more_data": True}],
}


def finding(name, verdict="present", by="caviar"):
    actions = tuple(Action("Do it", by, "It helps", change) for change in CHANGES[name])
    return Finding(name, verdict, "high", 0.99, "", actions=actions)


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (["high-bias"], ["widen", "train-longer", "higher-rate", "lower-rate"]),
        (["high-variance"], ["more-dropout", "more-decay", "regularise", "shrink"]),
        (["high-bias", "high-variance"], ["widen", "more-dropout", "train-longer", "more-decay"]),
        (["saturated-units"], ["init_scheme-init_gain", "batch_norm", "train-longer", "higher-rate"]),
        (["dead-relu"], ["learning_rate", "train-longer", "higher-rate", "lower-rate"]),
        (["data-mismatch"], ["train-longer", "higher-rate", "lower-rate", "widen"]),
        ([], ["train-longer", "higher-rate", "lower-rate", "widen"]),
    ],
)
def test_findings_call_for_their_actions_and_probes_fill_up(present, expected):
    tried = candidates([finding(name) for name in present], SETUP)
    assert [one.name for one in tried] == expected
    assert {one.finding for one in tried} - {"none"} == set(present) - {"data-mismatch"}


def test_what_is_absent_or_for_the_user_calls_for_nothing():
    for silent in (finding("dead-relu", verdict="absent"), finding("dead-relu", by="you")):
        assert {one.finding for one in candidates([silent], SETUP)} == {"none"}


def test_what_brought_nothing_is_not_tried_again():
    first = candidates([finding("high-variance")], SETUP)
    second = candidates([finding("high-variance")], SETUP, {(first[0].name, first[0].action)})
    assert first[0] not in second
    assert [one.name for one in second][:2] == ["more-decay", "regularise"]


def setup_of(name, wanted):
    return next(one.setup for one in candidates([finding(name)], SETUP) if one.name == wanted)


def test_a_candidate_differs_from_the_setup_in_what_its_action_says_alone():
    assert setup_of("high-bias", "widen").shape.structure == MLP((128, 128), batch_norm=True)
    assert setup_of("high-bias", "train-longer") == Setup(SETUP.shape, SETUP.settings, 40)
    assert setup_of("high-variance", "more-dropout") == SETUP.with_settings(drop_rate=0.4)
    assert setup_of("high-variance", "regularise") == SETUP.with_settings(drop_rate=0.4, weight_decay=0.5)
    assert setup_of("dead-relu", "learning_rate") == SETUP.with_settings(learning_rate=pytest.approx(0.003))
    assert setup_of("saturated-units", "init_scheme-init_gain") == SETUP.with_settings(init_scheme="xavier")
    assert setup_of("saturated-units", "batch_norm").shape.structure == MLP((64, 64), batch_norm=True)
    assert setup_of("batch-too-small", "batch_size").shape.batch_size == 256


def test_an_action_that_is_taken_already_is_no_candidate():
    normalised = Setup(Shape(MLP((64, 64), batch_norm=True), 64), {**SETUP.settings, "init_scheme": "xavier"}, 20)
    assert "saturated-units" not in {one.finding for one in candidates([finding("saturated-units")], normalised)}


def test_longer_training_of_the_impatient_ends_early_stopping_first():
    impatient = Setup(SETUP.shape, SETUP.settings, 200, patience=1)
    [longer, *_] = candidates([finding("high-bias")], impatient)[1:]
    assert longer.setup == Setup(SETUP.shape, SETUP.settings, 200)
    assert "no early stopping" in longer.action


def change(setup, **figures):
    """The setups that an action with this change makes."""
    called = Finding("sick", "present", "high", 1.0, "", actions=(Action("Do it", "caviar", "It helps", figures),))
    return [one.setup for one in candidates([called], setup, most=20) if one.finding == "sick"]


def test_of_a_list_of_figures_each_is_a_candidate():
    rates = [setup.settings["learning_rate"] for setup in change(SETUP, learning_rate=["x10", "x0.01"], clip_norm=1.0)]
    assert rates == pytest.approx([0.1, 0.0001])


@pytest.mark.parametrize(("limit", "expected"), [("<=16", [16]), (">=16", []), ("<=256", []), (">=256", [256])])
def test_a_figure_is_moved_to_a_limit_only_where_it_lies_beyond_it(limit, expected):
    assert [setup.shape.batch_size for setup in change(SETUP, batch_size=limit)] == expected


@pytest.mark.parametrize(
    ("activation", "scheme"), [("relu", "he"), ("gelu", "he"), ("tanh", "xavier"), ("sigmoid", "xavier")]
)
def test_fitting_first_weights_are_those_of_the_activation(activation, scheme):
    setup = Setup(Shape(MLP((64, 64), activation), 64), {**SETUP.settings, "init_scheme": "zeros"}, 20)
    [fitted] = change(setup, init_scheme="fitting")
    assert fitted == setup.with_settings(init_scheme=scheme)
    assert change(fitted, init_scheme="fitting") == []


def test_loosening_takes_every_penalty_away_and_nothing_else():
    held = SETUP.with_settings(l2=500.0, label_smoothing=0.1)
    assert change(held, loosen=True) == [SETUP.with_settings(drop_rate=0.0)]
    assert change(SETUP.with_settings(drop_rate=0.0), loosen=True) == []


def test_networks_grow_deeper_and_shrink_down_to_a_few_units():
    assert [setup.shape.structure.hidden for setup in change(SETUP, deepen=True)] == [(64, 64, 64)]
    small = Setup(Shape(MLP((8, 7)), 64), SETUP.settings, 20)
    assert SETUP.smaller().shape.structure == MLP((32, 32))
    assert small.smaller() is None
    assert Setup(Shape(MLP(()), 64), SETUP.settings, 20).deeper() is None


def test_only_rows_in_units_of_their_own_can_be_standardised():
    assert change(SETUP, standardise=True) == []
    [standard] = change(replace(SETUP, raw=True), standardise=True)
    assert standard == SETUP
