"""Axes: the right scale for what was drawn, round ticks within it, readable labels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.report.scales import Scale, WithSlots, kind_of, labels, scale_of

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (10 ** GENERATOR.uniform(-4, -1, 200), "log"),
        (10 ** GENERATOR.uniform(-3, -1.6, 60), "log"),
        (GENERATOR.uniform(0.001, 0.5, 200), "linear"),  # drop rates: a wide ratio, evenly drawn
        (GENERATOR.uniform(0.5, 1.5, 200), "linear"),
        (1 - 10 ** GENERATOR.uniform(-3, -0.7, 200), "log of 1 − value"),
        (np.array([32.0, 64.0, 128.0, 256.0, 1024.0]), "log"),
        (np.array([3.0]), "linear"),
        (np.array([-1.0, 0.0, 5.0]), "linear"),
    ],
)
def test_scale_is_the_one_that_values_were_drawn_on(values, kind):
    assert kind_of(values) == kind
    assert scale_of(values).kind == kind


@given(
    st.floats(1e-6, 1e6),
    st.floats(1.001, 1e5),
    st.sampled_from(["linear", "log"]),
    st.integers(3, 9),
    st.sampled_from([1.0, 100.0]),
)
def test_ticks_are_few_rising_and_within_the_scale(low, ratio, kind, most, factor):
    scale = Scale(low, low * ratio, kind, factor)
    ticks = scale.ticks(most)
    assert 1 <= len(ticks) <= most + 2
    assert all(before < after for before, after in pairwise(ticks))
    assert all(low * 0.998 <= tick <= low * ratio * 1.002 for tick in ticks)
    places = [place for place, _ in scale.marks(most)]
    assert all(-0.01 <= place <= 1.01 for place in places)


@given(st.lists(st.floats(1e-9, 1e9), min_size=2, max_size=20))
def test_values_lie_within_their_scale_in_their_own_order(values):
    values = np.array(values)
    scale = scale_of(values)
    places = scale.place(np.sort(values))
    assert (places >= 0).all()
    assert (places <= 1).all()
    assert (np.diff(places) >= 0).all()


def test_momentum_gets_ticks_close_to_one():
    assert [label for _, label in scale_of(1 - np.logspace(-3, -1, 50)).marks(6)] == [
        "0.9",
        "0.97",
        "0.99",
        "0.997",
        "0.999",
    ]


def test_log_scale_has_slots_for_zero_and_infinity_at_its_ends():
    axis = WithSlots(Scale(0.01, 100, "log"), zero=True, infinity=True)
    zero, low, high, endless = axis.place(np.array([0.0, 0.01, 100.0, np.inf]))
    assert 0 < zero < low < high < endless < 1
    assert [label for _, label in axis.marks(7)][:1] == ["0"]
    assert [label for _, label in axis.marks(7)][-1:] == ["∞"]


@pytest.mark.parametrize(
    ("ticks", "shown"),
    [
        ([0, 20_000, 40_000], ["0", "20,000", "40,000"]),
        ([0.5, 0.75, 1.0], ["0.50", "0.75", "1.00"]),
        ([-100, 0, 100], ["−100", "0", "100"]),
        ([0.001, 0.01, 0.1], ["0.001", "0.01", "0.1"]),
        ([1e-6, 1e-5, 2e-5], ["10⁻⁶", "10⁻⁵", "2·10⁻⁵"]),
        ([0, 1e7, 2e7], ["0", "10⁷", "2·10⁷"]),
        ([], []),
    ],
)
def test_labels_read_well(ticks, shown):
    assert labels(ticks) == shown


def test_one_value_alone_has_room_around_it():
    for value in (0.0, 3.0, -2.0):
        scale = scale_of([value])
        assert scale.low <= value <= scale.high
        assert scale.low < scale.high
