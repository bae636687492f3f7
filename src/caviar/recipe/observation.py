"""Watch the best member's training from inside once more: its first steps, and steps from the weights it kept.

The whole training where that is cheap. A population trains in compiled steps that show nothing of themselves, so the
member is trained again alone, on the same batches from the same first weights, and looked at on the way as
`caviar.watch` looks at any model. Notes 1.10 to 3.7.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from caviar.core.random import global_generator
from caviar.data.batches import epoch_batches
from caviar.diagnosis.foreign import training_pass
from caviar.diagnosis.forward_observer import weight_layers
from caviar.diagnosis.health import Health, OptimiserFacts
from caviar.diagnosis.health_log import HealthLog
from caviar.diagnosis.watch import watched_steps
from caviar.diagnosis.weight_observer import LAST_TWIN_CHECK, numbers
from caviar.population.step import train_steps
from caviar.techniques.losses import mean_loss
from caviar.techniques.optimisers import OPTIMISERS
from caviar.training import Cohort, Member, Plan, TrainingData

SHARE = 0.005  # of the steps of all members: one alone takes some three times as long as one among many
FEWEST_STEPS, MOST_STEPS = 32, 2_000
STRETCH = 64  # steps at the start, and at the end, where the whole is too much
LAST_LOOKS = 4
KINDS = {"softmax": "cross-entropy", "logistic": "binary cross-entropy", "squared": "squared error"}


def observe(member: Member, data: TrainingData, seed: int, steps_trained: int) -> Health:
    """What was seen of a member that has kept its weights, or of the first steps of one that diverged at once.

    Args:
        data, seed: what it was trained on, row weights (row,) if any, and the seed of the batches' order.
        steps_trained: updates of all members of the run together; the watching is bounded by them.
    """
    with torch.random.fork_rng(devices=[]):  # making a network draws from the generator that all share
        return _observed(member, data, seed, steps_trained)


def _observed(member: Member, data: TrainingData, seed: int, steps_trained: int) -> Health:
    lone = replace(member, curves=[], weights=None, state="running")
    cohort = Cohort([lone], data, Plan(member.planned_epochs, member.batch_size, seed))
    steps_an_epoch = len(epoch_batches(len(data.train_targets), member.batch_size, seed, 0))
    watching = _Watching(cohort, steps_an_epoch)
    taken, affordable = len(member.curves) * steps_an_epoch, int(SHARE * steps_trained)
    affordable = min(max(affordable, FEWEST_STEPS), MOST_STEPS)
    if taken <= affordable or member.weights is None:  # of one that diverged at once nothing was kept: its start tells
        first = min(taken, affordable)
        watching.train(1, first, _looks(first))
    else:
        stretch = min(STRETCH, affordable // 2)
        watching.train(1, stretch, _looks(stretch))
        _take_up(cohort, member)
        watching.momentum_fills = True
        last = max(member.best_epoch * steps_an_epoch, 2 * stretch)
        watching.train(last - stretch + 1, stretch, [1, *range(stretch, 1, -max(1, stretch // LAST_LOOKS))])
    losses = watching.losses | {
        epoch * steps_an_epoch: point[0]
        for epoch, point in enumerate(member.curves, start=1)
        if epoch * steps_an_epoch not in watching.losses
    }
    steps = sorted(losses)
    columns = cohort.population.loss_columns
    return watching.log.health(
        num_steps=taken,
        losses=np.array([losses[step] for step in steps]),
        loss_steps=np.array(steps, dtype=np.int64),
        optimiser=_facts(member),
        planned_steps=member.planned_epochs * steps_an_epoch,
        loss_kind=KINDS.get(data.loss_function.name, ""),
        batch_rows=member.batch_size,
        num_rows=len(data.train_targets),
        known_nothing=_known_nothing(data, columns),
    )


class _Watching:
    """A cohort of one in training, seen at some of its steps.

    momentum_fills: whether the optimiser's averages began empty in mid-training; its first steps are then not its own.
    """

    def __init__(self, cohort: Cohort, steps_an_epoch: int):
        self.cohort, self.steps_an_epoch = cohort, steps_an_epoch
        self.log = HealthLog()
        self.losses: dict[int, float] = {}
        self.momentum_fills = False
        self.row_weights: Tensor | None = None  # of the batch, where rows have weights
        self.module = cohort.population.member(0)

    def train(self, first: int, num_steps: int, looks: list[int]) -> None:
        """Take `num_steps` steps, the first being step `first` of the training; look at those in `looks`, from 1."""
        batches = itertools.islice(self._batches(first), num_steps)
        for number, (rows, rate) in enumerate(batches, start=1):
            step = first + number - 1
            if number in looks:
                self._step(rows, rate, step, watched=True, settled=not self.momentum_fills or number > num_steps // 3)
            else:
                self._step(rows, rate, step)

    def _batches(self, first: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Row numbers and learning rate, (1,), of each step from `first` on."""
        plan, num_rows = self.cohort.plan, len(self.cohort.data.train_targets)
        epoch, skipped = divmod(first - 1, self.steps_an_epoch)
        while True:
            self.cohort.epoch = epoch
            batches = epoch_batches(num_rows, plan.batch_size, plan.seed, epoch)
            yield from list(zip(batches, self.cohort.rates(len(batches)), strict=True))[skipped:]
            epoch, skipped = epoch + 1, 0

    def _step(self, rows: Tensor, rate: Tensor, step: int, watched: bool = False, settled: bool = True) -> None:
        cohort, population = self.cohort, self.cohort.population
        data, weights = cohort.data, cohort.data.train_weights
        self.row_weights = None if weights is None else weights[rows]
        if watched:
            module = self._present_module()
            before = population.parameters.clone()
            twins = step <= LAST_TWIN_CHECK
            with global_generator(step, torch.device("cpu")):
                figures, _, _, _ = training_pass(
                    module, data.train_features[rows], data.train_targets[rows], self._loss, self.log, twins
                )
        num_rows = len(data.train_targets) if weights is None else weights.sum().expand(1)
        losses = train_steps(
            population, cohort.features, data.train_targets, [rows], data.loss_function, rate.unsqueeze(0),
            cohort.plan.seed, num_rows, weights, data.flip,
        )  # fmt: skip
        self.losses[step] = float(losses[0, 0])
        if watched:
            if settled:
                figures |= self._update_ratios(module, before)
            figures["step", "", "learning_rate"] = float(rate[0])
            self.log.layers += [name for name in weight_layers(module) if name not in self.log.layers]
            self.log.add(step, numbers(figures))

    def _present_module(self) -> nn.Module:
        """The member as it trains: its present weights, not their averages."""
        population = self.cohort.population
        own = dict(self.module.named_parameters()) | dict(self.module.named_buffers())
        with torch.no_grad():
            for name, stacked in (population.layout.views(population.parameters) | population.buffers).items():
                own[name].copy_(stacked[0])
        return self.module

    def _loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Of a lone network's (batch, output)."""
        columns = self.cohort.population.loss_columns
        return mean_loss(self.cohort.data.loss_function, outputs.T.unsqueeze(0), targets, columns, self.row_weights)[0]

    def _update_ratios(self, module: nn.Module, before: Tensor) -> dict:
        """‖ΔW‖ / ‖W‖ of each layer."""
        population = self.cohort.population
        names = {id(each): name for name, each in module.named_parameters()}
        old, new = population.layout.views(before), population.layout.views(population.parameters)
        ratios = {}
        for layer, weights in weight_layers(module).items():
            own = [names[id(each)] for each in weights if names[id(each)] in old]
            moved = sum(float((new[name] - old[name]).square().sum()) for name in own)
            size = sum(float(old[name].square().sum()) for name in own)
            ratios["layer", layer, "update_ratio"] = float(np.sqrt(moved / size)) if size else float("inf")
        return ratios


def _looks(num_steps: int) -> list[int]:
    """Powers of two at first, and four evenly spaced ones up to the last."""
    early = itertools.takewhile(lambda step: step <= num_steps, watched_steps())
    return sorted({*early, *np.linspace(1, num_steps, LAST_LOOKS + 1).astype(int).tolist()})


def _take_up(cohort: Cohort, member: Member) -> None:
    """Go on from the weights that the member kept, with the optimiser's averages empty."""
    assert member.weights is not None, f"member {member.number} was not kept"
    population = cohort.population
    state = population.state()
    for name, view in population.layout.views(state["parameters"]).items():
        view[0] = member.weights[name]
    for name in ("velocity", "square", "averages"):
        state[name] = torch.zeros_like(state[name])
    for name in population.buffers:
        state[f"buffers.{name}"] = member.weights[name].unsqueeze(0)
    population.load_state(state | {"step_count": torch.tensor(0)})
    cohort.chunks = population.chunks(1)


def _facts(member: Member) -> OptimiserFacts:
    name = str(member.settings["optimizer"])
    kind = OPTIMISERS[name]
    beta1, beta2 = float(member.settings["beta1"]), float(member.settings["beta2"])
    return OptimiserFacts(name, beta1 if kind.momentum else 0.0, beta2 if kind.adaptive else 0.0, kind.corrected)


def _known_nothing(data: TrainingData, columns: dict[str, Tensor]) -> float | None:
    """The loss of the network whose outputs are all 0, on all train rows."""
    nothing = torch.zeros(1, data.num_outputs, len(data.train_targets))
    value = float(mean_loss(data.loss_function, nothing, data.train_targets, columns, None)[0])
    return value if np.isfinite(value) and value > 0 else None
