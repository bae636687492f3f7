"""The finding: mistakes that gather where mending them would pay."""

import numpy as np
import pytest
from judged_run import judged, judged_numbers, people, write_judged_run

from caviar.core.errors import RunError, SettingsError
from caviar.diagnosis.error_analysis import ErrorAnalysis, analyse
from caviar.diagnosis.error_slices import error_slices
from caviar.diagnosis.judged_rows import read_judged_rows


def analysed(in_bath: float, elsewhere: float, sure: float = 0.8) -> ErrorAnalysis:
    """Rows with these chances of a mistake; every answer was given with the probability `sure`."""
    cells = people(2_000)
    chance = np.where(cells["city"] == "Bath", in_bath, elsewhere)
    rows = judged(cells, np.random.default_rng(5).random(2_000) < chance)
    chances = np.where((rows.prediction == "no")[:, None], [[sure, 1 - sure]], [[1 - sure, sure]])
    return analyse(judged(cells, rows.errors == 1, probabilities=chances))


def test_a_sick_slice_that_the_model_does_not_expect_is_a_medium_finding() -> None:
    found = analysed(0.5, 0.1, sure=0.9)
    finding = error_slices(found, 0.02)
    assert (finding.verdict, finding.severity, finding.section) == ("present", "medium", "C3")
    assert finding.evidence["slice"] == "city = Bath"
    assert finding.evidence["ceiling_difference"] == pytest.approx(found.error - found.slices[0].rest_error)
    assert finding.evidence["expected_error"] == pytest.approx(0.1)
    assert "something is off with these rows" in finding.meaning
    assert [action.by for action in finding.actions] == ["you", "you"]
    assert "Collect more rows where city = Bath" in finding.actions[1].text


def test_a_slice_that_the_model_knows_to_be_hard_is_a_low_finding() -> None:
    finding = error_slices(analysed(0.4, 0.1, sure=0.55), 0.02)
    assert (finding.verdict, finding.severity) == ("present", "low")
    assert "knows that these are the hard ones" in finding.meaning and "column" in finding.actions[1].text


def test_a_model_that_is_too_sure_everywhere_is_no_sign_of_something_off_with_a_slice() -> None:
    cells = people(2_000)
    chance = np.where(cells["city"] == "Bath", 0.4, 0.1)
    rows = judged(cells, np.random.default_rng(5).random(2_000) < chance)
    sure = 1 - chance / 4
    said_no = rows.prediction == "no"
    chances = np.stack([np.where(said_no, sure, 1 - sure), np.where(said_no, 1 - sure, sure)], axis=1)
    finding = error_slices(analyse(judged(cells, rows.errors == 1, probabilities=chances)), 0.02)
    assert (finding.verdict, finding.severity) == ("present", "low")


def test_a_slice_whose_ceiling_is_not_material_is_told_as_absent() -> None:
    finding = error_slices(analysed(0.4, 0.1), 0.2)
    assert finding.verdict == "absent" and "20.0 points would be material" in finding.meaning


def test_healthy_rows_make_no_finding() -> None:
    finding = error_slices(analysed(0.15, 0.15), 0.02)
    assert finding.verdict == "absent" and "than chance explains" in finding.meaning


def test_a_model_without_mistakes_and_a_handful_of_rows_have_no_slices() -> None:
    perfect = analyse(judged(people(100), np.zeros(100, dtype=bool)))
    assert error_slices(perfect, 0.02).meaning == "The model makes no mistake on 100 dev rows."
    assert (perfect.worst, perfect.typical, perfect.confusions, perfect.answers) == ((), (), (), ())
    handful = analyse(judged(people(30), np.arange(30) < 25))
    assert "30 dev rows are too few" in handful.nowhere and handful.slices == ()


def test_too_few_mistakes_and_missing_rows_or_figures_cannot_tell() -> None:
    few = analyse(judged(people(80), np.arange(80) < 6))
    assert "6 mistakes on 80 dev rows are too few" in error_slices(few, 0.02).meaning
    bare = analyse(judged(None, np.arange(80) < 30, missing="rows.parquet is not in the run folder."))
    for finding, words in (
        (error_slices(bare, 0.02), "rows.parquet is not in the run folder"),
        (error_slices(few, None), "trivial"),
    ):
        assert finding.verdict == "cannot-tell" and words in finding.meaning


def test_half_of_a_regression_s_error_in_one_slice_is_a_medium_finding() -> None:
    cells = people(2_000)
    misses = np.random.default_rng(5).normal(size=2_000) * np.where(cells["city"] == "Bath", 9, 1)
    finding = error_slices(analyse(judged_numbers(cells, misses)), 0.1)
    assert (finding.verdict, finding.severity) == ("present", "medium")
    assert "of the squared error" in finding.meaning


def test_answers_are_told_apart_by_class_and_by_how_sure_the_model_was() -> None:
    wrong = np.random.default_rng(0).random(1_000) < np.where(np.arange(1_000) % 2, 0.3, 0.05)
    sure = np.where(wrong, 0.55, 0.9)
    said_no = (np.arange(1_000) % 2 == 0) != wrong
    chances = np.stack([np.where(said_no, sure, 1 - sure), np.where(said_no, 1 - sure, sure)], axis=1)
    texts = [one.text for one in analyse(judged(None, wrong, probabilities=chances)).answers]
    assert texts == ["true answer = yes", "predicted answer = no", "probability of the answer < 60 %"]


def test_a_run_s_rows_come_back_as_they_were(tmp_path) -> None:
    rows = judged(people(300), np.arange(300) % 5 == 0, kinds={"city": "category"})
    read = read_judged_rows(write_judged_run(tmp_path / "run", rows, test_rows=100))
    assert (len(read), read.task, read.target, read.kinds) == (200, "binary", "answer", {"city": "category"})
    np.testing.assert_array_equal(read.errors, rows.errors[:200])
    assert read.cells is not None and rows.cells is not None and read.cells.equals(rows.cells[:200])
    test = read_judged_rows(tmp_path / "run", "test")
    assert test.numbers.tolist() == list(range(200, 300)) and test.cells is not None
    assert test.cells.equals(rows.cells[200:])


def test_a_run_without_predictions_or_without_the_part_is_refused(tmp_path) -> None:
    folder = write_judged_run(tmp_path / "run", judged(people(60), np.arange(60) < 9), test_rows=0)
    with pytest.raises(SettingsError, match="has no test rows: its predictions are of dev"):
        read_judged_rows(folder, "test")
    (folder / "predictions.parquet").unlink()
    with pytest.raises(RunError, match=r"predictions\.parquet is missing"):
        read_judged_rows(folder)
    with pytest.raises(RunError, match="is no run folder"):
        read_judged_rows(tmp_path)


def test_a_run_whose_raw_rows_are_missing_or_of_another_run_says_so(tmp_path) -> None:
    rows = judged(people(60), np.arange(60) < 9)
    folder = write_judged_run(tmp_path / "run", rows)
    people(10).write_parquet(folder / "rows.parquet")
    assert "10 rows and predictions.parquet 60" in read_judged_rows(folder).missing
    (folder / "rows.parquet").unlink()
    read = read_judged_rows(folder)
    assert read.cells is None and read.missing.startswith("rows.parquet is not in the run folder")
    (folder / "rows.parquet").write_bytes(b"nothing")
    with pytest.raises(RunError, match="damaged"):
        read_judged_rows(folder)
