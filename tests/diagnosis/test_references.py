"""The trivial predictor and boosting: what they learn from, what they score, and that they can be rebuilt."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from caviar.data.splits import Split
from caviar.data.tables import Column, Table
from caviar.data.targets import TargetCoder
from caviar.diagnosis.references import boosting, trivial

NUM_TRAIN, NUM_DEV = 600, 300


def made_table(task, *, seed=0, rows=NUM_TRAIN + 2 * NUM_DEV, rare=False):
    """Two numbers, one with missing cells, and a category that matters; the target follows them with noise."""
    draw = np.random.default_rng(seed)
    size, weight = draw.normal(size=rows), draw.normal(size=rows)
    colour = draw.choice(["red", "green", "blue"], rows)
    score = size + np.where(colour == "red", 2, 0) + 0.3 * draw.normal(size=rows)
    if task == "regression":
        target, classes = pl.Series(100 + 10 * score), ()
    else:
        classes = ("high", "low", "mid") if task == "multiclass" else ("high", "low")
        middle = (score > 0) & (task == "multiclass")
        names = np.where(score > 1.5, "high", np.where(middle, "mid", "low")).astype(object)
        if rare:
            names[0], classes = "odd", (*classes, "odd")
        target = pl.Series(names, dtype=pl.String)
    frame = pl.DataFrame({"size": size, "weight": weight, "colour": colour, "y": target})
    frame = frame.with_columns(pl.when(pl.col("weight") > 1).then(None).otherwise(pl.col("weight")).alias("weight"))
    kinds = {"size": "number", "weight": "number", "colour": "category"}
    columns = tuple(
        Column(
            name=name,
            kind=kind,
            used=True,
            reason="",
            num_missing=frame[name].null_count(),
            num_distinct=frame[name].n_unique(),
        )
        for name, kind in kinds.items()
    )
    return Table(
        frame=frame, columns=columns, target="y", task=task, classes=classes, notices=(), source="made", fingerprint=""
    )


def made_split(task, **options):
    table = made_table(task, **options)
    ends = np.cumsum([0, len(table) - 2 * NUM_DEV, NUM_DEV, NUM_DEV])
    parts = [replace(table, frame=table.frame[start:end]) for start, end in pairwise(ends)]
    split = Split(train=parts[0], dev=parts[1], test=parts[2], rule="", notices=(), rows={})
    return split, TargetCoder.fit(parts[0])


def test_the_trivial_predictor_answers_the_most_frequent_class_of_train():
    split, coder = made_split("multiclass")
    reference = trivial(split, coder)
    most = split.train.frame["y"].mode()[0]
    assert reference.dev_error.estimate == pytest.approx((split.dev.frame["y"] != most).mean())
    assert reference.score(split.test).estimate == pytest.approx((split.test.frame["y"] != most).mean())


def test_the_trivial_regression_answers_the_mean_of_train():
    split, coder = made_split("regression")
    residuals = split.dev.frame["y"].to_numpy() - split.train.frame["y"].mean()
    assert trivial(split, coder).dev_error.estimate == pytest.approx(np.sqrt(np.mean(residuals**2)))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_boosting_beats_the_trivial_predictor_and_keeps_errors_row_by_row(task):
    split, coder = made_split(task)
    reference = boosting(split, coder)
    assert reference.name == "boosting" and reference.seconds > 0
    assert reference.dev_error.interval.high < trivial(split, coder).dev_error.interval.low
    assert reference.dev_error.per_row.shape == (NUM_DEV,)
    assert reference.train_error.estimate < reference.dev_error.estimate
    assert reference.train_error.rows == NUM_TRAIN


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_boosting_equals_scikit_learn_with_its_defaults_and_native_categories(task):
    split, coder = made_split(task)
    model = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier

    def features(table):
        codes = table.frame["colour"].replace_strict({"red": 0.0, "green": 1.0, "blue": 2.0})
        return table.frame.select("size", "weight", codes).to_numpy()

    theirs = model(random_state=0, categorical_features=[2])
    with threadpool_limits(1):
        theirs.fit(features(split.train), split.train.frame["y"].to_numpy())
        predicted, truth = theirs.predict(features(split.dev)), split.dev.frame["y"].to_numpy()
    errors = (predicted - truth) ** 2 if task == "regression" else (predicted != truth).astype(float)
    np.testing.assert_allclose(boosting(split, coder).dev_error.per_row, errors, rtol=1e-6)


def test_fitting_again_with_the_same_seed_gives_the_same_model():
    split, coder = made_split("regression")
    first, second = boosting(split, coder, seed=3), boosting(split, coder, seed=3)
    np.testing.assert_array_equal(first.dev_error.per_row, second.dev_error.per_row)
    np.testing.assert_array_equal(first.score(split.test).per_row, second.score(split.test).per_row)


def test_test_rows_are_not_looked_at_before_they_are_scored():
    split, coder = made_split("binary")
    unread = replace(split, test=None)
    assert boosting(unread, coder).score(split.test).rows == NUM_DEV


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_a_time_limit_keeps_a_few_iterations_that_can_be_rebuilt(task):
    split, coder = made_split(task)
    hasty = boosting(split, coder, time_limit=0.0)
    assert hasty.iterations == 1 and hasty.cut_short
    again = boosting(split, coder, iterations=hasty.iterations)
    np.testing.assert_array_equal(hasty.dev_error.per_row, again.dev_error.per_row)


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_time_to_spare_changes_nothing(task):
    split, coder = made_split(task)
    free, ample = boosting(split, coder), boosting(split, coder, time_limit=1e6)
    assert free.iterations == ample.iterations == 100
    assert not free.cut_short
    np.testing.assert_allclose(free.dev_error.per_row, ample.dev_error.per_row, rtol=1e-6)


def test_a_class_with_a_single_train_row_does_not_stop_early_stopping():
    split, coder = made_split("binary", rows=10_100 + 2 * NUM_DEV, rare=True)
    assert boosting(split, coder, iterations=3).dev_error.rows == NUM_DEV
