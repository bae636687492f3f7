"""What a network's loss looks like around its weights: slope and curvatures by Hessian-vector products. Notes 2.10.

    Hv = ∂/∂θ ⟨∂J/∂θ, v⟩

costs two backward passes and never makes H (Pearlmutter, 1994, doi 10.1162/neco.1994.6.1.147). All is measured in moves
relative to the size of the weights: with D the size of each tensor, D g and D H D. A move of length √n changes every
weight by about its own size; it is called a whole move here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from caviar.core.random import stream

Direction = dict[str, Tensor]
"""Parameter → a tensor of its shape."""

NUM_LANCZOS, NUM_PROBES = 24, 4
MOVES = (0.03, 0.1, 0.3, 1.0)  # of a whole move
USUAL_BIAS = 0.1


@dataclass(frozen=True)
class Curvature:
    """Around the weights, every figure as a share of the loss there.

    Args:
        loss: at the weights. rows: over which it is the mean.
        slope: what a whole move down the gradient would win, were the loss a plane.
        gain: what the best move down the gradient wins by the parabola along it; at most the slope.
        smallest, largest: ½ λ of a whole move along the directions that curve down and up most; NaN: not measured.
        error: what those two may be off by.
        drop: what the best tried move along the direction that curves down most wins in truth; 0: nothing.
        layers: weight → ½ tr of its block: what a whole random move of it alone costs.
    """

    loss: float
    rows: int
    slope: float
    gain: float
    smallest: float = math.nan
    largest: float = math.nan
    error: float = math.nan
    drop: float = math.nan
    layers: Mapping[str, float] = field(default_factory=dict)


def curvature(
    loss: Callable[[Direction], Tensor], parameters: Direction, rows: int, worth_a_look: Callable[[Curvature], bool]
) -> Curvature:
    """Measured at `parameters`, leaves that need gradients; `loss` gives a scalar that can be differentiated twice.

    The curvatures take some thirty times as long as the slope: they are measured where `worth_a_look` says so.
    """
    value = loss(parameters)
    leaves = list(parameters.values())
    gradient = _filled(torch.autograd.grad(value, leaves, create_graph=True, allow_unused=True), parameters)
    sizes, here = usual_sizes(parameters), float(value.detach())
    whole = math.sqrt(sum(each.numel() for each in parameters.values()))

    def product(direction: Direction) -> Direction:
        """D H D v."""
        sloped = [(gradient[name] * sizes[name] * each).sum() for name, each in direction.items()]
        total = torch.stack(sloped).sum()
        if not total.requires_grad:
            return {name: torch.zeros_like(each) for name, each in direction.items()}
        found = torch.autograd.grad(total, leaves, retain_graph=True, allow_unused=True)
        return {name: each * sizes[name] for name, each in _filled(found, parameters).items()}

    downhill = {name: each.detach() * sizes[name] for name, each in gradient.items()}
    length = _length(downhill)
    slope = length * whole / here
    bend = _inner(downhill, product(downhill)) / length**2 if length > 0 else 0.0
    gain = min(slope, length**2 / (2 * bend) / here) if bend > 0 else slope
    first = Curvature(here, rows, slope, gain)
    if not worth_a_look(first):
        return first
    generator = stream(0, "curvature")
    values, error, lowest = lanczos(product, _normal(parameters, generator))
    share = whole**2 / 2 / here
    return Curvature(
        here,
        rows,
        slope,
        gain,
        smallest=share * float(values[0]),
        largest=share * float(values[-1]),
        error=share * error,
        drop=_drop(loss, parameters, sizes, lowest, whole, here),
        layers=_layers(product, parameters, generator, here),
    )


def usual_sizes(parameters: Direction) -> dict[str, float]:
    """Root mean square of each tensor; of weights at least 1/√(inputs), of biases 0.1, as usual first weights have."""
    found = {}
    for name, each in parameters.items():
        least = USUAL_BIAS if each.dim() < 2 else 1 / math.sqrt(each[0].numel())
        found[name] = max(float(each.detach().square().mean().sqrt()), least)
    return found


def lanczos(
    product: Callable[[Direction], Direction], start: Direction, num_steps: int = NUM_LANCZOS
) -> tuple[np.ndarray, float, Direction]:
    """Estimates of a symmetric matrix's eigenvalues, rising; how far off the end ones may be; the lowest's vector.

    From A V = V T + β v eᵀ with T tridiagonal: the extremes come first (Lanczos, 1950, doi 10.6028/jres.045.026). Each
    estimate is a curvature that some direction has. The error is β times the last entry of T's eigenvector.
    """
    along, beside, vectors = [], [], []
    vector, before, last = _scaled(start, 1 / _length(start)), None, 0.0
    for _ in range(num_steps):
        vectors.append({name: each.to("cpu") for name, each in vector.items()})
        following = product(vector)
        along.append(_inner(following, vector))
        following = {
            name: each - along[-1] * vector[name] - (0 if before is None else last * before[name])
            for name, each in following.items()
        }
        last = _length(following)
        beside.append(last)
        if last <= 1e-6 * max(map(abs, along)) or not math.isfinite(last):
            break
        before, vector = vector, _scaled(following, 1 / last)
    values, turns = np.linalg.eigh(np.diag(along) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1))
    lowest = {
        name: sum(float(turn) * one[name] for turn, one in zip(turns[:, 0], vectors, strict=True)).to(each.device)  # type: ignore[union-attr]
        for name, each in start.items()
    }
    return values, float(beside[-1] * np.abs(turns[-1, [0, -1]]).max()), lowest


@torch.no_grad()
def _drop(
    loss: Callable[[Direction], Tensor],
    parameters: Direction,
    sizes: Mapping[str, float],
    direction: Direction,
    whole: float,
    here: float,
) -> float:
    """The largest share of the loss that moves to both sides along the direction win."""
    length = _length(direction)
    wins = [0.0]
    for move in MOVES:
        for side in (-1, 1):
            far = side * move * whole / length
            moved = {name: each + far * sizes[name] * direction[name] for name, each in parameters.items()}
            wins.append((here - float(loss(moved))) / here)
    return max(each for each in wins if math.isfinite(each))


def _layers(
    product: Callable[[Direction], Direction], parameters: Direction, generator: torch.Generator, here: float
) -> dict[str, float]:
    """½ tr of each weight's block as a share of the loss, by random signs (Hutchinson, 1990)."""
    totals = dict.fromkeys([name for name, each in parameters.items() if each.dim() >= 2], 0.0)
    for _ in range(NUM_PROBES):
        signs = {name: each.sign() for name, each in _normal(parameters, generator).items()}
        bent = product(signs)
        for name in totals:
            totals[name] += float((signs[name] * bent[name]).sum()) / NUM_PROBES / 2 / here
    return totals


def _normal(parameters: Direction, generator: torch.Generator) -> Direction:
    return {name: torch.randn(each.shape, generator=generator).to(each) for name, each in parameters.items()}


def _filled(found: tuple[Tensor | None, ...], parameters: Direction) -> Direction:
    """By name; 0 for a parameter that takes no part."""
    pairs = zip(parameters.items(), found, strict=True)
    return {name: torch.zeros_like(each) if one is None else one for (name, each), one in pairs}


def _scaled(direction: Direction, factor: float) -> Direction:
    return {name: each * factor for name, each in direction.items()}


def _inner(left: Direction, right: Direction) -> float:
    return sum(float((each * right[name]).sum()) for name, each in left.items())


def _length(direction: Direction) -> float:
    return math.sqrt(max(_inner(direction, direction), 0.0))
