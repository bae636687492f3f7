"""Two-sided differences err O(ε²), one-sided O(ε): θ³ at 1, ε = 0.01: 3.0001 against 3.0301. Notes 1.12."""

import math
from collections.abc import Callable

import numpy as np

from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture

Function = Callable[[float], float]
Difference = Callable[[Function, float, float], float]

FUNCTIONS: dict[str, tuple[Function, float]] = {  # with its derivative at 1
    "θ³": (lambda theta: theta**3, 3.0),
    "exp θ": (math.exp, math.e),
    "sin θ": (math.sin, math.cos(1)),
}
STEPS = np.logspace(-1, -4, 13)  # above the steps where rounding takes over
DRAWN_STEPS = np.logspace(-1, -12, 56)
RULE = "The two figures agree to four decimals; a slope agrees within 0.05."


def two_sided(function: Function, theta: float, epsilon: float) -> float:
    """(f(θ + ε) − f(θ − ε)) / 2ε."""
    return (function(theta + epsilon) - function(theta - epsilon)) / (2 * epsilon)


def one_sided(function: Function, theta: float, epsilon: float) -> float:
    """(f(θ + ε) − f(θ)) / ε."""
    return (function(theta + epsilon) - function(theta)) / epsilon


def order(difference: Difference, function: Function, derivative: float) -> float:
    """The p in |error| ~ ε^p: the slope of a straight line through log error over log ε."""
    errors = [max(abs(difference(function, 1.0, step) - derivative), 1e-300) for step in STEPS]
    return float(np.polyfit(np.log(STEPS), np.log(errors), 1)[0])


def run(seed: int = 0, two_sided: Difference = two_sided, one_sided: Difference = one_sided) -> Result:
    """Nothing is drawn at random here: `seed` changes nothing."""
    picture, axes = blank_picture("Error of the numerical derivative of θ³ at 1", "ε", "error")
    axes.set(xscale="log", yscale="log")
    rows = []
    for name, difference, figure, power in (("two-sided", two_sided, 3.0001, 2), ("one-sided", one_sided, 3.0301, 1)):
        measured = difference(FUNCTIONS["θ³"][0], 1.0, 0.01)
        rows.append(Row(f"θ³ at 1, ε = 0.01, {name}", f"{figure}", round(measured, 8), round(measured, 4) == figure))
        for label, (function, derivative) in FUNCTIONS.items():
            slope = order(difference, function, derivative)
            rows.append(
                Row(f"order of the error, {label}, {name}", f"{power}", round(slope, 3), abs(slope - power) < 0.05)
            )
        errors = [abs(difference(FUNCTIONS["θ³"][0], 1.0, step) - 3) for step in DRAWN_STEPS]
        axes.plot(DRAWN_STEPS, errors, marker=".", label=f"{name}, O(ε{'²' if power == 2 else ''}) until rounding wins")
    axes.legend()
    return Result(rows, RULE, picture)
