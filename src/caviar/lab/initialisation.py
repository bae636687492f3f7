"""Zero weights stay alike, large ones train badly, 1/n (tanh) and 2/n (ReLU) train fast. Notes 1.11."""

import math

import numpy as np
import torch
from torch import Tensor

from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

STARTS = {"zeros": ("zeros", 1.0), "large": ("xavier", 10.0), "xavier": ("xavier", 1.0), "he": ("he", 1.0)}
RATES = (0.03, 0.1, 0.3)
NUM_SEEDS, NUM_ROWS, HIDDEN, TARGET = 3, 300, (32,) * 5, 0.5
RULE = (
    f"Each start is judged at its own best α of {', '.join(map(str, RATES))}, by the lowest final cost; the share of "
    "seeds. Zeros learn nothing when the cost stays within 0.01 of what the classes' shares alone give. Of two starts "
    f"the better one has the lower final cost, the faster one reaches a cost of {TARGET} in fewer steps."
)


def set_to_zero(population: Population, members: Tensor) -> None:
    """Make every weight of these members 0, the output layer's too, which is drawn by Xavier's scheme otherwise."""
    population.parameters[members] = 0


class Trained:
    """Costs of every start, seed and rate, trained as one population of one activation.

    Attributes:
        costs: (start, seed, step) at the start's best rate. units: (start, seed) different hidden units at the end.
    """

    def __init__(self, activation: str, seed: int, features: Tensor, labels: Tensor, num_steps: int):
        cells = [(start, one, rate) for start in STARTS for one in range(NUM_SEEDS) for rate in RATES]
        settings = Settings(
            len(cells),
            seeds=[seed + one for _, one, _ in cells],
            optimizer="gradient-descent",
            init_scheme=[STARTS[start][0] for start, _, _ in cells],
            init_gain=[STARTS[start][1] for start, _, _ in cells],
        )
        population = Population(MLP(HIDDEN, activation).build(features.shape[1], 10), settings, compiled=False)
        set_to_zero(population, torch.tensor([start == "zeros" for start, _, _ in cells]))
        rate = torch.tensor([rate for _, _, rate in cells])
        costs = torch.stack(
            [
                train_step(population, features, labels, LOSSES["softmax"], rate, 0, len(labels))
                for _ in range(num_steps)
            ],
            dim=1,
        )
        shape = (len(STARTS), NUM_SEEDS, len(RATES))
        costs = costs.nan_to_num(nan=math.inf).view(*shape, num_steps)
        best = costs[..., -1].argmin(2)
        pick = best.view(*best.shape, 1, 1).expand(*best.shape, 1, num_steps)
        self.costs = costs.gather(2, pick).squeeze(2)
        first = population.layout.views(population.parameters)["hidden.0.linear.weight"]
        self.units = torch.tensor([len(torch.unique(one, dim=0)) for one in first]).view(shape)[..., 0]

    def final(self, start: str) -> Tensor:
        return self.costs[list(STARTS).index(start), :, -1]

    def steps(self, start: str) -> Tensor:
        """Steps to the target cost, (seed,); infinity where it is not reached."""
        reached = self.costs[list(STARTS).index(start)] <= TARGET  # (seed, step)
        return torch.where(reached.any(1), reached.int().argmax(1).float(), math.inf)


def run(seed: int = 0, num_steps: int = 150) -> Result:
    raw, labels = built_in("digits", NUM_ROWS, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    shares = torch.bincount(labels) / len(labels)
    no_inputs = -(shares * shares.log()).sum().item()  # the cost of an output bias alone
    picture, axes = blank_picture("Cost by the first weights (median of the seeds)", "step", "cost")
    rows = []
    for activation, right, other in (("tanh", "xavier", "he"), ("relu", "he", "xavier")):
        outcome = Trained(activation, seed, features, labels, num_steps)
        alike = outcome.units[0] == 1
        idle = outcome.final("zeros") > no_inputs - 0.01
        rows += [
            Row(
                f"{activation}, zeros: different units of {HIDDEN[0]} in the first layer",
                "1",
                _most(outcome.units[0]),
                _share(alike),
            ),
            Row(
                f"{activation}, zeros: final cost",
                f"≥ {no_inputs - 0.01:.3f}",
                _median(outcome.final("zeros")),
                _share(idle),
            ),
        ]
        for claimed, figure, agree in (
            ("lower", outcome.final, outcome.final(right) < outcome.final("large")),
            ("fewer", outcome.steps, outcome.steps(right) < outcome.steps("large")),
        ):
            what = "final cost" if claimed == "lower" else "steps to target"
            shown = f"{_median(figure(right))} against {_median(figure('large'))}"
            rows.append(Row(f"{activation}, {what}: {right} against large", claimed, shown, _share(agree)))
        steps = f"{_median(outcome.steps(right))} against {_median(outcome.steps(other))}"
        agree = outcome.steps(right) <= outcome.steps(other)
        rows.append(
            Row(f"{activation}, steps to target: {right} against {other}", "at least as few", steps, _share(agree))
        )
        for number, start in enumerate(STARTS):
            median = np.median(outcome.costs[number].numpy(), axis=0)
            line = "--" if activation == "tanh" else "-"
            axes.plot(median, line, color=f"C{number}", label=f"{start}, {activation}")
    axes.set(ylim=(0, 5))
    axes.legend(ncols=2)
    return Result(rows, RULE, picture)


def _median(values: Tensor) -> str:
    middle = float(np.median(values.numpy()))
    return f"{middle:.3g}" if math.isfinite(middle) else "never"


def _most(units: Tensor) -> int:
    return int(units.max())


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
