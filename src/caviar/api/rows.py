"""Rows to train on and to judge by, wherever they came from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from caviar.api.answers import Answers
from caviar.core.errors import SettingsError, nearest
from caviar.core.records import Notice
from caviar.techniques.losses import LOSSES
from caviar.training import TrainingData

CLASS_LOSSES = ("softmax", "logistic")
NUMBER_LOSSES = ("squared", "huber", "quantile")


@dataclass(frozen=True)
class Rows:
    """The rows as networks see them, and how to read others like them.

    Attributes:
        data: without row weights.
        answers: what outputs mean.
        read: new rows as the user has them → features (row, …).
        num_given: how many rows the user gave to learn from. chosen: the numbers of those that train, (train row,).
        notices: what was repaired, chosen or left out on the way.
        raw: whether features and numbers to predict are taken as they came; else they are prepared as in `fit`.
    """

    data: TrainingData
    answers: Answers
    read: Callable[[Any], Tensor]
    num_given: int
    chosen: np.ndarray
    notices: tuple[Notice, ...] = ()
    raw: bool = False

    @property
    def strata(self) -> Tensor | None:
        """Class numbers of the train rows, (row,), by which folds and subsets are drawn in proportion."""
        return self.data.train_targets if self.answers.loss in CLASS_LOSSES else None


def checked_loss(loss: str | None, fitting: tuple[str, ...], what: str) -> str:
    """The loss, by default the first of the `fitting` ones. `what` says what the targets are.

    Raises:
        SettingsError: an unknown loss, or one that does not fit the targets.
    """
    if loss is None:
        return fitting[0]
    if loss not in LOSSES:
        raise SettingsError(f"loss must be one of {', '.join(LOSSES)}; got {loss!r}.{nearest(str(loss), list(LOSSES))}")
    if loss not in fitting:
        raise SettingsError(f"loss {loss!r} does not fit targets that are {what}: choose from {', '.join(fitting)}.")
    return loss
