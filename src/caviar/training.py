"""train(): where network, data and population meet. One member or a thousand, panda and caviar are both this loop."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from caviar.core.allocation import keep_freed_memory
from caviar.data.batches import epoch_batches
from caviar.networks.mlp import MLP
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import loss_for, train_step
from caviar.population.threads import in_threads
from caviar.techniques.early_stopping import EarlyStopping
from caviar.techniques.losses import Loss, mean_loss
from caviar.techniques.schedules import decay_factors, schedule_number


@dataclass(frozen=True)
class TrainingData:
    """Train and dev rows as the networks see them.

    features: (row, input) float32; targets: (row,) int64 classes or float32 standardised values. `unit` turns a
    standardised root mean squared error into the target's units (1 for classes).
    """

    task: str
    num_outputs: int
    train_features: Tensor
    train_targets: Tensor
    dev_features: Tensor
    dev_targets: Tensor
    unit: float = 1.0


@dataclass(frozen=True)
class Plan:
    """How long and in what pieces a cohort trains.

    epochs: planned length, which schedules refer to. patience: epochs without a better score before a member stops.
    rungs: (epoch, members to keep) pairs: after that epoch only the best stay (search/halving.py).
    """

    epochs: int
    batch_size: int
    seed: int
    patience: float = float("inf")
    rungs: tuple[tuple[int, int], ...] = ()


@dataclass
class Member:
    """What is known of one member: settings, curves, the best point and, where kept, the weights there.

    state: "running", "finished" (all epochs), "early-stopped", "dropped" (by a rung), "diverged", "budget" (cut by
    time).
    curves: per epoch (train_loss on batches as trained, dev_loss, dev_error, learning_rate).
    weights: name → tensor of the module's state dict, at `best_epoch`.
    """

    number: int
    structure: MLP
    settings: dict[str, Any]
    num_parameters: int
    planned_epochs: int
    stage: str = ""
    state: str = "running"
    best_epoch: int = 0
    dev_error: float = float("nan")
    dev_loss: float = float("nan")
    score: float = float("inf")
    seconds: float = 0.0
    curves: list[tuple[float, float, float, float]] = field(default_factory=list)
    weights: dict[str, Tensor] | None = None

    def to_json(self) -> dict[str, Any]:
        """Everything but the weights; may hold NaN and infinity."""
        named = {name: value for name, value in vars(self).items() if name not in ("structure", "weights")}
        return named | {"structure": self.structure.to_json()}

    @classmethod
    def from_json(cls, value: dict[str, Any], weights: dict[str, Tensor] | None = None) -> "Member":
        curves = [tuple(point) for point in value["curves"]]
        return cls(**{**value, "structure": MLP.from_json(value["structure"]), "curves": curves, "weights": weights})


def evaluate(
    population: Population, features: Tensor, targets: Tensor, loss: Loss, data: TrainingData
) -> tuple[Tensor, Tensor]:
    """Each member's loss and error in test mode, (member,) float64: share of wrong classes, or RMSE in target units."""
    total_loss = torch.zeros(len(population), dtype=torch.float64)
    total_error = torch.zeros(len(population), dtype=torch.float64)
    columns = population.loss_columns | {"label_smoothing": torch.zeros(len(population))}
    for rows, outputs in population.predict(features):
        piece = targets[rows]
        total_loss += mean_loss(loss, outputs, piece, columns, None).double() * len(piece)
        if data.task == "regression":
            total_error += (outputs[:, 0] - piece).square().sum(1).double()
        else:
            wrong = (outputs.argmax(1) != piece) | ~torch.isfinite(outputs).all(1)
            total_error += wrong.sum(1).double()
    mean_error = total_error / len(targets)
    return total_loss / len(targets), mean_error.sqrt() * data.unit if data.task == "regression" else mean_error


def score_of(dev_error: Tensor, dev_loss: Tensor, data: TrainingData) -> Tensor:
    """What epochs and members are compared by, lower is better: the error, ties between classes broken by the loss.

    Errors on a dev set of n rows come in steps of 1/n; the loss decides within such a step.
    """
    if data.task == "regression":
        return dev_error
    return dev_error + dev_loss / (dev_loss + 1) / len(data.dev_targets)


class Cohort:
    """A population of one structure in training, with its members' records. Everything is decided once an epoch."""

    def __init__(self, members: list[Member], data: TrainingData, plan: Plan):
        keep_freed_memory()
        structure = members[0].structure
        self.data, self.plan, self.members = data, plan, members
        self.loss = loss_for(data.task)
        settings = Settings.of_members([member.settings for member in members])
        self.population = Population(structure.build(data.train_features.shape[1], data.num_outputs), settings)
        self.alive = list(members)
        self.stopping = EarlyStopping(len(members), torch.full((len(members),), plan.patience, dtype=torch.float64))
        self.best = {name: tensor.clone() for name, tensor in self._weights().items()}
        self.epoch = 0
        self._cut()

    def _cut(self) -> None:
        """Give each CPU thread its share of the members: faster than sharing the work of every single operation."""
        self.chunks = self.population.chunks(min(torch.get_num_threads(), len(self.population)))

    def state(self) -> dict[str, Tensor]:
        """The matrices that the next epoch depends on; the records are in `members`, the rows in use in `alive`."""
        best = {f"best.{name}": tensor for name, tensor in self.best.items()}
        stopping = {"stopping.best_score": self.stopping.best_score, "stopping.best_epoch": self.stopping.best_epoch}
        return self.population.state() | best | stopping | {"epoch": torch.tensor(self.epoch)}

    def load_state(self, state: dict[str, Tensor], alive: list[Member]) -> None:
        """Go on, bit for bit, from a state of this cohort in which the members `alive` were still training."""
        kept = {member.number for member in alive}
        rows = np.array([row for row, member in enumerate(self.alive) if member.number in kept])
        self.alive = list(alive)
        self.population.keep(rows)
        self.population.load_state(state)
        self.best = {name: state[f"best.{name}"].clone() for name in self.best}
        self.stopping.keep(torch.as_tensor(rows))
        self.stopping.best_score = state["stopping.best_score"].clone()
        self.stopping.best_epoch = state["stopping.best_epoch"].clone()
        self.epoch = int(state["epoch"])
        self._cut()

    def _weights(self) -> dict[str, Tensor]:
        return self.population.layout.views(self.population.parameters) | self.population.buffers

    def run(
        self, out_of_time: Callable[[], bool] = lambda: False, after_epoch: Callable[["Cohort"], None] | None = None
    ) -> None:
        """Train to the planned end, or until every member has stopped or time is out."""
        while self.epoch < self.plan.epochs and self.alive:
            if not self.train_epoch(out_of_time):
                self._leave(np.ones(len(self.alive), dtype=bool), "budget")
                return
            if after_epoch is not None:
                after_epoch(self)
        self._leave(np.ones(len(self.alive), dtype=bool), "finished")

    def train_epoch(self, out_of_time: Callable[[], bool] = lambda: False) -> bool:
        """One pass over the train rows, then the dev rows; False (and no record) when time ran out on the way."""
        started = time.perf_counter()
        data, plan, population = self.data, self.plan, self.population
        batches = epoch_batches(len(data.train_targets), plan.batch_size, plan.seed, self.epoch)
        rates = self._rates(len(batches))
        results = in_threads(
            self.chunks,
            lambda chunk, columns, stopped: self._train_chunk(
                chunk, batches, rates[:, columns], lambda: stopped() or out_of_time()
            ),
        )
        if any(result is None for result in results):
            return False
        population.step_count += len(batches)
        self.epoch += 1
        train_loss, dev_loss, dev_error = (torch.cat(parts) for parts in zip(*results, strict=True))
        self._record(train_loss, dev_loss, dev_error, rates[-1], (time.perf_counter() - started) / len(population))
        return True

    def _train_chunk(
        self, chunk: Population, batches: list[Tensor], rates: Tensor, stop: Callable[[], bool]
    ) -> tuple[Tensor, Tensor, Tensor] | None:
        """An epoch of some members: train loss on the batches, dev loss, dev error, (member,); None if stopped."""
        data, num_rows = self.data, len(self.data.train_targets)
        train_loss = torch.zeros(len(chunk))
        for step, rows in enumerate(batches):
            if step % 8 == 0 and stop():
                return None
            features, targets = data.train_features[rows], data.train_targets[rows]
            losses = train_step(chunk, features, targets, self.loss, rates[step], self.plan.seed, num_rows)
            train_loss += losses * (len(rows) / num_rows)
        return train_loss, *evaluate(chunk, data.dev_features, data.dev_targets, self.loss, data)

    def _rates(self, num_steps: int) -> Tensor:
        """Learning rates of the coming epoch's steps, (step, member)."""
        settings, dtype = self.population.settings, torch.float64
        kinds = torch.tensor([schedule_number(name) for name in settings["schedule"]])
        when = self.epoch + torch.arange(num_steps, dtype=dtype).unsqueeze(1) / num_steps
        planned = torch.full((len(self.population),), float(self.plan.epochs), dtype=dtype)
        factors = decay_factors(
            when, kinds, torch.tensor(settings["decay"]), torch.tensor(settings["warmup_epochs"]), planned
        )
        return (factors * torch.tensor(settings["learning_rate"])).float()

    def _record(self, train_loss: Tensor, dev_loss: Tensor, dev_error: Tensor, rates: Tensor, seconds: float) -> None:
        """Enter the epoch into the records, keep weights that are the best so far, and let go of who is done."""
        healthy = torch.isfinite(train_loss) & torch.isfinite(dev_loss)
        score = torch.where(healthy, score_of(dev_error, dev_loss, self.data), torch.inf)
        better, stop = self.stopping.update(self.epoch, score)
        for name, tensor in self._weights().items():
            self.best[name][better] = tensor[better]
        columns = zip(train_loss.tolist(), dev_loss.tolist(), dev_error.tolist(), rates.tolist(), strict=True)
        for member, point, is_better, one_score in zip(
            self.alive, columns, better.tolist(), score.tolist(), strict=True
        ):
            member.curves.append(point)
            member.seconds += seconds
            if is_better:
                member.best_epoch, member.dev_loss, member.dev_error, member.score = (
                    self.epoch,
                    point[1],
                    point[2],
                    one_score,
                )
        self._leave(~healthy.numpy(), "diverged")
        self._leave(stop[healthy].numpy(), "early-stopped")
        for epoch, keep in self.plan.rungs:
            if epoch == self.epoch and keep < len(self.alive):
                order = np.argsort([member.score for member in self.alive], kind="stable")
                losers = np.ones(len(self.alive), dtype=bool)
                losers[order[:keep]] = False
                self._leave(losers, "dropped")

    def _leave(self, leaving: np.ndarray, state: str) -> None:
        """Take members out of the matrices, with their best weights in their records."""
        if not leaving.any():
            return
        for row in np.flatnonzero(leaving):
            member = self.alive[row]
            member.state = state
            if np.isfinite(member.score):
                member.weights = {name: tensor[row].clone() for name, tensor in self.best.items()}
        kept = np.flatnonzero(~leaving)
        self.alive = [self.alive[row] for row in kept]
        rows = torch.as_tensor(kept)
        self.best = {name: tensor[rows] for name, tensor in self.best.items()}
        self.stopping.keep(rows)
        if len(kept):
            self.population.keep(kept)
            self._cut()
