"""The rows that plain PyTorch modules of the ward train on: (features, targets) as tensors, the row first."""

from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl
import torch
from made_tables import few_above, same_sign, shipped, two_sides, waves, with_wrong_labels
from torch import Tensor

Arrays = tuple[Tensor, Tensor]


def _table(frame: pl.DataFrame, normalised: bool = True, units: bool = False) -> Arrays:
    """(row, column) and (row,) classes or (row, 1) numbers; `units`: the target in its own."""
    features = frame.drop("answer").to_numpy().astype(np.float64)
    answers = frame["answer"].to_numpy()
    order = np.random.default_rng(0).permutation(len(answers))
    features, answers = features[order], answers[order]
    if normalised:
        features = _standardised(features)
    if answers.dtype.kind == "f":
        targets = answers if units else _standardised(answers)
        return torch.tensor(features, dtype=torch.float32), torch.tensor(targets, dtype=torch.float32)[:, None]
    classes = np.unique(answers.astype(str), return_inverse=True)[1]
    return torch.tensor(features, dtype=torch.float32), torch.tensor(classes)


def _standardised(values: np.ndarray) -> np.ndarray:
    deviation = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(deviation > 0, deviation, 1)


def _pictures(frame: pl.DataFrame, scale: float = 16.0) -> Arrays:
    """(row, 1, 8, 8) grey values, of mean 0 and deviation 1 as a whole unless scaled up."""
    features, targets = _table(frame, normalised=False)
    pictures = features.reshape(-1, 1, 8, 8)
    if scale == 16.0:
        return (pictures - pictures.mean()) / pictures.std(), targets
    return pictures * (scale / 16), targets


def _moved(arrays: Arrays) -> Arrays:
    """The pictures, and each moved by a pixel to four sides."""
    pictures, targets = arrays
    moved = [pictures] + [torch.roll(pictures, step, axis) for step in (1, -1) for axis in (2, 3)]
    return torch.cat(moved), targets.repeat(5)


def _four_spots(arrays: Arrays) -> Arrays:
    """The pictures as four spots."""
    pictures, targets = arrays
    return torch.nn.functional.avg_pool2d(pictures, 4), targets


def _with_a_gap(arrays: Arrays) -> Arrays:
    """A cell is missing."""
    features = arrays[0].clone()
    features[100, 3] = torch.nan
    return features, arrays[1]


_ARRAYS: dict[str, Callable[[], Arrays]] = {
    "sides": lambda: _table(two_sides(2000)),
    "sides, 40 % wrong": lambda: _table(two_sides(2000, flipped=0.4)),
    "sides, 30 % wrong": lambda: _table(two_sides(2000, flipped=0.3)),
    "many sides": lambda: _table(two_sides(8192)),
    "signs": lambda: _table(same_sign(2000)),
    "few above": lambda: _table(few_above(2000)),
    "waves": lambda: _table(waves(2000)),
    "cancer": lambda: _table(shipped("breast-cancer")),
    "cancer, as measured": lambda: _table(shipped("breast-cancer"), normalised=False),
    "cancer, a cell missing": lambda: _with_a_gap(_table(shipped("breast-cancer"))),
    "diabetes": lambda: _table(shipped("diabetes")),
    "diabetes, as measured": lambda: _table(shipped("diabetes"), normalised=False),
    "diabetes, target as measured": lambda: _table(shipped("diabetes"), units=True),
    "pictures": lambda: _pictures(shipped("digits")),
    "pictures up to 255": lambda: _pictures(shipped("digits"), 255.0),
    "pictures, 70 % wrong": lambda: _pictures(with_wrong_labels(shipped("digits"), 0.7)),
    "pictures, moved": lambda: _moved(_pictures(shipped("digits"))),
    "pictures of four spots": lambda: _four_spots(_pictures(shipped("digits"))),
}


@cache
def arrays(name: str) -> Arrays:
    """Rows by their name."""
    return _ARRAYS[name]()


ARRAYS = tuple(_ARRAYS)
