"""What the other members do changes nothing for a member, whichever way the network runs (DESIGN, rules 1 and 3)."""

import math

import numpy as np
import pytest
import torch
from cases import CASES, ROWS, SEED, grow, rates_of, train, trained
from choices import every_pair, settings_of

from caviar.population.settings import Settings
from caviar.population.step import loss_for, train_step
from caviar.population.threads import in_threads

STEPS = 24
MIXED = settings_of([row | {"dropout": "on"} for row in every_pair()[::7]])  # 8 members, every optimiser
MLP_CASE = "tanh batch norm dropout"


@pytest.fixture(
    params=[
        (MLP_CASE, "stacked"),
        (MLP_CASE, "vmapped"),
        (MLP_CASE, "looped"),
        ("LeNet", "vmapped"),
        ("residual", "looped"),
        ("user's own", "vmapped"),
    ],
    ids=" ".join,
)
def run(request):
    """A case and the way that its network runs."""
    name, way = request.param
    return CASES[name], way


def assert_same(found, expected):
    """Within rounding: products of more or fewer members may be summed in another order."""
    adaptive = torch.tensor([name in ("rmsprop", "adam") for name in expected.settings["optimizer"]])
    for matrix in ("parameters", "velocity", "square"):
        rows = adaptive if matrix == "square" else slice(None)  # without RMSprop or Adam it is nobody's
        torch.testing.assert_close(
            getattr(found, matrix)[rows], getattr(expected, matrix)[rows], rtol=1e-9, atol=1e-10, msg=matrix
        )
    for name, buffer in expected.buffers.items():
        torch.testing.assert_close(found.buffers[name], buffer, rtol=1e-9, atol=1e-10)


def kept(population, rows):
    population.keep(np.array(rows))
    return population


def test_permuting_members_permutes_the_result(run):
    case, way = run
    order = [3, 0, 7, 1, 6, 2, 5, 4]
    permuted = trained(case, MIXED.keep(np.array(order)), STEPS, way)
    assert_same(permuted, kept(trained(case, MIXED, STEPS, way), order))


def test_dropping_members_in_mid_run_changes_nothing_for_the_rest(run):
    case, way = run
    rates, rows = rates_of(MIXED, STEPS), [1, 4, 6]
    population = grow(case, MIXED, way)
    train(case, population, rates, range(10), STEPS)
    population.keep(np.array(rows))
    train(case, population, rates[:, rows], range(10, STEPS), STEPS)
    assert_same(population, kept(trained(case, MIXED, STEPS, way), rows))


def test_a_copy_of_a_member_goes_the_way_of_the_original(run):
    case, way = run
    rates, rows = rates_of(MIXED, STEPS), [0, 1, 2, 3, 4, 5, 6, 7, 2]
    population = grow(case, MIXED, way)
    train(case, population, rates, range(10), STEPS)
    population.keep(np.array(rows))
    train(case, population, rates[:, rows], range(10, STEPS), STEPS)
    assert_same(population, kept(trained(case, MIXED, STEPS, way), rows))


def test_members_at_nan_and_at_infinity_leave_their_neighbours_unchanged_bit_for_bit(run):
    case, way = run
    rates = rates_of(MIXED, STEPS)
    population = grow(case, MIXED, way)
    train(case, population, rates, range(5), STEPS)
    population.parameters[2], population.parameters[5] = math.nan, math.inf
    train(case, population, rates, range(5, STEPS), STEPS)
    neighbours = [0, 1, 3, 4, 6, 7]
    assert not torch.isfinite(population.parameters[[2, 5]]).all(1).any()
    healthy = trained(case, MIXED, STEPS, way)
    assert torch.equal(population.parameters[neighbours], healthy.parameters[neighbours])
    for name, buffer in healthy.buffers.items():
        assert torch.equal(population.buffers[name][neighbours], buffer[neighbours])


def test_a_lone_member_goes_the_way_that_it_goes_among_33(run):
    """Within rounding: a lone member's products may be cut into other blocks than those of 33."""
    case, way = run
    many = settings_of((every_pair() * 2)[:33])
    together = trained(case, many, 12, way)
    for row in (0, 17, 32):
        alone = trained(case, many.keep(np.array([row])), 12, way)
        torch.testing.assert_close(alone.parameters[0], together.parameters[row], rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("num_chunks", [2, 3, 8])
def test_chunks_side_by_side_train_the_same_population(run, num_chunks):
    case, way = run
    population, rates, batches = grow(case, MIXED, way), rates_of(MIXED, STEPS), case.batches(STEPS)

    def work(chunk, columns, stopped):
        for step, batch in enumerate(batches):
            train_step(chunk, *batch, loss_for(case.task), rates[step, columns], SEED, ROWS)

    in_threads(population.chunks(num_chunks), work)
    assert_same(population, trained(case, MIXED, STEPS, way))


def test_a_run_stopped_at_any_step_and_resumed_is_the_same_bit_for_bit(run):
    case, way = run
    rates, num_steps = rates_of(MIXED, 9), 9
    whole, states = grow(case, MIXED, way), []
    for step in range(num_steps):
        states.append({name: tensor.clone() for name, tensor in whole.state().items()})
        train(case, whole, rates, range(step, step + 1), num_steps)
    for step, state in enumerate(states):
        population = grow(case, MIXED, way)
        population.load_state(state)
        train(case, population, rates, range(step, num_steps), num_steps)
        for name, tensor in whole.state().items():
            assert torch.equal(population.state()[name], tensor), (step, name)


def test_a_failing_chunk_stops_the_others_and_is_reported():
    population = grow(CASES["relu"], Settings(2))
    seen = []

    def work(chunk, columns, stopped):
        if columns.start == 0:
            raise RuntimeError("out of memory")
        while not stopped():
            pass
        seen.append("stopped")

    with pytest.raises(RuntimeError, match="out of memory"):
        in_threads(population.chunks(2), work)
    assert seen == ["stopped"]
