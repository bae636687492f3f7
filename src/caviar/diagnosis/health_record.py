"""A Health as plain JSON, so that a run's folder says what was seen of its training, and back again."""

from dataclasses import fields
from typing import Any

import numpy as np

from caviar.diagnosis.health import Activation, BatchNorms, Health, Inputs, Layers, OptimiserFacts

NOT_KEPT = ("curvature", "gradient_check")  # measured on a model at hand, not in a run
KEPT = [field.name for field in fields(Health) if field.name not in NOT_KEPT]


def health_to_json(health: Health) -> dict[str, Any]:
    """Every field in KEPT. NaN, not seen, is null; what was not finite is "inf"; flags of units are "0110"."""
    found = {name: _plain(getattr(health, name)) for name in KEPT}
    found["inputs"] = None if health.inputs is None else [_record(each) for each in health.inputs]
    found["activations"] = [_record(each) for each in health.activations]
    for name in ("layers", "batch_norms", "optimiser"):
        part = getattr(health, name)
        found[name] = None if part is None else _record(part)
    return found


def health_from_json(value: dict[str, Any]) -> Health:
    """What `health_to_json` wrote; more than that is left aside."""
    value = {name: value[name] for name in KEPT}
    found: dict[str, Any] = dict(value)
    for name in ("watched", "gradient_norm", "learning_rate", "losses", "loss_steps", "agreement"):
        found[name] = _array(value[name])
    for name in ("watched", "loss_steps"):
        found[name] = found[name].astype(np.int64)
    layers = _read(value["layers"])
    shape = (len(found["watched"]), len(layers["names"]))
    tables = {name: each.reshape(shape) for name, each in layers.items() if name != "names"}
    found["layers"] = Layers(layers["names"], **tables)
    found["batch_norms"] = None if value["batch_norms"] is None else BatchNorms(**_read(value["batch_norms"]))
    found["optimiser"] = OptimiserFacts(**value["optimiser"])
    found["inputs"] = None if value["inputs"] is None else tuple(Inputs(**_read(each)) for each in value["inputs"])
    found["activations"] = tuple(Activation(**_read(each)) for each in value["activations"])
    return Health(**found)


def _record(part: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(part, field.name)) for field in fields(part)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float):
        return _number(value)
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype == bool:
        return ["".join("1" if flag else "0" for flag in row) for row in value]
    if value.ndim > 1:
        return [_plain(row) for row in value]
    return value.tolist() if value.dtype.kind == "i" else [_number(each) for each in value.tolist()]


def _number(value: float) -> float | str | None:
    """Six figures say enough."""
    if np.isnan(value):
        return None
    return float(f"{value:.6g}") if np.isfinite(value) else "inf"


def _read(part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, entry in part.items():
        if name == "names":
            found[name] = tuple(entry)
        elif name == "silent" and entry is not None:
            found[name] = np.array([[flag == "1" for flag in row] for row in entry])
        else:
            found[name] = _array(entry) if isinstance(entry, list) else entry
    return found


def _array(entry: list[Any]) -> np.ndarray:
    """Null is NaN, "inf" infinite."""
    return np.array(entry, dtype=np.float64)
