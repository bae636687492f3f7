"""Rows that come as arrays or tensors: taken as they are, after a check."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from caviar.api.answers import Answers
from caviar.api.rows import CLASS_LOSSES, NUMBER_LOSSES, Rows, checked_loss
from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.cuts import cut_at_random, cut_by_class
from caviar.data.split_sizes import held_out_share
from caviar.training import TrainingData

TOKENS = (torch.int32, torch.int64)
FEWEST_ROWS = 4


def rows_of_arrays(arrays: tuple[Any, ...], loss: str | None, seed: int, tokens: bool, whole: bool = False) -> Rows:
    """Train and dev rows of (features, targets) or (features, targets, dev_features, dev_targets).

    Features are (row, …). Floats become float32; so do whole numbers, except that int32 and int64 stay tokens, int64,
    where `tokens` is set. Targets are class numbers (row,), 0 to C − 1, as whole numbers or booleans; numbers (row,) as
    floats; or several labels a row (row, label), 0 or 1 as floats, NaN for missing. Of a pair, dev rows are drawn by
    the seed, of each class its share, as many as `fit` would take; with `whole` all rows are train and dev rows alike.

    Raises:
        DataError: shapes, types or lengths that don't fit.
    """
    names = ("features", "targets", "dev_features", "dev_targets")
    if len(arrays) not in ((2,) if whole else (2, 4)):
        raise DataError(
            "arrays must come as (features, targets)"
            + ("" if whole else " or (features, targets, dev_features, dev_targets)")
            + f"; got {len(arrays)} of them."
        )
    given = [_tensor(array, name) for array, name in zip(arrays, names, strict=False)]
    for place in range(0, len(given), 2):
        given[place] = _features(given[place], names[place], tokens)
    for features, answers, name in zip(given[::2], given[1::2], names[::2], strict=False):
        if len(features) != len(answers):
            raise DataError(
                f"{name} and their targets must have as many rows; got {len(features):,} and {len(answers):,}."
            )
        if len(features) < FEWEST_ROWS:
            raise DataError(f"{name} must have at least {FEWEST_ROWS} rows; got {len(features)}.")
    if len(given) == 4 and given[0].shape[1:] != given[2].shape[1:]:
        raise DataError(
            f"a row of dev_features must be shaped as one of features, {tuple(given[0].shape[1:])}; "
            f"got {tuple(given[2].shape[1:])}."
        )
    targets, kind = _targets(given[1::2], loss)
    rows, notices = _parts(len(given[0]), targets[0], kind, seed, divided=len(given) == 2 and not whole)
    train = (given[0][rows["train"]], targets[0][rows["train"]])
    dev = (given[2], targets[1]) if len(given) == 4 else (given[0][rows["dev"]], targets[0][rows["dev"]])
    num_classes = int(max(part.max() for part in targets)) + 1 if kind in CLASS_LOSSES else 0
    num_outputs = targets[0].shape[1] if kind == "multi-label" else num_classes if kind == "softmax" else 1
    task = "regression" if kind in NUMBER_LOSSES else "binary" if num_outputs == 1 else "multiclass"
    shape = given[0].shape[1:]

    def read(source: Any) -> Tensor:
        features = _features(_tensor(source, "rows"), "rows", tokens)
        if features.shape[1:] != shape:
            raise DataError(
                f"rows must be shaped as those of training, (row, *{tuple(shape)}); got {_shape(features)}."
            )
        return features

    data = TrainingData(task, num_outputs, *train, *dev, loss=kind)
    return Rows(data, Answers(kind, tuple(range(num_classes))), read, len(given[0]), rows["train"], notices, raw=True)


def _tensor(value: Any, name: str) -> Tensor:
    if isinstance(value, Tensor):
        return value.detach().cpu()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} must be one array with rows of equal shape ({error}).") from None
    if array.dtype.kind not in "biuf":
        raise DataError(f"{name} must hold numbers or booleans; got {array.dtype}. Turn text into numbers first.")
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:
        array = array.astype(np.int64)
    return torch.from_numpy(np.array(array, order="C", dtype=array.dtype.newbyteorder("=")))


def _features(features: Tensor, name: str, tokens: bool) -> Tensor:
    if features.dim() < 2 or not features[0:1].numel():
        raise DataError(
            f"{name} must be (row, …) with at least one number a row, such as (row, input) or "
            f"(row, channel, height, width); got {_shape(features)}."
        )
    if features.is_complex():
        raise DataError(f"{name} must be real numbers; got {features.dtype}.")
    if tokens and features.dtype in TOKENS:
        return features.long()
    features = features.float()
    _check_finite(features.flatten(1).isfinite().all(1), name)
    return features.contiguous()


def _targets(parts: list[Tensor], loss: str | None) -> tuple[list[Tensor], str]:
    """Targets as the loss wants them, and the loss."""
    names = ("targets", "dev_targets")
    floats = any(part.is_floating_point() for part in parts)
    for part, name in zip(parts, names, strict=False):
        if part.dim() > 2 or part.dim() == 0 or part.dim() != parts[0].dim():
            raise DataError(f"{name} must be (row,), or (row, label) for several labels; got {_shape(part)}.")
    if parts[0].dim() == 2:
        return _labels(parts, loss)
    if loss in NUMBER_LOSSES or (loss is None and floats):
        parts = [part.float() for part in parts]
        for part, name in zip(parts, names, strict=False):
            _check_finite(part.isfinite(), name)
        return parts, checked_loss(loss, NUMBER_LOSSES, "numbers")
    if floats:
        checked_loss(loss, NUMBER_LOSSES, "floats; if they are class numbers, give them as whole numbers")
    return _classes([part.long() for part in parts], loss)


def _classes(parts: list[Tensor], loss: str | None) -> tuple[list[Tensor], str]:
    both = torch.cat(parts)
    if int(both.min()) < 0 or int(both.max()) >= len(both):
        wrong = int(both.min()) if int(both.min()) < 0 else int(both.max())
        raise DataError(
            f"targets that are whole numbers are class numbers, 0 to C − 1; got {wrong} among {len(both):,} rows. "
            "Number the classes (numpy.unique(targets, return_inverse=True)), or give numbers to predict as floats."
        )
    num_classes = int(both.max()) + 1
    if num_classes == 1:
        raise DataError("targets must have at least two classes, but all are 0: there is nothing to learn.")
    fitting = CLASS_LOSSES if num_classes == 2 else CLASS_LOSSES[:1]
    return parts, checked_loss(loss, fitting, f"{num_classes} classes")


def _labels(parts: list[Tensor], loss: str | None) -> tuple[list[Tensor], str]:
    parts = [part.float() for part in parts]
    for part in parts:
        if not (part.isnan() | (part == 0) | (part == 1)).all() or part.shape[1] != parts[0].shape[1]:
            raise DataError(
                "targets of several labels a row must be 0, 1 or NaN (missing), (row, label), as many labels in dev; "
                f"got {_shape(part)} of other values. For one target give (row,): targets.ravel()."
            )
        if part.isnan().all():
            raise DataError("targets must have at least one label that is not missing in train and in dev.")
    return parts, checked_loss(loss, ("multi-label",), "several labels a row")


def _parts(
    num_rows: int, targets: Tensor, loss: str, seed: int, divided: bool
) -> tuple[dict[str, np.ndarray], tuple[Notice, ...]]:
    """Numbers of the train and the dev rows among all."""
    if not divided:
        return {"train": np.arange(num_rows), "dev": np.arange(num_rows)}, ()
    share = held_out_share(num_rows)
    generator = np.random.default_rng(seed)
    if loss in CLASS_LOSSES:
        part_of_row = cut_by_class(targets.numpy(), [1 - share, share], generator)
    else:
        part_of_row = cut_at_random(num_rows, [1 - share, share], generator)
    rows = {name: np.flatnonzero(part_of_row == number) for number, name in enumerate(("train", "dev"))}
    if not len(rows["dev"]):
        raise DataError(f"{num_rows} rows are too few to draw a dev part from. Add rows, or give dev rows of your own.")
    told = f"{len(rows['dev']):,} of {num_rows:,} rows were drawn as dev rows, to judge by; the others train."
    return rows, (Notice("info", told),)


def _check_finite(sound: Tensor, name: str) -> None:
    """`sound`: (row,)."""
    if not sound.all():
        first = int((~sound).nonzero()[0])
        raise DataError(
            f"{name} must be finite numbers within the range of float32, but are not in {int((~sound).sum()):,} of "
            f"{len(sound):,} rows, first in row {first} (from 0). Fill in or drop those rows."
        )


def _shape(tensor: Tensor) -> str:
    return f"shape {tuple(tensor.shape)}"
