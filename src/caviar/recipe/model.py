"""The final model: an ensemble of members behind one preprocessing; saved as safetensors and JSON, no pickle."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from torch import Tensor, nn

from caviar.core.files import read_json, write_atomically, write_json
from caviar.data.preprocessing import Preprocessor
from caviar.data.schema import Schema
from caviar.data.targets import TargetCoder
from caviar.diagnosis.metrics import Answers, decide
from caviar.networks.mlp import MLP
from caviar.recipe.preparation import Prepared
from caviar.training import Member

ROWS_AT_ONCE = 8_192
INTERVAL_LEVEL = 0.8


def network_of(member: Member, num_inputs: int, num_outputs: int) -> nn.Module:
    """A member with its best weights, as an ordinary module in test mode."""
    assert member.weights is not None, f"member {member.number} was not kept"
    network = member.structure.build(num_inputs, num_outputs)
    network.load_state_dict(member.weights)
    return network.eval()


@torch.no_grad()
def member_outputs(network: nn.Module, features: Tensor, task: str) -> np.ndarray:
    """Probabilities (row, class), or the standardised prediction (row, 1), float32."""
    pieces = [network(piece) for piece in features.split(ROWS_AT_ONCE)]
    outputs = torch.cat(pieces) if pieces else torch.empty(0, 1)
    return (outputs if task == "regression" else torch.softmax(outputs, dim=1)).numpy()


@dataclass
class Model:
    """Weighted average of its members' outputs.

    Attributes:
        weights: (member,) shares that sum to 1.
        residual_low, residual_high: for regression, what to add to a prediction for the ends of its 80 % interval, in
            target units: the 10 % and 90 % quantiles of truth − prediction on dev rows (split conformal, arXiv
            1604.04173).
        threshold: of two classes, the probability from which a row is taken for the second; None: the likelier one.
    """

    schema: Schema
    preprocessor: Preprocessor
    coder: TargetCoder
    structures: list[MLP]
    networks: list[nn.Module]
    weights: list[float]
    residual_low: float = 0.0
    residual_high: float = 0.0
    threshold: float | None = None

    @property
    def num_parameters(self) -> int:
        return sum(parameter.numel() for network in self.networks for parameter in network.parameters())

    def outputs(self, features: Tensor) -> np.ndarray:
        """Averaged probabilities (row, class), or the prediction in target units (row,), for encoded rows."""
        averaged: np.ndarray = sum(  # type: ignore[assignment]
            weight * member_outputs(network, features, self.coder.task)
            for weight, network in zip(self.weights, self.networks, strict=True)
        )
        if self.coder.task == "regression":
            return averaged[:, 0].astype(np.float64) * self.coder.std + self.coder.mean
        return averaged

    def row_errors(self, features: Tensor, raw_targets: np.ndarray) -> np.ndarray:
        """Per row: 1 for a wrong class and 0 for a right one; for regression the squared error in target units."""
        outputs = self.outputs(features)
        if self.coder.task == "regression":
            return (outputs - raw_targets) ** 2
        return (decide(outputs, self.threshold) != raw_targets).astype(np.float64)

    def answers(self, features: Tensor, raw_targets: np.ndarray) -> Answers:
        """What it says of encoded rows, beside the truth: for every metric."""
        outputs = self.outputs(features)
        decided = None if self.coder.task == "regression" else decide(outputs, self.threshold)
        return Answers(outputs, raw_targets, decided)

    def fit_interval(self, features: Tensor, raw_targets: np.ndarray) -> None:
        """Measure the 80 % interval's ends on dev rows."""
        residuals = raw_targets - self.outputs(features)
        tail = (1 - INTERVAL_LEVEL) / 2
        self.residual_low, self.residual_high = (float(end) for end in np.quantile(residuals, [tail, 1 - tail]))

    def predictions(self, features: Tensor) -> pl.DataFrame:
        """prediction, then probability.<label> for each class, or low and high; the rows in their order."""
        outputs = self.outputs(features)
        if self.coder.task == "regression":
            ends = {"low": outputs + self.residual_low, "high": outputs + self.residual_high}
            return pl.DataFrame({"prediction": outputs, **ends})
        labels = np.asarray(self.coder.classes)[decide(outputs, self.threshold)]
        probabilities = {f"probability.{label}": outputs[:, place] for place, label in enumerate(self.coder.classes)}
        return pl.DataFrame({"prediction": labels, **probabilities})

    def tensors(self) -> dict[str, Tensor]:
        """What `model.safetensors` holds."""
        return {
            f"{number}.{name}": tensor.contiguous()
            for number, network in enumerate(self.networks)
            for name, tensor in network.state_dict().items()
        }

    def save(self, folder: Path) -> None:
        """Write `model.safetensors`, then `model.json`, which refers to it."""
        from safetensors.torch import save_file

        tensors = self.tensors()
        write_atomically(folder / "model.safetensors", lambda draft: save_file(tensors, draft))
        write_json(
            folder / "model.json",
            {
                "format": 1,
                "schema": self.schema.to_json(),
                "preprocessing": self.preprocessor.to_json(),
                "target": self.coder.to_json(),
                "weights": self.weights,
                "structures": [structure.to_json() for structure in self.structures],
                "residual_low": self.residual_low,
                "residual_high": self.residual_high,
                **({} if self.threshold is None else {"threshold": self.threshold_record()}),
            },
        )

    def threshold_record(self) -> dict[str, Any] | None:
        """A row is taken for `class` from `probability` on, and for the other below; None: for the likeliest."""
        return None if self.threshold is None else {"class": self.coder.classes[1], "probability": self.threshold}

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """Read what `save` wrote. Raises RunError when a file is missing or damaged."""
        from safetensors.torch import load_file

        about: dict[str, Any] = read_json(folder / "model.json")
        tensors = load_file(folder / "model.safetensors")
        preprocessor, coder = Preprocessor.from_json(about["preprocessing"]), TargetCoder.from_json(about["target"])
        structures = [MLP.from_json(value) for value in about["structures"]]
        networks: list[nn.Module] = []
        for number, structure in enumerate(structures):
            network = structure.build(preprocessor.num_inputs, coder.num_outputs)
            prefix = f"{number}."
            network.load_state_dict(
                {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
            )
            networks.append(network.eval())
        return cls(
            Schema.from_json(about["schema"]),
            preprocessor,
            coder,
            structures,
            networks,
            about["weights"],
            about["residual_low"],
            about["residual_high"],
            about.get("threshold", {}).get("probability"),
        )


def model_of(
    prepared: Prepared, members: Sequence[Member], weights: Sequence[float], threshold: float | None = None
) -> Model:
    """The model made of these members."""
    num_inputs, num_outputs = prepared.preprocessor.num_inputs, prepared.coder.num_outputs
    networks = [network_of(member, num_inputs, num_outputs) for member in members]
    structures = [member.structure for member in members]
    return Model(
        prepared.schema,
        prepared.preprocessor,
        prepared.coder,
        structures,
        networks,
        list(weights),
        threshold=threshold,
    )
