"""Watches a network that Caviar trains, at starts of epochs, from outside: the training never knows. Notes 1.10 to 3.7.

All draws of a step are a function of its number, so the step that comes next can be taken on a copy: what is seen there
is, up to rounding, what will happen.
"""

import copy
from bisect import bisect_left
from collections.abc import Hashable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from caviar.core.records import Finding
from caviar.data.batches import epoch_batches
from caviar.diagnosis.foreign import training_pass
from caviar.diagnosis.forward_observer import weight_layers
from caviar.diagnosis.health import Health, OptimiserFacts
from caviar.diagnosis.health_log import HealthLog
from caviar.diagnosis.training_diseases import examine
from caviar.diagnosis.weight_observer import LAST_TWIN_CHECK, numbers, twin_share
from caviar.population.population import Population
from caviar.population.step import train_step
from caviar.techniques.losses import mean_loss
from caviar.techniques.optimisers import OPTIMISERS
from caviar.training import Cohort

KINDS = {"softmax": "cross-entropy", "squared": "squared error"}


class CohortObserver:
    """Of a cohort of one member, on a CPU. Looks are ever further apart: an eighth of the epochs so far."""

    def __init__(self) -> None:
        self.log = HealthLog()
        self.losses: list[np.ndarray] = []  # an array an epoch
        self.looked: list[int] = []  # epochs trained at each look
        self.first_epoch: int | None = None

    def look(self, cohort: Cohort, since: int = 0) -> None:
        """See the first step of the coming epoch, if it is one to see; call it before every epoch, after all nudges.

        `since`: the epoch after which the settings last changed, from which the looks begin anew.
        """
        if self.first_epoch is None:
            self.first_epoch = cohort.epoch
        last = self.looked[-1] if self.looked else -1
        if not cohort.alive or (last >= since and cohort.epoch < last + max(1, (last - since) // 8)):
            return
        self.looked.append(cohort.epoch)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # for one batch of one member more only wait for each other
        try:
            self._see(cohort)
        finally:
            torch.set_num_threads(threads)

    def _see(self, cohort: Cohort) -> None:
        data, plan, population = cohort.data, cohort.plan, cohort.population
        rows = epoch_batches(len(data.train_targets), plan.batch_size, plan.seed, cohort.epoch)[0]
        features, targets = data.train_features[rows], data.train_targets[rows]
        step = population.step_count + 1
        with torch.enable_grad():
            figures = self._passes(population, features, targets, cohort)
        figures |= self._step(population, features, targets, cohort)
        self.log.add(step, numbers(figures))

    def hear(self, cohort: Cohort) -> None:
        """Take in the losses of the epoch that has just ended."""
        self.losses.append(cohort.step_losses[0].double().numpy())

    def forget_after(self, epoch: int) -> None:
        """Go back to the end of `epoch`, before `look`; one before all that was seen leaves nothing."""
        self.losses = self.losses[: max(0, epoch - (self.first_epoch or 0))]
        self.looked = [each for each in self.looked if each < epoch]
        del self.log.watched[len(self.looked) :], self.log.figures[len(self.looked) :]
        if self.first_epoch is not None and epoch < self.first_epoch:
            self.first_epoch = None

    def health(self, cohort: Cohort, since: int = 0) -> Health:
        """All that was seen so far, or since that epoch, as after a change of settings."""
        steps_an_epoch = len(epoch_batches(len(cohort.data.train_targets), cohort.plan.batch_size, 0, 0))
        begin = max(since, self.first_epoch or 0)
        heard = self.losses[begin - (self.first_epoch or 0) :]
        settings, losses = cohort.members[0].settings, np.concatenate([np.empty(0), *heard])
        first = begin * steps_an_epoch
        place = bisect_left(self.looked, begin)
        log = copy.copy(self.log)
        log.watched, log.figures = log.watched[place:], log.figures[place:]
        return log.health(
            num_steps=first + len(losses),
            losses=losses,
            loss_steps=first + np.arange(1, len(losses) + 1),
            optimiser=facts_of(settings),
            planned_steps=cohort.plan.epochs * steps_an_epoch,
            from_start=begin == 0,
            loss_kind=KINDS.get(cohort.data.loss_function.name, ""),
            known_nothing=_known_nothing(cohort),
        )

    def findings(self, cohort: Cohort, since: int = 0) -> list[Finding]:
        """One a disease of training, in the order of `examine`; `since` as of `health`."""
        return examine(self.health(cohort, since))

    def _passes(self, population: Population, features: Tensor, targets: Tensor, cohort: Cohort) -> dict[Hashable, Any]:
        """Forwards and backwards through the member as an ordinary module, with the step's own dropout."""
        module, loss = population.member(0, evaluated=False), cohort.data.loss_function
        dropouts = (each for each in module.modules() if hasattr(each, "draw_from"))
        for number, layer in enumerate(dropouts):
            layer.draw_from(cohort.plan.seed, population.step_count, number)  # type: ignore[operator]

        def of_batch(outputs: Tensor, targets: Tensor) -> Tensor:
            return mean_loss(loss, outputs.T.unsqueeze(0), targets, population.loss_columns, None)[0]

        figures, _, _, _ = training_pass(module, features, targets, of_batch, self.log)
        self.log.layers += [name for name in weight_layers(module) if name not in self.log.layers]
        return figures

    def _step(self, population: Population, features: Tensor, targets: Tensor, cohort: Cohort) -> dict[Hashable, Any]:
        """The step itself, on a copy: how far it moves each layer, and the gradient that the optimiser gets."""
        twin, plan, step = population.twin(), cohort.plan, population.step_count + 1
        rate = cohort.rates(1)[0]
        loss, rows = cohort.data.loss_function, len(cohort.data.train_targets)
        train_step(twin, features, targets, loss, rate, plan.seed, rows)
        before, after = (one.layout.views(one.parameters) for one in (population, twin))
        gradients = twin.layout.views(twin.gradients)
        figures: dict[Hashable, Any] = {
            ("step", "", "learning_rate"): rate[0].double(),
            ("step", "", "gradient_norm"): twin.gradients[0].norm(),
        }
        for name in self.log.layers:
            weight = f"{name}.weight"
            old, slope = before[weight][0], gradients[weight][0]
            figures["layer", name, "gradient_norm"] = slope.norm()
            figures["layer", name, "update_ratio"] = (after[weight][0] - old).norm() / old.norm()
            if step <= LAST_TWIN_CHECK:
                share = twin_share(old, slope)
                figures |= {} if share is None else {("layer", name, "twin_share"): share}
        return figures


def facts_of(settings: dict[str, Any]) -> OptimiserFacts:
    """How the member's optimiser averages."""
    kind = OPTIMISERS[settings["optimizer"]]
    return OptimiserFacts(
        settings["optimizer"],
        settings["beta1"] if kind.momentum else 0.0,
        settings["beta2"] if kind.adaptive else 0.0,
        kind.corrected,
    )


def _known_nothing(cohort: Cohort) -> float | None:
    """The loss of a network that knows nothing."""
    data = cohort.data
    if data.loss_function.name == "softmax":
        return float(np.log(data.num_outputs))
    return float(data.train_targets.double().var(correction=0)) if data.loss_function.name == "squared" else None
