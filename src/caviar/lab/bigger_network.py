"""A bigger network has less bias and, regularised well, no more variance. Notes 1.3."""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.lab.experiment import Result, Row
from caviar.lab.noisy_digits import NUM_TRAIN, OPTIMAL, WRONG, NoisyDigits
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

WIDTHS = (2, 4, 8, 32, 128)
DECAYS = (0.0, 0.01, 0.03, 0.1, 0.3)  # λ/m
NUM_SEEDS, NUM_STEPS, RATE = 8, 250, 0.01
MATERIAL = 0.02
RULE = (
    f"One hidden layer on {NUM_TRAIN} digits, {100 * WRONG:g} % of all labels drawn anew, so that the optimal error is "
    f"{100 * OPTIMAL:g} %; {NUM_SEEDS} draws of train rows, λ of L2 chosen on dev rows, errors from other rows. Less "
    "bias: a lower train error without a penalty. Variance = test − train error. No more: by 2 points at most. The "
    "share of the draws."
)


def errors(data: NoisyDigits, width: int, seed: int) -> Tensor:
    """Train, dev and test error, (part, draw, decay); every pair of draw and decay is a member."""
    num_draws = len(data.in_train)
    settings = Settings(
        num_draws * len(DECAYS),
        seeds=[seed + one for one in range(num_draws) for _ in DECAYS],
        l2=[decay * NUM_TRAIN for decay in DECAYS] * num_draws,
    )
    network = MLP((width,)).build(data.features.shape[1], 10)
    population = Population(network, settings, compiled=False)
    weights = data.in_train.repeat_interleave(len(DECAYS), 0)
    rate = torch.full((len(population),), RATE)
    for _ in range(NUM_STEPS):
        train_step(population, *data.pool, LOSSES["softmax"], rate, 0, NUM_TRAIN, weights=weights)
    return data.errors(population, weights).view(3, num_draws, len(DECAYS))


def run(seed: int = 0, widths: Sequence[int] = WIDTHS, num_seeds: int = NUM_SEEDS) -> Result:
    data = NoisyDigits(seed, num_seeds)
    bare, chosen = [], []  # (width, part, seed)
    for width in widths:
        train, dev, test = errors(data, width, seed)
        best = dev.argmin(1, keepdim=True)
        bare.append(torch.stack([train[:, 0], test[:, 0]]))
        chosen.append(torch.stack([train.gather(1, best)[:, 0], test.gather(1, best)[:, 0]]))
    without, with_l2 = torch.stack(bare), torch.stack(chosen)
    variance = with_l2[:, 1] - with_l2[:, 0]  # (width, seed)
    spread = without[:, 1] - without[:, 0]
    big, small = widths[-1], widths[0]
    rows = [
        Row(
            f"train error without a penalty, {big} units against {small}",
            "lower",
            f"{_percent(without[-1, 0])} against {_percent(without[0, 0])}",
            _share(without[-1, 0] < without[0, 0]),
        ),
        Row(
            f"variance of {big} units, regularised against not",
            "lower",
            f"{_percent(variance[-1])} against {_percent(spread[-1])}",
            _share(variance[-1] < spread[-1]),
        ),
    ]
    for what, figure in (("variance", variance), ("test error", with_l2[:, 1])):
        for number, width in enumerate(widths[:-1]):
            shown = f"{_percent(figure[-1])} against {_percent(figure[number])}"
            agree = _share(figure[-1] - figure[number] <= MATERIAL)
            rows.append(Row(f"{what}, regularised, {big} units against {width}", "no more", shown, agree))
    return Result(rows, RULE, _drawn(widths, without, with_l2))


def _drawn(widths: Sequence[int], without: Tensor, with_l2: Tensor) -> Figure:
    picture, axes = blank_picture("Error by the size of the network (mean of the draws)", "hidden units", "error")
    for name, line, both in (("without a penalty", "--", without), ("best L2", "-", with_l2)):
        for part, (what, colour) in enumerate((("train", "C0"), ("test", "C1"))):
            axes.plot(widths, both[:, part].mean(1), line, color=colour, marker=".", label=f"{what}, {name}")
    axes.axhline(OPTIMAL, color="black", linewidth=1, label="optimal")
    axes.set_xscale("log", base=2)
    axes.set_xticks(widths, [f"{width}" for width in widths])
    axes.legend()
    return picture


def _percent(values: Tensor) -> str:
    return f"{100 * values.mean():.1f} %"


def _share(agree: Tensor) -> float:
    return agree.double().mean().item()
