"""What a diagnosis may look at: errors, reference lines and curves of one trained model. Notes 1.1 to 1.3, 1.7, 1.8."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from caviar.core.errors import SettingsError
from caviar.core.records import Task
from caviar.diagnosis.data_evidence import DataEvidence
from caviar.diagnosis.error_rate import ErrorRate, metric_of
from caviar.diagnosis.intervals import Metric
from caviar.diagnosis.label_check import LabelCheck

StoppedBy = Literal["end", "early-stopping", "budget", "dropped"]

MATERIAL_ERROR = 0.02
MATERIAL_SHARE_OF_TRIVIAL = 0.05


@dataclass(frozen=True, eq=False)
class Reference:
    """Another model on the same train and dev rows, to measure the network against.

    `dev_error` keeps per-row errors in the row order of the network's, so that the two can be paired.
    `train_dev_error` is measured where there is a train-dev set.
    """

    name: str
    train_error: ErrorRate | None
    dev_error: ErrorRate
    train_dev_error: ErrorRate | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False)
class MemberHistory:
    """How one member of the final ensemble trained.

    Args:
        train_loss: (epoch,) mean train loss of each epoch that ran, as trained (with dropout and penalties).
        dev_error: (epoch,) dev error in test mode, a fraction or an RMSE; None where it was not measured.
        planned_epochs: epochs the member was meant to run; None when unknown.
        best_epoch: number of epochs, from 1, after which its weights were kept; None: that of the lowest dev error.
        stopped_by: why it ended: its plan, early stopping, the time budget, or losing against others.
        drop_rate: the largest dropout rate of its layers, inputs included, in [0, 1); None when unknown.
    """

    train_loss: np.ndarray
    dev_error: np.ndarray | None = None
    planned_epochs: int | None = None
    best_epoch: int | None = None
    stopped_by: StoppedBy = "end"
    drop_rate: float | None = None

    @property
    def epochs_run(self) -> int:
        return len(self.train_loss)

    @property
    def kept_epoch(self) -> int | None:
        """The epoch, from 1, whose weights were kept; None when unknown."""
        if self.best_epoch is not None or self.dev_error is None or not np.isfinite(self.dev_error).any():
            return self.best_epoch
        return int(np.nanargmin(self.dev_error)) + 1


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything known about one final model; what is None is missing, and a disease that needs it says so.

    Args:
        metric: "error", a share of mistakes in [0, 1]; "rmse", in the target's units.
        train_error, dev_error: of the final model, in test mode: no dropout, augmentation or label smoothing.
        train_dev_error: on rows like train's that were not trained on, where dev comes from another distribution (C3).
        test_error: on rows like dev's that no choice has touched; only where it was measured already.
        same_distribution: False where dev rows come from another source than train rows; None where nobody knows.
        trivial_error: dev error of predicting the majority class, or the mean.
        reference: boosting on the same rows; its error on rows like train's bounds the reachable error from above.
        human_error: the error a person makes, a proxy of the optimal (Bayes) error.
        material: the smallest part of the error worth acting on; None: 2 points, or 5 % of the trivial RMSE.
        train_rows: rows trained on.
        num_candidates: members that were compared on dev.
        candidate_errors: (candidate, dev row) per-row dev errors of the members compared on dev, the best first.
        histories: one entry a member of the final ensemble.
        data: what is known of the rows themselves; None for bare figures. label_check: of their labels.
    """

    metric: Metric
    task: Task | None = None
    train_error: ErrorRate | None = None
    dev_error: ErrorRate | None = None
    train_dev_error: ErrorRate | None = None
    test_error: ErrorRate | None = None
    same_distribution: bool | None = True
    trivial_error: float | None = None
    reference: Reference | None = None
    human_error: float | None = None
    material: float | None = None
    train_rows: int | None = None
    num_candidates: int | None = None
    candidate_errors: np.ndarray | None = None
    histories: tuple[MemberHistory, ...] = ()
    data: DataEvidence | None = None
    label_check: LabelCheck | None = None

    def __post_init__(self) -> None:
        for name in ("human_error", "material"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= (1 if self.metric == "error" else np.inf):
                must = "lie between 0 and 1 (for 2.5 % give 0.025)" if self.metric == "error" else "be at least 0"
                raise SettingsError(f"{name.replace('_', ' ')} must {must}; got {value:g}.")

    @classmethod
    def from_rows(cls, task: Task, train_errors: np.ndarray, dev_errors: np.ndarray, **others: Any) -> "Evidence":
        """From the final model's per-row errors, (row,) each: 0/1 mistakes, or squared errors for regression."""
        metric = metric_of(task)
        return cls(
            metric,
            task,
            ErrorRate.from_rows(train_errors, metric),
            ErrorRate.from_rows(dev_errors, metric),
            **{"train_rows": len(train_errors), **others},
        )

    @property
    def material_size(self) -> float | None:
        """The smallest difference worth acting on, in the metric's units; None where nothing says what is large."""
        if self.material is not None:
            return self.material
        if self.metric == "error":
            return MATERIAL_ERROR
        return None if self.trivial_error is None else MATERIAL_SHARE_OF_TRIVIAL * self.trivial_error
