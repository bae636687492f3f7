"""The sheet of mistakes goes out, is filled in, and comes back; what it says is counted as by hand."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from judged_run import judged, judged_numbers, people

from caviar.core.errors import DataError, SettingsError
from caviar.diagnosis.corrections import corrections, save_corrections
from caviar.diagnosis.intervals import wilson
from caviar.diagnosis.judged_rows import JudgedRows
from caviar.diagnosis.mistake_sheet import read_sheet, write_sheet
from caviar.diagnosis.tags import tag_table


@pytest.fixture
def rows() -> JudgedRows:
    """400 rows; every fourth is wrong."""
    return judged(people(400), np.arange(400) % 4 == 0)


def filled(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sheet_holds_random_mistakes_with_their_cells_and_two_empty_columns(
    rows: JudgedRows, tmp_path: Path
) -> None:
    assert write_sheet(tmp_path / "sheet.csv", rows, most=30) == 30
    sheet = pl.read_csv(tmp_path / "sheet.csv")
    assert sheet.columns == ["row", "truth", "prediction", "probability", "tags", "correct_label", *people(1).columns]
    assert sheet["tags"].null_count() == sheet["correct_label"].null_count() == 30
    assert set(sheet["row"]) <= set(rows.mistakes.tolist()) and sheet["row"].n_unique() == 30
    assert sheet["row"].to_list() != rows.mistakes[:30].tolist()
    for line in sheet.iter_rows(named=True):
        assert line["truth"] == rows.truth[line["row"]] and line["prediction"] == rows.prediction[line["row"]]
        assert line["city"] == people(400)["city"][line["row"]]


def test_a_larger_sheet_holds_the_smaller_one(rows: JudgedRows, tmp_path: Path) -> None:
    for most in (20, 50):
        write_sheet(tmp_path / f"{most}.csv", rows, most)
    small, large = (set(pl.read_csv(tmp_path / f"{most}.csv")["row"]) for most in (20, 50))
    assert small < large


def test_columns_named_as_the_sheet_s_own_keep_both(tmp_path: Path) -> None:
    cells = pl.DataFrame({"row": [7.0, 8.0], "tags": ["x", "y"]})
    write_sheet(tmp_path / "sheet.csv", judged(cells, np.array([True, True])))
    sheet = pl.read_csv(tmp_path / "sheet.csv")
    assert sheet["row"].to_list() == [0, 1] and sheet["row (column)"].to_list() == [7, 8]
    assert read_sheet(tmp_path / "sheet.csv", judged(cells, np.array([True, True]))).tags == ((), ())


def test_an_existing_sheet_is_never_overwritten(rows: JudgedRows, tmp_path: Path) -> None:
    path = filled(tmp_path / "sheet.csv", "hours of work")
    with pytest.raises(SettingsError, match="may hold somebody's work"):
        write_sheet(path, rows)
    assert path.read_text() == "hours of work"


def test_a_model_without_mistakes_has_no_sheet(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no mistake on 40 dev rows"):
        write_sheet(tmp_path / "sheet.csv", judged(people(40), np.zeros(40, dtype=bool)))


@pytest.mark.parametrize("name", ["sheet.xlsx", "nowhere/sheet.csv"])
def test_a_sheet_that_cannot_be_written_is_refused(rows: JudgedRows, tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"must be a \.csv|does not exist"):
        write_sheet(tmp_path / name, rows)


def test_tags_go_round(rows: JudgedRows, tmp_path: Path) -> None:
    write_sheet(tmp_path / "sheet.csv", rows)
    sheet = pl.read_csv(tmp_path / "sheet.csv", infer_schema=False)
    tags = ["blurry; dark" if place < 10 else "dark" if place < 40 else None for place in range(len(sheet))]
    sheet.with_columns(tags=pl.Series(tags)).write_csv(tmp_path / "filled.csv")
    table = tag_table(rows, read_sheet(tmp_path / "filled.csv", rows))
    assert table is not None and (table.looked_at, table.mistakes, table.untagged) == (100, 100, 60)
    assert [(line.tag, line.count, line.share) for line in table.lines] == [("dark", 40, 0.4), ("blurry", 10, 0.1)]
    assert [line.error_without for line in table.lines] == pytest.approx([0.25 * 0.6, 0.25 * 0.9])
    assert table.lines[0].share_interval == wilson(40, 100)[1:]


def test_a_sheet_with_rows_and_tags_alone_will_do_and_rows_that_are_right_do_not_count(
    rows: JudgedRows, tmp_path: Path
) -> None:
    path = filled(tmp_path / "own.csv", "tags,row\ndark,4\n dark ;dark; ,8.0\n,12\nblurry,5\n")
    table = tag_table(rows, read_sheet(path, rows))
    assert table is not None and (table.looked_at, table.untagged, table.right) == (3, 1, (5,))
    assert [(line.tag, line.count) for line in table.lines] == [("dark", 2)]


def test_tags_of_a_regression_weigh_squares(tmp_path: Path) -> None:
    rows = judged_numbers(None, np.array([10.0, 5.0] + [1.0] * 18))
    path = filled(tmp_path / "own.csv", "row,tags\n0,far\n1,near\n")
    table = tag_table(rows, read_sheet(path, rows))
    assert table is not None
    assert [line.share for line in table.lines] == pytest.approx([100 / 125, 25 / 125])
    assert table.lines[0].error_without == pytest.approx(np.sqrt((25 + 18) / 20))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("line,tags\n4,dark\n", "no column row"),
        ("row,remarks\n4,dark\n", "no column tags or correct_label"),
        ("row,tags\n4,dark\n4000,dark\n1.5,x\n", "2 rows that are not among the run's 400 dev rows: '4000', '1.5'"),
        ("row,tags\n4,dark\n,dark\n", r"1 row that is not among .* \(empty\)"),
        ("row,tags\n4,dark\n4,blurry\n", "more than one line for row 4"),
        ("row,correct_label\n4,Yes\n", "'Yes'. Did you mean 'yes'"),
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused_by_name(
    rows: JudgedRows, tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(DataError, match=words) as refused:
        read_sheet(filled(tmp_path / "bad.csv", text), rows)
    assert "bad.csv" in str(refused.value)


def test_a_correct_value_that_is_no_number_is_refused(tmp_path: Path) -> None:
    rows = judged_numbers(None, np.ones(20))
    with pytest.raises(DataError, match="finite numbers; got 'dear'"):
        read_sheet(filled(tmp_path / "bad.csv", "row,correct_label\n4,dear\n"), rows)


def labels(rows: JudgedRows, path: Path, num_wrong: int, num_looked_at: int) -> Path:
    """A sheet in which the first labels are wrong, the others right."""
    lines = [
        f"{rows.numbers[place]},{rows.prediction[place] if count < num_wrong else ''}"
        for count, place in enumerate(rows.mistakes[:num_looked_at])
    ]
    return filled(path, "row,correct_label\n" + "\n".join(lines) + "\n")


def test_wrong_labels_are_weighed_against_the_rest_as_by_hand(rows: JudgedRows, tmp_path: Path) -> None:
    done = corrections(rows, read_sheet(labels(rows, tmp_path / "sheet.csv", 6, 100), rows))
    assert done is not None
    assert (done.looked_at, done.mistakes, done.wrong_labels, done.mended) == (100, 100, 6, 6)
    assert (done.share, done.error, done.corrected_error) == pytest.approx((0.06, 0.25, 94 / 400))
    assert (done.due_to_labels, done.due_to_rest) == pytest.approx((0.015, 0.235))
    assert done.share_interval == pytest.approx((0.06, 0.06))
    assert done.corrected_interval == pytest.approx(wilson(94, 400)[1:])
    assert done.worth_it == "no"


@pytest.mark.parametrize(
    ("num_wrong", "num_looked_at", "worth"),
    [(6, 100, "no"), (30, 100, "yes"), (7, 40, "cannot-tell"), (16, 40, "yes"), (1, 60, "no")],
)
def test_the_notes_examples_say_when_to_mend_labels(
    rows: JudgedRows, tmp_path: Path, num_wrong: int, num_looked_at: int, worth: str
) -> None:
    done = corrections(rows, read_sheet(labels(rows, tmp_path / "s.csv", num_wrong, num_looked_at), rows))
    assert done is not None and done.worth_it == worth


def test_a_part_of_the_mistakes_stands_for_all_with_a_wider_interval(rows: JudgedRows, tmp_path: Path) -> None:
    done = corrections(rows, read_sheet(labels(rows, tmp_path / "s.csv", 10, 50), rows))
    assert done is not None
    assert done.corrected_error == pytest.approx(0.25 * (1 - 10 / 50))
    share, error = wilson(10, 50), wilson(80, 400)
    narrower = np.sqrt((100 - 50) / 99)
    assert done.share_interval == pytest.approx(
        (0.2 - narrower * (0.2 - share.low), 0.2 + narrower * (share.high - 0.2))
    )
    below = np.hypot(0.2 - error.low, 0.25 * (done.share_interval[1] - 0.2))
    above = np.hypot(error.high - 0.2, 0.25 * (0.2 - done.share_interval[0]))
    assert done.corrected_interval == pytest.approx((0.2 - below, 0.2 + above))


def test_rows_right_by_a_wrong_label_become_mistakes(rows: JudgedRows, tmp_path: Path) -> None:
    text = f"row,correct_label\n4,\n5,{'no' if rows.truth[5] == 'yes' else 'yes'}\n"
    done = corrections(rows, read_sheet(filled(tmp_path / "s.csv", text), rows))
    assert done is not None and (done.new_mistakes, done.mended, done.looked_at) == (1, 0, 1)
    assert done.corrected_error == pytest.approx(101 / 400)


def test_correct_values_of_a_regression_change_the_rows_looked_at_alone(tmp_path: Path) -> None:
    rows = judged_numbers(None, np.array([10.0, 5.0] + [1.0] * 18))
    done = corrections(rows, read_sheet(filled(tmp_path / "s.csv", "row,correct_label\n0,108\n1,\n"), rows))
    assert done is not None
    assert done.corrected_error == pytest.approx(np.sqrt((4 + 25 + 18) / 20))
    assert done.share == pytest.approx(96 / 125)
    assert (done.wrong_labels, done.mended, done.worth_it) == (1, 1, "yes")


def test_a_sheet_without_labels_or_tags_says_nothing(rows: JudgedRows, tmp_path: Path) -> None:
    write_sheet(tmp_path / "sheet.csv", rows)
    sheet = read_sheet(tmp_path / "sheet.csv", rows)
    assert tag_table(rows, sheet) is None and corrections(rows, sheet) is None


def test_saved_corrections_grow_and_a_newer_one_takes_the_older_s_place(rows: JudgedRows, tmp_path: Path) -> None:
    def save(text: str) -> list[tuple[object, ...]]:
        save_corrections(tmp_path, rows, read_sheet(filled(tmp_path / "s.csv", "row,correct_label\n" + text), rows))
        return pl.read_csv(tmp_path / "corrections.csv").select("part", "row", "given", "correct").rows()

    assert rows.truth[4] == rows.truth[8] == "no"
    assert save("4,yes\n8,yes\n12,no\n") == [("dev", 4, "no", "yes"), ("dev", 8, "no", "yes")]
    assert save("8,\n16,yes\n") == [("dev", 4, "no", "yes"), ("dev", 16, "no", "yes")]
