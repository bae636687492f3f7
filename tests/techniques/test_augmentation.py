"""Augmentation: shared draws, ranges, mirrors, and strength 0 as exactly off. Pixel for pixel: test_common.py."""

import pytest
import torch

from caviar.techniques.augmentation import augment, augmentation_draws, distort

HEIGHT, WIDTH = 5, 8


def pictures_and_draws(batch=4, height=HEIGHT, width=WIDTH, dtype=torch.float64):
    generator = torch.Generator().manual_seed(2)
    pictures = torch.rand(batch, 2, height, width, generator=generator, dtype=dtype)
    return pictures, augmentation_draws(pictures.shape, generator)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_strength_zero_gives_back_the_very_same_pixels(dtype):
    pictures, draws = pictures_and_draws(height=28, width=28, dtype=torch.float64)
    pictures = pictures.to(dtype)
    variants = augment(pictures, torch.tensor([0.0, 0.5, 0.0]), draws, flip=True)
    assert variants.dtype == dtype
    assert torch.equal(variants[0], pictures) and torch.equal(variants[2], pictures)
    assert not torch.equal(variants[1], pictures)


def test_a_quarter_of_the_side_is_the_largest_shift_and_the_edge_is_a_mirror():
    picture = torch.arange(8.0).expand(1, 1, 4, 8)
    draws = torch.tensor([[1.0, 0.0, 0.0, 0.0, 1.0]])
    [right] = distort(picture, torch.ones(1), draws)
    torch.testing.assert_close(right[0, 0, 0], torch.tensor([1.0, 0, 0, 1, 2, 3, 4, 5]))
    [down] = distort(picture.transpose(2, 3), torch.ones(1), torch.tensor([[0.0, 1.0, 0.0, 0.0, 1.0]]))
    torch.testing.assert_close(down[0, 0, :, 0], torch.tensor([1.0, 0, 0, 1, 2, 3, 4, 5]))


def test_a_flip_is_a_mirror_image_and_comes_with_half_the_strength():
    pictures = torch.rand(4000, 1, 2, 3, generator=torch.Generator().manual_seed(0))
    draws = augmentation_draws(pictures.shape, torch.Generator().manual_seed(1))
    draws[:, :4] = 0
    variants = distort(pictures, torch.tensor([0.0, 0.4, 1.0]), draws, flip=True)
    mirrored = torch.isclose(variants, pictures.flip(3), atol=1e-5).all((2, 3, 4))
    assert mirrored.float().mean(1).tolist() == pytest.approx([0.0, 0.2, 0.5], abs=0.03)
    as_is = torch.isclose(variants, pictures, atol=1e-5).all((2, 3, 4))
    assert (mirrored | as_is).all()
    assert not (mirrored[1] & ~mirrored[2]).any(), "who flips at 0.4 flips at 1"
    assert not torch.isclose(distort(pictures, torch.ones(1), draws), pictures.flip(3)).all((2, 3, 4)).any()


def test_noise_is_the_shared_draw_times_each_members_strength():
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(500, 20, generator=generator, dtype=torch.float64)
    noise = augmentation_draws(rows.shape, generator)
    noisy = augment(rows, torch.tensor([0.0, 0.25, 0.5]), noise)
    assert noisy.shape == (3, 500, 20) and noisy.dtype == torch.float64
    assert torch.equal(noisy[0], rows)
    torch.testing.assert_close(2 * (noisy[1] - rows), noisy[2] - rows)
    assert (noisy[2] - rows).std().item() == pytest.approx(0.5, rel=0.05)
    assert (noisy[2] - rows).mean().item() == pytest.approx(0.0, abs=0.02)


def test_the_draws_are_a_function_of_the_generator_and_lie_in_their_ranges():
    shape = (5000, 1, 4, 4)
    draws = augmentation_draws(shape, torch.Generator().manual_seed(3))
    assert torch.equal(draws, augmentation_draws(shape, torch.Generator().manual_seed(3)))
    assert draws.shape == (5000, 5) and draws.dtype == torch.float32
    assert draws.amin(0).tolist() == pytest.approx([-1, -1, -1, -1, 0], abs=0.01)
    assert draws.amax(0).tolist() == pytest.approx([1, 1, 1, 1, 1], abs=0.01)
    assert torch.corrcoef(draws.T).fill_diagonal_(0).abs().max() < 0.06
