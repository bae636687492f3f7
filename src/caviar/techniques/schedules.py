"""Learning-rate decay: the factor on the first rate α0 as training goes on. Notes 2.9.

Cosine: Loshchilov & Hutter, 2017, arXiv 1608.03983.

>>> epoch = torch.tensor([[0.0], [1.0], [2.0]])  # (step, 1)
>>> kind = torch.tensor([schedule_number("inverse-time"), schedule_number("exponential")])
>>> decay, warmup, epochs = torch.tensor([1.0, 0.5]), torch.zeros(2), torch.full((2,), 3.0)
>>> [[round(one, 2) for one in step] for step in decay_factors(epoch, kind, decay, warmup, epochs).tolist()]
[[1.0, 1.0], [0.5, 0.5], [0.33, 0.25]]
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from caviar.core.errors import SettingsError, nearest


def constant(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
    """α0 throughout."""
    return torch.ones_like(epoch * decay)


def inverse_time(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
    """α0 / (1 + decay · epoch)."""
    return 1 / (1 + decay * epoch)


def exponential(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
    """decay^epoch · α0, such as 0.95^epoch."""
    return decay**epoch


def inverse_root(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
    """α0 · k / √epoch with k = `decay`, from the first epoch's end on; before it, k · α0. With k / √t, `epoch` is t."""
    return decay / torch.sqrt(torch.clamp(epoch * torch.ones_like(decay), min=1))


def staircase(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
    """Halved after each `decay` epochs."""
    return 0.5 ** torch.floor(epoch / decay)


def cosine(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
    """From 1 down to `decay` along half a cosine over the planned epochs."""
    share = torch.clamp(epoch / epochs, max=1)
    return decay + (1 - decay) * 0.5 * (1 + torch.cos(torch.pi * share))


def linear(epoch: Tensor, decay: Tensor, epochs: Tensor) -> Tensor:
    """From 1 down to `decay` along a straight line over the planned epochs."""
    return 1 - (1 - decay) * torch.clamp(epoch / epochs, max=1)


SCHEDULES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "constant": constant,
    "inverse-time": inverse_time,
    "exponential": exponential,
    "inverse-root": inverse_root,
    "staircase": staircase,
    "cosine": cosine,
    "linear": linear,
}


NEED_DECAY = {"exponential": "0.95", "inverse-root": "1", "staircase": "10"}
"""Schedules that a decay of 0 leaves without a rate to train with, and a usual value for each."""


def by_hand(epoch: Tensor, changes: Mapping[float, float]) -> Tensor:
    """α = factor · α0 as somebody sets it while watching, the factor of the last change so far; 1 before the first.

    Args:
        epoch: any shape, time in epochs. changes: factor by the epoch from which it holds, in any order.

    >>> by_hand(torch.tensor([0.0, 9.9, 10.0, 25.0]), {10: 0.5, 20: 0.25}).tolist()
    [1.0, 1.0, 0.5, 0.25]
    """
    factor = torch.ones_like(epoch)
    for start in sorted(changes):
        factor = torch.where(epoch >= start, changes[start], factor)
    return factor


def schedule_number(name: str) -> int:
    """The place of a schedule in SCHEDULES, by which a population's column names it."""
    if name not in SCHEDULES:
        raise SettingsError(
            f"schedule {name!r} is unknown: choose from {', '.join(SCHEDULES)}.{nearest(name, list(SCHEDULES))}"
        )
    return list(SCHEDULES).index(name)


def decay_factors(epoch: Tensor, kind: Tensor, decay: Tensor, warmup: Tensor, epochs: Tensor) -> Tensor:
    """The factor on each member's first learning rate.

    Args:
        epoch: (step, 1) time in epochs, fractions included: 0.5 is the middle of the first epoch.
        kind: (member,) numbers from `schedule_number`; one population may mix them.
        decay: (member,) the schedule's constant; warmup: (member,) epochs of linear rise from 0, 0 for none;
            epochs: (member,) planned length, at least 1.

    Returns:
        (step, member), at least 0.

    Raises:
        SettingsError: a decay of 0 where the schedule would be 0, or 0 / 0, from the start on.
    """
    factors = torch.empty(epoch.shape[0], kind.shape[0], dtype=decay.dtype, device=decay.device)
    for number in torch.unique(kind).tolist():
        members = kind == number
        name, schedule = list(SCHEDULES.items())[number]
        if name in NEED_DECAY and (decay[members] == 0).any():
            raise SettingsError(f"schedule {name!r} needs a decay above 0, such as {NEED_DECAY[name]}; got 0.")
        factors[:, members] = schedule(epoch, decay[members], epochs[members]).to(factors.dtype)
    rise = torch.where(warmup > 0, epoch / torch.clamp(warmup, min=1e-12), torch.ones_like(warmup))
    return factors * torch.clamp(rise, max=1)
