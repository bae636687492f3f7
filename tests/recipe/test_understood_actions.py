"""Whatever a disease says that Caviar can do, the recipe understands: there is a setup that it changes."""

import importlib
import pkgutil
from dataclasses import replace

import numpy as np
import pytest

from caviar import diagnosis
from caviar.core.records import Action, Finding
from caviar.diagnosis.diverged_members import with_diverged_members
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.recipe.actions import candidates
from caviar.recipe.plans import Shape
from caviar.recipe.setups import Setup

EVERYTHING_WRONG = Settings(
    1, learning_rate=30.0, optimizer="gradient-descent", beta1=0.9995, beta2=0.99999, drop_rate=0.3, l2=100.0,
    init_scheme="zeros", init_gain=30.0, schedule="constant",
).member(0)  # fmt: skip
LARGE = Setup(Shape(MLP((32, 32), "sigmoid"), 1_000), EVERYTHING_WRONG, 20, raw=True)
SETUPS = (LARGE, replace(LARGE, shape=Shape(MLP((32, 32), "sigmoid"), 2)))


def actions_of_caviar():
    """By disease's file and name: every Action that stands in diagnosis/ and is Caviar's to do."""
    modules = [
        importlib.import_module(f"caviar.diagnosis.{one.name}") for one in pkgutil.iter_modules(diagnosis.__path__)
    ]
    found = {
        f"{module.__name__.rsplit('.', 1)[1]}: {name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, Action)
    }
    rates = np.geomspace(1e-3, 10, 60)
    sound = Finding("divergence", "absent", "low", 1.0, "")
    found["diverged_members: below"] = with_diverged_members(sound, rates, rates > 1).actions[0]
    return {name: action for name, action in found.items() if action.by == "caviar"}


ACTIONS = actions_of_caviar()


def made_by(action, setup):
    called = Finding("sick", "present", "high", 1.0, "", actions=(action,))
    return [one for one in candidates([called], setup, most=50) if one.finding == "sick"]


def test_all_files_are_looked_into():
    assert len(ACTIONS) >= 35
    assert {name.split(":")[0] for name in ACTIONS} >= {"high_bias", "high_variance", "label_noise", "slow_averages"}


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_of_caviars_is_understood_in_all_it_says(name):
    action = ACTIONS[name]
    assert action.change, "nothing says what to change"
    for word, value in action.change.items():
        alone = replace(action, change={word: value})
        made = [one for setup in SETUPS for one in made_by(alone, setup)]
        assert made, f"{word}: {value} changes nothing"
        assert all(one.setup not in SETUPS for one in made)
