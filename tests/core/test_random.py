"""Random streams depend on their key alone, whatever was drawn before or beside."""

import torch

from caviar.core.random import permutation, stream, uniform


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
