"""What was seen of a training from inside: layers, units, losses, steps. Plain arrays that diseases read. Notes 1.10.

A figure that was not seen is NaN, one that was not finite is infinite; a whole part that could not be seen is named in
`unseen`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # a record of a run is read without PyTorch
    from caviar.diagnosis.curvature import Curvature
    from caviar.techniques.gradient_check_result import GradientCheck

ENOUGH_ROWS = 100


@dataclass(frozen=True, eq=False)
class Layers:
    """Layers with a matrix of weights, in the order they ran; each array is (watched, layer).

    Args:
        gradient_norm, weight_norm: ‖g‖ as the optimiser gets it, after any clipping, and ‖W‖ before the step.
        update_ratio: ‖ΔW‖ / ‖W‖ of the step, weight decay included.
        output_rms: root mean square of the layer's output z in the forward pass.
        output_gradient: ‖∂J/∂z‖, over all units and rows of the batch.
        twin_share: share of units whose weights and gradients equal those of the unit before, so they stay equal.
    """

    names: tuple[str, ...]
    gradient_norm: np.ndarray
    weight_norm: np.ndarray
    update_ratio: np.ndarray
    output_rms: np.ndarray
    output_gradient: np.ndarray
    twin_share: np.ndarray


@dataclass(frozen=True, eq=False)
class Activation:
    """One use of an activation function, such as "relu"; arrays are (watched,) but for `silent`.

    Args:
        is_output: whether no layer with weights comes after it, as with a sigmoid that gives a probability.
        rows: of the watched batch.
        mean, deviation: over rows and units.
        silent: (watched, unit), whether the unit was 0 for every row of the batch; None unless it is a ReLU.
        saturated: share of values where the slope is under a twentieth of its largest; NaN unless tanh or sigmoid.
    """

    name: str
    kind: str
    is_output: bool
    rows: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    silent: np.ndarray | None
    saturated: np.ndarray

    def dead_share(self, at_start: bool = False) -> tuple[float, int]:
        """Share of units silent on every row of the last watched batches, or the first; and how many rows those were.

        As many batches as it takes to see 100 rows, or all of them.
        """
        assert self.silent is not None
        seen = np.flatnonzero(self.rows > 0)
        seen = seen if at_start else seen[::-1]
        rows = np.cumsum(self.rows[seen])
        needed = min(int(np.searchsorted(rows, ENOUGH_ROWS)) + 1, len(rows))
        return float(self.silent[seen[:needed]].all(axis=0).mean()), int(rows[needed - 1])


@dataclass(frozen=True, eq=False)
class BatchNorms:
    """Batch norm layers; arrays are (watched, layer).

    Args:
        difference: x̂ by the batch's μ, σ minus x̂ by the running ones: root mean square over rows, median over units,
            in deviations of the unit. It is what changing from train to test mode does to the layer.
        rows: of the watched batch.
    """

    names: tuple[str, ...]
    difference: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True, eq=False)
class Inputs:
    """Data as they reach a layer that learns from them directly: features of a table, channels of pictures.

    Args:
        layer: its name. rows: how many were seen.
        mean, deviation: (column,) over rows and places. repeated_share: (column,) share of values equal to that of
            the row before in the batch; above a half, most rows hold one and the same value, as Σp² ≤ max p.
    """

    layer: str
    rows: int
    mean: np.ndarray
    deviation: np.ndarray
    repeated_share: np.ndarray


@dataclass(frozen=True)
class OptimiserFacts:
    """How the optimiser averages. `beta1` 0: no momentum. `beta2` 0: no second moment. None: not known."""

    name: str = ""
    beta1: float | None = None
    beta2: float | None = None
    corrected: bool = True


@dataclass(frozen=True, eq=False)
class Health:
    """Everything that was collected.

    Args:
        watched: (watched,) numbers of the watched steps, counted from 1.
        num_steps: steps taken so far; 0 where a model was looked at and not trained.
        planned_steps: how long the run is meant to be; None: as long as it was.
        from_start: whether step 1 was the first step of the training.
        gradient_norm: (watched,) over all weights and biases, as the optimiser gets it.
        learning_rate: (watched,) the largest of the parameter groups.
        losses: (loss,) every loss handed over, in order; loss_steps: (loss,) the step each belongs to.
        loss_kind: "cross-entropy", "binary cross-entropy", "squared error"; "" when unknown.
        known_nothing: the loss of a network that knows nothing: log C, or the targets' variance; None when unknown.
        output_change: share of predictions that change between batch norm's modes; None where it was not measured.
        inputs: one for each layer that data reach directly; None where no forward pass was seen.
        batch_rows: of the batches that the training takes; None when unknown.
        agreement: (pair,) cosine of the gradients of two batches at the same weights, or a step apart; in order.
        looked_at_rows: of the batches whose gradients agree so; None when unknown.
        num_rows: of the train part; None when unknown.
        curvature: of the loss at the present weights; None where it was not measured.
        gradient_check: of backward() against differences; None where it was not made.
        unseen: by part ("activations", "gradients", "curvature", "gradient check"), why it could not be seen.
    """

    layers: Layers
    watched: np.ndarray
    num_steps: int
    gradient_norm: np.ndarray
    learning_rate: np.ndarray
    losses: np.ndarray
    loss_steps: np.ndarray
    activations: tuple[Activation, ...] = ()
    batch_norms: BatchNorms | None = None
    optimiser: OptimiserFacts = OptimiserFacts()
    planned_steps: int | None = None
    from_start: bool = True
    loss_kind: str = ""
    known_nothing: float | None = None
    output_change: float | None = None
    inputs: tuple[Inputs, ...] | None = None
    batch_rows: int | None = None
    agreement: np.ndarray = field(default_factory=lambda: np.empty(0))
    looked_at_rows: int | None = None
    num_rows: int | None = None
    curvature: Curvature | None = None
    gradient_check: GradientCheck | None = None
    unseen: dict[str, str] = field(default_factory=dict)

    @property
    def late(self) -> slice:
        """The second half of the watched steps, where the start's troubles are over."""
        return slice(len(self.watched) // 2, None)

    @property
    def run_length(self) -> int:
        """Steps of the whole run."""
        return max(self.num_steps, self.planned_steps or 0)

    @property
    def finite_losses(self) -> np.ndarray:
        """(loss,) losses before the first that is not finite."""
        broken = np.flatnonzero(~np.isfinite(self.losses))
        return self.losses[: broken[0]] if len(broken) else self.losses
