"""Does batch norm replace dropout and L2, go well with dropout, or not serve as a regulariser at all? Notes 3.6.

The sources say all three, and each is right somewhere. On clean labels there is little to gain: batch norm gains about
as much as dropout or L2, and dropout beside it nothing more. Where a fifth of the labels are wrong, it gains little and
dropout beside it much; L2 works on weights whose scale batch norm undoes, and does more without it.
"""

from collections.abc import Mapping

import numpy as np
import torch
from scipy.stats import t as student
from torch import Tensor

from caviar.core.random import stream
from caviar.data.batches import epoch_batches
from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

RATES = (0.001, 0.01)
TREATMENTS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "nothing": ((0.0, 0.0),),
    "dropout": ((0.2, 0.0), (0.5, 0.0)),
    "L2": ((0.0, 0.003), (0.0, 0.01), (0.0, 0.03)),
}
"""(drop rate, λ/m) to choose from."""
TABLES = {"clean labels": 0.0, "a fifth of the labels wrong": 0.2}
NUM_DRAWS, NUM_SEEDS, NUM_ROWS, BATCH_SIZE, HIDDEN = 6, 2, 500, 64, (48, 48)
RULE = (
    f"{NUM_ROWS} digits, two ReLU layers of {HIDDEN[0]}, Adam. Each side's α ({', '.join(map(str, RATES))}) and "
    "strength are chosen by one half of the dev rows, its error is measured on the other. By the 95 % interval of the "
    f"mean difference over {NUM_DRAWS} draws of rows, it replaces them when it is no worse by 1 point than the better "
    "of them, and goes well with dropout when both together are lower than either. It is no regulariser when on "
    "average it gains less than half of what the better of them gains."
)

Errors = dict[str, Tensor]
"""By side, such as "batch norm + dropout": the error in each draw, (draw,)."""


class Cells:
    """Every treatment, strength, α and seed: the members of one population, and how they are told apart after it."""

    def __init__(self, seed: int):
        strengths = [(name, drop_rate, l2) for name, each in TREATMENTS.items() for drop_rate, l2 in each]
        self.all = [(*one, rate, seed + number) for one in strengths for rate in RATES for number in range(NUM_SEEDS)]
        self.names, drop_rates, l2, rates, seeds = (list(column) for column in zip(*self.all, strict=True))
        self.rates = torch.tensor(rates)
        self.settings = Settings(
            len(self.all), seeds=seeds, drop_rate=drop_rates, l2=[strength * NUM_ROWS for strength in l2]
        )

    def best(self, wrong: Tensor) -> dict[str, float]:
        """Each treatment's error on the second half of the rows, with what did best on the first; (member, row)."""
        choosing, judging = (half.mean(1).view(-1, NUM_SEEDS).mean(1) for half in wrong.double().tensor_split(2, 1))
        names = self.names[::NUM_SEEDS]
        best = {}
        for sides in (*((name,) for name in TREATMENTS), ("dropout", "L2")):
            rows = [row for row, name in enumerate(names) if name in sides]
            best[" or ".join(sides)] = judging[min(rows, key=choosing.tolist().__getitem__)].item()
        return best


def errors_of(batch_norm: bool, wrong_share: float, seed: int, num_epochs: int) -> dict[str, float]:
    """The error of every treatment in one draw of rows."""
    raw, labels = built_in("digits", 1797, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    wrong = torch.rand(NUM_ROWS, generator=stream(seed, "wrong")) < wrong_share
    drawn = torch.randint(10, (NUM_ROWS,), generator=stream(seed, "label"))
    train, targets = features[:NUM_ROWS], torch.where(wrong, drawn, labels[:NUM_ROWS])
    cells = Cells(seed)
    network = MLP(HIDDEN, batch_norm=batch_norm).build(train.shape[1], 10)
    population = Population(network, cells.settings, compiled=False)
    for epoch in range(num_epochs):
        for rows in epoch_batches(NUM_ROWS, BATCH_SIZE, seed, epoch):
            train_step(population, train[rows], targets[rows], LOSSES["softmax"], cells.rates, seed, NUM_ROWS)
    outputs = torch.cat([outputs for _, outputs in population.predict(features[NUM_ROWS:])], dim=2)
    return cells.best(outputs.argmax(1) != labels[NUM_ROWS:])


def measured(wrong_share: float, seed: int, num_epochs: int) -> Errors:
    """The errors of all sides in all draws, without batch norm and with it."""
    by_side: Errors = {}
    for side in (False, True):
        draws = [errors_of(side, wrong_share, 1000 * seed + one, num_epochs) for one in range(NUM_DRAWS)]
        for name in draws[0]:
            label = f"batch norm + {name}" if side else name
            by_side[label] = torch.tensor([draw[name] for draw in draws], dtype=torch.float64)
    return by_side


def reading_rows(table: str, errors: Errors) -> list[Row]:
    """The three readings, each by the interval of a mean difference."""
    alone, together = errors["batch norm + nothing"], errors["batch norm + dropout"]
    middle, half = interval(alone - errors["dropout or L2"])
    rows = [_row(f"{table}: replaces: alone against dropout or L2", "no worse", middle, half, middle + half < 0.01)]
    for what, other in (("batch norm alone", alone), ("dropout alone", errors["dropout"])):
        middle, half = interval(together - other)
        label = f"{table}: goes well with dropout: both against {what}"
        rows.append(_row(label, "lower", middle, half, middle + half < 0))
    gain, their_gain = (float((each - errors["nothing"]).mean()) for each in (alone, errors["dropout or L2"]))
    shown = f"{100 * gain:+.2f} against {100 * their_gain:+.2f} points"
    what = f"{table}: is no regulariser: its gain against theirs"
    return [*rows, Row(what, "less than half", shown, gain > min(their_gain, 0) / 2)]


def interval(differences: Tensor) -> tuple[float, float]:
    """Mean and half the width of its 95 % interval by Student's law, (draw,)."""
    count = len(differences)
    half = student.ppf(0.975, count - 1) * differences.std().item() / count**0.5
    return differences.mean().item(), float(half)


def run(seed: int = 0, num_epochs: int = 20) -> Result:
    rows = []
    picture, axes = blank_picture("Error by regulariser (mean and 95 % interval of the draws)", "", "error, %")
    for number, (table, wrong_share) in enumerate(TABLES.items()):
        errors = measured(wrong_share, seed, num_epochs)
        rows += reading_rows(table, errors)
        sides = [side for side in errors if " or " not in side]
        middles, halves = zip(*(interval(100 * errors[side]) for side in sides), strict=True)
        places = np.arange(len(sides)) + 0.15 * (2 * number - 1)
        axes.errorbar(places, middles, halves, fmt="o", capsize=4, label=table)
        axes.set_xticks(range(len(sides)), [side.replace(" + ", "\n+ ").replace("\n+ nothing", "") for side in sides])
    axes.set(ylim=(0, None))
    axes.legend()
    return Result(rows, RULE, picture)


def _row(what: str, claimed: str, middle: float, half: float, agree: bool) -> Row:
    return Row(what, claimed, f"{100 * middle:+.2f} ± {100 * half:.2f} points", agree)
