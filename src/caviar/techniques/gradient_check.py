"""Gradient checking, for any torch module and any loss: is backward() right? Notes 1.12 to 1.14.

Bengio, 2012, arXiv 1206.5533.

    approx = (J(θ + ε) − J(θ − ε)) / 2ε
    ‖approx − gradient‖ / (‖approx‖ + ‖gradient‖):  1e-7 fine, 1e-5 look, 1e-3 a bug

It is for debugging alone, being slow; with regularisation included, dropout off, and done again after some training:

    print(gradient_check(network, nn.CrossEntropyLoss(), features, labels))
    print(gradient_check(network, nn.CrossEntropyLoss(), features, labels, steps=100))

A backward pass of one's own, with a sign wrong; the layer before it gets the wrong slope, the one behind it does not:

>>> class Squares(torch.autograd.Function):
...     @staticmethod
...     def forward(ctx, z):
...         ctx.save_for_backward(z)
...         return z**2
...
...     @staticmethod
...     def backward(ctx, upstream):
...         return -2 * ctx.saved_tensors[0] * upstream
>>> class Squared(nn.Module):
...     def forward(self, z):
...         return Squares.apply(z)
>>> network = nn.Sequential(nn.Linear(4, 3), Squared(), nn.Linear(3, 2))
>>> check = gradient_check(network, nn.CrossEntropyLoss(), torch.randn(8, 4), torch.randint(0, 2, (8,)))
>>> print(str(check).splitlines()[0])
Gradient check: look at 0.weight, 0.bias
>>> check["0.weight"].hint
'the gradient is -1 times what it should be, throughout'
>>> check["2.weight"].verdict
'fine'
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from caviar.core.errors import CaviarError, nearest
from caviar.core.random import permutation, stream
from caviar.techniques.checked_loss import ROUNDING, CheckedLoss
from caviar.techniques.gradient_check_result import Entry, GradientCheck, TensorCheck
from caviar.techniques.numerical_gradient import NumericalGradient, real

EPSILON = round(ROUNDING ** (1 / 3), 7)
TOLERANCE = 1e-8  # a slope that agrees so well needs no closer look


@torch.inference_mode(False)
def gradient_check(
    module: nn.Module,
    loss: Callable[..., Tensor],
    inputs: Any,
    *targets: Any,
    penalty: Callable[[nn.Module], Tensor | float] | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    gradients: Mapping[str, Any] | None = None,
    steps: int = 0,
    learning_rate: float = 0.01,
    num_entries: int = 20,
    epsilon: float = EPSILON,
    seed: int = 0,
) -> GradientCheck:
    """Hold the gradient of each parameter tensor against two-sided differences of the loss.

    All of it happens on a copy in float64; the module, its buffers, its gradients and torch's random state stay as they
    are. Of each tensor some entries are compared one by one, and the whole tensor along a random direction: where that
    one shows an error that the entries don't, halving the direction finds an entry that has it.

    Args:
        loss: called as `loss(module(inputs), *targets)`, gives one number.
        inputs: a tensor of any shape and type, or a tuple or a dict of the module's arguments.
        targets: what else the loss is given, if anything.
        penalty: called with the module, gives a number that is added to the loss. l1, l2: λ/m of λ/m Σ|w| and of
            λ/2m Σw² over all tensors of more than one axis, which leaves biases out.
        gradients: by name, tensors or arrays made by hand for this batch, penalties included; only these are checked.
            None: what backward() gives.
        steps: of gradient descent with `learning_rate`, on the copy, before checking.
        num_entries: how many entries of a tensor are compared; half of them where the gradient is not 0.
        epsilon: the step ε; where its value comes from, numerical_gradient.py says.
        seed: which entries are drawn.

    Raises:
        CaviarError: nothing to check; a loss that is random, not finite, no single number, or not in float64.
    """
    if not isinstance(module, nn.Module):
        raise CaviarError(
            f"what is checked must be a torch.nn.Module; got {type(module).__name__}. Put a function of tensors into "
            "the forward() of one, and the tensors to check into nn.Parameters."
        )
    _checked_settings(steps, learning_rate, num_entries, epsilon, gradients)
    checked = CheckedLoss(module, loss, inputs, targets, lambda one: _penalties(one, penalty, l1, l2))
    if not checked.parameters:
        raise CaviarError(
            "the module has no parameters that train. To check a gradient by the inputs, make them an nn.Parameter."
        )
    by_hand = None if gradients is None else _by_hand(gradients, checked.parameters)
    checked.settle()
    checked.descend(steps, learning_rate)
    found = by_hand if by_hand is not None else checked.gradients()
    numerical, remarks, tensors = NumericalGradient(checked, epsilon), checked.remarks, []
    for number, (name, gradient) in enumerate(found.items()):
        draws = stream(seed, "gradient check", number)
        tensors.append(_checked(numerical, name, gradient, num_entries, draws, remarks))
    if abs(checked.value() - numerical.here) > 64 * ROUNDING * abs(numerical.here):
        raise CaviarError("the loss changes from pass to pass: the module counts its calls, or keeps what it saw.")
    return GradientCheck(tensors, remarks + _not_checked(module, checked.parameters, found), epsilon)


def _checked(
    numerical: NumericalGradient,
    name: str,
    gradient: Tensor | None,
    num_entries: int,
    draws: torch.Generator,
    remarks: list[str],
) -> TensorCheck:
    """Compare one tensor. A gradient that is None counts as 0, as it does for an optimiser."""
    parameter = numerical.loss.parameters[name]
    slopes = real(torch.zeros_like(parameter) if gradient is None else gradient)

    def compared(flat: int) -> Entry:
        index = tuple(int(one) for one in torch.unravel_index(torch.tensor(flat), slopes.shape))
        given = float(slopes[index])
        slope = numerical.slope(numerical.entry(name, index), given, TOLERANCE)
        return Entry(index, slope.two_sided, given, slope.uncertainty, slope.kink)

    flats = _sample(slopes, num_entries, draws)
    entries = [compared(flat) for flat in flats]
    check = TensorCheck(name, tuple(parameter.shape), slopes.numel(), entries)
    if len(flats) < slopes.numel() and check.verdict == "fine":
        elsewhere = numerical.wrong_place(name, slopes, TOLERANCE, draws)
        if elsewhere is not None:
            entries.append(compared(elsewhere))
            if TensorCheck(name, check.shape, check.size, entries[-1:]).verdict == "fine":
                remarks.append(f"{name}: the whole disagrees along a random direction, no entry by itself does.")
    if kinks := sum(entry.kink for entry in entries):
        remarks.append(
            f"{name}: {kinks} of {len(entries)} entries sit on a kink, as of ReLU at 0, where the slopes of both sides "
            "differ. They are left out; check them at other weights, as after some steps."
        )
    if gradient is None and all(entry.difference <= entry.uncertainty for entry in entries):
        remarks.append(f"{name} takes no part in the loss.")
    return check


def _sample(gradient: Tensor, num_entries: int, draws: torch.Generator) -> list[int]:
    """Flat places: all, or some of which half have a gradient other than 0, as most of an embedding have not."""
    size = gradient.numel()
    if size <= num_entries:
        return list(range(size))
    given = gradient.reshape(-1).cpu()
    if len(broken := (~torch.isfinite(given)).nonzero()):
        return broken[:num_entries, 0].tolist()
    moving = given.nonzero()[:, 0]
    chosen = moving[permutation(len(moving), draws)[: num_entries // 2]].tolist()
    rest = [flat for flat in permutation(size, draws)[:num_entries].tolist() if flat not in chosen]
    return sorted(chosen + rest[: num_entries - len(chosen)])


def _penalties(
    module: nn.Module, penalty: Callable[[nn.Module], Tensor | float] | None, l1: float, l2: float
) -> Tensor | float:
    total: Tensor | float = 0.0 if penalty is None else penalty(module)
    for one in module.parameters():
        if one.dim() > 1 and (l1 or l2):
            total = total + l1 * one.abs().sum() + l2 / 2 * one.abs().square().sum()
    return total


def _by_hand(gradients: Mapping[str, Any], parameters: Mapping[str, Tensor]) -> dict[str, Tensor | None]:
    found: dict[str, Tensor | None] = {}
    for name, gradient in gradients.items():
        if name not in parameters:
            raise CaviarError(
                f"a gradient is given for {name!r}, which is no parameter that trains.{nearest(name, [*parameters])} "
                f"Those are: {', '.join(parameters)}."
            )
        given, needed = tuple(gradient.shape), tuple(parameters[name].shape)
        if given != needed:
            raise CaviarError(f"the gradient of {name!r} must have the parameter's shape {needed}; it has {given}.")
        found[name] = torch.as_tensor(gradient).detach().to(parameters[name])
    return found


def _not_checked(module: nn.Module, parameters: Mapping[str, Tensor], found: Mapping[str, Any]) -> list[str]:
    """Remarks on what was left out."""
    frozen = [name for name, one in module.named_parameters() if not one.requires_grad]
    missing = [name for name in parameters if name not in found]
    remarks = [f"Frozen, so not checked: {', '.join(frozen)}."] if frozen else []
    return remarks + ([f"No gradient was given, so not checked: {', '.join(missing)}."] if missing else [])


def _checked_settings(
    steps: int, learning_rate: float, num_entries: int, epsilon: float, gradients: Mapping[str, Any] | None
) -> None:
    if steps and gradients is not None:
        raise CaviarError("gradients made by hand belong to the weights as they are: steps must be 0 with them.")
    if steps < 0 or num_entries < 1 or not 0 < epsilon < 1 or not learning_rate > 0:
        raise CaviarError(
            "steps must be at least 0, num_entries at least 1, epsilon between 0 and 1 and learning_rate above 0; got "
            f"{steps}, {num_entries}, {epsilon} and {learning_rate}."
        )
