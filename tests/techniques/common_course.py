"""The common table: what changes in the course of training: averages, learning rates, early stopping."""

import math

import torch
from common_entry import Entry, column, normal

from caviar.techniques import EarlyStopping, ExponentialAverage, by_hand, decay_factors, schedule_number


def averaged(values, beta):
    added, taken = ExponentialAverage(beta), ExponentialAverage(beta, corrected=False)
    for value in values.unbind(1):
        last = added.add(value)
        taken.take(value)
    return last, taken.value()


def averaged_plainly(values, beta):
    """Σ (1 − β) β^(t − i) x_i, over the sum of these weights where corrected."""
    last, beta = len(values) - 1, float(beta)
    shares = column(*((1 - beta) * beta ** (last - step) for step in range(len(values))))
    total = (shares.view(-1, 1) * values).sum(0)
    return total / shares.sum(), total


def factors_of(kind, decay, warmup, epochs, epoch):
    kinds = torch.tensor([schedule_number(name) for name in kind])
    return decay_factors(epoch.unsqueeze(1), kinds, decay, warmup, epochs).T


def plain_factors(kind, decay, warmup, epochs, epoch):
    decay, warmup, epochs = decay.item(), warmup.item(), epochs.item()
    formulas = {
        "constant": lambda t: 1.0,
        "inverse-time": lambda t: 1 / (1 + decay * t),
        "exponential": lambda t: decay**t,
        "inverse-root": lambda t: decay / math.sqrt(max(t, 1)),
        "staircase": lambda t: 1 / 2 ** (t // decay),
        "cosine": lambda t: decay + (1 - decay) * (1 + math.cos(math.pi * min(t / epochs, 1))) / 2,
        "linear": lambda t: decay + (1 - decay) * (1 - min(t / epochs, 1)),
    }
    rises = [min(1, t / warmup) if warmup else 1.0 for t in epoch.tolist()]
    return column(*(rise * formulas[kind](t) for rise, t in zip(rises, epoch.tolist(), strict=True)))


def factor_at(epoch, changes):
    began = [start for start in changes if start <= epoch]
    return changes[max(began)] if began else 1.0


KINDS = ["constant", "inverse-time", "exponential", "inverse-root", "staircase", "cosine", "linear", "cosine"]
NUM_KINDS = len(KINDS)


def without_decay(kind):
    one = torch.ones(1, dtype=torch.float64)
    return lambda: factors_of([kind], 0 * one, 0 * one, one, column(0.0, 1.0))


def watched(scores, patience):
    stopping = EarlyStopping(len(scores), patience)
    seen = [stopping.update(epoch, score) for epoch, score in enumerate(scores.unbind(1), start=1)]
    better, stop = (torch.stack(flags, 1) for flags in zip(*seen, strict=True))
    return better, stop, stopping.best_epoch


def watched_plainly(scores, patience):
    best, best_epoch, flags = math.inf, 0, []
    for epoch, score in enumerate(scores.tolist(), start=1):
        better = score < best
        if better:
            best, best_epoch = score, epoch
        flags.append((better, epoch - best_epoch >= patience.item()))
    better, stop = zip(*flags, strict=True)
    return torch.tensor(better), torch.tensor(stop), torch.tensor(best_epoch)


COURSE = {
    "exponential-average": Entry(
        averaged,
        averaged_plainly,
        {"values": normal(3, 7, 4), "beta": column(0.9, 0.5, 0.999).view(3, 1)},
        edges={
            "β 0": {"beta": torch.zeros(3, 1, dtype=torch.float64)},
            "t = 1": {"values": normal(3, 1, 4)},
            "one value": {"values": normal(3, 7, 1)},
        },
        refused={"no value": (ExponentialAverage(0.9).value, "average of no values")},
        gradient_by=("values",),
        halves=("values",),
        results=("single", "single"),
    ),
    "exponential-average/one β for all": Entry(
        averaged,
        averaged_plainly,
        {"values": normal(3, 7, 4)},
        {"beta": 0.999},
        edges={"β 0": {"beta": 0.0}},
        gradient_by=("values",),
        halves=("values",),
        results=("single", "single"),
    ),
    "learning-rate-decay": Entry(
        factors_of,
        plain_factors,
        {
            "kind": KINDS,
            "decay": column(0.3, 1.0, 0.95, 1.0, 2.0, 0.1, 0.2, 0.0),
            "warmup": column(0, 0, 0, 0, 0, 0, 0, 2.5),
            "epochs": torch.full((NUM_KINDS,), 10.0, dtype=torch.float64),
        },
        {"epoch": column(0.0, 0.4, 1.0, 2.0, 5.5, 9.9, 10.0, 14.0)},
        edges={
            "t = 0": {"epoch": column(0.0)},
            "one epoch": {"epochs": torch.ones(NUM_KINDS, dtype=torch.float64)},
            "a warm-up longer than the run": {"warmup": torch.full((NUM_KINDS,), 100.0, dtype=torch.float64)},
        },
        refused={
            f"{kind} without decay": (without_decay(kind), f"'{kind}' needs a decay above 0")
            for kind in ("exponential", "inverse-root", "staircase")
        },
        no_gradient="α is set, not learned",
        no_half="rates are few, and stay in single precision at least",
    ),
    "learning-rate-decay/by hand": Entry(
        by_hand,
        lambda epoch, changes: column(*(factor_at(one, changes) for one in epoch.tolist())),
        {"epoch": column(0.0, 2.9, 3.0, 8.0, 70.0).view(5, 1)},
        {"changes": {8.0: 0.2, 3.0: 0.5}},
        edges={"no change": {"changes": {}}, "a rate of 0": {"changes": {0: 0.0}}},
        no_gradient="α is set, not learned",
        no_half="rates are few, and stay in single precision at least",
    ),
    "early-stopping": Entry(
        watched,
        watched_plainly,
        {
            "scores": torch.stack([column(5, 4, 3, 2, 1), column(5, 4, 6, math.nan, 4), column(1, 2, 1, 0.5, 7)]),
            "patience": column(1, 2, math.inf),
        },
        edges={
            "patience 0": {"patience": column(0, 0, 0)},
            "one epoch": {"scores": column(3, math.nan, math.inf).view(3, 1)},
        },
        no_gradient="it decides, and computes nothing",
        no_half="scores are compared, and keep their precision",
    ),
}
