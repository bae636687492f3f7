"""One way to train a network, whole, and what the diagnosis' actions make of it. Notes 1.3."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import inf, isfinite
from typing import Any

import numpy as np

from caviar.networks.mlp import MLP
from caviar.recipe.plans import MOST_EPOCHS, Shape
from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.training import Member

LONGER = 2
MORE_DROPPED, MOST_DROPPED = 0.3, 0.6
MORE_DECAY, LEAST_DECAY, MOST_DECAY = 10, 0.5, 3.0
PENALTIES = {
    "l2": "L2",
    "l1": "L1",
    "weight_decay": "weight decay",
    "drop_rate": "dropout",
    "input_drop_rate": "dropout of inputs",
    "augmentation": "augmentation",
    "label_smoothing": "label smoothing",
}
FEWEST_UNITS = 4
TWO_ENDED = ("tanh", "sigmoid")  # activations that are steep around 0 and flat at both ends
FITTING = "fitting"


@dataclass(frozen=True)
class Setup:
    """What a network is trained with: its shape, every hyperparameter, epochs and patience; all but the seed.

    settings: by the catalogue's names, as `Settings.member` gives them. raw: whether inputs (and numbers to predict)
    come in units of their own, so that they could be standardised (standardising.py).
    """

    shape: Shape
    settings: Mapping[str, Any]
    epochs: int
    patience: float = inf
    raw: bool = False

    @classmethod
    def of(cls, member: Member, shape: Shape, patience: float = inf) -> "Setup":
        """The setup that a member was trained by."""
        settings = {name: value for name, value in member.settings.items() if name in HYPERPARAMETERS}
        return cls(shape, settings, member.planned_epochs, patience)

    def __str__(self) -> str:
        return str(self.shape)

    def with_settings(self, **values: Any) -> "Setup":
        return replace(self, settings={**self.settings, **values})

    def wider(self) -> "Setup | None":
        """Twice the units, or a layer more (plans.py); None where the structure is no MLP."""
        return replace(self, shape=self.shape.wider()) if isinstance(self.shape.structure, MLP) else None

    def deeper(self) -> "Setup | None":
        """A hidden layer more, as wide as the last; None where the structure is no MLP."""
        structure = self.shape.structure
        if not isinstance(structure, MLP) or not structure.hidden:
            return None
        return self._with_hidden((*structure.hidden, structure.hidden[-1]))

    def smaller(self) -> "Setup | None":
        """Half the units; None where that leaves too few, or the structure is no MLP."""
        structure = self.shape.structure
        if not isinstance(structure, MLP) or min(structure.hidden, default=0) < 2 * FEWEST_UNITS:
            return None
        return self._with_hidden(tuple(units // 2 for units in structure.hidden))

    def _with_hidden(self, hidden: tuple[int, ...]) -> "Setup":
        return replace(self, shape=replace(self.shape, structure=replace(self.shape.structure, hidden=hidden)))

    def looser(self) -> "Setup | None":
        """Without any penalty, dropout or smoothing; None where there is none."""
        present = {name: 0.0 for name in PENALTIES if np.max(self.settings[name])}
        return self.with_settings(**present) if present else None

    def standardised(self) -> "Setup | None":
        """Inputs and numbers to predict of mean 0 and deviation 1; None where they are."""
        return replace(self, raw=False) if self.raw else None

    def longer(self) -> "Setup | None":
        """Twice the epochs, and none of early stopping; None where that is too long already."""
        if isfinite(self.patience):
            return replace(self, patience=inf)
        longer = min(LONGER * self.epochs, max(4 * MOST_EPOCHS, self.epochs))
        return replace(self, epochs=longer) if longer > self.epochs else None

    def faster(self, factor: float) -> "Setup":
        """The learning rate times `factor`."""
        return self.with_settings(learning_rate=self.settings["learning_rate"] * factor)

    def more_dropout(self) -> "Setup | None":
        """So many more of the hidden units dropped: 30 % of them, up to 60 %."""
        rate = self.drop_rate
        return self.with_settings(drop_rate=min(rate + MORE_DROPPED, MOST_DROPPED)) if rate < MOST_DROPPED else None

    def without_dropout(self) -> "Setup | None":
        """No unit and no input is dropped."""
        if not self.drop_rate and not self.settings["input_drop_rate"]:
            return None
        return self.with_settings(drop_rate=0.0, input_drop_rate=0.0)

    def more_decay(self) -> "Setup | None":
        """Ten times the decoupled weight decay, from 0.5 up to 3."""
        decay = self.settings["weight_decay"]
        more = min(max(MORE_DECAY * decay, LEAST_DECAY), MOST_DECAY)
        return self.with_settings(weight_decay=more) if more > decay else None

    @property
    def drop_rate(self) -> float:
        """Of the hidden layer that drops most."""
        return float(np.max(self.settings["drop_rate"]))

    def changed(self, name: str, value: Any) -> "Setup | None":
        """With one figure of an action's `change`: a setting, a part of the structure, or the size of the batches.

        Args:
            value: what it is to be; or "x0.1" for a tenth of what it is, "<=64" and ">=64" for 64 where it lies on the
                other side; or, of `init_scheme`, "fitting": Xavier's for tanh and sigmoid, He's for all others.

        Returns:
            None where there is nothing of that name, or it is so already.
        """
        structure = self.shape.structure
        if name == "batch_size":
            size = max(1, round(_figure(value, self.shape.batch_size)))
            return replace(self, shape=replace(self.shape, batch_size=size)) if size != self.shape.batch_size else None
        if name in (part.name for part in fields(structure)):
            other = replace(structure, **{name: value})
            return replace(self, shape=replace(self.shape, structure=other)) if other != structure else None
        if name not in HYPERPARAMETERS:
            return None
        if value == FITTING:
            value = "xavier" if getattr(structure, "activation", None) in TWO_ENDED else "he"
        new = value if HYPERPARAMETERS[name].choices else _figure(value, self.settings[name])
        return self.with_settings(**{name: new}) if new != self.settings[name] else None


def _figure(value: Any, now: Any) -> float:
    """A number as it is, "x0.1" times the present one, or the present one within "<=" or ">=" a limit."""
    if not isinstance(value, str):
        return value
    if value.startswith("x"):
        return float(value[1:]) * now
    return {"<=": min, ">=": max}[value[:2]](float(value[2:]), now)
