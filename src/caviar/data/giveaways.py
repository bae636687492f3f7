"""Columns that predict the target almost perfectly by themselves: too good to be true, or the task is trivial.

Each column is tried alone: a shallow tree on numbers and dates, the label (or mean) of each category, learned on one
half of a sample of rows and measured on the other, both ways.
"""

import numpy as np
import polars as pl
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from caviar.core.records import Notice
from caviar.data.copies import copy_notices
from caviar.data.records import Column, Table

FEWEST_ROWS, MOST_ROWS, MOST_CELLS = 50, 4_000, 500_000
ALMOST_ALL = 0.97  # share of the trivial predictor's error (regression: variance) that one column takes away
DEPTH = {"classes": 4, "numbers": 8}


def giveaway_notices(table: Table, *, seed: int = 0) -> list[Notice]:
    """Warn of each used column that leaves less than 3 % of the trivial error; `load` has told of plain copies."""
    if table.target is None or len(table) < FEWEST_ROWS:
        return []
    classify = table.task != "regression"
    copied = {notice.columns for notice in copy_notices(table.frame, table.columns, table.target, classify=classify)}
    num_rows = max(FEWEST_ROWS, min(MOST_ROWS, MOST_CELLS // len(table.columns)))
    rows = np.random.default_rng(seed).permutation(len(table))[:num_rows]
    frame = table.frame[rows]
    targets = frame[table.target]
    answers = targets.cast(pl.Enum(table.classes)).to_physical().to_numpy() if classify else targets.to_numpy()
    notices = []
    for column in table.columns:
        if column.used and (column.name,) not in copied:
            taken = _taken_away(_values(frame[column.name]), answers, column, classify=classify)
            if taken >= ALMOST_ALL:
                what = "error of always giving the most frequent label" if classify else "variance"
                notices.append(
                    Notice(
                        "warning",
                        f"column {column.name!r} alone takes away {taken:.1%} of the {what} "
                        f"in {table.target!r}. If it is made from the target, or not known when "
                        "predicting, drop it.",
                        (column.name,),
                    )
                )
    return notices


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
        DecisionTreeClassifier(max_depth=DEPTH["classes"], min_samples_leaf=3, random_state=0)
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
