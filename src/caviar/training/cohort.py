"""A population in training: where network, data and population meet.

One member or a thousand, panda and caviar are both this loop.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from caviar.core.allocation import keep_freed_memory
from caviar.data.batches import epoch_batches
from caviar.population.population import Population
from caviar.population.settings import Settings
from caviar.population.step import train_steps
from caviar.population.threads import in_threads
from caviar.techniques.early_stopping import EarlyStopping
from caviar.techniques.schedules import decay_factors, schedule_number
from caviar.training.data import Plan, TrainingData
from caviar.training.member import Member
from caviar.training.scoring import evaluate, score_of

STEPS_AT_ONCE = 32
WORK_AT_ONCE = 4_000_000_000
"""Members · parameters · rows of a call, about a quarter of a second: so soon it answers to Ctrl-C."""


class Cohort:
    """A population of one structure in training, with its members' records. Everything is decided once an epoch."""

    def __init__(self, members: list[Member], data: TrainingData, plan: Plan):
        keep_freed_memory()
        data = data.to(plan.device)
        self.data, self.plan, self.members = data, plan, members
        settings = Settings.of_members([member.settings for member in members])
        network = members[0].structure.build(tuple(data.train_features.shape[1:]), data.num_outputs)
        self.population = Population(network, settings, device=plan.device, bfloat16=plan.bfloat16)
        self.train_weights = _of_each(data.train_weights, len(members))
        self.dev_weights = _of_each(data.dev_weights, len(members))
        self.features = _by_input(data.train_features)
        self.alive = list(members)
        self.stopping = EarlyStopping(len(members), torch.full((len(members),), plan.patience, dtype=torch.float64))
        self.best = {name: tensor.clone() for name, tensor in self._weights().items()}
        self.epoch = 0
        self._cut()

    def _cut(self) -> None:
        """Give each CPU thread its share of the members: faster than sharing the work of every single operation."""
        threads = torch.get_num_threads() if torch.device(self.plan.device).type == "cpu" else 1
        self.chunks = self.population.chunks(min(threads, len(self.population)))

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
        self._keep_rows(torch.as_tensor(rows))
        self.stopping.best_score = state["stopping.best_score"].clone()
        self.stopping.best_epoch = state["stopping.best_epoch"].clone()
        self.best = {name: state[f"best.{name}"].clone() for name in self.best}
        self.epoch = int(state["epoch"])
        self._cut()

    def _weights(self) -> dict[str, Tensor]:
        population = self.population
        return population.layout.views(population.evaluated_parameters()) | population.buffers

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
        steps_before = population.step_count  # a lone chunk is the population itself, and counts by itself
        batches = epoch_batches(len(data.train_targets), plan.batch_size, plan.seed, self.epoch)
        batches = [rows.to(plan.device) for rows in batches]
        rates = self._rates(len(batches)).to(plan.device)
        results = in_threads(
            self.chunks,
            lambda chunk, columns, stopped: self._train_chunk(
                chunk, columns, batches, rates[:, columns], lambda: stopped() or out_of_time()
            ),
        )
        if any(result is None for result in results):
            return False
        population.step_count = steps_before + len(batches)
        self.epoch += 1
        train_loss, dev_loss, dev_error = (torch.cat(parts).cpu() for parts in zip(*results, strict=True))
        self._record(train_loss, dev_loss, dev_error, rates[-1], (time.perf_counter() - started) / len(population))
        return True

    def _train_chunk(
        self, chunk: Population, columns: slice, batches: list[Tensor], rates: Tensor, stop: Callable[[], bool]
    ) -> tuple[Tensor, Tensor, Tensor] | None:
        """An epoch of some members: train loss on the batches, dev loss, dev error, (member,); None if stopped."""
        data, loss, num_rows = self.data, self.data.loss_function, len(self.data.train_targets)
        weights, dev_weights = (_chunk_weights(each, columns) for each in (self.train_weights, self.dev_weights))
        effective = num_rows if weights is None else weights.sum(-1).expand(len(chunk))
        train_loss = torch.zeros(len(chunk), device=data.train_features.device)
        work = len(chunk) * chunk.layout.num_parameters * len(batches[0])
        blocks = _blocks(batches, max(1, min(STEPS_AT_ONCE, WORK_AT_ONCE // work)))
        for block, block_rates in zip(blocks, rates.split([len(block) for block in blocks]), strict=True):
            if stop():
                return None
            losses = train_steps(
                chunk,
                self.features,
                data.train_targets,
                block,
                loss,
                block_rates,
                self.plan.seed,
                effective,
                weights,
                data.flip,
            )
            if weights is None:
                train_loss += losses.sum(0) * (len(block[0]) / num_rows)
            else:
                parts = weights[..., torch.stack(block)].sum(-1)  # (step,) or (member, step)
                train_loss += (losses * (parts.T if parts.dim() == 2 else parts.unsqueeze(1)) / effective).sum(0)
        return train_loss, *evaluate(chunk, data.dev_features, data.dev_targets, data, dev_weights)

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
        rows = better.to(self.plan.device)
        for name, tensor in self._weights().items():
            self.best[name][rows] = tensor[rows]
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
                member.weights = {name: tensor[row].cpu().clone() for name, tensor in self.best.items()}
        kept = np.flatnonzero(~leaving)
        self.alive = [self.alive[row] for row in kept]
        self._keep_rows(torch.as_tensor(kept))
        if len(kept):
            self.population.keep(kept)
            self._cut()

    def _keep_rows(self, rows: Tensor) -> None:
        """Take others out of everything that has a row a member, apart from the population."""
        self.stopping.keep(rows)
        rows = rows.to(self.plan.device)
        self.best = {name: tensor[rows] for name, tensor in self.best.items()}
        self.train_weights, self.dev_weights = (
            weights if weights is None or weights.dim() == 1 else weights[rows]
            for weights in (self.train_weights, self.dev_weights)
        )


def _by_input(features: Tensor) -> Tensor:
    """The same rows; those of a table lie with one input after the other in memory, as compiled steps want them."""
    return features.T.contiguous().T if features.dim() == 2 and features.is_floating_point() else features


def _blocks(batches: list[Tensor], most: int) -> list[list[Tensor]]:
    """Up to `most` batches each, all of one size."""
    blocks: list[list[Tensor]] = []
    for rows in batches:
        if blocks and len(blocks[-1]) < most and len(blocks[-1][0]) == len(rows):
            blocks[-1].append(rows)
        else:
            blocks.append([rows])
    return blocks


def _of_each(weights: Tensor | None, num_members: int) -> Tensor | None:
    """Row weights, checked: None, (row,) or (member, row)."""
    assert weights is None or weights.dim() == 1 or len(weights) == num_members, weights.shape
    return weights


def _chunk_weights(weights: Tensor | None, columns: slice) -> Tensor | None:
    return weights if weights is None or weights.dim() == 1 else weights[columns]
