"""Collects what is seen at each watched step, and makes a Health of it."""

from collections import Counter
from collections.abc import Hashable
from typing import Any

import numpy as np

from caviar.diagnosis.health import Activation, BatchNorms, Health, Inputs, Layers

LAYER_FIGURES = ("gradient_norm", "weight_norm", "update_ratio", "output_rms", "output_gradient", "twin_share")
NORM_FIGURES = ("difference", "rows")
ACTIVATION_FIGURES = ("rows", "mean", "deviation", "saturated")
INPUT_FIGURES = ("mean", "square", "repeated_share")


class HealthLog:
    """Figures by (part, name, figure), one dictionary a watched step.

    Parts are "layer", "norm", "activation", "input" and "step"; names keep the order in which they were first seen.
    """

    def __init__(self) -> None:
        self.watched: list[int] = []
        self.figures: list[dict[Hashable, Any]] = []
        self.layers: list[str] = []
        self.norms: list[str] = []
        self.activations: dict[str, tuple[str, bool]] = {}
        self.inputs: list[str] = []
        self.input_rows: dict[str, int] = {}

    def add(self, step: int, figures: dict[Hashable, Any]) -> None:
        """Take in a watched step. Figures are numbers; that of ("activation", name, "silent") is (unit,) bool."""
        self.watched.append(step)
        self.figures.append(figures)

    def health(self, **others: Any) -> Health:
        """All that was seen so far; `others` are the fields of Health that no watched step tells."""
        return Health(
            layers=Layers(tuple(self.layers), *(self._table("layer", self.layers, figure) for figure in LAYER_FIGURES)),
            watched=np.array(self.watched, dtype=np.int64),
            gradient_norm=self._column("step", "", "gradient_norm"),
            learning_rate=self._column("step", "", "learning_rate"),
            activations=tuple(self._activation(name) for name in self.activations),
            batch_norms=self._batch_norms(),
            inputs=self._inputs(),
            looked_at_rows=self.rows,
            **{"agreement": self._agreement()} | others,
        )

    @property
    def rows(self) -> int | None:
        """Of the batches: what was watched most often, as an epoch's last may be short; None: no forward pass was."""
        rows = self._column("step", "", "rows")
        counts = Counter(rows[np.isfinite(rows)].astype(int).tolist())
        return max(counts, key=lambda size: (counts[size], size)) if counts else None

    def _agreement(self) -> np.ndarray:
        """(pair,) those that are numbers."""
        found = self._column("step", "", "agreement")
        return found[np.isfinite(found)]

    def _inputs(self) -> tuple[Inputs, ...] | None:
        """Means over all rows that were seen; a batch of another number of columns is left out."""
        if self.rows is None:
            return None
        found = []
        for name in self.inputs:
            seen = [each for each in self.figures if ("input", name, "rows") in each]
            if not seen:
                continue
            columns = len(seen[0]["input", name, "mean"])
            seen = [each for each in seen if len(each["input", name, "mean"]) == columns]
            rows = np.array([each["input", name, "rows"] for each in seen])
            mean, square, repeated = (
                np.average([each["input", name, figure] for each in seen], axis=0, weights=rows)
                for figure in INPUT_FIGURES
            )
            deviation = np.sqrt(np.maximum(square - mean**2, 0))
            found.append(Inputs(name, int(rows.sum()), mean, deviation, repeated))
        return tuple(found)

    def _column(self, part: str, name: str, figure: str) -> np.ndarray:
        return np.array([each.get((part, name, figure), np.nan) for each in self.figures], dtype=np.float64)

    def _table(self, part: str, names: list[str], figure: str) -> np.ndarray:
        """(watched, name)."""
        columns = [self._column(part, name, figure) for name in names]
        return np.stack(columns, axis=1) if columns else np.empty((len(self.watched), 0))

    def _batch_norms(self) -> BatchNorms | None:
        if not self.norms:
            return None
        return BatchNorms(tuple(self.norms), *(self._table("norm", self.norms, figure) for figure in NORM_FIGURES))

    def _activation(self, name: str) -> Activation:
        kind, is_output = self.activations[name]
        rows, mean, deviation, saturated = (self._column("activation", name, figure) for figure in ACTIVATION_FIGURES)
        return Activation(
            name, kind, is_output, np.nan_to_num(rows), mean, deviation, self._silent(name, kind), saturated
        )

    def _silent(self, name: str, kind: str) -> np.ndarray | None:
        """(watched, unit); a step that did not see the activation counts as silent, so that it decides nothing."""
        seen = [each.get(("activation", name, "silent")) for each in self.figures]
        units = next((len(one) for one in reversed(seen) if one is not None), 0)
        if kind != "relu" or not units:
            return None
        fits = [one is not None and len(one) == units for one in seen]
        return np.array([one if fit else np.ones(units, bool) for one, fit in zip(seen, fits, strict=True)])
