"""Members and cohorts in training as single safetensors files: matrices as tensors, records as JSON in the metadata."""

import json
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from caviar.core.files import write_atomically
from caviar.training import Cohort, Member, Plan, TrainingData


def save_members(path: Path, members: list[Member]) -> None:
    """Finished members: their records, and the weights of those that kept them."""
    _write(path, _weights_of(members), {"members": [member.to_json() for member in members]})


def load_members(path: Path) -> list[Member]:
    """What `save_members` wrote."""
    tensors, records = _read(path)
    return _members_of(records["members"], tensors)


def save_cohort(path: Path, cohort: Cohort, seconds: float) -> None:
    """A cohort in mid-training, between two epochs, and the run's elapsed seconds."""
    state = {f"state.{name}": tensor for name, tensor in cohort.state().items()}
    records = {
        "members": [member.to_json() for member in cohort.members],
        "alive": [member.number for member in cohort.alive],
        "seconds": seconds,
    }
    _write(path, state | _weights_of(cohort.members), records)


def load_cohort(path: Path, data: TrainingData, plan: Plan) -> tuple[Cohort, float]:
    """The cohort, ready to go on bit for bit, and the elapsed seconds then."""
    tensors, records = _read(path)
    members = _members_of(records["members"], tensors)
    cohort = Cohort(members, data, plan)
    alive = [member for member in members if member.number in set(records["alive"])]
    cohort.load_state(
        {name.removeprefix("state."): tensor for name, tensor in tensors.items() if name.startswith("state.")}, alive
    )
    return cohort, records["seconds"]


def _weights_of(members: list[Member]) -> dict[str, Tensor]:
    return {
        f"member.{member.number}.{name}": tensor
        for member in members
        if member.weights
        for name, tensor in member.weights.items()
    }


def _members_of(records: list[dict[str, Any]], tensors: dict[str, Tensor]) -> list[Member]:
    weights: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        kind, _, rest = key.partition(".")
        if kind == "member":
            number, _, name = rest.partition(".")
            weights.setdefault(int(number), {})[name] = tensor
    return [Member.from_json(record, weights.get(record["number"])) for record in records]


def _write(path: Path, tensors: dict[str, Tensor], records: dict[str, Any]) -> None:
    metadata = {"records": json.dumps(records)}
    contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
    write_atomically(path, lambda draft: save_file(contiguous, draft, metadata=metadata))


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    with safe_open(path, framework="pt") as stored:
        tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (not a dict)
        return tensors, json.loads(stored.metadata()["records"])
