"""Every choice a member has, as settings, and which combinations of them to try."""

import itertools
import math

from caviar.population.settings import Settings

CHOICES = {
    "optimiser": {
        "gradient descent": {"optimizer": "gradient-descent", "learning_rate": 0.05},
        "momentum": {"optimizer": "momentum", "learning_rate": 0.08, "beta1": 0.9},
        "momentum corrected": {"optimizer": "momentum-corrected", "learning_rate": 0.06, "beta1": 0.85},
        "heavy ball": {"optimizer": "heavy-ball", "learning_rate": 0.01, "beta1": 0.8},
        "Nesterov": {"optimizer": "nesterov", "learning_rate": 0.01, "beta1": 0.9},
        "RMSprop": {"optimizer": "rmsprop", "learning_rate": 0.003, "beta2": 0.99, "epsilon": 1e-4},
        "Adam": {"optimizer": "adam", "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.98, "epsilon": 1e-5},
        "AdamW": {"optimizer": "adam", "learning_rate": 0.005, "epsilon": 1e-4, "weight_decay": 0.2},
    },
    "schedule": {
        "constant": {"schedule": "constant"},
        "inverse time": {"schedule": "inverse-time", "decay": 0.1},
        "exponential": {"schedule": "exponential", "decay": 0.97},
        "inverse root": {"schedule": "inverse-root", "decay": 1.0},
        "staircase": {"schedule": "staircase", "decay": 10.0},
        "cosine": {"schedule": "cosine", "decay": 0.05},
        "linear": {"schedule": "linear", "decay": 0.1},
    },
    "warm-up": {"off": {}, "on": {"warmup_epochs": 3.0}},
    "L1": {"off": {}, "on": {"l1": 0.1}},
    "L2": {"off": {}, "on": {"l2": 0.5}},
    "decoupled decay": {"off": {}, "on": {"weight_decay": 0.1}},
    "clipping": {"off": {}, "on": {"clip_norm": 0.3}},
    "label smoothing": {"off": {}, "on": {"label_smoothing": 0.1}},
    "dropout": {"off": {}, "on": {"drop_rate": 0.3, "input_drop_rate": 0.1}},
}
"""By kind and name: what the choice sets."""


def pairs_of(row):
    """All pairs of choices in a row, each a frozen set of two (kind, name)."""
    return {frozenset(pair) for pair in itertools.combinations(row.items(), 2)}


def every_pair():
    """Rows (kind → name) in which every pair of choices of two kinds stands at least once.

    Greedy: a row starts from a pair that is missing, and takes from each other kind what adds most new pairs.
    """
    kinds = {kind: list(names) for kind, names in CHOICES.items()}
    missing = {
        frozenset(((one, a), (other, b)))
        for one, other in itertools.combinations(kinds, 2)
        for a in kinds[one]
        for b in kinds[other]
    }
    rows = []
    while missing:
        row = dict(min(missing, key=sorted))
        for kind, names in kinds.items():
            if kind not in row:
                row[kind] = max(names, key=lambda name, kind=kind: len(pairs_of(row | {kind: name}) & missing))
        missing -= pairs_of(row)
        rows.append(row)
    return rows


def full_product():
    """Every combination of optimiser, schedule and penalties, under dropout."""
    kinds = [kind for kind in CHOICES if kind not in ("warm-up", "dropout")]
    for names in itertools.product(*(CHOICES[kind] for kind in kinds)):
        yield dict(zip(kinds, names, strict=True)) | {"warm-up": "off", "dropout": "on"}


def settings_of(rows):
    """One member a row, as a population's settings."""
    values = [{} for _ in rows]
    for value, row in zip(values, rows, strict=True):
        for kind, name in row.items():
            value.update(CHOICES[kind][name])
    names = sorted(set().union(*values))
    defaults = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0.0, "clip_norm": math.inf}
    return Settings(
        len(rows), **{name: [value.get(name, defaults.get(name, 0.0)) for value in values] for name in names}
    )
