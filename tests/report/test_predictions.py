"""Where the model errs: counts and intervals against scikit-learn and plain counting."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
from report_page import num_dots, shapes
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from caviar.report.calibration import calibration
from caviar.report.confusion import confusion
from caviar.report.predictions import predictions
from caviar.report.residuals import coverage_panel, residual_panel, truth_panel
from caviar.report.run_files import RunFiles, read_run


@pytest.fixture
def labelled():
    """(truth, predicted, labels), (row,) places each."""
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 4, 500)
    predicted = np.where(generator.random(500) < 0.7, truth, generator.integers(0, 4, 500))
    return truth, predicted, ["ant", "bee", "cat", "dog"]


def test_matrix_holds_scikit_learns_counts(labelled):
    truth, predicted, labels = labelled
    found = confusion(truth, predicted, labels)
    titles = [title.split(": ") for title in _titles(found.picture)]
    for row, true in enumerate(labels):
        for column, said in enumerate(labels):
            count = confusion_matrix(truth, predicted)[row, column]
            assert [f"true {true}, predicted {said}", f"{count} row"] in [
                [what, words.split("s,")[0]] for what, words in titles
            ]


def test_classes_have_scikit_learns_recall_and_precision(labelled):
    truth, predicted, labels = labelled
    precision, recall, _, rows = precision_recall_fscore_support(truth, predicted)
    for place, (label, own, found, _, _, right) in enumerate(confusion(truth, predicted, labels).classes):
        assert (label, own) == (labels[place], str(rows[place]))
        assert found == f"{100 * recall[place]:.0f}\u00a0%"
        assert right == f"{100 * precision[place]:.0f}\u00a0%"


def test_commonest_mistakes_come_first_and_right_answers_never():
    truth, predicted = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 1, 0, 0, 1, 2])
    assert [row[:3] for row in confusion(truth, predicted, ["a", "b", "c"]).mixed_up] == [
        ["a", "b", "2"],
        ["b", "a", "1"],
    ]


def test_class_that_never_occurs_is_no_division_by_nought():
    [*_, last] = confusion(np.array([0, 1]), np.array([0, 1]), ["a", "b", "never"]).classes
    assert last == ["never", "0", "–", "–", "0", "–"]


def test_too_many_classes_are_told_instead_of_drawn():
    many = np.arange(80)
    found = confusion(many, np.roll(many, 1), [f"class {place}" for place in many])
    assert found.picture == ""
    assert "80 classes are too many" in found.notes[0]
    assert len(found.classes) == 60


def test_calibrated_probabilities_lie_on_the_line_and_every_row_is_counted():
    probabilities = np.repeat([0.05, 0.25, 0.95], [100, 40, 20])
    happened = np.concatenate([np.arange(100) < 5, np.arange(40) < 10, np.arange(20) < 19])
    panel = calibration("c", probabilities, happened, "x", "y")
    assert "Average gap 0.0\u00a0%" in panel.caption
    marks = shapes(panel.picture, "circle", "mark own")
    diagonal = shapes(panel.picture, "line", "diagonal")[0]
    slope = (float(diagonal["y2"]) - float(diagonal["y1"])) / (float(diagonal["x2"]) - float(diagonal["x1"]))
    for mark in marks:
        expected = float(diagonal["y1"]) + slope * (float(mark["cx"]) - float(diagonal["x1"]))
        assert float(mark["cy"]) == pytest.approx(expected, abs=0.2)
    assert set(_texts(panel.picture)) >= {"100", "40", "20"}


def test_overconfident_probabilities_leave_a_gap_and_thin_bins_are_hollow():
    panel = calibration("c", np.array([0.95] * 50 + [0.45] * 3), np.arange(53) < 30, "x", "y")
    gap = abs(30 - 47.5) / 53 + abs(0 - 1.35) / 53
    assert f"Average gap {100 * gap:.0f}\u00a0%" in panel.caption
    assert "fewer than 5 rows" in panel.caption
    assert len(shapes(panel.picture, "circle", "mark own-other")) == 1


def test_coverage_is_the_counted_share():
    generator = np.random.default_rng(1)
    truth, predicted = generator.normal(size=1_000), generator.normal(size=1_000)
    low, high = predicted - 1, predicted + 1
    inside = np.mean((truth >= low) & (truth <= high))
    panel = coverage_panel(truth, predicted, low, high, "y")
    assert panel.caption.startswith(f"{100 * inside:.0f}\u00a0% of 1,000\u00a0rows lie within")
    assert len(shapes(panel.picture, "circle", "mark")) == 5


def test_scatter_is_thinned_and_says_so():
    generator = np.random.default_rng(1)
    truth = generator.normal(size=6_000)
    panel = truth_panel(truth, truth + generator.normal(size=6_000), "y")
    assert num_dots(panel.picture) == 2_500
    assert "2,500 of 6,000\u00a0rows, drawn at random" in panel.caption
    assert num_dots(truth_panel(truth[:80], truth[:80], "y").picture) == 80


def test_far_residuals_are_counted_rather_than_lost():
    truth = np.concatenate([np.zeros(999), [1e6]])
    panel = residual_panel(truth, np.linspace(-1, 1, 1000), "y")
    assert "One row lies beyond the picture" in panel.caption
    assert num_dots(panel.picture) == 999


def test_test_rows_are_taken_before_dev_rows(example_folders):
    run = read_run(example_folders["binary"])
    found = predictions(run)
    assert (found.part, found.rows) == ("test", 16_281)
    wrong = run.predictions.filter((pl.col("part") == "test") & (pl.col("truth") != pl.col("prediction")))
    sureness = wrong.select(pl.max_horizontal("probability.<=50K", "probability.>50K").alias("sure"), "row")
    assert [row[0] for row in found.worst] == [str(row) for row in sureness.sort("sure", descending=True)["row"][:10]]


def test_rows_missed_by_most_lead_the_regression_table(example_folders):
    run = read_run(example_folders["regression"])
    table = run.predictions.filter(pl.col("part") == "test").with_columns(
        (pl.col("truth") - pl.col("prediction")).abs().alias("miss")
    )
    expected = [str(row) for row in table.sort("miss", descending=True)["row"][:10]]
    assert [row[0] for row in predictions(run).worst] == expected


def test_predictions_without_probabilities_say_so():
    table = pl.DataFrame({"truth": ["a", "b"], "prediction": ["a", "a"]})
    found = predictions(RunFiles(Path("run"), {"task": "binary"}, predictions=table))
    assert found.panels == []
    assert "without probabilities" in " ".join(found.notes)
    assert found.worst == [["–", "b", "a", "–"]]


def test_predictions_without_intervals_say_so():
    table = pl.DataFrame({"truth": [1.0, 2.0, None], "prediction": [1.5, 2.0, 3.0]})
    found = predictions(RunFiles(Path("run"), {"task": "regression"}, predictions=table))
    assert found.rows == 2
    assert "without 80 % intervals" in " ".join(found.notes)


def _titles(svg: str) -> list[str]:
    return [one.text.replace("\u00a0", " ") for one in ElementTree.fromstring(svg).iter("title")]


def _texts(svg: str) -> list[str]:
    return [one.text for one in ElementTree.fromstring(svg).iter("text")]
