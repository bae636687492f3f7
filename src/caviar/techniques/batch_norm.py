"""Batch normalisation (Ioffe & Szegedy, 2015, arXiv 1502.03167). Notes 3.4, 3.5, 3.6, 3.7."""

from torch import Tensor
from torch.nn import functional

from caviar.core.errors import CaviarError


def batch_norm(
    z: Tensor,
    gamma: Tensor,
    beta: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
    training: bool,
    momentum: float = 0.1,
    epsilon: float = 1e-5,
) -> Tensor:
    """Normalise each unit over the batch, then let the network choose its mean and scale, for all members at once.

        z_norm = (z − μ) / √(σ² + ε),    z̃ = γ · z_norm + β

    In training μ and σ² are the batch's, and the running averages move towards them by `momentum` (in place, σ² with m
    − 1 in the denominator, as torch does); in test mode μ and σ² are the running averages.

    Every (member, unit) pair is one channel of torch's own kernel, so the population costs one call.

    Args:
        z: (member, unit, batch), at least two rows a batch in training.
        gamma, beta, running_mean, running_var: (member, unit); the running ones contiguous. All of z's precision, or
            float32 where z is float16 or bfloat16.
        momentum: in [0, 1], 1 − β of the notes' average. epsilon: above 0.

    Returns:
        (member, unit, batch), typed like z.

    >>> import torch
    >>> z, ones, zeros = torch.randn(1, 3, 200) * 5 + 2, torch.ones(1, 3), torch.zeros(1, 3)
    >>> mean, var = torch.zeros(1, 3), torch.ones(1, 3)
    >>> normalised = batch_norm(z, ones, zeros, mean, var, training=True)
    >>> print(f"mean {normalised.mean().abs():.1f}, deviation {normalised.std(correction=0):.1f}")
    mean 0.0, deviation 1.0
    """
    num_members, num_units, batch = z.shape
    if training and batch < 2:
        raise CaviarError(
            f"batch norm in training needs at least two rows a batch, of which to take μ and σ²; got {batch}. "
            "Use larger batches, or join a lone last row to the batch before it."
        )
    normalised = functional.batch_norm(
        z.reshape(1, num_members * num_units, batch),
        running_mean.view(-1),
        running_var.view(-1),
        gamma.reshape(-1),
        beta.reshape(-1),
        training,
        momentum,
        epsilon,
    )
    return normalised.view(num_members, num_units, batch)
