"""Dimensions draw on their scale, keep inside their bounds, narrow, and survive JSON. Notes 3.1, 3.2."""

import json
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.core.errors import SettingsError
from caviar.search.spaces import (
    Choice,
    Integer,
    LogUniform,
    OneMinusLogUniform,
    OrZero,
    Space,
    Uniform,
    columns_of,
    dimension_from_json,
    stream,
)

DIMENSIONS = {
    "uniform": Uniform(-1, 3),
    "log": LogUniform(1e-4, 1),
    "one minus": OneMinusLogUniform(0.9, 0.999),
    "integer": Integer(2, 4),
    "integer log": Integer(8, 512, log=True),
    "one integer": Integer(7, 7),
    "text": Choice(("adam", "sgd", "rmsprop")),
    "weighted": Choice((16, 32, 64), (0.5, 0.25, 0.25)),
    "sizes": Choice(((64,), (64, 64), (128, 64, 32))),
    "mixed": Choice((True, "auto", 3.5)),
    "unbounded": Choice((1.0, 5.0, inf)),
    "or zero": OrZero(LogUniform(1e-3, 10), 0.3),
    "integer or zero": OrZero(Integer(1, 5), 0.5),
    "always zero": OrZero(Uniform(0.1, 0.5), 1.0),
    "never zero": OrZero(Uniform(0.1, 0.5), 0.0),
}
every_dimension = pytest.mark.parametrize("dimension", DIMENSIONS.values(), ids=DIMENSIONS.keys())
RANGES = [name for name in DIMENSIONS if hasattr(DIMENSIONS[name], "narrowed")]


def share(condition: np.ndarray) -> float:
    return float(np.mean(condition))


# Scales


def test_log_uniform_draws_every_factor_of_ten_equally_often():
    draws = LogUniform(1e-4, 1).sample(4000, np.random.default_rng(0))
    for low in (1e-4, 1e-3, 1e-2, 1e-1):
        assert share((draws >= low) & (draws < 10 * low)) == pytest.approx(0.25, abs=0.03)


def test_one_minus_log_uniform_draws_as_many_betas_below_0_99_as_above_it():
    draws = OneMinusLogUniform(0.9, 0.999).sample(4000, np.random.default_rng(0))
    assert share(draws < 0.99) == pytest.approx(0.5, abs=0.03)


def test_integer_draws_every_number_equally_often_both_bounds_included():
    draws = Integer(2, 4).sample(6000, np.random.default_rng(0))
    assert [share(draws == number) for number in (2, 3, 4)] == pytest.approx([1 / 3] * 3, abs=0.03)
    assert draws.dtype == np.int64


def test_integer_on_a_log_scale_draws_halves_as_often_as_doubles():
    draws = Integer(8, 512, log=True).sample(4000, np.random.default_rng(0))
    assert share(draws < 64) == pytest.approx(0.5, abs=0.04)


def test_choice_draws_by_weight():
    draws = Choice(("a", "b", "c"), (2, 1, 1)).sample(4000, np.random.default_rng(0))
    assert [share(draws == value) for value in "abc"] == pytest.approx([0.5, 0.25, 0.25], abs=0.03)


def test_choice_never_draws_a_value_of_weight_zero():
    dimension = Choice(("first", "a", "b", "last"), (0, 1, 1, 0))
    assert set(dimension.from_units(np.linspace(0, 1, 101)).tolist()) == {"a", "b"}


def test_or_zero_draws_zero_with_its_probability_and_else_the_inner_dimension():
    draws = OrZero(LogUniform(1e-2, 1), 0.3).sample(4000, np.random.default_rng(0))
    others = draws[draws > 0]
    assert share(draws == 0) == pytest.approx(0.3, abs=0.03)
    assert others.min() >= 1e-2 and share(others < 0.1) == pytest.approx(0.5, abs=0.03)


def test_choice_of_text_is_an_array_of_text_and_of_sizes_an_array_of_tuples():
    assert Choice(("a", "b")).sample(3, np.random.default_rng(0)).dtype.kind == "U"
    assert Choice((True, False)).sample(3, np.random.default_rng(0)).dtype == bool
    assert Choice((1, 2.5)).sample(3, np.random.default_rng(0)).dtype == np.float64
    sizes = DIMENSIONS["sizes"].sample(5, np.random.default_rng(0))
    assert sizes.shape == (5,) and all(isinstance(size, tuple) for size in sizes)


# Units


@every_dimension
def test_every_value_comes_back_from_its_unit(dimension):
    values = dimension.sample(200, np.random.default_rng(1))
    again = dimension.from_units(dimension.to_units(values))
    if values.dtype == np.float64:
        np.testing.assert_allclose(again, values, rtol=1e-12)
    else:
        assert again.tolist() == values.tolist()
    assert dimension.from_unit(dimension.to_unit(values[0])) == pytest.approx(values[0])


@every_dimension
@given(unit=st.floats(0, 1))
def test_units_stay_in_the_unit_interval_and_values_inside_the_bounds(dimension, unit):
    value = dimension.from_unit(unit)
    assert 0 <= dimension.to_unit(value) <= 1
    bounds = getattr(dimension, "inner", dimension)
    assert value == 0 or value in getattr(dimension, "values", ()) or bounds.low <= value <= bounds.high


@pytest.mark.parametrize("name", RANGES)
def test_the_ends_of_the_unit_interval_are_the_bounds_exactly(name):
    dimension = DIMENSIONS[name]
    assert (dimension.from_unit(0), dimension.from_unit(1)) == (dimension.low, dimension.high)


@pytest.mark.parametrize("name", RANGES)
def test_a_value_beyond_a_bound_has_the_units_of_the_bound(name):
    dimension = DIMENSIONS[name]
    assert dimension.to_unit(-inf) == dimension.to_unit(dimension.low)
    assert dimension.to_unit(inf) == dimension.to_unit(dimension.high)


def test_the_unit_of_zero_is_in_the_piece_of_zero():
    dimension = OrZero(Uniform(0.1, 0.5), 0.4)
    assert dimension.to_unit(0) == pytest.approx(0.2)
    assert dimension.to_unit(0.3) == pytest.approx(0.7)


@every_dimension
@pytest.mark.parametrize("value", [float("nan"), None, "no such value", (1, 2, 3)])
def test_what_is_no_value_has_no_unit_and_the_error_says_what_is(dimension, value):
    with pytest.raises(SettingsError, match="a value of this dimension must be"):
        dimension.to_unit(value)


def test_a_unit_outside_the_interval_is_refused():
    with pytest.raises(SettingsError, match=r"must lie in \[0, 1\], got 1.5"):
        Uniform(0, 1).from_unit(1.5)


# Zoom


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("unit", [0.0, 0.1, 0.5, 1.0])
def test_zoom_keeps_the_kind_holds_the_centre_and_stays_inside(name, unit):
    dimension = DIMENSIONS[name]
    centre = dimension.from_unit(unit)
    zoomed = dimension.zoom(centre, 0.3)
    assert type(zoomed) is type(dimension)
    assert dimension.low <= zoomed.low <= centre <= zoomed.high <= dimension.high


def test_zoom_near_a_bound_moves_inside_and_keeps_its_width():
    zoomed = LogUniform(1e-4, 1).zoom(2e-4, 0.5)
    assert (zoomed.low, zoomed.high) == (1e-4, pytest.approx(1e-2))


@every_dimension
def test_zoom_by_one_changes_nothing(dimension):
    centre = dimension.from_unit(0.9)
    zoomed = dimension.zoom(centre, 1)
    assert type(zoomed) is type(dimension)
    assert zoomed.from_units(np.linspace(0, 1, 50)).tolist() == dimension.from_units(np.linspace(0, 1, 50)).tolist()


def test_zoom_of_a_choice_gives_the_centre_what_the_others_lose():
    zoomed = Choice(("a", "b"), (1, 1)).zoom("b", 0.5)
    assert zoomed == Choice(("a", "b"), (0.25, 0.75))


def test_zoom_of_or_zero_around_zero_makes_zero_likelier_and_around_a_value_less_likely():
    dimension = OrZero(LogUniform(0.01, 1), 0.5)
    assert dimension.zoom(0, 0.5) == OrZero(LogUniform(0.01, 1), 0.75)
    near = dimension.zoom(0.1, 0.5)
    assert near.probability == 0.25 and near.inner.low == pytest.approx(0.0316, rel=1e-2)


@pytest.mark.parametrize("factor", [0, -1, 1.01, float("nan")])
@every_dimension
def test_a_zoom_factor_that_does_not_narrow_is_refused(dimension, factor):
    with pytest.raises(SettingsError, match="zoom factor must lie above 0 and be at most 1"):
        dimension.zoom(dimension.from_unit(0.5), factor)


def test_zoom_around_something_that_is_no_value_is_refused():
    with pytest.raises(SettingsError, match="must be one of a, b; got 'c'"):
        Choice(("a", "b")).zoom("c", 0.5)


# Validation


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uniform(1, 1), "low must be less than high, got 1 and 1"),
        (lambda: Uniform(0, inf), "high must be a finite number, got inf"),
        (lambda: Uniform("0", 1), "low must be a finite number, got '0'"),
        (lambda: Uniform(True, 2), "low must be a finite number, got True"),
        (lambda: LogUniform(0, 1), "low must be above 0, got 0"),
        (lambda: OneMinusLogUniform(0.9, 1), "high must be below 1, got 1"),
        (lambda: Integer(4, 2), "low must be at most high, got 4 and 2"),
        (lambda: Integer(1.5, 2), "low must be a whole number, got 1.5"),
        (lambda: Integer(0, 2, log=True), "low must be at least 1 on a log scale, got 0"),
        (lambda: Choice(()), "values must be a list of at least one value"),
        (lambda: Choice("adam"), "values must be a list of at least one value, got 'adam'"),
        (lambda: Choice(("a", "a")), "values must differ from one another"),
        (lambda: Choice(({"a": 1},)), "a value must be text, a number"),
        (lambda: Choice((float("nan"),)), "a value must be text, a number"),
        (lambda: Choice(("a", "b"), (1,)), "weights must be 2 numbers"),
        (lambda: Choice(("a", "b"), (1, -1)), "weights must be 2 numbers"),
        (lambda: Choice(("a", "b"), (0, 0)), "not all of them 0"),
        (lambda: OrZero(Uniform(-1, 1), 0.5), "inner must be a dimension of numbers of at least 0"),
        (lambda: OrZero(Choice((1, 2)), 0.5), "inner must be a dimension of numbers of at least 0"),
        (lambda: OrZero(Uniform(0, 1), 1.5), r"probability must lie in \[0, 1\], got 1.5"),
        (lambda: Space({"": Uniform(0, 1)}), "name must be a text of at least one letter"),
        (lambda: Space({"rate": (0, 1)}), r"'rate' must be a dimension such as Uniform\(0, 1\), got \(0, 1\)"),
    ],
)
def test_a_wrong_dimension_says_what_must_hold_and_what_came(make, message):
    with pytest.raises(SettingsError, match=message):
        make()


# JSON


@every_dimension
def test_a_dimension_survives_json(dimension):
    assert dimension_from_json(json.loads(json.dumps(dimension.to_json(), allow_nan=False))) == dimension


def test_a_space_survives_json_in_its_order():
    space = Space(DIMENSIONS)
    again = Space.from_json(json.loads(json.dumps(space.to_json(), allow_nan=False)))
    assert again == space and list(again) == list(space)


@given(weights=st.lists(st.floats(1e-3, 1), min_size=2, max_size=10))
def test_weights_do_not_drift_when_written_and_read_again(weights):
    dimension = Choice(tuple(range(len(weights))), tuple(weights))
    assert dimension_from_json(dimension.to_json()) == dimension


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"rate": {"kind": "log_uniform"}}, "dimension 'rate': a dimension needs a kind.*Did you mean 'log-uniform'"),
        ({"rate": {"kind": "uniform", "low": 0}}, "'rate': a uniform dimension is made of low, high; got low"),
        ({"rate": {"kind": "uniform", "low": 2, "high": 1}}, "'rate': uniform: low must be less than high"),
        ({"rate": 5}, "'rate': a dimension needs a kind"),
        ([1], "a space must map names to dimensions"),
    ],
)
def test_wrong_json_names_the_dimension_and_the_mend(value, message):
    with pytest.raises(SettingsError, match=message):
        Space.from_json(value)


# Space


def space() -> Space:
    return Space({"learning_rate": LogUniform(1e-4, 1), "drop_rate": OrZero(Uniform(0.05, 0.5), 0.3)})


def test_draws_of_a_dimension_stay_when_another_is_added_before_it():
    wider = Space({"beta1": OneMinusLogUniform(0.8, 0.99), **space()})
    before, after = space().sample(20, seed=3), wider.sample(20, seed=3)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_draws_do_not_depend_on_how_they_are_asked_for():
    whole = space().sample(20, seed=3)
    parts = [space().sample(12, seed=3), space().sample(8, seed=3, first=12)]
    for name, column in whole.items():
        assert np.array_equal(column, np.concatenate([part[name] for part in parts]))


def test_another_seed_and_another_name_draw_otherwise():
    same = Space({"a": Uniform(0, 1), "b": Uniform(0, 1)})
    assert not np.array_equal(same.sample(5, 0)["a"], same.sample(5, 1)["a"])
    assert not np.array_equal(same.sample(5, 0)["a"], same.sample(5, 0)["b"])


def test_twenty_five_random_trials_try_twenty_five_values_of_each_hyperparameter():
    draws = Space({"alpha": LogUniform(1e-4, 1), "beta": OneMinusLogUniform(0.9, 0.999)}).sample(25, seed=0)
    assert len(set(draws["alpha"])) == len(set(draws["beta"])) == 25


def test_dimensions_are_replaced_in_place_added_at_the_end_and_left_out():
    changed = space().with_dimensions({"learning_rate": LogUniform(1e-3, 1e-2), "l2": Uniform(0, 1), "drop_rate": None})
    assert list(changed) == ["learning_rate", "l2"]
    assert changed["learning_rate"] == LogUniform(1e-3, 1e-2)


def test_zoom_of_a_space_leaves_dimensions_that_the_centre_does_not_name():
    zoomed = space().zoom({"learning_rate": 1e-2, "unknown": 1}, 0.5)
    assert (zoomed["learning_rate"].low, zoomed["learning_rate"].high) == pytest.approx((1e-3, 1e-1))
    assert zoomed["drop_rate"] == space()["drop_rate"]


def test_a_space_says_in_words_what_it_holds():
    assert Space(DIMENSIONS).describe()["one minus"] == "0.9 to 0.999, log scale of 1 − value"
    assert space().describe() == {"learning_rate": "0.0001 to 1, log scale", "drop_rate": "0 (30%), or 0.05 to 0.5"}
    assert Choice(("a", "b"), (3, 1)).describe() == "one of a (75%), b (25%)"
    assert Integer(8, 512, log=True).describe() == "8 to 512, whole, log scale"


def test_columns_of_members_mark_what_a_member_lacks():
    columns = columns_of([{"rate": 0.1, "optimizer": "adam"}, {"optimizer": "sgd", "hidden": (64,)}, {"rate": 1}])
    np.testing.assert_array_equal(columns["rate"], [0.1, np.nan, 1.0])
    assert columns["optimizer"].tolist() == ["adam", "sgd", None]
    assert columns["hidden"].tolist() == [None, (64,), None]
    assert columns_of([]) == {}


def test_streams_of_other_names_are_other_streams():
    assert stream(0, "a", "b").random() == stream(0, "a", "b").random()
    assert stream(0, "a", "b").random() != stream(0, "a", "c").random()
