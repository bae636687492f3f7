"""One trained member as a record, and as the finished trial that Optuna stores."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

    from caviar.search.parameters import Distributions

State = Literal["finished", "dropped", "diverged"]

STATES: dict[str, State] = {"COMPLETE": "finished", "PRUNED": "dropped", "FAIL": "diverged"}  # by Optuna's names
SETTING = "setting."
ATTRIBUTES = ("member", "stage", "structure", "train_error", "seconds")  # fields that are user attributes by their name
NO_JSON_NUMBER = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


@dataclass(frozen=True)
class TrialRecord:
    """One trained member. Errors are fractions, for regression RMSE in the target's units; None where not measured.

    Attributes:
        member: its number in the run, the same after a resume.
        settings: its hyperparameters by name; NaN and None mean "has none" and are not stored.
        state: "dropped" was stopped early for better ones; "diverged" left the finite numbers.
        dev_error: dev error of its best epoch; a finished trial without one counts as diverged.
        dev_errors: dev error by epoch; thinned to about 20 epochs, the first, the best and the last among them.
        attributes: anything else worth keeping that JSON can hold, such as `num_parameters`.
    """

    member: int
    settings: Mapping[str, Any]
    state: State
    dev_error: float | None = None
    train_error: float | None = None
    stage: str = ""
    structure: str = ""
    seconds: float = 0.0
    dev_errors: Mapping[int, float] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


def plain_settings(record: TrialRecord) -> dict[str, Any]:
    """The record's settings as Python's own values, without those that say nothing."""
    values = {name: value.item() if isinstance(value, np.generic) else value for name, value in record.settings.items()}
    return {
        name: value
        for name, value in values.items()
        if value is not None and not (isinstance(value, float) and math.isnan(value))
    }


def frozen_trial(record: TrialRecord, settings: Mapping[str, Any], known: "Distributions") -> "FrozenTrial":
    """The trial that Optuna stores, numbered later. `settings`: of `plain_settings`; `known`: see parameters.py."""
    from optuna.trial import TrialState, create_trial

    from caviar.search.parameters import parameters_of

    params, distributions = parameters_of(known, settings)
    attributes = {name: getattr(record, name) for name in ATTRIBUTES}
    attributes |= {SETTING + name: value for name, value in settings.items() if name not in params}
    state = {word: name for name, word in STATES.items()}[record.state]
    value = None if record.dev_error is None or math.isnan(record.dev_error) else float(record.dev_error)
    if state == "FAIL" or (state == "COMPLETE" and value is None):  # Optuna gives failed trials no value
        state, value, attributes["dev_error"] = "FAIL", None, record.dev_error
    clash = sorted(set(record.attributes) & {*attributes, "dev_error"})
    assert not clash, f"attributes that are something else already: {clash}"
    trial = create_trial(
        state=TrialState[state],
        value=value,
        params=params,
        distributions=distributions,
        user_attrs={
            name: _to_json(value) for name, value in (attributes | dict(record.attributes)).items() if value is not None
        },
        intermediate_values=_thinned(record.dev_errors),
    )
    trial.datetime_complete = datetime.now()
    trial.datetime_start = trial.datetime_complete - timedelta(seconds=record.seconds)
    return trial


def record_of(trial: "FrozenTrial") -> TrialRecord:
    """What `frozen_trial` was made from, with thinned curve."""
    attributes = {name: _from_json(value) for name, value in trial.user_attrs.items()}
    fields = {name: attributes.pop(name) for name in (*ATTRIBUTES, "dev_error") if name in attributes}
    if trial.value is not None:
        fields["dev_error"] = trial.value
    settings = dict(trial.params)
    for name in [name for name in attributes if name.startswith(SETTING)]:
        settings[name.removeprefix(SETTING)] = attributes.pop(name)
    return TrialRecord(
        settings=settings,
        state=STATES[trial.state.name],
        attributes=attributes,
        dev_errors=dict(trial.intermediate_values),
        **fields,
    )


def _thinned(curve: Mapping[int, float], most: int = 20) -> dict[int, float]:
    epochs = sorted(curve)
    if len(epochs) > most:
        best = min(epochs, key=lambda epoch: (math.isnan(curve[epoch]), curve[epoch]))
        rows = np.linspace(0, len(epochs) - 1, most).round().astype(int)
        epochs = sorted({best, *(epochs[row] for row in rows)})
    return {int(epoch): float(curve[epoch]) for epoch in epochs}


def _to_json(value: Any) -> Any:
    """JSON has no infinity and no NaN: they are written as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple):
        return [_to_json(part) for part in value]
    if isinstance(value, dict):
        return {name: _to_json(part) for name, part in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _from_json(value: Any) -> Any:
    """What `_to_json` was given, lists as tuples."""
    if isinstance(value, list):
        return tuple(_from_json(part) for part in value)
    if isinstance(value, dict):
        return {name: _from_json(part) for name, part in value.items()}
    return NO_JSON_NUMBER.get(value, value) if isinstance(value, str) else value
