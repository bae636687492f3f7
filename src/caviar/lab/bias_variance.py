"""Train and dev error beside the optimal error tell bias from variance: 1/11, 15/16, 15/30 and 0.5/1 %. Notes 1.2."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.core.random import stream, uniform
from caviar.core.records import Finding
from caviar.diagnosis.diagnose import diagnose as caviar_diagnose
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

NUM_SEEDS, NUM_DEV, NUM_STEPS, RATE, FLIPPED = 5, 6000, 400, 0.02, 0.05
NOTES = {(0.01, 0.11): "variance", (0.15, 0.16): "bias", (0.15, 0.30): "bias, variance", (0.005, 0.01): "neither"}
RULE = (
    "The notes' figures, of 100,000 rows each, and networks made to have one disease, are diagnosed by bias = train − "
    "optimal and variance = dev − train, each high where its interval lies above 0 and it is 2 points or more; the "
    f"share of {NUM_SEEDS} seeds in which what is found high is what was planted. Where dev comes from another "
    "distribution, the gap is taken for variance, and the error on more rows like train's (train-dev) shows none."
)


@dataclass(frozen=True)
class Case:
    """A network and data that give it one disease. Labels are the sign of x₁x₂, `flipped` a share of them at random.

    turned: the angle by which dev's inputs lie otherwise than train's. optimal: what the diagnosis is told.
    """

    what: str
    planted: str
    num_rows: int
    num_noise: int
    hidden: tuple[int, ...]
    flipped: float = FLIPPED
    optimal: float = FLIPPED
    turned: float = 0.0
    train_dev: bool = False


CASES = (
    Case("no hidden layer", "bias", 6000, 0, ()),
    Case("64 units on 400 rows, 20 useless inputs", "variance", 400, 20, (64,)),
    Case("no hidden layer on 400 rows, 60 useless inputs", "bias, variance", 400, 60, ()),
    Case("32 units on 6,000 rows", "neither", 6000, 0, (32,)),
    Case("the same, with 15 % wrong labels, the optimal error", "neither", 6000, 0, (32,), 0.15, 0.15),
    Case("the same, as if the optimal error were 0", "bias", 6000, 0, (32,), 0.15, 0.0),
    Case("32 units, dev from another distribution", "variance", 6000, 0, (32,), turned=math.pi / 12),
    Case("the same, judged by a train-dev set", "neither", 6000, 0, (32,), turned=math.pi / 12, train_dev=True),
)


def made(case: Case, num_rows: int, seed: int, part: str, turned: float = 0.0) -> tuple[Tensor, Tensor]:
    """Inputs (row, input) and labels (row,)."""
    inputs = torch.randn(num_rows, 2 + case.num_noise, generator=stream(seed, part))
    labels = inputs[:, 0] * inputs[:, 1] > 0
    labels ^= uniform((num_rows,), stream(seed, f"flipped {part}")) < case.flipped
    first, second = inputs[:, 0].clone(), inputs[:, 1].clone()
    inputs[:, 0] = math.cos(turned) * first - math.sin(turned) * second
    inputs[:, 1] = math.sin(turned) * first + math.cos(turned) * second
    return inputs, labels.long()


def mistakes(case: Case, seed: int) -> dict[str, np.ndarray]:
    """Each part's mistakes (seed, row); every seed is a member with train rows of its own."""
    seeds = list(range(seed, seed + NUM_SEEDS))
    parts = {
        "train": [made(case, case.num_rows, one, "train") for one in seeds],
        "train-dev": [made(case, NUM_DEV, one, "train-dev") for one in seeds],
        "dev": [made(case, NUM_DEV, one, "dev", case.turned) for one in seeds],
    }
    rows = {
        part: (torch.stack([x for x, _ in both]), torch.stack([y for _, y in both])) for part, both in parts.items()
    }
    population = Population(
        MLP(case.hidden).build(2 + case.num_noise, 1), Settings(NUM_SEEDS, seeds=seeds), compiled=False
    )
    rate, (features, labels) = torch.full((NUM_SEEDS,), RATE), rows["train"]
    for _ in range(NUM_STEPS):
        train_step(population, features, labels, LOSSES["logistic"], rate, 0, case.num_rows, own_rows=True)
    found = {}
    for part, (inputs, targets) in rows.items():
        with torch.no_grad():
            outputs = population.forward.outputs(inputs, training=False, own_rows=True)[:, 0]  # (seed, row)
        found[part] = ((outputs > 0) != (targets > 0)).numpy()
    return found


def named(findings: list[Finding]) -> str:
    high = [part for part in ("bias", "variance") for one in findings if one.id == f"high-{part}"]
    present = {one.id for one in findings if one.verdict == "present"}
    return ", ".join(part for part in high if f"high-{part}" in present) or "neither"


def run(
    seed: int = 0, diagnose: Callable[[Evidence], list[Finding]] = caviar_diagnose, cases: Sequence[Case] = CASES
) -> Result:
    rows = []
    for (train, dev), planted in NOTES.items():
        figures = [ErrorRate.from_figure(share, 100_000) for share in (train, dev)]
        finding = named(diagnose(Evidence("error", "binary", figures[0], figures[1], human_error=0.0)))
        rows.append(Row(f"train {100 * train:g} %, dev {100 * dev:g} %", planted, finding, finding == planted))
    bars: dict[Case, list[float]] = {}
    for case in cases:
        errors = mistakes(case, seed)
        bars[case] = [float(errors[part].mean()) for part in ("train", "train-dev", "dev")]
        found = []
        for one in range(NUM_SEEDS):
            train_dev = ErrorRate.from_rows(errors["train-dev"][one], "error")
            evidence = Evidence.from_rows(
                "binary",
                errors["train"][one],
                errors["dev"][one],
                human_error=case.optimal,
                same_distribution=not case.train_dev,
                train_dev_error=train_dev if case.train_dev else None,
            )
            found.append(named(diagnose(evidence)))
        shown = f"{100 * bars[case][0]:.1f} %, {100 * bars[case][2]:.1f} %"
        most = max(set(found), key=found.count)
        share = found.count(case.planted) / NUM_SEEDS
        rows.append(Row(f"{case.what} ({shown})", case.planted, most, share))
    return Result(rows, RULE, _drawn(bars))


def _drawn(bars: dict[Case, list[float]]) -> Figure:
    picture, axes = blank_picture("Errors of networks that were made sick", "error", "")
    different = {mean: case for case, mean in reversed([(case, tuple(one)) for case, one in bars.items()])}
    shown = [(case, mean) for mean, case in reversed(different.items())]
    places = np.arange(len(shown))
    for number, part in enumerate(("train", "train-dev", "dev")):
        axes.barh(places + 0.25 * (number - 1), [mean[number] for _, mean in shown], 0.25, label=part)
    axes.plot([case.flipped for case, _ in shown], places, "k|", markersize=20, label="optimal")
    axes.set_yticks(places, ["\n".join(wrap(case.what, 30)) for case, _ in shown])
    axes.invert_yaxis()
    axes.legend(loc="lower right")
    return picture
