"""Batch norm at test time: averages from training, exponential or of the whole set, serve a single row. Notes 3.7."""

import copy
import math
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from caviar.core.random import permutation, stream
from caviar.data.batches import epoch_batches
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES
from caviar.techniques.recalibration import recalibrate as caviar_recalibrate

Recalibrate = Callable[[nn.Module, Iterable[Tensor]], None]

WAYS = ("exponential averages", "whole training set", "the dev batch's own")
RATES = (0.001, 0.003, 0.01)
NUM_SEEDS, TRAIN_ROWS, BATCH_SIZE, HIDDEN = 5, 1000, 64, (32,) * 3
SMALL_BATCH, NUM_SHUFFLES = 4, 50
LOOKS = (1, 2, 5, 10, 20, 50, 100, 200, 320)
RULE = (
    f"Of {NUM_SEEDS} seeds × α of {', '.join(map(str, RATES))}, Adam, digits: one row's outputs alone and among others "
    "agree to 1e-9 in test mode, and differ by at least 0.001 in training mode; the share of members. No worse: the "
    "95 % interval of the mean difference in dev error ends below 1 point; equal: it lies within 1 point. E[x] is the "
    f"mean of all rows to 1e-9; Var[x] from batches of {SMALL_BATCH} is, over {NUM_SHUFFLES} shuffles, within 4 "
    "standard errors of the variance of all rows, and these are below 1 % of it."
)


def estimates(recalibrate: Recalibrate, features: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """E[x] − mean and Var[x] / variance of a first layer's z, both (shuffle, unit), from small batches."""
    linear = nn.Linear(features.shape[1], 8, dtype=features.dtype)
    with torch.no_grad():
        linear.weight.copy_(torch.randn(8, features.shape[1], generator=stream(seed, "z")) / 8)
        z = linear(features)
    means, ratios = [], []
    for shuffle in range(NUM_SHUFFLES):
        norm = nn.BatchNorm1d(8, dtype=features.dtype)
        order = permutation(len(features), stream(seed, "shuffle", shuffle))
        recalibrate(nn.Sequential(linear, norm), features[order].split(SMALL_BATCH))
        means.append(norm.running_mean - z.mean(0))
        ratios.append(norm.running_var / z.var(0))
    return torch.stack(means), torch.stack(ratios)


class Trained:
    """Every seed and rate trained as one population.

    Attributes:
        errors, costs: on the dev rows, by number of batches seen and by way, (look, way, member).
        members: at the end, as modules.
    """

    def __init__(self, recalibrate: Recalibrate, seed: int, looks: Sequence[int]):
        raw, labels = built_in("digits", 1797, seed)
        features = torch.tensor(standardised(raw))
        self.train, self.dev = features[:TRAIN_ROWS], features[TRAIN_ROWS:]
        train_labels, self.dev_labels = labels[:TRAIN_ROWS], labels[TRAIN_ROWS:]
        cells = [(seed + one, rate) for one in range(NUM_SEEDS) for rate in RATES]
        network = MLP(HIDDEN, batch_norm=True).build(features.shape[1], 10)
        settings = Settings(len(cells), seeds=[one for one, _ in cells])
        population = Population(network, settings, dtype=torch.float64, compiled=False)
        rates = torch.tensor([rate for _, rate in cells], dtype=torch.float64)
        self.members: list[nn.Module] = []
        told = []
        while population.step_count < looks[-1]:
            epoch = population.step_count // math.ceil(TRAIN_ROWS / BATCH_SIZE)
            for rows in epoch_batches(TRAIN_ROWS, BATCH_SIZE, seed, epoch):
                batch = self.train[rows], train_labels[rows]
                train_step(population, *batch, LOSSES["softmax"], rates, seed, TRAIN_ROWS)
                if population.step_count in looks:
                    self.members = [population.member(row) for row in range(len(cells))]
                    told.append([self._judged(member, recalibrate) for member in self.members])
        self.errors, self.costs = torch.tensor(told, dtype=torch.float64).permute(3, 0, 2, 1)

    @torch.no_grad()
    def _judged(self, member: nn.Module, recalibrate: Recalibrate) -> list[tuple[float, float]]:
        """Dev error and cost each way."""
        whole, by_batch = copy.deepcopy(member), copy.deepcopy(member).train()
        recalibrate(whole, self.train.split(50))
        dev_batches = torch.cat([by_batch(batch) for batch in self.dev.split(BATCH_SIZE)])
        return [
            (
                (outputs.argmax(1) != self.dev_labels).double().mean().item(),
                functional.cross_entropy(outputs, self.dev_labels).item(),
            )
            for outputs in (member(self.dev), whole(self.dev), dev_batches)
        ]

    @torch.no_grad()
    def company(self, training: bool) -> Tensor:
        """How far the first dev row's outputs differ between two groups of rows it is seen with, (member,)."""
        changes = []
        for member in self.members:
            one = copy.deepcopy(member).train(training)
            among = one(self.dev[:BATCH_SIZE])[0], one(self.dev[[0, *range(BATCH_SIZE, 2 * BATCH_SIZE)]])[0]
            alone = among[0] if training else one(self.dev[:1])[0]  # one row has no variance
            changes.append(torch.stack([among[0] - among[1], among[0] - alone]).abs().max())
        return torch.stack(changes)


def company_rows(outcome: Trained) -> list[Row]:
    """Whether a row's outputs depend on the rows beside it: not in test mode, and in training mode they do."""
    at_test, in_training = outcome.company(False), outcome.company(True)
    what = "one row with other company"
    return [
        Row(f"{what}, test mode: largest change", "0", _short(at_test.max()), _share(at_test <= 1e-9)),
        Row(f"{what}, training mode: smallest change", "> 0", _short(in_training.min()), _share(in_training >= 1e-3)),
    ]


def error_rows(errors: Tensor) -> list[Row]:
    """The ways compared, by dev errors (way, member)."""
    rows = []
    for one, other, claimed in ((0, 2, "no worse"), (1, 2, "no worse"), (0, 1, "equal")):
        differences = errors[one] - errors[other]
        middle, half = differences.mean().item(), 1.96 * (differences.std() / len(differences) ** 0.5).item()
        shown = f"{100 * middle:+.2f} ± {100 * half:.2f} points"
        agree = middle + half < 0.01 and (claimed == "no worse" or middle - half > -0.01)
        rows.append(Row(f"dev error: {WAYS[one]} against {WAYS[other]}", claimed, shown, agree))
    return rows


def formula_rows(recalibrate: Recalibrate, features: Tensor, seed: int) -> list[Row]:
    """E[x] and Var[x] of the whole training set against plain mean and variance of all its rows."""
    differences, ratios = estimates(recalibrate, features, seed)
    far = differences.abs().max()
    middle, error = ratios.mean(), ratios.mean(1).std() / NUM_SHUFFLES**0.5
    agree = bool((middle - 1).abs() <= 4 * error and error < 0.01)
    return [
        Row("E[x] of the whole training set: largest error", "0", _short(far), bool(far <= 1e-9)),
        Row("Var[x] of the whole training set, over its variance", "1", round(middle.item(), 4), agree),
    ]


def run(seed: int = 0, recalibrate: Recalibrate = caviar_recalibrate, looks: Sequence[int] = LOOKS) -> Result:
    """The technique is `recalibrate`; the networks take batch norm from networks/layers.py."""
    outcome = Trained(recalibrate, seed, looks)
    early = min(2, len(looks) - 1)
    exponential, whole, _ = outcome.costs[early].median(1).values
    rows = [
        *company_rows(outcome),
        *error_rows(outcome.errors[-1]),
        *formula_rows(recalibrate, outcome.train, seed),
        Row(
            f"dev cost after {looks[early]} batches, exponential against whole",
            "",
            f"{exponential:.3g} against {whole:.3g}",
        ),
    ]
    picture, axes = blank_picture("Dev error by the statistics that normalise the dev rows", "batches", "dev error, %")
    for number, way in enumerate(WAYS):
        axes.plot(looks, 100 * outcome.errors[:, number].mean(1), "o-", label=way)
    axes.set(xscale="log", yscale="log", xticks=looks, xticklabels=looks)
    axes.set(yticks=(5, 10, 20, 50), yticklabels=("5", "10", "20", "50"))
    axes.minorticks_off()
    axes.legend()
    return Result(rows, RULE, picture)


def _short(value: Tensor) -> float:
    return float(f"{value.item():.2g}")


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
