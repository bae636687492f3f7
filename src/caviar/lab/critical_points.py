"""Points where the gradient is zero, found by Newton's method from random starts, and their curvatures. Notes 2.10."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import grad, jacrev, vmap

from caviar.core.random import stream

Cost = Callable[[Tensor], Tensor]
"""(parameter,) → (): one point's cost."""

NUM_STEPS, LONGEST, ZERO = 50, 0.3, 1e-7


@dataclass(frozen=True)
class Points:
    """Critical points: `where` (point, parameter), their `costs` (point,), `curvatures` (point, parameter), rising."""

    where: Tensor
    costs: Tensor
    curvatures: Tensor

    @property
    def index(self) -> Tensor:
        """How many directions curve downwards, (point,): 0 at a minimum, all at a maximum, else a saddle."""
        return (self.curvatures < 0).sum(1)

    @property
    def saddles(self) -> Tensor:
        return (self.index > 0) & (self.index < self.curvatures.shape[1])


def newton(curvatures: Tensor) -> Tensor:
    """What the gradient is divided by along each eigenvector: Newton's method goes to the nearest zero of any kind."""
    return curvatures


def downhill(curvatures: Tensor) -> Tensor:
    """The curvature without its sign: away from saddles, down to a minimum (Dauphin et al., 2014, arXiv 1406.2572)."""
    return curvatures.abs()


def critical_points(cost: Cost, starts: Tensor, divisor: Callable[[Tensor], Tensor] = newton) -> Points:
    """The starts, (point, parameter) float64, that arrive where ‖gradient‖ < 1e-7; steps are bounded to stay near."""
    gradient_of, hessian_of = vmap(grad(cost)), vmap(jacrev(grad(cost)))
    longest = LONGEST * math.sqrt(starts.shape[1])
    where, gone = starts, []
    for _ in range(NUM_STEPS):
        gradients = gradient_of(where)
        under_way = gradients.norm(dim=1) >= ZERO
        gone.append(where[~under_way])
        where, gradients = where[under_way], gradients[under_way]
        if not len(where):
            break
        curvatures, directions = torch.linalg.eigh(hessian_of(where))
        slopes = torch.einsum("kij,ki->kj", directions, gradients)  # (point, direction)
        steps = torch.einsum("kij,kj->ki", directions, slopes / divisor(curvatures))
        where = where - steps * torch.clamp(longest / steps.norm(dim=1, keepdim=True), max=1)
    arrived = torch.cat(gone)
    assert len(arrived), "Newton's method arrived nowhere"
    return Points(arrived, vmap(cost)(arrived), torch.linalg.eigvalsh(hessian_of(arrived)))


class RandomFunction:
    """√(2/m) Σ cos(w · x + φ): smooth, Gaussian in its values, of unit length scale, in any number of dimensions."""

    def __init__(self, num_dimensions: int, seed: int, num_waves: int = 200):
        generator = stream(seed, "random function", num_dimensions)
        self.waves = torch.randn(num_waves, num_dimensions, generator=generator, dtype=torch.float64)
        self.phases = 2 * math.pi * torch.rand(num_waves, generator=generator, dtype=torch.float64)

    def __call__(self, x: Tensor) -> Tensor:
        return math.sqrt(2 / len(self.phases)) * torch.cos(self.waves @ x + self.phases).sum()

    def starts(self, num: int, seed: int) -> Tensor:
        """(point, dimension), so far apart that hardly two find the same point."""
        generator = stream(seed, "starts", self.waves.shape[1])
        return 100 * torch.rand(num, self.waves.shape[1], generator=generator, dtype=torch.float64)


class SmallNetwork:
    """Cost of a tanh network with one hidden layer, an L2 penalty on all its parameters, as a function of them.

    The penalty keeps the zeros of the gradient at finite places, and apart from each other.
    """

    def __init__(self, num_hidden: int, features: Tensor, labels: Tensor, decay: float = 0.01):
        self.num_classes = int(labels.max()) + 1
        self.shapes = (
            (num_hidden, features.shape[1]),
            (num_hidden,),
            (self.num_classes, num_hidden),
            (self.num_classes,),
        )
        self.num_parameters = sum(math.prod(shape) for shape in self.shapes)
        self.features, self.decay = features, decay
        self.targets = torch.nn.functional.one_hot(labels, self.num_classes).to(features.dtype)

    def __call__(self, parameters: Tensor) -> Tensor:
        first, bias, second, offset = (
            part.view(shape)
            for part, shape in zip(parameters.split([math.prod(one) for one in self.shapes]), self.shapes, strict=True)
        )
        logits = torch.tanh(self.features @ first.T + bias) @ second.T + offset
        loss = -(self.targets * torch.log_softmax(logits, dim=1)).sum(1).mean()
        return loss + self.decay / 2 * parameters.square().sum()

    def starts(self, num: int, seed: int) -> Tensor:
        """(point, parameter), each from N(0, 1)."""
        generator = stream(seed, "starts", self.num_parameters)
        return torch.randn(num, self.num_parameters, generator=generator, dtype=torch.float64)
