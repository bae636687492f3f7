"""A train-dev set: rows like the train rows that nothing is trained on, beside a dev set of another origin. Notes C3.

Train and dev then differ in two ways, seen or not and of one kind or another; train-dev rows differ in one at a time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from caviar.core.records import Notice
from caviar.data.cuts import cut_at_random, cut_by_class, cut_by_group
from caviar.data.split_request import FEWEST_ROWS_A_CLASS, class_numbers, group_numbers
from caviar.data.splits import Split, part_of

LARGEST_SHARE = 0.2  # of the train rows: they are missed in training
FEWEST_ROWS = 30  # fewer tell nothing


def with_train_dev(split: Split, *, seed: int = 0, together: str | None = None) -> Split:
    """Hold out train rows as many as dev has, at most a fifth of train; the same rows for the same seed.

    At random with the classes in proportion, or in whole groups where there are such.

    Args:
        split: with a dev table of its own.
        seed: of the random cut.
        together: the column of groups or times, if any: its rows of one value stay in one part, and a missing cell is a
            value of its own.

    Returns:
        The split with `train_dev`, a shorter `train` and their row numbers; or, with a notice, as it was, where the cut
        would have under 30 rows, or leave a class fewer than two rows to train on.
    """
    train = split.train
    num_rows = min(len(split.dev), int(LARGEST_SHARE * len(train)))
    if num_rows < FEWEST_ROWS:
        return _without(split, f"{num_rows} of {len(train)} train rows would be too few to tell anything")
    held_out = _draw(split, num_rows / len(train), together, np.random.default_rng([seed, 1]))
    classes = class_numbers(train)
    left = None if classes is None else np.bincount(classes[~held_out], minlength=len(train.classes))
    if not 0 < held_out.sum() < len(train) or (left is not None and left.min() < FEWEST_ROWS_A_CLASS):
        return _without(split, "train would be left without enough rows of some class or group")
    kept, measured = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    numbers = split.rows["train"]
    rule = (
        f"{split.rule} {len(measured):,} of these train rows are held out as a train-dev set, which leaves "
        f"{len(kept):,} to train on: their error tells variance from a dev set of another kind."
    )
    return replace(
        split,
        train=part_of(train, kept),
        train_dev=part_of(train, measured),
        rule=rule,
        rows=split.rows | {"train": numbers[kept], "train_dev": numbers[measured]},
    )


def _draw(split: Split, share: float, together: str | None, generator: np.random.Generator) -> np.ndarray:
    """Whether each train row is held out, (row,) bool."""
    classes, shares = class_numbers(split.train), [1 - share, share]
    if together is not None:
        groups = group_numbers(split.train.frame[together])
        if groups.max() == 0:
            return np.zeros(len(split.train), dtype=bool)
        return cut_by_group(groups, classes, shares, generator) == 1
    if classes is None:
        return cut_at_random(len(split.train), shares, generator) == 1
    return cut_by_class(classes, shares, generator) == 1


def _without(split: Split, why: str) -> Split:
    text = (
        f"dev rows come from a file of their own, but no train-dev set is held out: {why}. If the dev error is high, "
        "variance and a dev set of another kind cannot be told apart."
    )
    return replace(split, notices=(*split.notices, Notice("info", text)))
