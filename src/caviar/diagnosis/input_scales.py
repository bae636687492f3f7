"""How large the numbers are that a network is fed. Notes 1.9."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class InputScales:
    """Mean and deviation of each input over the rows looked at, (input,) each; for pictures, of each channel.

    normalised_by: what normalises them before any weights, such as a layer "BatchNorm1d"; "" for nothing known.
    """

    mean: np.ndarray
    deviation: np.ndarray
    normalised_by: str = ""

    @classmethod
    def of(cls, features: np.ndarray, normalised_by: str = "") -> "InputScales":
        """From rows as the network sees them: (row, input), or with more axes, (row, channel, …)."""
        values = np.asarray(features, dtype=np.float64)
        values = np.moveaxis(values, 1, -1).reshape(-1, values.shape[1])
        return cls(values.mean(axis=0), values.std(axis=0), normalised_by)

    @property
    def size(self) -> np.ndarray:
        """(input,) √mean of squares: 1 for a normalised input."""
        return np.hypot(self.mean, self.deviation)
