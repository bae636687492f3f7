"""What a network's outputs mean: labels with probabilities, values in the target's units, or several yes/no answers."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import torch
from torch import Tensor

from caviar.techniques.losses import LOSSES


@dataclass(frozen=True)
class Answers:
    """How to read outputs.

    loss: a name in LOSSES. classes: labels by class number; () where numbers or several labels are predicted.
    mean, std: of the standardised target; 0 and 1 where it is taken as it is.
    """

    loss: str
    classes: tuple[str | int, ...] = ()
    mean: float = 0.0
    std: float = 1.0

    @property
    def is_share(self) -> bool:
        """Whether errors are shares of wrong answers; else they are in the target's units."""
        return self.loss in ("softmax", "logistic", "multi-label")

    @property
    def error_name(self) -> str:
        """What the dev error is called."""
        if self.is_share:
            return "error"
        return "RMSE" if LOSSES[self.loss].root else "quantile loss"

    def frame(self, outputs: Tensor) -> pl.DataFrame:
        """Predictions, a row each, of outputs (row, output) as the network gives them.

        Returns:
            `prediction` and `probability.<label>` for each class; `prediction` for numbers; or, for several labels,
            `probability.<number>` for each.
        """
        outputs = outputs.detach().cpu().double()
        if self.loss == "multi-label":
            return _columns(torch.sigmoid(outputs), tuple(range(outputs.shape[1])))
        if not self.is_share:
            return pl.DataFrame({"prediction": outputs[:, 0].numpy() * self.std + self.mean})
        if self.loss == "logistic":
            yes = torch.sigmoid(outputs[:, 0])
            probabilities = torch.stack([1 - yes, yes], dim=1)
        else:
            probabilities = torch.softmax(outputs, dim=1)
        labels = self.classes or tuple(range(outputs.shape[1]))
        chosen = pl.Series("prediction", np.asarray(labels)[probabilities.argmax(1).numpy()])
        return _columns(probabilities, labels).insert_column(0, chosen)


def _columns(probabilities: Tensor, labels: tuple[str | int, ...]) -> pl.DataFrame:
    return pl.DataFrame({f"probability.{label}": probabilities[:, place].numpy() for place, label in enumerate(labels)})
