"""The common table: optimisers, penalties, clipping."""

import math

import torch
from common_entry import Entry, column, normal

from caviar.techniques import (
    Update,
    add_l1_gradient,
    add_l2_gradient,
    clip_gradients,
    decay_weights,
    optimiser_number,
)

MIXED = ["gradient-descent", "adam", "momentum"]


def walked(kind, start, gradients, rate, beta1, beta2, epsilon):
    """Some steps of the update; `gradients` (member, step, parameter)."""
    update = Update(torch.tensor([optimiser_number(name) for name in kind]), beta1, beta2, epsilon)
    velocity, square = (torch.zeros(start.shape, dtype=beta1.dtype) for _ in range(2))
    for step, gradient in enumerate(gradients.unbind(1), start=1):
        update.apply(start, gradient.clone(), velocity, square, rate.unsqueeze(1), step)
    return start


def plainly_walked(kind, start, gradients, rate, beta1, beta2, epsilon):
    """The same by torch.optim; the (1 − β) form equals torch's with the rate scaled."""
    parameter, alpha, beta = torch.nn.Parameter(start), rate.item(), beta1.item()
    scaled = alpha * (1 - beta) if kind.startswith("momentum") else alpha
    if kind == "gradient-descent":
        optimiser = torch.optim.SGD([parameter], lr=alpha)
    elif kind == "rmsprop":
        optimiser = torch.optim.RMSprop([parameter], lr=alpha, alpha=beta2.item(), eps=epsilon.item())
    elif kind == "adam":
        optimiser = torch.optim.Adam([parameter], lr=alpha, betas=(beta, beta2.item()), eps=epsilon.item())
    else:
        optimiser = torch.optim.SGD([parameter], lr=scaled, momentum=beta, nesterov=kind == "nesterov" and beta > 0)
    for step, gradient in enumerate(gradients, start=1):
        if kind == "momentum-corrected":
            optimiser.param_groups[0]["lr"] = scaled / (1 - beta**step)
        parameter.grad = gradient.clone()
        optimiser.step()
    return parameter.detach()


def optimiser(*kinds):
    zeros = torch.zeros(3, dtype=torch.float64)
    return Entry(
        walked,
        plainly_walked,
        {
            "kind": list(kinds) * (3 // len(kinds)),
            "start": normal(3, 6),
            "gradients": normal(3, 12, 6, seed=1),
            "rate": column(0.1, 0.02, 0.3),
            "beta1": column(0.9, 0.5, 0.98),
            "beta2": column(0.99, 0.9, 0.999),
            "epsilon": column(1e-8, 1e-3, 1e-8),
        },
        edges={
            "learning rate 0": {"rate": zeros},
            "β 0": {"beta1": zeros, "beta2": zeros},
            "t = 1": {"gradients": normal(3, 1, 6, seed=1)},
            "gradient 0": {"gradients": torch.zeros(3, 4, 6, dtype=torch.float64)},
            "one parameter": {"start": normal(3, 1), "gradients": normal(3, 5, 1, seed=1)},
            "beside other optimisers": {"kind": [kinds[0], *MIXED[1:]]},
        },
        refused={
            "moments in half precision": (half_moments(kinds[0]), "must be float32 or float64; got torch.float16")
        },
        no_gradient="nothing is differentiated through an update",
        halves=("start", "gradients"),
        results=("same",),
    )


def half_moments(kind):
    halves = torch.zeros(1, 2, dtype=torch.float16)
    update = Update(torch.tensor([optimiser_number(kind)]), *(torch.full((1,), 0.9) for _ in range(3)))
    return lambda: update.apply(halves, halves, halves, halves, torch.ones(1, 1), 1)


def after(change):
    """What an in-place change makes of its first argument."""

    def run(first, *others, **named):
        change(first, *others, **named)
        return first

    return run


def l2_by_autograd(gradient, weights, strength):
    weights.requires_grad_()
    return gradient + torch.autograd.grad((strength / 2 * weights**2).sum(), weights)[0]


def l1_by_autograd(gradient, weights, strength):
    weights.requires_grad_()
    return gradient + torch.autograd.grad((strength * weights.abs()).sum(), weights)[0]


def penalty(technique, plain, cost):
    """`cost` is that of which the technique adds the derivative, beside a loss of slope `gradient`."""
    return Entry(
        lambda gradient, weights, strength: after(technique)(gradient, weights, strength),
        plain,
        {"gradient": normal(3, 5), "weights": normal(3, 5, seed=1), "strength": column(0.3, 0.7, 2.0).view(3, 1)},
        edges={
            "λ 0": {"strength": torch.zeros(3, 1, dtype=torch.float64)},
            "weights 0": {"weights": torch.zeros(3, 5, dtype=torch.float64)},
            "one weight": {"gradient": normal(3, 1), "weights": normal(3, 1, seed=1)},
        },
        derivative_of=(
            "weights",
            lambda gradient, weights, strength: (gradient * weights).sum() + cost(weights, strength),
        ),
        halves=("gradient", "weights"),
        results=("same",),
    )


def clipped(gradients, max_norm):
    norms = clip_gradients(gradients, max_norm)
    return gradients, norms


def clipped_plainly(gradients, max_norm):
    parameter = torch.nn.Parameter(torch.zeros_like(gradients))
    parameter.grad = gradients
    norm = torch.nn.utils.clip_grad_norm_([parameter], max_norm.item())
    return parameter.grad, norm


UPDATES = {
    "gradient-descent": optimiser("gradient-descent"),
    "momentum": optimiser("momentum", "momentum-corrected", "heavy-ball"),
    "nesterov": optimiser("nesterov"),
    "rmsprop": optimiser("rmsprop"),
    "adam": optimiser("adam"),
    "l2-penalty": penalty(add_l2_gradient, l2_by_autograd, lambda w, strength: strength / 2 * (w**2).sum()),
    "l1-penalty": penalty(add_l1_gradient, l1_by_autograd, lambda w, strength: strength * w.abs().sum()),
    "decoupled-weight-decay": Entry(
        lambda weights, rate, decay: after(decay_weights)(weights, rate, decay),
        lambda weights, rate, decay: weights - rate * decay * weights,
        {"weights": normal(3, 5), "rate": column(0.1, 0.01, 1.0).view(3, 1), "decay": column(0.1, 2.0, 0.5).view(3, 1)},
        edges={
            "decay 0": {"decay": torch.zeros(3, 1, dtype=torch.float64)},
            "learning rate 0": {"rate": torch.zeros(3, 1, dtype=torch.float64)},
            "one weight": {"weights": normal(3, 1)},
        },
        gradient_by=("weights",),
        halves=("weights",),
        results=("same",),
    ),
    "gradient-clipping": Entry(
        clipped,
        clipped_plainly,
        # as long as half precision can hold, so that the squares are longer
        {"gradients": normal(3, 40, scale=1e4), "max_norm": column(1.0, math.inf, 500.0)},
        edges={
            "a tiny norm": {"max_norm": column(1e-30, 1e-300, 1e-12)},
            "gradient 0": {"gradients": torch.zeros(3, 4, dtype=torch.float64)},
            "one parameter": {"gradients": normal(3, 1)},
            "short gradients": {"gradients": normal(3, 4, scale=1e-9)},
        },
        no_gradient="nothing is differentiated through a gradient's length",
        halves=("gradients",),
        results=("same", "single"),
    ),
}
