"""Which hyperparameters mattered: how much worse a forest predicts dev error when one of them is shuffled. Notes 3.1.

Permutation importance on the rows each tree has not seen (Breiman, 2001, doi.org/10.1023/A:1010933404324). What is
predicted is the *rank* of dev error, so that a few members at 90 % error do not drown what separates the good ones; a
diverged member ranks last. Trees split on order alone, so scales do not matter, and a setting that a member does not
have is simply a value of its own.
"""

from collections.abc import Mapping

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from caviar.core.errors import SettingsError

FEWEST_MEMBERS = 10
LEAST_EXPLAINED = 0.02  # share of the variance that unseen rows must show before anything is said
NUM_TREES = 100


def importance(settings: Mapping[str, np.ndarray], dev_error: np.ndarray, seed: int = 0) -> dict[str, float]:
    """The share that each hyperparameter has in what separates good members from bad ones, largest first.

    Args:
        settings: columns by name, each (member,); numbers, text or tuples; NaN or None where a member has none.
        dev_error: (member,), NaN or infinite for a diverged member.
        seed: of the forest.

    Returns:
        A share in [0, 1] for every name; they sum to 1. A constant column has 0, and so has one whose effect is within
        the noise. Empty where nothing can be said: fewer than 10 members, or settings that do not explain dev error.
    """
    dev_error = np.asarray(dev_error, dtype=np.float64)
    for name, column in settings.items():
        if len(column) != len(dev_error):
            raise SettingsError(
                f"settings {name!r} has {len(column)} members, dev_error has {len(dev_error)}: they must be as many."
            )
    if len(dev_error) < FEWEST_MEMBERS or len(np.unique(dev_error[np.isfinite(dev_error)])) < 2:
        return {}
    codes = {name: _codes(np.asarray(column)) for name, column in settings.items()}
    varying = [name for name, column in codes.items() if len(np.unique(column)) > 1]
    if not varying:
        return {}
    inputs = np.ascontiguousarray(np.stack([codes[name] for name in varying], axis=1), dtype=np.float32)
    losses = _losses(inputs, _ranks(dev_error), seed)
    if losses is None:
        return {}
    mean, noise = losses.mean(axis=0), losses.std(axis=0) / np.sqrt(len(losses))
    gains = np.where(mean > 2 * noise, mean, 0.0)
    if gains.sum() <= 0:
        return {}
    shares = dict.fromkeys(settings, 0.0) | dict(zip(varying, (gains / gains.sum()).tolist(), strict=True))
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _losses(inputs: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray | None:
    """What shuffling each column adds to each tree's squared error on its unseen rows, shape (tree, column)."""
    forest = RandomForestRegressor(NUM_TREES, max_features=0.5, min_samples_leaf=2, random_state=seed)
    forest.fit(inputs, target)
    num_rows, num_columns = inputs.shape
    generator = np.random.default_rng(seed)
    losses, predicted, num_seen = [], np.zeros(num_rows), np.zeros(num_rows)
    for tree, drawn in zip(forest.estimators_, forest.estimators_samples_, strict=True):
        unseen = np.setdiff1d(np.arange(num_rows), drawn)
        shuffled = np.tile(inputs[unseen], (num_columns + 1, 1, 1))  # (column and one more, row, input)
        for column in range(num_columns):
            shuffled[column, :, column] = generator.permutation(shuffled[column, :, column])
        guesses = tree.tree_.predict(shuffled.reshape(-1, num_columns)).reshape(num_columns + 1, -1)
        errors = ((guesses - target[unseen]) ** 2).mean(axis=1)
        losses.append(errors[:-1] - errors[-1])
        predicted[unseen] += guesses[-1]
        num_seen[unseen] += 1
    known = num_seen > 0
    unexplained = ((predicted[known] / num_seen[known] - target[known]) ** 2).mean() / target.var()
    return np.array(losses) if 1 - unexplained >= LEAST_EXPLAINED else None


def _ranks(dev_error: np.ndarray) -> np.ndarray:
    """Ranks in [0, 1], equal errors sharing one; members without a finite error share the last."""
    finite = np.where(np.isfinite(dev_error), dev_error, np.inf)
    _, place, count = np.unique(finite, return_inverse=True, return_counts=True)
    return ((np.cumsum(count) - (count + 1) / 2) / (len(dev_error) - 1))[place]


def _codes(column: np.ndarray) -> np.ndarray:
    """Places in the order of the values: numbers by size, others by spelling, at the end what a member has not."""
    values = column.tolist()
    missing = np.array([value is None or value != value for value in values])
    kept = [value for value, gone in zip(values, missing, strict=True) if not gone]
    numbers = all(isinstance(value, int | float) for value in kept)
    order = {value: place for place, value in enumerate(sorted(set(kept), key=None if numbers else str))}
    return np.array([len(order) if gone else order[value] for value, gone in zip(values, missing, strict=True)])
