"""Cross-validation, bootstrap, training-set sizes and class balance as weights of the train rows.

A population trains all its members on the same batches; what a member must not see has weight 0 in its loss. So K folds
or K resamples train as one population (losses.py: `mean_loss`).

Cross-validation: Stone, 1974, doi 10.1111/j.2517-6161.1974.tb00994.x · bootstrap: Efron, 1979,
doi 10.1214/aos/1176344552 · balance: King & Zeng, 2001, doi 10.1093/oxfordjournals.pan.a004868.

>>> folds(6, 3, seed=0).sum(1).tolist()  # each member trains on four rows, and is judged on the two others
[4.0, 4.0, 4.0]
>>> class_balance(torch.tensor([0, 0, 0, 1]), 2).tolist()
[0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 2.0]

Weights of members are float32, in which whole numbers are exact; those by class are float64. Products of the two are
weights again.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from caviar.core.errors import DataError, SettingsError
from caviar.core.random import permutation, stream, uniform


def folds(num_rows: int, num_folds: int, seed: int, strata: Tensor | None = None) -> Tensor:
    """1 where the row trains the fold's member, 0 where it is held out for it; each row is held out exactly once.

    The held-out parts differ by at most one row, in all and within each stratum.

    Args:
        num_folds: from 2 to `num_rows`.
        strata: (row,) class numbers that each fold gets in proportion.

    Returns:
        (fold, row) float32.
    """
    if not 2 <= num_folds <= num_rows:
        raise SettingsError(
            f"num_folds must be at least 2 and at most the number of rows, {num_rows:,}; got {num_folds:,}."
        )
    order = _random_order(num_rows, stream(seed, "folds"))
    if strata is not None:
        order = order[torch.argsort(_checked_strata(strata, num_rows)[order], stable=True)]
    held_out_by = torch.empty(num_rows, dtype=torch.int64)
    held_out_by[order] = torch.arange(num_rows) % num_folds  # dealt like cards, stratum after stratum
    return (held_out_by != torch.arange(num_folds).unsqueeze(1)).float()


def bootstrap(num_rows: int, num_members: int, seed: int) -> Tensor:
    """How often each row is drawn when each member draws `num_rows` rows with replacement.

    Member k's draws depend on the seed and k alone, so a larger population begins with the members of a smaller one.

    Returns:
        (member, row) float32; each member's counts sum to `num_rows`.
    """
    _check_num_rows(num_rows)
    if num_members < 1:
        raise SettingsError(f"num_members must be at least 1; got {num_members}.")
    counts = torch.empty(num_members, num_rows)
    for member in range(num_members):
        drawn = torch.randint(num_rows, (num_rows,), generator=stream(seed, "bootstrap", member))
        counts[member] = torch.bincount(drawn, minlength=num_rows)
    return counts


def subsets(num_rows: int, sizes: Sequence[int], seed: int, strata: Tensor | None = None) -> Tensor:
    """1 where the row is in the member's training set: nested random sets, for error against training-set size.

    A set of a given size is the same whatever the other sizes are, and contains every smaller one.

    Args:
        sizes: rows of each member's set, from 1 to `num_rows`.
        strata: (row,) class numbers that each set gets in proportion, up to rounding.

    Returns:
        (member, row) float32, a member for each size, in the order given.
    """
    wrong = [size for size in sizes if not 1 <= size <= num_rows]
    if wrong or not len(sizes):
        raise SettingsError(
            f"sizes must name one or more numbers of rows from 1 to {num_rows:,}; got {wrong[0] if wrong else 'none'}."
        )
    generator = stream(seed, "subsets")
    order = _random_order(num_rows, generator)
    if strata is not None:
        order = _interleaved(order, _checked_strata(strata, num_rows), generator)
    rank = torch.empty(num_rows, dtype=torch.int64)
    rank[order] = torch.arange(num_rows)
    return (rank < torch.tensor(list(sizes)).unsqueeze(1)).float()


def class_balance(labels: Tensor, num_classes: int) -> Tensor:
    """Weight n / (C · n_c) for a row of class c: each class weighs the same in all (scikit-learn's "balanced").

    Args:
        labels: (row,) class numbers below `num_classes`, int64.

    Returns:
        (row,) float64, above 0.
    """
    _check_labels(labels, num_classes)
    counts = torch.bincount(labels, minlength=num_classes)
    return len(labels) / (num_classes * counts[labels].double())


def class_weights(labels: Tensor, weights: Sequence[float] | Tensor) -> Tensor:
    """Each row's weight by its class.

    Args:
        labels: (row,) class numbers, int64.
        weights: (class,) at least 0 and finite, not all 0.

    Returns:
        (row,) float64.
    """
    by_class = torch.as_tensor(weights, dtype=torch.float64, device=labels.device)
    if by_class.dim() != 1 or not (torch.isfinite(by_class) & (by_class >= 0)).all() or not by_class.any():
        raise SettingsError(
            "class weights must be one number a class, each finite and at least 0, one of them above 0; "
            f"got {by_class.tolist()}."
        )
    _check_labels(labels, len(by_class))
    return by_class[labels]


def _interleaved(order: Tensor, strata: Tensor, generator: torch.Generator) -> Tensor:
    """The same rows with the strata mixed evenly: the i-th of a stratum's n rows stands at place (i + u) / n.

    u in [0, 1) is one draw a stratum, so that small strata do not all come in at the same size.
    """
    numbers, counts = torch.unique(strata, return_inverse=True, return_counts=True)[1:]
    by_stratum = order[torch.argsort(numbers[order], stable=True)]
    stratum = numbers[by_stratum]
    first = torch.cumsum(counts, 0) - counts
    offsets = uniform((len(counts),), generator, torch.float64)
    place = (torch.arange(len(order)) - first[stratum] + offsets[stratum]) / counts[stratum]
    return by_stratum[torch.argsort(place, stable=True)]


def _random_order(num_rows: int, generator: torch.Generator) -> Tensor:
    _check_num_rows(num_rows)
    return permutation(num_rows, generator)


def _check_num_rows(num_rows: int) -> None:
    if num_rows < 1:
        raise DataError(f"there must be at least one row to weigh; got {num_rows}.")


def _checked_strata(strata: Tensor, num_rows: int) -> Tensor:
    if strata.shape != (num_rows,):
        raise DataError(f"strata must hold one class number for each of the {num_rows:,} rows; got {_shape(strata)}.")
    if strata.is_floating_point() and strata.isnan().any():
        raise DataError(f"strata must have no gaps; {int(strata.isnan().sum()):,} of {num_rows:,} rows are NaN.")
    return strata.cpu()


def _check_labels(labels: Tensor, num_classes: int) -> None:
    if labels.dim() != 1 or not len(labels) or labels.is_floating_point():
        raise DataError(
            f"labels must be class numbers, one whole number a row; got {_shape(labels)} of {labels.dtype}."
        )
    if (wrong := (labels < 0) | (labels >= num_classes)).any():
        raise DataError(
            f"labels must be class numbers from 0 to {num_classes - 1}; got {int(labels[wrong][0])} "
            f"in {int(wrong.sum()):,} rows."
        )


def _shape(tensor: Tensor) -> str:
    return " × ".join(map(str, tensor.shape)) or "a single number"
