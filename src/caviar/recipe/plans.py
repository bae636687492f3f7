"""What to try first, how long, and how many at once. Notes 2.2, 3.1 to 3.3."""

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from caviar.core.records import Task
from caviar.data.batches import default_batch_size
from caviar.networks.mlp import MLP
from caviar.population.settings import Settings
from caviar.search.choices import OrZero
from caviar.search.dimensions import Dimension, LogUniform, OneMinusLogUniform, Uniform
from caviar.search.halving import member_epochs, rungs
from caviar.search.spaces import Space
from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.training import Cohort, Member, Plan, TrainingData

COARSE_STEPS = 1_200  # updates of a coarse trial: enough that learning rates sort themselves out
FEWEST_EPOCHS, MOST_EPOCHS = 8, 120
MOST_MEMBERS = 32  # of one cohort: more would leave the cache without being faster
SMALL_BATCH = 64
LEAST_WIDER = 32
HALVING = 3


@dataclass(frozen=True)
class Shape:
    """What all members of a cohort have in common: the structure of the network and the batch size."""

    structure: MLP
    batch_size: int

    def __str__(self) -> str:
        return f"{self.structure}, batch {self.batch_size}"

    def to_json(self) -> dict[str, Any]:
        return {"structure": self.structure.to_json(), "batch_size": self.batch_size}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Shape":
        return cls(MLP.from_json(value["structure"]), value["batch_size"])

    def wider(self) -> "Shape":
        """Twice the units in each layer and at least 32, up to 512, where a layer more comes instead (Notes 1.3)."""
        hidden = self.structure.hidden or (32,)
        bigger = tuple(max(2 * units, LEAST_WIDER) for units in hidden) if max(hidden) < 512 else (*hidden, hidden[-1])
        return Shape(replace(self.structure, hidden=bigger, batch_norm=True), self.batch_size)


def first_shapes(num_rows: int) -> list[Shape]:
    """The structures of the coarse search, the most promising first.

    The batch follows the notes' rule (2.2). Below 2,000 rows, where the rule is the whole train set, mini-batches of 64
    are tried beside it: their noise often helps.
    """
    rule = default_batch_size(num_rows)
    small = min(rule, SMALL_BATCH if num_rows < 2_000 else max(SMALL_BATCH, rule // 2))
    return [
        Shape(MLP((128, 128), "relu", batch_norm=True), small),
        Shape(MLP((64, 64), "relu"), rule),
        Shape(MLP((256,), "relu", batch_norm=True), small),
        Shape(MLP((128, 128), "silu", batch_norm=True), rule),
        Shape(MLP((256, 256), "relu", batch_norm=True), small),
    ]


def default_space(task: Task, num_rows: int) -> Space:
    """The hyperparameters that the catalogue says to tune, on their scales; label smoothing only for classes.

    L2's λ is divided by the number of train rows in the update, so its range grows with them.
    """
    dimensions: dict[str, Dimension] = {}
    for name, entry in HYPERPARAMETERS.items():
        if entry.tune is None or (name == "label_smoothing" and task == "regression"):
            continue
        low, high = entry.tune
        if name == "l2":
            low, high = low * num_rows, high * num_rows
        kind = {"log": LogUniform, "log of 1 - value": OneMinusLogUniform, "linear": Uniform}[entry.scale]
        inner = kind(low, high)
        dimensions[name] = OrZero(inner, entry.zero_share) if entry.zero_share else inner
    return Space(dimensions)


def regularised(space: Space) -> Space:
    """The same space with dropout, decay and smoothing always on, in their upper halves (Notes 1.3)."""
    changes: dict[str, Dimension] = {
        "drop_rate": Uniform(0.2, 0.6),
        "input_drop_rate": Uniform(0.05, 0.3),
        "weight_decay": LogUniform(0.03, 3.0),
        "label_smoothing": Uniform(0.02, 0.2),
    }
    return space.with_dimensions({name: dimension for name, dimension in changes.items() if name in space})


def coarse_epochs(num_rows: int, batch_size: int) -> int:
    """Epochs that make about COARSE_STEPS updates."""
    return int(np.clip(round(COARSE_STEPS / math.ceil(num_rows / batch_size)), FEWEST_EPOCHS, MOST_EPOCHS))


def halving_rungs(num_members: int, epochs: int) -> tuple[tuple[int, int], ...]:
    """One cut: after a third of the epochs, never before the third, the worst two thirds leave; at least four stay."""
    least = max(4, num_members // HALVING)
    return tuple(rungs(num_members, epochs, eta=HALVING, min_epochs=max(3, epochs // HALVING), least=least))


def members_within(seconds: float, cost: float, epochs: int) -> int:
    """How many members fit into a time slice, given seconds for one member's epoch, halving included; at least 1."""
    for num_members in range(MOST_MEMBERS, 1, -1):
        if member_epochs(num_members, epochs, halving_rungs(num_members, epochs)) * cost <= seconds:
            return num_members
    return 1


def measure_cost(shape: Shape, data: TrainingData, num_members: int = 16, seconds: float = 1.0) -> float:
    """Seconds that one member's epoch takes among `num_members`, from a few real steps on a part of the rows."""
    member = Settings(1, drop_rate=0.1).member(0)
    rows = min(len(data.train_targets), 4 * shape.batch_size)
    dev_rows = min(len(data.dev_targets), rows)
    piece = replace(
        data,
        train_features=data.train_features[:rows],
        train_targets=data.train_targets[:rows],
        dev_features=data.dev_features[:dev_rows],
        dev_targets=data.dev_targets[:dev_rows],
    )
    members = [Member(number, shape.structure, member, 0, 1) for number in range(num_members)]
    cohort = Cohort(members, piece, Plan(1_000, shape.batch_size, seed=0))
    cohort.train_epoch()  # warm-up
    best, stop = float("inf"), time.perf_counter() + seconds
    for _ in range(5):
        if not cohort.alive or time.perf_counter() > stop:
            break
        started = time.perf_counter()
        cohort.train_epoch()
        best = min(best, (time.perf_counter() - started) / num_members)
    return best * len(data.train_targets) / rows
