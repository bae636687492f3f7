"""Piecewise-linear encoding of a number, with target-aware edges (Gorishniy et al., 2022, arXiv 2203.05556)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

MOST_BINS = 64
FEWEST_ROWS_A_BIN = 20
LEAST_GAIN = 5.0  # rows' worth of impurity that a cut must gain
MOST_ROWS_FOR_EDGES = 100_000
ROWS_AT_ONCE = 16_384


@dataclass(frozen=True)
class BinTargets:
    """What edges are to be aware of: (row,) class indices or standardised regression targets, and the bins allowed."""

    values: np.ndarray
    classify: bool
    most_bins: int = MOST_BINS

    def of_rows(self, rows: np.ndarray) -> "BinTargets":
        return BinTargets(self.values[rows], self.classify, self.most_bins)

    def impurity(self) -> float:
        """What the tree starts from: the Gini impurity Σ p(1 − p) of classes, the variance of regression targets."""
        if not self.classify:
            return float(self.values.var(dtype=np.float64))
        shares = np.bincount(self.values) / len(self.values)
        return float((shares * (1 - shares)).sum())


@dataclass(frozen=True)
class Bins:
    """A number as its way through bins: 1 for every bin below it, a fraction in its own bin, 0 for every bin above.

        bin_i(x) = clip((x − e_i) / (e_{i+1} − e_i), 0, 1) − mean_i

    The outer edges are the smallest and the largest train cell: beyond them nothing changes any more (the scaled
    value, which goes in as well, still does). `means` are the bins' train means, so that every bin input has train
    mean 0 (Notes 1.9); they are not divided by their deviation, which would make the outermost bins, with few rows in
    them, the loudest.
    """

    edges: tuple[float, ...]
    means: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.means)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Values (row,) float64 without missing cells → (row, bin) float64."""
        edges = np.asarray(self.edges)
        with np.errstate(over="ignore"):  # far beyond a narrow bin: infinity, which is 1 all the same
            ways = (values[:, None] - edges[:-1]) / np.diff(edges)
        return np.clip(ways, 0, 1) - self.means

    def to_json(self) -> dict[str, Any]:
        return {"edges": list(self.edges), "means": list(self.means)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Bins":
        return cls(tuple(value["edges"]), tuple(value["means"]))


def fit_bins(values: np.ndarray, targets: BinTargets) -> Bins | None:
    """Bins whose edges lie where a decision tree on this one column would cut to predict the target.

    The tree makes the most gainful cut first, up to `most_bins` leaves of at least 20 rows, as long as a cut gains
    5/rows of the impurity that the tree started from. By chance alone a cut gains 1/rows, the best of many a few times
    that: so a column that says nothing gets hardly any bins, and one that says much gets many. Bins of noise are not
    harmless: they give the network a handle for each few rows, to learn them by heart.

    The tree sees the column's ranks: it parts the same rows, and no precision is lost (it computes in float32). Edges
    lie halfway between neighbouring cells. Beyond 100,000 rows, that many drawn with a fixed seed set the edges.

    Args:
        values: (row,) float64, train cells that are not missing.
        targets: of the same rows.

    Returns:
        None where the tree finds no cut worth making.
    """
    all_values = values
    if len(values) > MOST_ROWS_FOR_EDGES:
        chosen = np.random.default_rng(0).choice(len(values), MOST_ROWS_FOR_EDGES, replace=False)
        values, targets = values[chosen], targets.of_rows(chosen)
    distinct, ranks = np.unique(values, return_inverse=True)
    make = DecisionTreeClassifier if targets.classify else DecisionTreeRegressor
    tree = make(
        max_leaf_nodes=targets.most_bins,
        min_samples_leaf=FEWEST_ROWS_A_BIN,
        random_state=0,
        min_impurity_decrease=LEAST_GAIN * targets.impurity() / len(values),
    )
    grown = tree.fit(ranks[:, None], targets.values).tree_
    below = np.unique(grown.threshold[grown.children_left >= 0].astype(np.int64))  # a cut between ranks k and k + 1
    if not len(below):
        return None
    ends = [all_values.min()], [all_values.max()]
    edges = np.unique(np.concatenate([ends[0], (distinct[below] + distinct[below + 1]) / 2, ends[1]]))
    centred_on_0 = Bins(tuple(edges.tolist()), (0.0,) * (len(edges) - 1))
    sums = [
        centred_on_0(all_values[start : start + ROWS_AT_ONCE]).sum(axis=0)
        for start in range(0, len(all_values), ROWS_AT_ONCE)
    ]
    return Bins(centred_on_0.edges, tuple((np.sum(sums, axis=0) / len(all_values)).tolist()))
