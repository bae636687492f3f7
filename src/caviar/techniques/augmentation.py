"""Augmentation: fresh variants of the same rows in every step, each member at its own strength. Notes 1.8, C2.10.

Noise on inputs: Bishop, 1995, doi 10.1162/neco.1995.7.1.108 (about an L2 penalty on the slope) · affine distortion of
pictures: Simard et al., 2003, doi 10.1109/ICDAR.2003.1227801.

Members share the draws of a step (core/random.py): they see the same noise and the same motions, scaled by their
strength, so that the strength alone makes the difference.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from caviar.core.random import uniform
from caviar.techniques.precision import at_least_single

MOST_SHIFT = 0.25
"""Share of the side, either way, at strength 1."""
MOST_TURN = math.radians(15)
MOST_ZOOM = 0.1


def augmentation_draws(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """The random numbers of one step, float32, shared by all members.

    Args:
        shape: of the batch, (batch, input) or (batch, channel, height, width).

    Returns:
        For a table standard normal (batch, input). For pictures (batch, 5): shift right, shift down, turn and zoom in
        [−1, 1), and in [0, 1) the draw that decides about the flip.
    """
    if len(shape) == 2:
        return torch.randn(shape, generator=generator, device=generator.device)
    draws = uniform((shape[0], 5), generator)
    draws[:, :4].mul_(2).sub_(1)
    return draws


def augment(features: Tensor, strength: Tensor, draws: Tensor, flip: bool = False) -> Tensor:
    """All members' variants of one batch; strength 0 gives back the very same numbers.

    Args:
        features: (batch, input) floats, standardised, or (batch, channel, height, width).
        strength: (member,) in [0, 1]. For a table the noise's standard deviation; for pictures the share of the
            largest shift (25 % of the side), turn (15°) and zoom (10 %).
        draws: from `augmentation_draws`.
        flip: mirror pictures left to right with probability strength / 2; not for digits or text.

    Returns:
        (member, batch, input) or (member, batch, channel, height, width), typed like `features`.

    >>> pictures = torch.rand(16, 1, 28, 28)
    >>> draws = augmentation_draws(pictures.shape, torch.Generator().manual_seed(0))
    >>> variants = augment(pictures, torch.tensor([0.0, 0.5]), draws)
    >>> variants.shape, bool((variants[0] == pictures).all())
    (torch.Size([2, 16, 1, 28, 28]), True)
    """
    if features.dim() == 2:
        return add_noise(features, strength, draws)
    return distort(features, strength, draws, flip)


def add_noise(rows: Tensor, strength: Tensor, noise: Tensor) -> Tensor:
    """Gaussian noise, x + strength · ε: (batch, input), (member,), (batch, input) → (member, batch, input)."""
    return rows + strength.to(rows.dtype).view(-1, 1, 1) * noise.to(rows.dtype)


def distort(pictures: Tensor, strength: Tensor, draws: Tensor, flip: bool = False) -> Tensor:
    """Move, turn, zoom and perhaps mirror; what comes in from outside is the picture reflected at its edge.

    Pixels between pixels are interpolated linearly. Shapes as in `augment`.
    """
    batch, channels, height, width = pictures.shape
    exact = at_least_single(pictures)
    grids = _places(strength.to(exact.dtype), draws.to(exact.dtype), height, width, flip)
    # one picture is sampled for all members at once, their grids one below the other: no copies of the picture
    stacked = grids.transpose(0, 1).reshape(batch, -1, width, 2)  # (batch, member · height, width, 2)
    sampled = functional.grid_sample(exact, stacked, "bilinear", "reflection", align_corners=False)
    variants = sampled.view(batch, channels, -1, height, width).permute(2, 0, 1, 3, 4)
    # torch's sampling at the pixels' own places rounds; strength 0 is exactly off
    return torch.where(strength.view(-1, 1, 1, 1, 1) == 0, pictures, variants.to(pictures.dtype))


def _places(strength: Tensor, draws: Tensor, height: int, width: int, flip: bool) -> Tensor:
    """Where each pixel of a variant comes from in its picture: (member, batch, height, width, 2), x then y.

    In torch's coordinates the sides are −1 and 1. A pixel at p was at R(−turn) (p − shift) / zoom, turned about the
    centre in pixels, so that a picture that is wider than high stays undistorted.
    """
    motion = strength.view(-1, 1, 1) * draws[:, :4]  # (member, batch, 4)
    right, down, turn, zoom = motion.unsqueeze(-1).unsqueeze(-1).unbind(2)  # (member, batch, 1, 1) each
    scale = 1 + MOST_ZOOM * zoom
    cosine, sine = torch.cos(MOST_TURN * turn) / scale, torch.sin(MOST_TURN * turn) / scale
    x = _centres(width, draws) - 2 * MOST_SHIFT * right  # (member, batch, 1, width)
    y = _centres(height, draws).unsqueeze(1) - 2 * MOST_SHIFT * down  # (member, batch, height, 1)
    from_x = cosine * x + sine * y * (height / width)
    from_y = cosine * y - sine * x * (width / height)
    if flip:
        mirrored = draws[:, 4] < strength.unsqueeze(1) / 2  # (member, batch)
        from_x = torch.where(mirrored.unsqueeze(-1).unsqueeze(-1), -from_x, from_x)
    return torch.stack([from_x, from_y], dim=-1)


def _centres(num_pixels: int, like: Tensor) -> Tensor:
    """The pixels' centres between −1 and 1, (pixel,)."""
    return (2 * torch.arange(num_pixels, dtype=like.dtype, device=like.device) + 1) / num_pixels - 1
