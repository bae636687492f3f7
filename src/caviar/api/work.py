"""What `train` and its kin do before and while the members train: check everything, then train in groups."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from numbers import Integral
from typing import Any

import torch

from caviar.api.answers import Answers
from caviar.api.array_rows import rows_of_arrays
from caviar.api.fitting import fitting, row_shape, structure_of
from caviar.api.interruption import interruptible
from caviar.api.member_settings import settings_of
from caviar.api.rows import Rows
from caviar.api.table_rows import split_table, whole_table
from caviar.api.weighting import given_weights, members_of, train_weights
from caviar.core.errors import SettingsError
from caviar.core.progress import Progress, Silent
from caviar.core.records import Notice
from caviar.data.batches import default_batch_size
from caviar.networks.structure import OwnNetwork
from caviar.population.layout import Layout
from caviar.population.settings import Settings
from caviar.training import Cohort, Member, Plan, TrainingData, memory_of, train_in_groups
from caviar.training.groups import memory_told

SMALL_BATCH, FEW_ROWS = 64, 2_000
DEVICES = ("cpu", "cuda", "mps")


@dataclass
class Work:
    """Everything checked, nothing trained yet."""

    structure: Any
    rows: Rows
    settings: Settings
    data: TrainingData
    plan: Plan
    progress: Progress
    notices: list[Notice] = field(default_factory=list)

    @property
    def answers(self) -> Answers:
        return self.rows.answers

    def run(
        self, settings: Settings, data: TrainingData, keep_weights: bool, at_end: Callable[[Cohort], None] | None = None
    ) -> list[Member]:
        """Train a member for each row of `settings`; Ctrl-C ends the training, and what was reached stays.

        Args:
            data: with row weights, if any, for these members.
            keep_weights: whether the members keep their best weights.
            at_end: called with each cohort after its last epoch, while its population is still there.

        Raises:
            KeyboardInterrupt: at Ctrl-C before any member was measured once.
        """
        num_parameters = Layout(self.structure.build(row_shape(data), data.num_outputs)).num_parameters
        members = [
            Member(row, self.structure, settings.member(row), num_parameters, self.plan.epochs)
            for row in range(settings.num_members)
        ]
        memory, num_kept = memory_of(members, data, self.plan), len(members) if keep_weights else 0
        at_once = memory.members_at_once(len(members), num_kept)
        self.progress.announce(memory_told([memory], [str(self.structure)], [len(members)], [at_once]))
        best = inf

        def after_epoch(cohort: Cohort) -> None:
            nonlocal best
            best = min([best, *(member.dev_error for member in cohort.members if member.best_epoch)])
            self.progress.update("training", len(cohort.alive), None if best == inf else best, None)
            if at_end is not None and cohort.epoch == self.plan.epochs:
                at_end(cohort)

        with interruptible() as interrupted:
            for cohort in train_in_groups(members, data, self.plan, at_once, num_kept, after_epoch, interrupted):
                told = cohort.population.traits.notices
                self.notices += [notice for notice in told if notice not in self.notices]
                if interrupted():
                    break
            if interrupted():
                if not any(member.best_epoch for member in members):
                    raise KeyboardInterrupt
                for member in members:
                    member.state = "stopped" if member.state in ("budget", "running") else member.state
        return members


def prepare_work(
    network: Any,
    data: Any,
    *,
    whole: bool,
    epochs: int,
    batch_size: int | None,
    optimizer: Any,
    seed: int,
    loss: str | None,
    target: str | None,
    class_weights: Any,
    row_weights: Any,
    device: str | None,
    members: int | None,
    progress: Progress | None,
    patience: float,
    settings: Mapping[str, Any],
) -> Work:
    """Check the network, the data and the settings, in that order; `whole` as in `rows_of`.

    Raises:
        SettingsError, DataError: what must hold, what came, and what to do.
    """
    structure = structure_of(network)
    counts: dict[str, tuple[Any, int]] = {"epochs": (epochs, 1), "seed": (seed, 0), "batch_size": (batch_size, 1)}
    for name, (number, least) in counts.items():
        if number is None and name == "batch_size":
            continue
        if isinstance(number, bool) or not isinstance(number, Integral) or number < least:
            raise SettingsError(f"{name} must be a whole number of at least {least}; got {number!r}.")
    if isinstance(patience, bool) or not isinstance(patience, int | float) or not patience >= 1:
        raise SettingsError(f"patience must be a number of epochs of at least 1; got {patience!r}.")
    device = _checked_device(device)
    rows = _rows_of(data, target, loss, seed, whole, tokens=isinstance(structure, OwnNetwork))
    weights = given_weights(row_weights, rows)
    own = {"init_scheme": "own"} if isinstance(structure, OwnNetwork) else {}
    columns = settings_of(optimizer, own | dict(settings), seed=seed, members=members, row_weights=members_of(weights))
    training = fitting(structure, rows.data)
    if not training.train_features.is_floating_point() and columns["augmentation"].any():
        raise SettingsError("augmentation adds noise to numbers, and the features are tokens. Leave it out.")
    training = replace(training, train_weights=train_weights(weights, class_weights, rows, columns.num_members, seed))
    num_rows = len(training.train_targets)
    batch_size = batch_size or (SMALL_BATCH if num_rows < FEW_ROWS else default_batch_size(num_rows))
    plan = Plan(int(epochs), min(batch_size, num_rows), seed, patience=float(patience), device=device)
    return Work(structure, rows, columns, training, plan, progress or Silent(), list(rows.notices))


def mirrored(data: TrainingData, settings: Settings) -> TrainingData:
    """The same data, whose pictures augmentation may mirror; SettingsError where there are none, or it is off."""
    if data.train_features.dim() != 4:
        raise SettingsError(
            "flip mirrors pictures (row, channel, height, width), and these rows are none. Leave it out."
        )
    if not settings["augmentation"].any():
        raise SettingsError("flip belongs to augmentation, which is 0. Give augmentation=0.3, say, or leave flip out.")
    return replace(data, flip=True)


def refuse(settings: Mapping[str, Any], **reasons: str) -> None:
    """Raise SettingsError for a setting of `train` that has no place here; `reasons`: by name, why."""
    for name, why in reasons.items():
        if name in settings:
            raise SettingsError(f"{name} {why}. Leave it out.")


def _rows_of(data: Any, target: str | None, loss: str | None, seed: int, whole: bool, tokens: bool) -> Rows:
    """Train and dev rows; with `whole` all rows are both, for weights to tell them apart."""
    if isinstance(data, tuple | list):
        if target is not None:
            raise SettingsError(f"target names a column of a table, and the data are arrays; got {target!r}.")
        return rows_of_arrays(tuple(data), loss, seed, tokens, whole)
    return whole_table(data, target, loss) if whole else split_table(data, target, loss, seed)


def _checked_device(device: str | None) -> str:
    """The device asked for; by default a graphics card of CUDA where there is one, else the CPU."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device is None:
        return "cuda" if there["cuda"] else "cpu"
    kind = str(device).partition(":")[0]
    if kind not in DEVICES:
        raise SettingsError(f"device must be one of {', '.join(DEVICES)}; got {device!r}.")
    if not there[kind]:
        raise SettingsError(f"device {device!r} was asked for, but PyTorch finds none here. Leave it out for the CPU.")
    return str(device)
