"""Augmentation against a slow reference in pixels; shared draws, each member's own strength, and 0 as exactly off."""

import math

import pytest
import torch

from caviar.techniques.augmentation import add_noise, augment, augmentation_draws, distort

HEIGHT, WIDTH = 5, 8
STRENGTHS = (0.0, 0.3, 1.0)


def pictures_and_draws(batch=4, height=HEIGHT, width=WIDTH, dtype=torch.float64):
    generator = torch.Generator().manual_seed(2)
    pictures = torch.rand(batch, 2, height, width, generator=generator, dtype=dtype)
    return pictures, augmentation_draws(pictures.shape, generator)


def reflected(index, size):
    """The pixel seen at a place outside: 1 0 | 0 1 2 | 2 1."""
    index %= 2 * size
    return index if index < size else 2 * size - 1 - index


def plain_pixel(picture, row, column, strength, draws, flip):
    """One pixel of a variant, reckoned in pixels from the centre; `picture` (height, width)."""
    height, width = picture.shape
    right, down, turn, zoom, coin = draws.tolist()
    x = column - (width - 1) / 2 - 0.25 * strength * right * width
    y = row - (height - 1) / 2 - 0.25 * strength * down * height
    angle = math.radians(15 * strength * turn)
    x, y = math.cos(angle) * x + math.sin(angle) * y, math.cos(angle) * y - math.sin(angle) * x
    x, y = x / (1 + 0.1 * strength * zoom), y / (1 + 0.1 * strength * zoom)
    if flip and coin < strength / 2:
        x = -x
    x, y = x + (width - 1) / 2, y + (height - 1) / 2
    left, top = math.floor(x), math.floor(y)
    value = 0.0
    for i, share_y in ((top, top + 1 - y), (top + 1, y - top)):
        for j, share_x in ((left, left + 1 - x), (left + 1, x - left)):
            value += share_x * share_y * picture[reflected(i, height), reflected(j, width)].item()
    return value


@pytest.mark.parametrize("flip", [False, True])
def test_every_pixel_is_where_a_plain_loop_finds_it(flip):
    pictures, draws = pictures_and_draws()
    strength = torch.tensor(STRENGTHS, dtype=torch.float64)
    variants = augment(pictures, strength, draws, flip)
    assert variants.shape == (3, 4, 2, HEIGHT, WIDTH)
    for member, own in enumerate(STRENGTHS):
        for number, picture in enumerate(pictures):
            for row in range(HEIGHT):
                for column in range(WIDTH):
                    expected = plain_pixel(picture[1], row, column, own, draws[number], flip)
                    assert variants[member, number, 1, row, column].item() == pytest.approx(expected, abs=1e-9)


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


@pytest.mark.parametrize("kind", ["table", "pictures"])
def test_a_member_alone_sees_what_it_sees_among_others(kind):
    table = torch.linspace(-2, 2, 18, dtype=torch.float64).view(6, 3)
    features = table if kind == "table" else pictures_and_draws()[0]
    draws = augmentation_draws(features.shape, torch.Generator().manual_seed(5))
    strength = torch.tensor([0.1, 0.8, 0.8], dtype=torch.float64)
    together = augment(features, strength, draws, flip=True)
    assert torch.equal(together[1], together[2])
    for member in range(3):
        alone = augment(features, strength[[member]], draws, flip=True)
        torch.testing.assert_close(alone[0], together[member], rtol=1e-13, atol=1e-13)


def test_a_member_whose_strength_is_nan_leaves_the_others_unchanged():
    pictures, draws = pictures_and_draws()
    clean = distort(pictures, torch.tensor([0.2, 0.5]), draws, flip=True)
    beside = distort(pictures, torch.tensor([0.2, torch.nan, 0.5]), draws, flip=True)
    assert torch.equal(beside[[0, 2]], clean)
    rows, noise = torch.randn(2, 3, 2, generator=torch.Generator().manual_seed(0))
    assert torch.equal(
        add_noise(rows, torch.tensor([torch.nan, 0.5]), noise)[1], add_noise(rows, torch.tensor([0.5]), noise)[0]
    )


def test_the_draws_are_a_function_of_the_generator_and_lie_in_their_ranges():
    shape = (5000, 1, 4, 4)
    draws = augmentation_draws(shape, torch.Generator().manual_seed(3))
    assert torch.equal(draws, augmentation_draws(shape, torch.Generator().manual_seed(3)))
    assert draws.shape == (5000, 5) and draws.dtype == torch.float32
    assert draws.amin(0).tolist() == pytest.approx([-1, -1, -1, -1, 0], abs=0.01)
    assert draws.amax(0).tolist() == pytest.approx([1, 1, 1, 1, 1], abs=0.01)
    assert torch.corrcoef(draws.T).fill_diagonal_(0).abs().max() < 0.06
