"""Which way each operation goes, seen on a few pixels. Against a loop over pixels: test_common.py."""

import torch

from caviar.techniques import crop, flip, rotate, shear, warp


def picture(*rows):
    return torch.tensor(rows, dtype=torch.float64).view(1, 1, len(rows), -1)


def number(value):
    return torch.tensor([value], dtype=torch.float64)


def test_a_flip_mirrors_left_and_right():
    assert torch.equal(flip(picture([1, 2, 3], [4, 5, 6]), torch.tensor([True])), picture([3, 2, 1], [6, 5, 4]))


def test_a_crop_counts_from_the_top_and_the_left():
    cropped = crop(picture([1, 2, 3], [4, 5, 6]), torch.tensor([1]), torch.tensor([0]), 1, 2)
    assert torch.equal(cropped, picture([4, 5]))


def test_a_quarter_turn_goes_clockwise():
    torch.testing.assert_close(rotate(picture([1, 2], [3, 4]), number(90.0)), picture([3, 1], [4, 2]))


def test_shear_leaves_the_middle_row_and_slides_the_others_opposite_ways():
    sheared = shear(picture(*[[0, 0, 1, 0, 0]] * 3), number(1.0))
    torch.testing.assert_close(sheared, picture([0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]))


def test_a_smooth_warp_moves_neighbours_alike_and_a_rough_one_does_not():
    ramp = torch.arange(32.0).expand(1, 1, 32, 32)  # a value is its column, and tells where it came from
    draws = torch.randn(1, 2, 32, 32, generator=torch.Generator().manual_seed(0))

    def step_between_neighbours(smoothness):
        """As a share of the typical way."""
        ways = (warp(ramp, torch.ones(1), draws, smoothness) - ramp)[..., 4:-4, 4:-4]
        return (ways.diff(dim=2).square().mean() / ways.square().mean()).sqrt().item()

    assert step_between_neighbours(4.0) < 0.3
    assert step_between_neighbours(0.5) > 0.8
