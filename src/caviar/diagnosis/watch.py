"""Watch a training loop that is not Caviar's, at few of its steps, and say what ails it. Notes 1.10 to 3.7."""

import functools
import warnings
from collections.abc import Callable, Hashable, Iterator
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from caviar.core.errors import SettingsError
from caviar.core.records import Finding
from caviar.diagnosis.forward_observer import ForwardObserver
from caviar.diagnosis.health import Health
from caviar.diagnosis.health_log import HealthLog
from caviar.diagnosis.loss_kind import loss_kind
from caviar.diagnosis.optimiser_facts import optimiser_facts
from caviar.diagnosis.training_diseases import examine
from caviar.diagnosis.weight_observer import WeightObserver, numbers

LAST_DOUBLING = 512
HELD_LOSSES = 256

Loss = TypeVar("Loss", Tensor, float)


def watched_steps(every: int | None = None) -> Iterator[int]:
    """1, 2, 4, …, 512, then every 512th, from step 4,096 on with gaps of an eighth of the steps so far.

    Or the first and each `every`-th. A watched step costs two to six of the others: see benchmarks/watch.py.
    """
    step = 1
    while True:
        yield step
        if every is not None:
            step = every if step % every else step + every
        else:
            step = 2 * step if step < LAST_DOUBLING else step + max(LAST_DOUBLING, step // 8)


def watch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    *,
    num_steps: int | None = None,
    every: int | None = None,
    num_rows: int | None = None,
) -> "Watcher":
    """Watch `model` train in a loop of your own; the run stays what it would be without, bit for bit.

        with caviar.watch(model, optimizer) as watcher:
            for features, targets in loader:
                loss = watcher.loss(criterion(model(features), targets))     # optional: hands the loss over
                optimizer.zero_grad(); loss.backward(); optimizer.step()
        for finding in watcher.findings(): print(finding)

    Args:
        num_steps: steps the whole run is meant to take, at least 1; None: as many as it took when findings are asked.
        every: watch every n-th step, n at least 1; None: ever fewer as the run goes on, at
            under 5 % of the time of 2,000 steps.
        num_rows: of the train part, at least 1, to count the steps of an epoch; None: not known.
    """
    for name, value in (("num_steps", num_steps), ("every", every), ("num_rows", num_rows)):
        if value is not None and value < 1:
            raise SettingsError(f"{name} must be at least 1; got {value}.")
    return Watcher(model, optimizer, num_steps, every, num_rows)


def _stepping_aside(hook: Callable) -> Callable:
    """A watcher that fails must not take the run with it: it leaves, and says so."""

    @functools.wraps(hook)
    def careful(watcher: "Watcher", *arguments: Any) -> None:
        try:
            hook(watcher, *arguments)
        except Exception as error:
            watcher.gone = True
            if watcher._forward is not None:
                watcher._forward.close()
            watcher.unseen["later steps"] = f"watching failed at step {watcher.step + 1}: {error}"
            warnings.warn(f"caviar.watch stopped watching: {error}. The training goes on.", stacklevel=3)

    return careful


class Watcher:
    """What `watch` gives: hand it losses, ask it for findings, close it."""

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        num_steps: int | None = None,
        every: int | None = None,
        num_rows: int | None = None,
    ):
        self.model, self.optimizer, self.num_steps, self.num_rows = model, optimizer, num_steps, num_rows
        self.step, self.gone = 0, False
        self.from_start = not optimizer.state
        self.unseen: dict[str, str] = {}
        self.log = HealthLog()
        self.kind: tuple[str, float | None] = ("", None)
        self._losses: list[float] = []
        self._loss_steps: list[int] = []
        self._held: list[Tensor | float] = []
        self._plan = watched_steps(every)
        self._next = next(self._plan)
        self._figures: dict[Hashable, Any] = {}
        self._forward: ForwardObserver | None = None
        self._weights = WeightObserver(model, optimizer)
        if hasattr(model, "_orig_mod") or isinstance(model, torch.jit.ScriptModule):
            self.unseen["activations"] = "a compiled model does not show them: watch it before compiling"
        self._handle = optimizer.register_step_post_hook(self._count)
        self._before_handle: RemovableHandle | None = None  # of the few steps that need one
        self._arm()

    def loss(self, value: Loss) -> Loss:
        """Hand over the loss of this step, before or after its backward pass; gives it back as it came."""
        if isinstance(value, Tensor):
            if not self._loss_steps and value.grad_fn is not None:
                self.kind = loss_kind(value, self._forward.output_shape if self._forward else ())
            now = value.detach().mean() if value.dim() else value
            # reading it from another device would make the run wait; a copy, as `loss +=` may follow
            self._held.append(now.item() if now.is_cpu else now.detach().clone())
        else:
            self._held.append(float(value))
        self._loss_steps.append(self.step + 1)
        if len(self._held) >= HELD_LOSSES:
            self._count_losses()
        return value

    def health(self) -> Health:
        """What was seen so far, as plain arrays."""
        self._count_losses()
        return self.log.health(
            num_steps=self.step,
            losses=np.array(self._losses, dtype=np.float64),
            loss_steps=np.array(self._loss_steps, dtype=np.int64),
            optimiser=optimiser_facts(self.optimizer),
            planned_steps=self.num_steps,
            from_start=self.from_start,
            loss_kind=self.kind[0],
            known_nothing=self.kind[1],
            batch_rows=self._batch_rows(),
            num_rows=self.num_rows,
            unseen=dict(self.unseen),
        )

    def findings(self) -> list[Finding]:
        """One a disease of training: the present first, gravest and surest ahead; then cannot-tell; then absent."""
        return examine(self.health())

    def close(self) -> None:
        """Take all hooks away; findings can still be asked."""
        self._handle.remove()
        self._look_away()

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _count(self, *_: Any) -> None:
        """After every step: little, where it was not watched and the next is not to be."""
        if self.gone:
            return
        if self._before_handle is not None:
            self._after_step()
        self.step += 1
        if "later steps" in self.unseen:
            self._look_away()
        elif self.step + 1 == self._next or self._weights.last_gradients:
            self._arm()

    def _arm(self) -> None:
        """Get ready for the next step: to watch it, or to hold its gradients against those of the last."""
        self._before_handle = self.optimizer.register_step_pre_hook(self._before_step)
        if self.step + 1 == self._next:
            self._figures = {}
            if "activations" not in self.unseen:
                self._forward = ForwardObserver(self.model, self._figures, self.log, self._weights.layers)

    @_stepping_aside
    def _before_step(self, *_: Any) -> None:
        if self._weights.last_gradients and self.step == self.log.watched[-1]:
            agreement = self._weights.agreement()
            if agreement is not None:
                self.log.figures[-1]["step", "", "agreement"] = float(agreement)
        if self.step + 1 == self._next:
            self._weights.before_step()

    @_stepping_aside
    def _after_step(self) -> None:
        self._look_away()
        if self.step + 1 == self._next:
            self._figures |= self._weights.after_step(self.step + 1)
            self.log.layers += [name for name in self._weights.layers if name not in self.log.layers]
            self.log.add(self.step + 1, numbers(self._figures))
            self._next = next(self._plan)

    def _look_away(self) -> None:
        """Take away what was there for one step."""
        if self._before_handle is not None:
            self._before_handle.remove()
            self._before_handle = None
        if self._forward is not None:
            self._forward.close()
            if self._forward.failure:
                self.unseen["activations"] = self._forward.failure

    def _batch_rows(self) -> int | None:
        """Rows of a step: those of a pass, times the losses a step where gradients of several passes are added up."""
        rows = self.log.rows
        passes = round(len(self._losses) / self._loss_steps[-1]) if self._loss_steps else 1
        return None if rows is None else rows * max(1, passes)

    def _count_losses(self) -> None:
        """Bring the losses held since the last time to this processor, all at once."""
        self._losses += numbers(dict(enumerate(self._held))).values()
        self._held = []
