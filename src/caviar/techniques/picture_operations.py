"""New pictures from old ones, one operation a function: mirror, crop, rotate, shear, warp. Notes 1.8, C2.10.

Warp: Simard et al., 2003, doi 10.1109/ICDAR.2003.1227801.

All take pictures (picture, channel, height, width) and an amount for each of them, drawn by the caller; an amount of 0
gives back the very same pixels. What comes in from outside is the picture reflected at its edge; between pixels is
interpolated linearly. How a population moves, turns, zooms and mirrors at once, each member at its own strength,
stands in augmentation.py.

>>> pictures = torch.rand(8, 3, 32, 32)
>>> varied = flip(pictures, torch.rand(8) < 0.5)
>>> varied = rotate(varied, torch.empty(8).uniform_(-15, 15))
>>> varied = shear(varied, torch.empty(8).uniform_(-0.1, 0.1))
>>> crop(varied, torch.randint(0, 5, (8,)), torch.randint(0, 5, (8,)), 28, 28).shape
torch.Size([8, 3, 28, 28])
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from caviar.core.errors import DataError
from caviar.techniques.precision import at_least_single


def flip(pictures: Tensor, mirrored: Tensor) -> Tensor:
    """Left to right where `mirrored`, (picture,) bool; not for digits or text."""
    return torch.where(mirrored.view(-1, 1, 1, 1), pictures.flip(3), pictures)


def crop(pictures: Tensor, top: Tensor, left: Tensor, height: int, width: int) -> Tensor:
    """A window of each picture: (picture, channel, height, width), `top` and `left` (picture,) whole numbers."""
    room = (pictures.shape[2] - height, pictures.shape[3] - width)
    for name, first, most in (("top", top, room[0]), ("left", left, room[1])):
        if min(height, width) < 1 or most < 0 or ((first < 0) | (first > most)).any():
            raise DataError(
                f"a window of {height}×{width} must lie inside pictures of {pictures.shape[2]}×{pictures.shape[3]}: "
                f"{name} may be 0 to {most}, got {first.tolist()}."
            )
    rows = top.view(-1, 1) + torch.arange(height, device=top.device)  # (picture, height)
    columns = left.view(-1, 1) + torch.arange(width, device=left.device)  # (picture, width)
    numbers = torch.arange(len(pictures), device=pictures.device).view(-1, 1, 1)
    return pictures.movedim(1, 3)[numbers, rows.unsqueeze(2), columns.unsqueeze(1)].movedim(3, 1)


def rotate(pictures: Tensor, degrees: Tensor) -> Tensor:
    """Turned clockwise about the centre: x ← cos · x + sin · y, y ← cos · y − sin · x. `degrees` (picture,)."""
    x, y = _from_centre(pictures)
    angle = (_amount(degrees, pictures) * (math.pi / 180)).view(-1, 1, 1)
    return _looked_up(
        pictures, torch.cos(angle) * x + torch.sin(angle) * y, torch.cos(angle) * y - torch.sin(angle) * x
    )


def shear(pictures: Tensor, amount: Tensor) -> Tensor:
    """Rows slid sideways in proportion to their height over the centre: x ← x − amount · y. `amount` (picture,)."""
    x, y = _from_centre(pictures)
    return _looked_up(pictures, x - _amount(amount, pictures).view(-1, 1, 1) * y, y.expand_as(pictures[:, 0]))


def warp(pictures: Tensor, pixels: Tensor, draws: Tensor, smoothness: float = 4.0) -> Tensor:
    """Bent locally, as handwriting is: each pixel is taken from a place nearby, neighbours from nearly the same.

    The way there is a random field, averaged over neighbours by a Gaussian and scaled to `pixels` on average.

    Args:
        pixels: (picture,) root mean square of the ways, at least 0; 0 leaves a picture alone.
        draws: standard normal, (picture, 2, height, width).
        smoothness: the Gaussian's deviation in pixels, above 0: small shakes, large bends.
    """
    field = _smoothed(_amount(draws, pictures), smoothness)
    typical = field.square().mean((1, 2, 3), keepdim=True).sqrt()
    ways = _amount(pixels, pictures).view(-1, 1, 1, 1) * field / torch.where(typical > 0, typical, 1)
    x, y = _from_centre(pictures)
    return _looked_up(pictures, x + ways[:, 0], y + ways[:, 1])


def _smoothed(field: Tensor, deviation: float) -> Tensor:
    """The Gaussian average over neighbours, rows after columns; (picture, 2, height, width)."""
    reach = math.ceil(3 * deviation)
    places = torch.arange(-reach, reach + 1, dtype=field.dtype, device=field.device)
    weights = torch.softmax(-places.square() / (2 * deviation**2), 0).expand(2, 1, -1)
    field = functional.conv2d(field, weights.unsqueeze(2), padding=(0, reach), groups=2)
    return functional.conv2d(field, weights.unsqueeze(3), padding=(reach, 0), groups=2)


def _amount(amount: Tensor, pictures: Tensor) -> Tensor:
    """Typed like the pictures, in single precision at least."""
    return amount.to(torch.promote_types(pictures.dtype, torch.float32))


def _from_centre(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """The pixels' places from the picture's centre: x (1, width) to the right, y (height, 1) down."""
    like = _amount(pictures[:0, :0], pictures)
    x, y = (
        torch.arange(size, dtype=like.dtype, device=like.device) - (size - 1) / 2 for size in pictures.shape[2:][::-1]
    )
    return x.unsqueeze(0), y.unsqueeze(1)


def _looked_up(pictures: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """The picture's values at other places from its centre, x and y (picture, height, width)."""
    height, width = pictures.shape[2:]
    grid = torch.stack([2 * x / width, 2 * y / height], dim=-1)  # in torch's coordinates the sides are −1 and 1
    exact = at_least_single(pictures)
    sampled = functional.grid_sample(exact, grid, "bilinear", "reflection", align_corners=False)
    # torch's sampling at a pixel's own place rounds; what does not move stays as it is
    own_x, own_y = _from_centre(pictures)
    still = ((x == own_x) & (y == own_y)).unsqueeze(1)
    return torch.where(still, pictures, sampled.to(pictures.dtype))
