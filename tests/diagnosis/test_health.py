"""Small questions to what was collected, answered by hand."""

import numpy as np

from caviar.diagnosis.health import Activation


def relu(rows, silent):
    nothing = np.full(len(rows), np.nan)
    return Activation("relu", "relu", False, np.array(rows), nothing, nothing, np.array(silent, dtype=bool), nothing)


def test_a_unit_is_dead_only_if_every_one_of_the_last_batches_found_it_silent():
    one = relu([60, 60, 60], [[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 1, 0]])
    assert one.dead_share() == (0.25, 120)


def test_as_many_batches_count_as_hold_a_hundred_rows_or_all_there_are():
    assert relu([200, 100], [[0, 0], [1, 0]]).dead_share() == (0.5, 100)
    assert relu([40, 50], [[1, 0], [1, 1]]).dead_share() == (0.5, 90)


def test_the_start_is_read_from_the_first_batches():
    one = relu([100, 100], [[1, 0, 0, 0], [1, 1, 1, 0]])
    assert one.dead_share(at_start=True) == (0.25, 100)
    assert one.dead_share() == (0.75, 100)


def test_a_step_that_did_not_see_the_units_decides_nothing():
    assert relu([100, 0], [[1, 0], [1, 1]]).dead_share() == (0.5, 100)
