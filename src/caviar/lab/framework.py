"""A few lines on a framework minimise w² − 10w + 25: w goes to 5. Notes 3.10, 3.11."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step as caviar_train_step
from caviar.techniques.losses import Loss

METHODS = ("gradient-descent", "momentum", "rmsprop", "adam")
STARTS = (0.0, -3.0, 12.0)
NUM_STEPS, RATE = 1000, 0.01
COEFFICIENTS = {5: (1.0, -10.0, 25.0), 10: (1.0, -20.0, 100.0)}  # by the w that minimises
RULE = (
    f"|w − w*| ≤ 0.001 after {NUM_STEPS:,} steps of gradient descent with α = {RATE}, as in the notes; the share of "
    "the starting points. The other methods are shown at the same α, where they may need more steps."
)


COST = Loss("cost", rows=lambda outputs, *_: outputs[:, 0], errors=lambda outputs, *_: outputs[:, 0])


class Polynomial(nn.Module):
    """J(w) = x₀w² + x₁w + x₂: the parameter is w, the coefficients x come as data, as in the notes' program."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        """`x` is (batch, coefficient), J is (batch,)."""
        return self.w**2 * x[:, 0] + self.w * x[:, 1] + x[:, 2]


def path(coefficients: tuple[float, ...], train_step: Callable[..., Tensor]) -> Tensor:
    """The w of each member after each step, (step, member): every method from every start is a member."""
    methods = [method for method in METHODS for _ in STARTS]
    population = Population(
        Polynomial(), Settings(len(methods), optimizer=methods), dtype=torch.float64, compiled=False
    )
    population.parameters.copy_(torch.tensor(STARTS * len(METHODS)).unsqueeze(1))
    x = torch.tensor([coefficients], dtype=torch.float64)
    rate = torch.full((len(methods),), RATE, dtype=torch.float64)
    steps = [population.parameters[:, 0].clone()]
    for _ in range(NUM_STEPS):
        train_step(population, x, x[:, 0], COST, rate, 0, 1)
        steps.append(population.parameters[:, 0].clone())
    return torch.stack(steps)


def run(seed: int = 0, train_step: Callable[..., Tensor] = caviar_train_step) -> Result:
    """Nothing is drawn at random here: `seed` changes nothing."""
    picture, axes = blank_picture("w on its way down w² − 10w + 25", "step", "w")
    rows = []
    for best, coefficients in COEFFICIENTS.items():
        steps = path(coefficients, train_step)
        ends = steps[-1].view(len(METHODS), len(STARTS))
        for method, end in zip(METHODS, ends, strict=True):
            worst = end[(end - best).abs().argmax()].item()
            share = ((end - best).abs() <= 0.001).double().mean().item()
            judged = method == "gradient-descent"
            what = f"{_written(coefficients)}, {method}, farthest w"
            rows.append(Row(what, f"{best}" if judged else "", round(worst, 6), share if judged else None))
        if best == 5:
            for number, method in enumerate(METHODS):
                axes.plot(steps[:, number * len(STARTS)], label=method)
    axes.set(xscale="symlog")
    axes.legend()
    return Result(rows, RULE, picture)


def _written(coefficients: tuple[float, ...]) -> str:
    _, linear, constant = coefficients
    return f"w² − {-linear:g}w + {constant:g}"
