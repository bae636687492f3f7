"""Metrics against scikit-learn, and their intervals by counting how often they hold the truth."""

import warnings

import numpy as np
import pytest
from sklearn import metrics

from caviar.core.measures import METRICS, parse_measure
from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.metric_intervals import measured, median
from caviar.diagnosis.metrics import Answers, decide, of_counts, value_of

CLASSES = ("a", "b", "c", "d")


def answers(num_rows: int, num_classes: int, seed: int, sharpness: float = 1.5) -> Answers:
    """Rows of classes of falling frequency, told apart by noisy scores."""
    generator = np.random.default_rng(seed)
    shares = 1 / np.arange(1, num_classes + 1)
    targets = generator.choice(num_classes, num_rows, p=shares / shares.sum())
    scores = generator.normal(size=(num_rows, num_classes))
    scores[np.arange(num_rows), targets] += sharpness
    odds = np.exp(scores)
    outputs = odds / odds.sum(axis=1, keepdims=True)
    return Answers(outputs, targets, decide(outputs))


def value(text: str, found: Answers) -> float | None:
    return value_of(parse_measure(text), found, CLASSES[: found.outputs.shape[1]] if found.outputs.ndim == 2 else ())


@pytest.mark.parametrize("num_classes", [2, 4])
@pytest.mark.parametrize("seed", [0, 1])
def test_metrics_of_classes_agree_with_scikit_learn(num_classes: int, seed: int) -> None:
    found = answers(150, num_classes, seed)
    truth, decided, outputs = found.targets, found.decided, found.outputs
    expected = {
        "error": metrics.zero_one_loss(truth, decided),
        "accuracy": metrics.accuracy_score(truth, decided),
        "balanced_error": 1 - metrics.balanced_accuracy_score(truth, decided),
        "f1": metrics.f1_score(truth, decided, average="macro"),
        "f1[b]": metrics.f1_score(truth == 1, decided == 1),
        "precision[b]": metrics.precision_score(truth == 1, decided == 1),
        "recall[a]": metrics.recall_score(truth == 0, decided == 0),
        "log_loss": metrics.log_loss(truth, outputs),
        "auc[b]": metrics.roc_auc_score(truth == 1, outputs[:, 1]),
    }
    several = {"multi_class": "ovr"} if num_classes > 2 else {}
    expected["auc"] = metrics.roc_auc_score(truth, outputs if several else outputs[:, 1], **several)
    for name, figure in expected.items():
        assert value(name, found) == pytest.approx(figure, rel=1e-9), name


def test_metrics_of_numbers_agree_with_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    truth = generator.normal(50, 9, size=80)
    found = Answers(truth + generator.normal(size=80), truth)
    expected = {
        "rmse": metrics.root_mean_squared_error(truth, found.outputs),
        "mae": metrics.mean_absolute_error(truth, found.outputs),
        "median_error": metrics.median_absolute_error(truth, found.outputs),
        "r2": metrics.r2_score(truth, found.outputs),
    }
    for name, figure in expected.items():
        assert value(name, found) == pytest.approx(figure), name
        interval = measured(parse_measure(name), found, ())
        assert interval is not None and interval.estimate == pytest.approx(figure)
        assert interval.low < figure < interval.high


def test_every_metric_of_rows_has_a_value_and_an_interval_around_it() -> None:
    classes, numbers = answers(60, 4, 0), Answers(np.arange(9.0), np.arange(9.0) ** 1.1)
    for name, kind in METRICS.items():
        if kind.task != "any":
            found = numbers if kind.task == "regression" else classes
            measure = parse_measure(name + ("[a]" if kind.of_class == "must" else ""))
            interval = measured(measure, found, CLASSES)
            assert interval is not None and value_of(measure, found, CLASSES) == pytest.approx(interval.estimate)
            assert kind.low <= interval.low <= interval.estimate <= interval.high <= kind.high, name


def test_what_rows_cannot_tell_has_no_value() -> None:
    one_class = Answers(np.full((5, 2), 0.5), np.zeros(5, dtype=int), np.zeros(5, dtype=int))
    for name in ("recall[b]", "f1[b]", "auc"):
        assert value(name, one_class) is None and measured(parse_measure(name), one_class, CLASSES[:2]) is None, name
    assert value("precision[b]", one_class) == 0, "no row is taken for the class"
    assert measured(parse_measure("precision[b]"), one_class, CLASSES[:2]) == Interval(0, 0, 1)
    assert value("r2", Answers(np.arange(4.0), np.ones(4))) is None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of classes without rows
        assert value("balanced_error", one_class) == 1 - metrics.balanced_accuracy_score(
            one_class.targets, one_class.decided
        )


def test_many_confusion_matrices_are_judged_at_once() -> None:
    counts = np.random.default_rng(0).integers(1, 9, size=(7, 2, 2))
    for name, place in (("error", None), ("f1", 1), ("f1", None), ("precision", 0), ("recall", 1)):
        one_by_one = [float(of_counts(name, each, place)) for each in counts]
        np.testing.assert_allclose(of_counts(name, counts, place), one_by_one)


def test_a_threshold_decides_for_the_second_class_from_it_on() -> None:
    outputs = np.array([[0.9, 0.1], [0.7, 0.3], [0.4, 0.6]])
    assert decide(outputs).tolist() == [0, 0, 1]
    assert decide(outputs, 0.3).tolist() == [0, 1, 1]


@pytest.mark.parametrize("name", ["balanced_error", "f1", "f1[b]", "auc", "auc[a]", "log_loss", "precision[c]"])
def test_intervals_hold_the_truth_about_as_often_as_they_say(name: str) -> None:
    measure, classes = parse_measure(name), CLASSES[:3]
    truth = value_of(measure, answers(200_000, 3, seed=99), classes)
    intervals = [measured(measure, answers(120, 3, seed), classes) for seed in range(150)]
    held = np.mean([interval.low <= truth <= interval.high for interval in intervals])
    assert held >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 150)


@pytest.mark.parametrize("name", ["error", "balanced_error", "f1", "f1[a]", "auc", "recall[a]"])
def test_perfect_answers_on_few_rows_leave_doubt(name: str) -> None:
    targets = np.repeat([0, 1], 20)
    perfect = Answers(np.eye(2)[targets], targets, targets)
    interval = measured(parse_measure(name), perfect, CLASSES[:2])
    assert interval.estimate == METRICS[parse_measure(name).name].low or interval.estimate == 1
    assert 0.02 < interval.high - interval.low < 0.3


def test_the_interval_of_a_median_lies_at_its_binomial_ranks() -> None:
    assert median(np.arange(1.0, 26.0)) == Interval(13.0, 8.0, 18.0)  # the tables' ranks for 25 values: 95.7 %
