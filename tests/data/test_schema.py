"""New files read with a model's schema."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import column, healthy, rows_of, texts, write

from caviar.core.errors import DataError
from caviar.data.schema import Schema, read_like
from caviar.data.tables import load

TRAIN = pl.DataFrame(
    {
        "id": range(60),
        **healthy(),
        "member": ["yes", "no", "no"] * 20,
        "since": ["1/31/2024", "2/1/2023", "3/4/2022"] * 20,
        "price": ["1,5", "2,25", "1000"] * 20,
        "grade": ["1.0", "2", "x"] * 20,
    }
)
SCHEMA = Schema.of(load(TRAIN, "answer", types={"grade": "category"}, missing=["-"]))
NUMBERS = Schema.of(load(TRAIN, "size"))
ROW = TRAIN[:1]


def test_a_schema_survives_json() -> None:
    for schema in (SCHEMA, NUMBERS):
        assert Schema.from_json(json.loads(json.dumps(schema.to_json()))) == schema


def test_the_training_file_read_again_is_the_same_table() -> None:
    table = load(TRAIN, "answer")
    again = read_like(TRAIN, Schema.of(table), target_needed=True)
    assert again.frame.equals(table.frame.select(again.frame.columns))
    assert again.columns == table.columns and (again.target, again.task, again.classes) == (
        "answer",
        "binary",
        ("bad", "good"),
    )
    assert load(TRAIN, like=Schema.of(table)).frame.equals(again.frame)


@given(st.permutations(TRAIN.columns), st.integers(1, 60), st.booleans())
def test_the_order_of_columns_and_the_number_of_rows_do_not_matter(
    names: list[str], num_rows: int, as_text: bool
) -> None:
    whole = read_like(TRAIN, SCHEMA, target_needed=False).frame
    part = TRAIN.select(names)[:num_rows]
    assert read_like(part.cast(pl.String) if as_text else part, SCHEMA, target_needed=False).frame.equals(
        whole[:num_rows]
    )


def test_one_row_is_enough_and_nothing_is_inferred_from_it(tmp_path: Path) -> None:
    path = write(tmp_path, 'member,since,price,grade,colour,size\nYES,2024-01-31,"7,5",2.0,red,3\n')
    table = read_like(path, SCHEMA, target_needed=False)
    assert table.target is None and len(table) == 1 and not table.notices
    row = table.frame.row(0, named=True)
    assert (row["member"], row["price"], row["grade"], row["size"]) == (True, 7.5, "2.0", 3.0)
    assert str(row["since"]) == "2024-01-31 00:00:00"


def test_extra_columns_are_ignored_and_told_and_the_target_is_not_looked_at() -> None:
    table = read_like(ROW.with_columns(extra=1, more=2, answer=pl.lit("who knows")), SCHEMA, target_needed=False)
    assert "extra" not in table.frame.columns and "answer" not in table.frame.columns
    assert texts(table.notices) == "2 columns of DataFrame that the model does not know are ignored: 'extra', 'more'."


def test_columns_that_training_left_out_are_not_needed() -> None:
    assert "id" not in read_like(ROW.drop("id"), SCHEMA, target_needed=False).frame.columns
    table = read_like(ROW.with_columns(id=pl.lit("odd")), SCHEMA, target_needed=False)
    assert table.frame["id"].to_list() == [None] and not table.notices


def test_missing_columns_are_refused_by_name_with_the_nearest() -> None:
    with pytest.raises(
        DataError, match=r"lacks 2 columns that the model learned from: 'size', 'price'\. 'size': Did you mean 'Size'\?"
    ):
        read_like(ROW.drop("price").rename({"size": "Size"}), SCHEMA, target_needed=False)


def test_a_target_that_is_needed_must_be_there() -> None:
    with pytest.raises(
        DataError, match=r"has no column 'answer', on which errors are measured\. Did you mean 'answers'\?"
    ):
        read_like(ROW.rename({"answer": "answers"}), SCHEMA, target_needed=True)


def test_cells_that_do_not_parse_become_missing_and_are_told_with_count_and_first_row() -> None:
    odd = TRAIN.with_columns(
        pl.Series("price", ["dear", "cheap", "2"] * 20),
        pl.Series("member", ["maybe", "no", "-"] * 20),
        pl.Series("size", [float("inf")] + [1.0] * 59),
    )
    table = read_like(odd, SCHEMA, target_needed=False)
    told = texts(table.notices)
    assert (
        "'price' holds numbers, but not in 40 of its 60 cells, which count as missing: 'dear' (row 1), 'cheap' (row 2)"
        in told
    )
    assert "'member' holds true or false, but not in 20 of its 40 cells" in told
    assert "'size' has 1 infinite cell, first at row 1" in told
    assert (
        column(table, "price").num_missing,
        column(table, "member").num_missing,
        column(table, "size").num_missing,
    ) == (40, 40, 1)


def test_added_spellings_of_a_missing_cell_are_remembered() -> None:
    assert read_like(ROW.with_columns(colour=pl.lit("-")), SCHEMA, target_needed=False).frame["colour"].to_list() == [
        None
    ]


def test_unknown_labels_are_refused_unless_their_rows_are_skipped() -> None:
    answers = TRAIN["answer"].to_list()
    answers[6] = answers[9] = "n/a"
    answers[20] = None
    changed = TRAIN.with_columns(pl.Series("answer", answers))
    with pytest.raises(
        DataError, match=r"2 labels in DataFrame that training never saw: 'n/a' \(2 rows, first at row 7\)"
    ):
        read_like(changed, SCHEMA, target_needed=True)
    table = read_like(changed, SCHEMA, target_needed=True, skip_unknown_labels=True)
    assert table.skipped_rows == (6, 9, 20) and len(table) == 57
    assert "3 rows of DataFrame are skipped: rows 7, 10, 21" in texts(table.notices, "warning")
    assert table.row_numbers().tolist() == [row for row in range(60) if row not in (6, 9, 20)]
    assert table.frame["answer"].to_list() == [answers[row] for row in table.row_numbers()]


def test_a_file_without_a_single_known_label_is_refused_even_when_skipping() -> None:
    with pytest.raises(DataError, match=r"no row of .* has a value in 'answer' that training knows"):
        read_like(TRAIN.with_columns(answer=pl.lit("new")), SCHEMA, target_needed=True, skip_unknown_labels=True)


def test_labels_that_differ_by_decoration_are_respelled_and_told() -> None:
    table = read_like(TRAIN.with_columns(pl.col("answer").str.to_uppercase() + "."), SCHEMA, target_needed=True)
    assert table.frame["answer"].to_list() == TRAIN["answer"].to_list()
    assert "60 labels in 'answer' are spelled otherwise" in texts(table.notices, "repaired")


def test_a_regression_target_must_be_finite_numbers() -> None:
    for cell in ("soon", None, "inf"):
        changed = TRAIN.with_columns(
            pl.when(pl.int_range(pl.len()) == 3)
            .then(pl.lit(cell))
            .otherwise(pl.col("size").cast(pl.String))
            .alias("size")
        )
        with pytest.raises(DataError, match=r"must hold finite numbers, but does not in 1 row of 60: .* \(row 4\)"):
            read_like(changed, NUMBERS, target_needed=True)
        assert len(read_like(changed, NUMBERS, target_needed=True, skip_unknown_labels=True)) == 59


def test_rows_are_never_dropped_when_predicting(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        rows_of({name: TRAIN[name].cast(pl.String).str.replace(",", ".").to_list() for name in TRAIN.columns})
        + ",,,,,,,\n,,,,,,,\n",
    )
    assert len(read_like(path, SCHEMA, target_needed=False)) == 62


def test_numbers_and_dates_written_otherwise_than_in_training_are_read_and_told(tmp_path: Path) -> None:
    schema = Schema.of(load(TRAIN.select("size", "since", "answer"), "answer"))
    table = read_like(write(tmp_path, "size;since\n2,5;17.05.2024\nx;31.12.2023\n3;-\n"), schema, target_needed=False)
    assert table.frame["size"].to_list() == [2.5, None, 3.0]
    assert [str(day)[:10] for day in table.frame["since"]] == ["2024-05-17", "2023-12-31", "None"]
    told = texts(table.notices, "repaired") + texts(table.notices, "warning")
    assert "'size' is written otherwise than in training: '2,5' (row 1) is read as 2.5." in told
    assert "'17.05.2024' (row 1) is read as 2024-05-17 00:00:00." in told
    assert "'size' holds numbers, but not in 1 of its 3 cells, which counts as missing: 'x' (row 2)" in told
