"""An exponential average looks back on about 1 / (1 − β) values; bias correction mends its start. Notes 2.3 to 2.5."""

import math

import torch
from torch import Tensor

from caviar.core.random import stream
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.techniques.averages import ExponentialAverage

BETAS = {0.5: 2, 0.9: 10, 0.98: 50, 0.999: 1000}
NUM_SERIES, NUM_DAYS, NOISE = 20, 365, 3.0
RULE = (
    "A count is of the values whose weight is at least 1/e of the newest one's; it agrees within 5 % of 1 / (1 − β). "
    "Of a constant 1 the average must be 1 − β^t, or 1 when corrected, to 1e-6. In the first 50 days: the share of the "
    f"{NUM_SERIES} noisy series in which correction lowers the mean error. Shown: the plain mean that is as noisy."
)


def weights_by_age(average: type[ExponentialAverage], betas: Tensor, num_values: int) -> Tensor:
    """The weight of a value of age 0, 1, …, (beta, age): what an impulse leaves behind in the uncorrected average."""
    one = average(betas, corrected=False)
    impulse = torch.zeros(num_values, dtype=betas.dtype)
    impulse[0] = 1
    return torch.stack([one.add(value.expand_as(betas)) for value in impulse], dim=1)


def temperatures(seed: int) -> tuple[Tensor, Tensor]:
    """A year's smooth course (day,) and noisy days around it (series, day), in degrees, as in the notes' example."""
    course = 12 - 8 * torch.cos(2 * math.pi * torch.arange(NUM_DAYS, dtype=torch.float64) / NUM_DAYS)
    draws = torch.randn(NUM_SERIES, NUM_DAYS, generator=stream(seed, "temperatures"), dtype=torch.float64)
    return course, course + NOISE * draws


def run(seed: int = 0, average: type[ExponentialAverage] = ExponentialAverage) -> Result:
    """All four β are columns of one average."""
    betas = torch.tensor(list(BETAS), dtype=torch.float64)
    weights = weights_by_age(average, betas, 8000)
    counts = (weights >= weights[:, :1] / math.e).sum(1).tolist()
    rows = [
        Row(f"values that β = {beta} averages", f"{claimed}", count, abs(count / claimed - 1) <= 0.05)
        for (beta, claimed), count in zip(BETAS.items(), counts, strict=True)
    ]
    rows += [
        Row(f"plain mean with the same noise, β = {beta}", "", round(float(1 / (row / row.sum()).square().sum()), 1))
        for beta, row in zip(BETAS, weights, strict=True)
    ]
    for corrected in (False, True):
        one = average(0.98, corrected=corrected)
        for day in (1, 10):
            while one.count < day:
                one.add(torch.ones(1, dtype=torch.float64))
            claimed = 1.0 if corrected else 1 - 0.98**day
            measured = float(one.value())
            what = f"average of {day} × 1, β = 0.98, {'corrected' if corrected else 'uncorrected'}"
            rows.append(Row(what, f"{claimed:.4f}", round(measured, 4), abs(measured - claimed) < 1e-6))
    course, days = temperatures(seed)
    averaged = {}
    for corrected in (True, False):
        one = average(0.98, corrected=corrected)
        averaged[corrected] = torch.stack([one.add(day) for day in days.T], dim=1)
    first = {corrected: (values - course)[:, :50].abs().mean(1) for corrected, values in averaged.items()}
    share = (first[True] < first[False]).double().mean().item()
    shown = f"{first[True].mean():.2f}° against {first[False].mean():.2f}°"
    rows.append(Row("error in the first 50 days, corrected against not", "lower", shown, share))

    picture, axes = blank_picture("Exponential averages of noisy days, β = 0.98", "day", "degrees")
    axes.plot(days[0], ".", color="0.75", label="days")
    axes.plot(course, color="black", linewidth=1, label="their true course")
    axes.plot(averaged[False][0], label="average")
    axes.plot(averaged[True][0], "--", label="bias-corrected average")
    axes.legend()
    return Result(rows, RULE, picture)
