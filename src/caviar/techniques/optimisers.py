"""Gradient descent, momentum, RMSprop and Adam as one update with different settings. Notes 2.2, 2.6, 2.7, 2.8.

Descent: Robbins & Monro, 1951, doi 10.1214/aoms/1177729586 · momentum: Polyak, 1964, doi 10.1016/0041-5553(64)90137-5;
Nesterov, 1983; Sutskever et al., 2013, proceedings.mlr.press/v28/sutskever13.html · RMSprop: Hinton, 2012, lecture 6e ·
Adam: Kingma & Ba, 2015, arXiv 1412.6980 · AdamW is Adam with the decoupled decay of penalties.py.

        v ← β1 · v + (1 − β1) · g                   momentum (β1 = 0: plain descent)
        s ← β2 · s + (1 − β2) · g²                  RMSprop
        v̂ = v / (1 − β1^t),  ŝ = s / (1 − β2^t)     bias correction, where it is on
        W ← W − α · v̂ / (√ŝ + ε)                    without `adaptive` the denominator is 1

Momentum without the (1 − β1), v ← β1 · v + g, is "heavy-ball": the same path at the rate α · (1 − β1). Nesterov's looks
one step ahead: W ← W − α · (g + β1 · v).

Each setting is a column with one value a member, so one population may mix all of them. Conventions are torch's: ε
stands outside the root, and L2 enters through the gradient, so that it is scaled with it inside Adam.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from caviar.core.errors import SettingsError, nearest


@dataclass(frozen=True)
class Optimiser:
    """What makes an optimiser of the one update.

    `averaged` False is the heavy-ball form v ← βv + g, whose rate is α · (1 − β) of the notes' form (torch's SGD).
    """

    momentum: bool
    adaptive: bool
    corrected: bool
    nesterov: bool = False
    averaged: bool = True


OPTIMISERS: dict[str, Optimiser] = {
    "gradient-descent": Optimiser(momentum=False, adaptive=False, corrected=False),
    "momentum": Optimiser(momentum=True, adaptive=False, corrected=False),
    "momentum-corrected": Optimiser(momentum=True, adaptive=False, corrected=True),
    "heavy-ball": Optimiser(momentum=True, adaptive=False, corrected=False, averaged=False),
    "nesterov": Optimiser(momentum=True, adaptive=False, corrected=False, nesterov=True, averaged=False),
    "rmsprop": Optimiser(momentum=False, adaptive=True, corrected=False),
    "adam": Optimiser(momentum=True, adaptive=True, corrected=True),
}


def optimiser_number(name: str) -> int:
    """The place of an optimiser in OPTIMISERS, by which a population's column names it."""
    if name not in OPTIMISERS:
        raise SettingsError(
            f"optimiser {name!r} is unknown: choose from {', '.join(OPTIMISERS)}.{nearest(name, list(OPTIMISERS))}"
        )
    return list(OPTIMISERS).index(name)


class Update:
    """The columns of the one update, worked out once for a population; `apply` is the step.

    Args:
        kind: (member,) numbers from `optimiser_number`.
        beta1, beta2: (member,) in [0, 1). epsilon: (member,) above 0.

    Three optimisers on (w − 5)², as three members of one parameter:

    >>> w, v, s = torch.zeros(3, 1), torch.zeros(3, 1), torch.zeros(3, 1)
    >>> kind = torch.tensor([optimiser_number(name) for name in ("gradient-descent", "momentum", "adam")])
    >>> update = Update(kind, torch.full((3,), 0.9), torch.full((3,), 0.999), torch.full((3,), 1e-8))
    >>> for step in range(1, 201):
    ...     update.apply(w, 2 * (w - 5), v, s, torch.tensor([[0.1], [0.1], [0.3]]), step)
    >>> w.flatten().round(decimals=1).tolist()
    [5.0, 5.0, 5.0]
    """

    def __init__(self, kind: Tensor, beta1: Tensor, beta2: Tensor, epsilon: Tensor):
        chosen = [list(OPTIMISERS.values())[number] for number in kind.tolist()]

        def column(flags: list[bool]) -> Tensor:
            return torch.tensor(flags, device=beta1.device).unsqueeze(1)

        self.adaptive = column([one.adaptive for one in chosen])
        self.corrected = column([one.corrected for one in chosen])
        self.nesterov = column([one.nesterov for one in chosen])
        averaged = column([one.averaged for one in chosen])
        self.beta1 = torch.where(column([one.momentum for one in chosen]), beta1.unsqueeze(1), 0.0)
        self.beta2 = beta2.unsqueeze(1)
        self.epsilon = epsilon.unsqueeze(1)
        self.weight1 = torch.where(averaged, 1 - self.beta1, 1.0)
        self.all_adam = bool((self.adaptive & self.corrected & averaged & ~self.nesterov).all())
        self.any_adaptive = bool(self.adaptive.any())

    def apply(
        self, parameters: Tensor, gradients: Tensor, velocity: Tensor, square: Tensor, rate: Tensor, step: int
    ) -> None:
        """One step for all members, in place.

        Args:
            parameters, gradients, velocity, square: (member, parameter); `gradients` is used up as scratch. The
                moments v and s are float32 or float64: in half precision g² would come out as 0.
            rate: (member, 1) learning rates of this step. step: t, counted from 1.
        """
        if torch.finfo(square.dtype).bits < 32 or torch.finfo(velocity.dtype).bits < 32:
            raise SettingsError(
                f"velocity and square must be float32 or float64; got {velocity.dtype} and {square.dtype}. "
                "Keep the moments of half-precision weights in float32."
            )
        gradients = gradients.to(square.dtype)
        correction1 = torch.where(self.corrected, 1 - self.beta1**step, 1.0)
        correction2 = torch.where(self.corrected, 1 - self.beta2**step, 1.0)
        if self.all_adam:
            self._adam(parameters, gradients, velocity, square, rate / correction1, correction2.sqrt())
            return
        velocity.mul_(self.beta1).addcmul_(gradients, self.weight1)
        direction = torch.where(self.nesterov, gradients + self.beta1 * velocity, velocity) / correction1
        if self.any_adaptive:
            square.lerp_(gradients.square(), 1 - self.beta2)
            root = (square / correction2).sqrt_().add_(self.epsilon)
            direction /= torch.where(self.adaptive, root, 1.0)
        parameters.addcmul_(direction, -rate)

    def _adam(
        self, parameters: Tensor, gradients: Tensor, velocity: Tensor, square: Tensor, rate: Tensor, root2: Tensor
    ) -> None:
        """The same for members that all run Adam, with the fewest passes over memory.

        v̂ / (√ŝ + ε) = v · root2 / (√s + ε · root2) / (1 − β1^t), with root2 = √(1 − β2^t).
        """
        velocity.lerp_(gradients, self.weight1)
        gradients.square_()
        square.lerp_(gradients, 1 - self.beta2)
        torch.sqrt(square, out=gradients)
        gradients.add_(self.epsilon * root2)
        torch.div(velocity, gradients, out=gradients)
        parameters.addcmul_(gradients, -(rate * root2))
