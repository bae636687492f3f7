"""The catalogue holds together: defaults and searched ranges are allowed, and what is off by default is off."""

import pytest

from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.techniques.initialisers import INITIALISERS
from caviar.techniques.optimisers import OPTIMISERS
from caviar.techniques.schedules import SCHEDULES

NUMBERS = [one for one in HYPERPARAMETERS.values() if not one.choices]


def allowed(entry, value):
    return entry.low <= value and (value < entry.high if entry.open_above else value <= entry.high)


@pytest.mark.parametrize("entry", NUMBERS, ids=lambda one: one.name)
def test_default_and_searched_range_are_allowed(entry):
    assert allowed(entry, entry.default)
    assert all(allowed(entry, bound) for bound in entry.tune or ())


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("huber_delta", [0.01, 100.0], [0.0, -1.0]),
        ("quantile", [0.001, 0.999], [0.0, 1.0]),
        ("augmentation", [0.0, 1.0], [-0.1, 1.1]),
        ("weight_average", [0.0, 0.9999], [1.0]),
    ],
)
def test_the_edges_of_open_ranges_are_refused(name, inside, outside):
    entry = HYPERPARAMETERS[name]
    assert all(allowed(entry, value) for value in inside)
    assert not any(allowed(entry, value) for value in outside)


@pytest.mark.parametrize("name", ["augmentation", "weight_average", "label_smoothing", "drop_rate"])
def test_what_a_run_does_not_ask_for_is_off(name):
    assert HYPERPARAMETERS[name].default == 0


def test_choices_are_those_of_the_techniques_in_their_order():
    choices = {name: one.choices for name, one in HYPERPARAMETERS.items() if one.choices}
    assert choices == {
        "optimizer": tuple(OPTIMISERS),
        "schedule": tuple(SCHEDULES),
        "init_scheme": INITIALISERS,
    }
