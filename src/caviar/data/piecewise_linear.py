"""Piecewise-linear encoding of a number, with target-aware edges (Gorishniy et al., 2022, arXiv 2203.05556)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


@dataclass(frozen=True)
class Bins:
    """A number as its way through bins: 1 for every bin below it, a fraction in its own bin, 0 above.

        bin_i(x) = clip((x − e_i) / (e_{i+1} − e_i), 0, 1) − mean_i

    The outer edges are the smallest and the largest train cell: beyond them nothing changes (the scaled value, which goes
    in as well, still does). `means` are the bins' train means, so every bin input has train mean 0.
    """

    edges: tuple[float, ...]
    means: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.means)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Values (row,) float64 without missing cells → (row, bin) float32."""
        edges = np.asarray(self.edges)
        # float64 until the difference is taken: float32 would lose the place of a cell between close, large edges
        ways = (values[:, None] - edges[:-1]) / np.diff(edges)
        return (np.clip(ways, 0, 1) - self.means).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        return {"edges": list(self.edges), "means": list(self.means)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Bins":
        return cls(tuple(value["edges"]), tuple(value["means"]))


def fit_bins(values: np.ndarray, targets: np.ndarray, *, classify: bool, max_bins: int = 32) -> Bins | None:
    """Bins whose edges are where a decision tree of this one column would split to predict the target.

    Args:
        values: (row,) float64, train cells that are not missing.
        targets: (row,) class indices or regression targets of the same rows.
        classify: whether the targets are classes.
        max_bins: leaves of the tree at most; a leaf holds at least 64 rows, or 1/256 of them where that is more.

    Returns:
        None where the tree finds no split worth making.
    """
    smallest_leaf = max(64, len(values) // 256)
    make = DecisionTreeClassifier if classify else DecisionTreeRegressor
    tree = make(max_leaf_nodes=max_bins, min_samples_leaf=smallest_leaf, random_state=0).fit(values[:, None], targets).tree_
    inner = np.unique(tree.threshold[tree.children_left >= 0])
    inner = inner[(inner > values.min()) & (inner < values.max())]
    if not len(inner):
        return None
    edges = np.concatenate([[values.min()], inner, [values.max()]])
    uncentred = Bins(tuple(edges.tolist()), (0.0,) * (len(edges) - 1))
    return Bins(uncentred.edges, tuple(uncentred(values).mean(axis=0, dtype=np.float64).tolist()))
