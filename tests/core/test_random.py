"""Random streams depend on their key alone, whatever was drawn before or beside."""

import pytest
import torch

from caviar.core.random import global_generator, permutation, stream, uniform


def test_a_stream_is_a_function_of_seed_purpose_and_counters():
    def draw(*key):
        return uniform((5,), stream(*key)).tolist()

    assert draw(0, "dropout", 3, 1) == draw(0, "dropout", 3, 1)
    keys = [
        (0, "dropout", 3, 1),
        (1, "dropout", 3, 1),
        (0, "batch order", 3, 1),
        (0, "dropout", 4, 1),
        (0, "dropout", 3, 2),
        (0, "dropout", 31),
    ]
    assert len({tuple(draw(*key)) for key in keys}) == len(keys)


def test_the_global_generator_has_no_say():
    torch.manual_seed(0)
    before = uniform((3,), stream(7, "x"))
    torch.rand(100)
    assert torch.equal(uniform((3,), stream(7, "x")), before)


def test_precision_does_not_change_a_draw():
    assert torch.equal(uniform((9,), stream(1, "x"), torch.float64), uniform((9,), stream(1, "x")).double())


def test_a_permutation_holds_every_row_once():
    assert sorted(permutation(50, stream(0, "batch order", 1)).tolist()) == list(range(50))


def test_borrowed_global_generators_are_seeded_and_given_back():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    with global_generator(7, torch.device("cpu")) as drawn:
        assert not drawn()
        first = torch.rand(4)
        assert drawn()
    assert torch.equal(torch.rand(4), expected)
    with global_generator(7, torch.device("cpu")):
        assert torch.equal(torch.rand(4), first)


def test_borrowed_global_generators_are_given_back_after_an_error():
    before = torch.random.get_rng_state()
    with pytest.raises(RuntimeError), global_generator(7, torch.device("cpu")):
        torch.rand(4) @ torch.rand(5)  # sizes that don't fit
    assert torch.equal(torch.random.get_rng_state(), before)
    with global_generator(7, torch.device("cpu")):  # would wait for ever, were it still held
        pass
