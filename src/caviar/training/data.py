"""Rows as the networks see them, and how long a cohort trains on them."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from caviar.techniques.losses import LOSSES, Loss


@dataclass(frozen=True)
class TrainingData:
    """Train and dev rows as the networks see them.

    features: (row, …); targets: (row,) int64 classes, (row,) float32 values, standardised for the squared loss, or
    (row, label) float32, NaN for missing. `unit` turns a standardised error into the target's units (1 for classes).
    loss: a name in LOSSES; "" is squared error for regression and softmax for classes.
    train_weights, dev_weights: of the rows, at least 0: None, (row,), or (member, row), one row for each member in
    order, so that folds, resamples and training-set sizes are members (techniques/row_weights.py).
    flip: pictures may be mirrored (techniques/augmentation.py).
    """

    task: str
    num_outputs: int
    train_features: Tensor
    train_targets: Tensor
    dev_features: Tensor
    dev_targets: Tensor
    unit: float = 1.0
    loss: str = ""
    train_weights: Tensor | None = None
    dev_weights: Tensor | None = None
    flip: bool = False

    @property
    def loss_function(self) -> Loss:
        return LOSSES[self.loss or ("squared" if self.task == "regression" else "softmax")]

    def to(self, device: torch.device | str) -> "TrainingData":
        """The same rows on another device."""
        tensors = {name: value.to(device) for name, value in vars(self).items() if isinstance(value, Tensor)}
        return replace(self, **tensors)  # type: ignore[arg-type]

    def of_members(self, rows: Tensor) -> "TrainingData":
        """The same rows, with the weights of these members only (their numbers among all)."""
        weights = {name: getattr(self, name) for name in ("train_weights", "dev_weights")}
        own = {name: each[rows] for name, each in weights.items() if each is not None and each.dim() == 2}
        return replace(self, **own)


@dataclass(frozen=True)
class Plan:
    """How long and in what pieces a cohort trains.

    epochs: planned length, which schedules refer to. patience: epochs without a better score before a member stops.
    rungs: (epoch, members to keep) pairs: after that epoch only the best stay (search/halving.py).
    device: "cpu", "cuda" or "mps". bfloat16: products in bfloat16 where torch deems it safe (autocast), for graphics
    cards; weights, moments, losses and batch norm stay in float32.
    """

    epochs: int
    batch_size: int
    seed: int
    patience: float = float("inf")
    rungs: tuple[tuple[int, int], ...] = ()
    device: str = "cpu"
    bfloat16: bool = False
