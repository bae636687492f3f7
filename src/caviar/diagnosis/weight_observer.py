"""Looks at gradients, weights and how far a step moved them. Notes 1.10, 1.11."""

import math
from collections.abc import Hashable
from typing import Any

import torch
from torch import Tensor, nn

from caviar.diagnosis.forward_observer import weight_layers

LARGEST_SAMPLE = 1 << 16  # weights of a layer that are compared before and after a step: ‖ΔW‖ to half a per cent
LAST_TWIN_CHECK = 8
TWIN_UNITS, TWIN_WEIGHTS = 256, 4096


class WeightObserver:
    """Of one model and its optimiser: call it before and after a step that is watched."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer):
        self.optimizer = optimizer
        self.layers = weight_layers(model)
        self.tables = {name for name, each in model.named_modules() if isinstance(each, nn.Embedding)}
        self.before: dict[str, list[Tensor]] = {}
        self.last_gradients: list[Tensor | None] = []

    @torch.no_grad()
    def before_step(self) -> None:
        """Keep a sample of each layer's weights."""
        self.before = {name: [_sample(each).clone() for each in weights] for name, weights in self.layers.items()}

    @torch.no_grad()
    def after_step(self, step: int) -> dict[Hashable, Any]:
        """Figures of the step under the keys of HealthLog; gradients are still there until they are zeroed."""
        figures: dict[Hashable, Any] = gradient_figures(self.layers, self.optimizer)
        for name, weights in self.layers.items():
            old = _norms(self.before[name])
            moved = _norms([_sample(each) - was for each, was in zip(weights, self.before[name], strict=True)])
            figures["layer", name, "weight_norm"] = _together(_norms(list(weights)))
            figures["layer", name, "update_ratio"] = _together(moved) / _together(old)
            twins = None
            if step <= LAST_TWIN_CHECK and name not in self.tables:
                twins = twin_share(weights[0], weights[0].grad)
            if twins is not None:
                figures["layer", name, "twin_share"] = twins
        self.last_gradients = [None if each is None else each.clone() for each in self._gradients()]
        rates = [float(group["lr"]) for group in self.optimizer.param_groups if "lr" in group]
        return figures | {("step", "", "learning_rate"): max(rates, default=math.nan)}

    @torch.no_grad()
    def agreement(self) -> Tensor | None:
        """The cosine of the gradients now and after the step that was last watched; asked once, the step after it."""
        then, self.last_gradients = self.last_gradients, []
        pairs = [
            (was, each)
            for was, each in zip(then, self._gradients(), strict=False)
            if was is not None and each is not None and was.shape == each.shape and was.device == each.device
        ]
        if not pairs:
            return None
        return cosine([was for was, _ in pairs], [each for _, each in pairs])

    def _gradients(self) -> list[Tensor | None]:
        """A flat sample of each weight's gradient; None where there is none, or a sparse or complex one."""
        gradients = [each.grad for layer in self.layers.values() for each in layer]
        return [None if each is None or each.is_sparse or each.is_complex() else _sample(each) for each in gradients]


def cosine(left: list[Tensor], right: list[Tensor]) -> Tensor:
    """⟨a, b⟩ / ‖a‖ ‖b‖ of flat vectors that come in parts; 0/0 where one of them is 0."""
    device = left[0].device
    products = [torch.dot(_wide(one), _wide(other)).to(device) for one, other in zip(left, right, strict=True)]
    lengths = [_together([each.to(device) for each in _norms(side)]) for side in (left, right)]
    return torch.stack(products).sum() / (lengths[0] * lengths[1])


def gradient_figures(layers: dict[str, list[nn.Parameter]], optimizer: torch.optim.Optimizer) -> dict[Hashable, Any]:
    """‖g‖ of each layer's weights, and over every parameter that is trained; sparse gradients are left out."""
    trained = [each for group in optimizer.param_groups for each in group["params"]]
    dense = [each for each in trained if each.grad is not None and not each.grad.is_sparse]
    norms = dict(zip(map(id, dense), _norms([each.grad for each in dense]), strict=True))
    figures: dict[Hashable, Any] = {}
    for name, weights in layers.items():
        found = [norms[id(each)] for each in weights if id(each) in norms]
        if found:
            figures["layer", name, "gradient_norm"] = _together(found)
    if norms:
        first = next(iter(norms.values())).device
        figures["step", "", "gradient_norm"] = _together([each.to(first) for each in norms.values()])
    return figures


def twin_share(weight: Tensor, gradient: Tensor | None) -> Tensor | None:
    """Share of units whose weights and gradients equal those of the unit before: such units never part.

    None where there is no gradient or a single unit.

    Args:
        weight, gradient: (unit, …); of large ones the first 256 units and 4,096 weights of each are compared.
    """
    if gradient is None or gradient.is_sparse or len(weight) < 2:
        return None
    rows = weight[:TWIN_UNITS].flatten(1)[:, :TWIN_WEIGHTS]
    slopes = gradient[:TWIN_UNITS].flatten(1)[:, :TWIN_WEIGHTS]
    same = (rows[1:] == rows[:-1]).all(dim=1) & (slopes[1:] == slopes[:-1]).all(dim=1)
    return same.float().mean()


def numbers(figures: dict[Any, Any]) -> dict[Any, Any]:
    """0-dim tensors as Python numbers, (unit,) flags as arrays: one transfer a device and type.

    What was measured and is not a number becomes infinite, as NaN stands for what was not seen.
    """
    found = dict(figures)
    groups: dict[tuple, list[Any]] = {}
    for key, value in figures.items():
        if isinstance(value, Tensor):
            if value.dim():
                found[key] = value.cpu().numpy()
            else:
                groups.setdefault((value.device, value.dtype), []).append(key)
    for keys in groups.values():
        values = torch.stack([figures[key] for key in keys]).nan_to_num(math.inf, math.inf, -math.inf)
        found |= zip(keys, values.tolist(), strict=True)
    return found


def _sample(weight: Tensor) -> Tensor:
    """At most 65,536 of the weights, evenly spaced; an odd gap, so that it does not run down one column."""
    flat = weight.detach().reshape(-1)
    gap = -(-flat.numel() // LARGEST_SAMPLE)
    return flat if gap == 1 else flat[:: gap | 1]


def _wide(tensor: Tensor) -> Tensor:
    """In float32 at least: products of half floats overflow."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _norms(tensors: list[Any]) -> list[Tensor]:
    half = any(each.dtype in (torch.float16, torch.bfloat16) for each in tensors)
    return list(torch._foreach_norm(tensors, dtype=torch.float32 if half else None)) if tensors else []


def _together(norms: list[Tensor]) -> Tensor:
    """The norm of the whole from norms of its parts."""
    return norms[0] if len(norms) == 1 else torch.linalg.vector_norm(torch.stack(norms))
