"""Batch norm lets larger learning rates and other first weights train, and is said to train faster. Notes 3.6.

Faster it is where training was hard without it. Where it was not (tanh from Xavier's weights), it is no faster at the
best α, and ends at a higher cost: the noise of the batches' statistics stays in it.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from caviar.data.batches import epoch_batches
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

ACTIVATIONS = {"relu": "he", "tanh": "xavier", "sigmoid": "xavier"}
RATES = tuple(10.0**power for power in np.arange(-2.5, 1.5, 0.25))
GAINS = (0.1, 1.0, 10.0)
NUM_SEEDS, NUM_ROWS, BATCH_SIZE, HIDDEN, TARGET, WINDOW = 3, 1000, 64, (32,) * 4, 0.3, 16
RULE = (
    f"Four hidden layers of {HIDDEN[0]} on {NUM_ROWS} digits, plain gradient descent, batches of {BATCH_SIZE}. An α "
    f"trains when the mean cost of the last {WINDOW} of all batches is at most {TARGET}. Range: the decades from the "
    f"smallest to the largest of {len(RATES)} α that train. First weights: how many of the gains "
    f"{', '.join(f'{gain:g}' for gain in GAINS)} train at some α. Faster: fewer batches until the mean of {WINDOW} is "
    f"at most {TARGET}, each side at its own best α. The share of {NUM_SEEDS} seeds."
)


class Trained:
    """Every gain, seed and rate trained as one population, all on the same batches.

    Attributes:
        costs: (gain, seed, rate, step), the mean over a window that ends at the step; infinite where not a number.
    """

    def __init__(self, activation: str, batch_norm: bool, gains: Sequence[float], seed: int, num_steps: int):
        raw, labels = built_in("digits", NUM_ROWS, seed)
        features = torch.tensor(standardised(raw), dtype=torch.float32)
        cells = [(gain, seed + one, rate) for gain in gains for one in range(NUM_SEEDS) for rate in RATES]
        settings = Settings(
            len(cells),
            seeds=[one for _, one, _ in cells],
            optimizer="gradient-descent",
            init_scheme=ACTIVATIONS[activation],
            init_gain=[gain for gain, _, _ in cells],
        )
        network = MLP(HIDDEN, activation, batch_norm).build(features.shape[1], 10)
        population = Population(network, settings, compiled=False)
        rates = torch.tensor([rate for _, _, rate in cells])
        costs: list[Tensor] = []
        while len(costs) < num_steps:
            for rows in epoch_batches(len(labels), BATCH_SIZE, seed, len(costs) // math.ceil(NUM_ROWS / BATCH_SIZE)):
                batch = features[rows], labels[rows]
                costs.append(train_step(population, *batch, LOSSES["softmax"], rates, seed, len(labels)))
        windows = torch.stack(costs[:num_steps], dim=1).double().unfold(1, WINDOW, 1).mean(2)
        self.costs = windows.nan_to_num(nan=math.inf).view(len(gains), NUM_SEEDS, len(RATES), -1)
        self.gains = list(gains)

    def trains(self) -> Tensor:
        """Whether it ends at the target, (gain, seed, rate)."""
        return self.costs[..., -1] <= TARGET

    def ends(self) -> tuple[Tensor, Tensor]:
        """The smallest and the largest α that train with a gain of 1, (seed,); NaN where none does."""
        rates = torch.tensor(RATES, dtype=torch.float64)
        trains = self.trains()[self.gains.index(1.0)]
        smallest = torch.where(trains, rates, math.inf).amin(1)
        largest = torch.where(trains, rates, -math.inf).amax(1)
        none = ~trains.any(1)
        return smallest.masked_fill(none, math.nan), largest.masked_fill(none, math.nan)

    def lowest(self) -> Tensor:
        """The final cost at the best α with a gain of 1, (seed,)."""
        return self.costs[self.gains.index(1.0), ..., -1].amin(1)

    def steps(self) -> Tensor:
        """Batches to the target at the best α with a gain of 1, (seed,); infinite where none gets there."""
        reached = self.costs[self.gains.index(1.0)] <= TARGET
        steps = torch.where(reached.any(2), reached.int().argmax(2) + float(WINDOW), math.inf)
        return steps.amin(1)


def rows_of(activation: str, normalised: Trained, plain: Trained) -> list[Row]:
    """What is claimed of batch norm, with one activation. Where no α trains, the largest counts as 0."""
    (low, high), (plain_low, plain_high) = normalised.ends(), plain.ends()
    width, plain_width = (high / low).log10(), (plain_high / plain_low).log10()
    gains, plain_gains = (one.trains().any(2).sum(0) for one in (normalised, plain))
    steps, plain_steps = normalised.steps(), plain.steps()
    larger = high.nan_to_num(0) > plain_high.nan_to_num(0)
    wider = width.nan_to_num(-1) > plain_width.nan_to_num(-1)
    of_gains = f"gains of {len(normalised.gains)} that train"
    return [
        _row(f"{activation}: largest α that trains", "larger", high, plain_high, larger),
        _row(f"{activation}: decades of α that train", "more", width, plain_width, wider),
        _row(f"{activation}: {of_gains}", "more", gains, plain_gains, gains > plain_gains),
        _row(f"{activation}: batches to target", "fewer", steps, plain_steps, steps < plain_steps),
        _row(f"{activation}: final cost at the best α", "", normalised.lowest(), plain.lowest()),
    ]


def run(
    seed: int = 0, num_steps: int = 200, activations: Sequence[str] = tuple(ACTIVATIONS), gains: Sequence[float] = GAINS
) -> Result:
    picture, axes = blank_picture("Final cost by learning rate: without (dashed) and with batch norm", "α", "cost")
    rows = []
    for number, activation in enumerate(activations):
        plain, normalised = (Trained(activation, side, gains, seed, num_steps) for side in (False, True))
        rows += rows_of(activation, normalised, plain)
        for outcome, line, label in ((plain, "--", None), (normalised, "-", activation)):
            final = outcome.costs[outcome.gains.index(1.0), ..., -1].median(0).values
            axes.plot(RATES, final.clamp(max=4), line, color=f"C{number}", label=label)
    axes.axhline(TARGET, color="black", linewidth=1, label="trains below")
    axes.set(xscale="log", ylim=(0, 4))
    axes.legend()
    return Result(rows, RULE, picture)


def _row(what: str, claimed: str, normalised: Tensor, plain: Tensor, agree: Tensor | None = None) -> Row:
    shown = f"{_told(normalised)} against {_told(plain)}"
    share = None if agree is None else agree.double().mean().item()
    return Row(f"{what}, batch norm against none", claimed, shown, share)


def _told(values: Tensor) -> str:
    middle = float(np.median(values.double().numpy()))
    return f"{middle:.2g}" if math.isfinite(middle) else "none"
