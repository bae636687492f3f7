"""scikit-learn's own small tables, as plain matrices: what the experiments train on."""

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor

from caviar.core.random import permutation, stream
from caviar.data.scaling import Standard

_LOADERS = {
    "breast-cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
}


def built_in(name: str, num_rows: int | None = None, seed: int = 0) -> tuple[np.ndarray, Tensor]:
    """Raw features (row, input) in float64, columns that never change left out, and class numbers (row,).

    Args:
        num_rows: draws that many rows by `seed`; None takes all, in the file's order.
    """
    features, labels = _LOADERS[name](return_X_y=True)
    if num_rows is not None:
        rows = permutation(len(labels), stream(seed, "rows of the experiment"))[:num_rows].numpy()
        features, labels = features[rows], labels[rows]
    changing = features.std(0) > 0
    return features[:, changing].astype(np.float64), torch.tensor(labels, dtype=torch.int64)


def standardised(features: np.ndarray) -> np.ndarray:
    """Mean 0 and deviation 1 in each column, bounded at ±10. Notes 1.9."""
    return np.column_stack([Standard.fit(column)(column) for column in features.T])
