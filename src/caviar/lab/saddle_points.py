"""In high dimension a zero gradient is nearly always a saddle, and descent ends in good minima. Notes 2.10.

If the signs of n curvatures were independent, a share of 0.5^n of the zeros would be minima and 1 − 2 · 0.5^n saddles.
Measured, the shares come out about so on random functions, and the independence does not: the number of downward
directions spreads less than that of n coins, and on networks it rises with the cost, so that the zeros at low cost are
minima. Hence the exception too: a network of few parameters has minima among its zeros far more often than 0.5^n.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from caviar.lab.built_in import built_in, standardised
from caviar.lab.critical_points import Points, RandomFunction, SmallNetwork, critical_points, downhill, newton
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture

NUM_STARTS, MANY_STARTS, MANY_DIMENSIONS = 600, 1800, 8
DIMENSIONS, HIDDEN = (1, 2, 4, 8), (1, 2, 3, 5)
RULE = (
    "Zeros are found by Newton's method from random starts. On random functions a share of saddles agrees within 0.1. "
    f"Signs are independent when the variance of the number of downward directions ({MANY_DIMENSIONS} dimensions) over "
    "that of as many coins has 1 in its 95 % interval. On networks (iris, tanh) the share of saddles, and of descents "
    "that end in a minimum within 0.01 of the lowest cost, agrees from 95 % on."
)
Divisor = Callable[[Tensor], Tensor]


def on_random_functions(seed: int, divisor: Divisor, dimensions: tuple[int, ...], many_starts: int) -> list[Row]:
    """Shares of saddles by dimension, and whether the signs of the curvatures are as independent as coins."""
    rows = []
    for number in dimensions:
        function = RandomFunction(number, seed)
        num_starts = many_starts if number == MANY_DIMENSIONS else NUM_STARTS
        points = critical_points(function, function.starts(num_starts, seed), divisor)
        share, claimed = _share(points.saddles), 1 - 2 * 0.5**number
        what = f"random function, {number} dimension{'s' * (number > 1)}"
        rows += [
            Row(f"{what}: saddles", f"{claimed:.3g}", round(share, 3), abs(share - claimed) <= 0.1),
            Row(f"{what}: minima", f"{0.5**number:.2g}", round(_share(points.index == 0), 4)),
        ]
        if number == MANY_DIMENSIONS:
            ratio = points.index.double().var().item() / (number / 4)
            half = 2 * ratio * (2 / len(points.index)) ** 0.5
            shown = f"{ratio:.2f} ± {half:.2f}"
            rows.append(
                Row(f"{what}: variance of downward directions over that of coins", "1", shown, abs(ratio - 1) <= half)
            )
    return rows


def on_networks(seed: int, divisor: Divisor, hidden: tuple[int, ...]) -> tuple[list[Row], Points, Points]:
    """Zeros of the gradient of small networks; also the last network's, as Newton and as descent find them."""
    raw, labels = built_in("iris", 60, seed)
    petals = torch.tensor(standardised(raw))[:, 2:]
    rows = []
    for number in hidden:
        network = SmallNetwork(number, petals, labels)
        starts = network.starts(NUM_STARTS // 6, seed)
        zeros, ends = critical_points(network, starts, divisor), critical_points(network, starts, downhill)
        share, low = _share(zeros.saddles), _share((ends.index == 0) & (ends.costs <= ends.costs.min() + 0.01))
        what = f"network of {network.num_parameters} parameters"
        rows += [
            Row(f"{what}: saddles", f"{1 - 2 * 0.5**network.num_parameters:.3f}", round(share, 3), share >= 0.95),
            Row(f"{what}: descent ends in a minimum near the lowest", "nearly always", round(low, 3), low >= 0.95),
            Row(f"{what}: correlation of downward directions and cost", "", _correlation(zeros)),
        ]
    return rows, zeros, ends


def run(
    seed: int = 0,
    divisor: Divisor = newton,
    dimensions: tuple[int, ...] = DIMENSIONS,
    hidden: tuple[int, ...] = HIDDEN,
    many_starts: int = MANY_STARTS,
) -> Result:
    """`divisor` says which zeros are found: Newton's method does not ask for their kind."""
    rows = on_random_functions(seed, divisor, dimensions, many_starts)
    of_networks, zeros, ends = on_networks(seed, divisor, hidden)
    title = f"Zeros of the gradient, network of {zeros.where.shape[1]} parameters"
    picture, axes = blank_picture(title, "cost", "downward directions")
    for points, mark, label in ((zeros, "o", "nearest zero (Newton)"), (ends, "v", "where descent ends")):
        axes.plot(points.costs, points.index, mark, alpha=0.5, label=label)
    axes.legend()
    return Result([*rows, *of_networks], RULE, picture)


def _share(which: Tensor) -> float:
    return which.double().mean().item()


def _correlation(points: Points) -> float | str:
    if len(points.index.unique()) == 1:
        return "all alike"
    return round(float(np.corrcoef(points.index.numpy(), points.costs.numpy())[0, 1]), 2)
