"""Columns that predict the target almost perfectly by themselves: too good to be true, or the task is trivial.

Each column is tried alone: a shallow tree on numbers and dates, the label (or mean) of each category, learned on one
half of a sample of rows and measured on the other, both ways.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from caviar.core.records import Notice
from caviar.data.copies import copy_notices
from caviar.data.records import Column, Table

FEWEST_ROWS, MOST_ROWS, MOST_CELLS = 50, 4_000, 500_000
ALMOST_ALL = 0.97  # share of the trivial predictor's error (regression: variance) that one column takes away
MUCH, TIMES_LESS = 0.8, 3
DEPTH = {"classes": 3, "numbers": 8}  # and for classes as many levels more as it takes to tell them apart


def column_scores(table: Table, *, seed: int = 0) -> dict[str, float]:
    """For each used column, the share of the trivial predictor's error that it takes away by itself; {} if unknowable.

    Unknowable without a target, or with fewer than 50 rows. Of regression it is the share of the variance. Below 0: the
    column alone does worse than the trivial predictor.
    """
    if table.target is None or len(table) < FEWEST_ROWS:
        return {}
    classify = table.task != "regression"
    num_rows = max(FEWEST_ROWS, min(MOST_ROWS, MOST_CELLS // len(table.columns)))
    rows = np.random.default_rng(seed).permutation(len(table))[:num_rows]
    frame = table.frame[rows]
    targets = frame[table.target]
    answers = targets.cast(pl.Enum(table.classes)).to_physical().to_numpy() if classify else targets.to_numpy()
    return {
        column.name: _taken_away(_values(frame[column.name]), answers, column, classify=classify)
        for column in table.columns
        if column.used
    }


def giveaways(scores: Mapping[str, float]) -> dict[str, str]:
    """Which of the scored columns give the target away, the best first: "nearly all" of the error, or "stands out".

    A column stands out that takes away 80 % at least, and leaves less than a third of what the next best column leaves.
    """
    ranked = sorted(scores, key=lambda name: -scores[name])
    found = {name: "nearly all" for name in ranked if scores[name] >= ALMOST_ALL}
    if not found and ranked and scores[ranked[0]] >= MUCH:
        following = max((scores[name] for name in ranked[1:]), default=0.0)
        if (1 - scores[ranked[0]]) * TIMES_LESS <= 1 - max(following, 0.0):
            found[ranked[0]] = "stands out"
    return found


def giveaway_notices(table: Table, *, seed: int = 0) -> list[Notice]:
    """Warn of the columns that give the target away; `load` has told of plain copies."""
    scores = column_scores(table, seed=seed)
    if table.target is None or not scores:
        return []
    classify = table.task != "regression"
    copied = {notice.columns for notice in copy_notices(table.frame, table.columns, table.target, classify=classify)}
    what = "error of always giving the most frequent label" if classify else "variance"
    return [
        Notice(
            "warning",
            f"column {name!r} alone takes away {scores[name]:.1%} of the {what} in {table.target!r}"
            f"{', far more than any other' * (how == 'stands out')}. If it is made from the target, or not known when "
            "predicting, drop it.",
            (name,),
        )
        for name, how in giveaways(scores).items()
        if (name,) not in copied
    ]


def _values(cells: pl.Series) -> np.ndarray:
    """(row,) float64: categories and booleans by number, the others by rank, missing cells as 0."""
    return cells.rank("dense").cast(pl.Float64).fill_null(0).to_numpy()


def _taken_away(values: np.ndarray, answers: np.ndarray, column: Column, *, classify: bool) -> float:
    """1 − error / trivial error, each half predicted from the other."""
    half = len(values) // 2
    first, second = np.arange(half), np.arange(half, len(values))
    error = trivial = 0.0
    for learned, measured in ((first, second), (second, first)):
        fit = _by_category if column.kind == "category" else _by_tree
        predicted = fit(values[learned], answers[learned], values[measured], classify=classify)
        truth = answers[measured]
        if classify:
            error += float((predicted != truth).sum())
            trivial += float((truth != np.bincount(answers[learned]).argmax()).sum())
        else:
            error += float(np.square(predicted - truth).sum())
            trivial += float(np.square(answers[learned].mean() - truth).sum())
    return 1 - error / trivial if trivial > 0 else 0.0


def _by_tree(values: np.ndarray, answers: np.ndarray, asked: np.ndarray, *, classify: bool) -> np.ndarray:
    tree = (
        DecisionTreeClassifier(
            max_depth=DEPTH["classes"] + int(answers.max()).bit_length(), min_samples_leaf=3, random_state=0
        )
        if classify
        else DecisionTreeRegressor(max_depth=DEPTH["numbers"], min_samples_leaf=3, random_state=0)
    )
    return tree.fit(values[:, None], answers).predict(asked[:, None])


def _by_category(values: np.ndarray, answers: np.ndarray, asked: np.ndarray, *, classify: bool) -> np.ndarray:
    """The most frequent label, or the mean, of each category; of all rows where the category is new."""
    categories, numbers = np.unique(values, return_inverse=True)
    if classify:
        counts = np.zeros((len(categories), int(answers.max()) + 1))
        np.add.at(counts, (numbers, answers), 1)
        best, otherwise = counts.argmax(axis=1), np.bincount(answers).argmax()
    else:
        best = np.bincount(numbers, answers) / np.bincount(numbers)
        otherwise = answers.mean()
    places = np.minimum(np.searchsorted(categories, asked), len(categories) - 1)
    return np.where(categories[places] == asked, best[places], otherwise)
