"""What may be said to a network in training: `learning_rate=x0.5`, `drop_rate=0.2`, `weight_decay=+0.01`. Notes 3.3."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from caviar.core.config import TrainConfig
from caviar.core.errors import SettingsError, nearest
from caviar.core.records import Task
from caviar.population.settings import Settings
from caviar.recipe.nudge_log import shown
from caviar.techniques.catalog import HYPERPARAMETERS

Values = dict[str, Any]
How = Literal["to", "times", "plus"]

STRUCTURE = ("hidden", "activation", "batch_norm", "batch_size")
FIXED = {
    **dict.fromkeys(STRUCTURE, "is part of the structure, and another structure is another network"),
    "seed": "is what all random draws follow from",
    "optimizer": "cannot change on the way: its moments belong to the optimiser that the run began with",
    "weight_average": "cannot change on the way: the average counts from the first step",
    "init_scheme": "shaped the first weights, which are past",
    "init_gain": "shaped the first weights, which are past",
    "huber_delta": "belongs to a loss that this run does not have",
    "quantile": "belongs to a loss that this run does not have",
}
"""What cannot be nudged, and why."""

NUDGEABLE = (*(name for name in HYPERPARAMETERS if name not in FIXED), "epochs")

_FORM = "write NAME=VALUE, such as learning_rate=0.01, learning_rate=x0.5, or weight_decay=+0.01"
_NUMBER = r"(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf"


@dataclass(frozen=True)
class Nudge:
    """One setting's change: to a value, times a factor, or by an amount."""

    name: str
    how: How
    value: float | str

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return f"{self.name}={self.value}"
        sign = {"to": "", "times": "x", "plus": "" if math.copysign(1, self.value) < 0 else "+"}[self.how]
        return f"{self.name}={sign}{self.value!r}"

    def applied(self, before: float | str) -> float | str:
        """The value after the nudge."""
        if self.how == "to" or isinstance(self.value, str) or isinstance(before, str):
            return self.value
        return before * self.value if self.how == "times" else before + self.value


def parse_nudge(text: str) -> Nudge:
    """Read NAME=VALUE, NAME=xFACTOR, NAME=+AMOUNT or NAME=-AMOUNT; `learning-rate` is `learning_rate`.

    Raises:
        SettingsError: no such form, a name that nothing has, or one that cannot be nudged.
    """
    name, equals, value = text.strip().partition("=")
    name, value = name.strip().replace("-", "_"), value.strip()
    if not (name and equals and value):
        raise SettingsError(f"a nudge must have a name and a value; got {text!r}: {_FORM}.")
    _refuse_name(name)
    if name in HYPERPARAMETERS and HYPERPARAMETERS[name].choices:
        return Nudge(name, "to", value)
    if not re.fullmatch(rf"[x+-]?({_NUMBER})", value, re.IGNORECASE):
        raise SettingsError(
            f"{name} must be given a number, a factor such as x0.5, or an amount such as +0.01; got {value!r}."
        )
    if value[0] in "xX":
        return Nudge(name, "times", float(value[1:]))
    return Nudge(name, "plus" if value[0] in "+-" else "to", float(value))


def _refuse_name(name: str) -> None:
    if name in FIXED:
        raise SettingsError(
            f"{name} {FIXED[name]}: it cannot be nudged. What can be: {', '.join(NUDGEABLE)}. For another {name} start "
            f"a new run with `caviar train`."
        )
    if name not in NUDGEABLE:
        raise SettingsError(
            f"{name!r} is no setting of a training.{nearest(name, NUDGEABLE)} What can be nudged: "
            f"{', '.join(NUDGEABLE)}."
        )


def nudged(values: Mapping[str, Any], nudges: Sequence[Nudge], config: TrainConfig, task: Task) -> Values:
    """The values after these nudges, one after the other.

    Args:
        values: of everything in NUDGEABLE, as they stand. config, task: of the run, for what has no effect in it.

    Returns:
        New values of the settings that the nudges name, by name.

    Raises:
        SettingsError: a value out of its range, or a nudge that would have no effect.
    """
    changed: Values = {}
    for nudge in nudges:
        refuse_useless(nudge.name, config, task)
        before = changed.get(nudge.name, values[nudge.name])
        after = nudge.applied(before)
        if nudge.how != "to" and before in (math.inf, 0) and after == before:
            stands = "off (infinite)" if before == math.inf else "0"
            raise SettingsError(f"{nudge.name} is {stands}, so {nudge} would leave it so. Give a value.")
        changed[nudge.name] = _checked(nudge.name, after, nudge, before)
    return changed


def refuse_useless(name: str, config: TrainConfig, task: Task) -> None:
    """Refuse a setting that this network or task takes no notice of."""
    if name == "drop_rate" and not config.hidden:
        raise SettingsError("drop_rate has no effect: the network has no hidden layer. input_drop_rate has one.")
    if name == "label_smoothing" and task == "regression":
        raise SettingsError("label_smoothing has no effect where a number is predicted: there are no labels.")


def _checked(name: str, after: Any, nudge: Nudge, before: Any) -> Any:
    """The value, if it may be."""
    if name == "epochs":
        if not math.isfinite(after) or after != int(after) or after < 1:
            raise SettingsError(f"epochs must be a whole number of at least 1; {_came(after, nudge, before)}.")
        return int(after)
    if isinstance(after, float) and not math.isfinite(after) and name != "clip_norm":
        raise SettingsError(f"{name} must be finite; {_came(after, nudge, before)}.")
    try:
        Settings(1, **{name: after})
    except SettingsError as error:
        if nudge.how == "to":
            raise
        must = str(error).partition(";")[0]
        raise SettingsError(f"{must}; {_came(after, nudge, before)}.") from None
    return after


def _came(after: Any, nudge: Nudge, before: Any) -> str:
    return f"got {after:g}" if nudge.how == "to" else f"{nudge} of {shown(before)} is {after:g}"
