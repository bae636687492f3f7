"""Loading a table whole, as a newcomer does: what is read, repaired and told, and what is refused."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from table_files import column, healthy, rows_of, texts, write

from caviar.core.errors import DataError
from caviar.data.tables import load


def test_a_healthy_table_has_nothing_to_tell_but_its_task(tmp_path: Path) -> None:
    table = load(write(tmp_path, rows_of(healthy())), "answer")
    assert [(feature.name, feature.kind, feature.used) for feature in table.columns] == [
        ("size", "number", True),
        ("colour", "category", True),
    ]
    assert table.frame.schema == {"size": pl.Float64, "colour": pl.String, "answer": pl.String}
    assert (table.target, table.task, table.classes, len(table)) == ("answer", "binary", ("bad", "good"), 60)
    assert [notice.text for notice in table.notices] == [
        "the task is binary classification: 'bad', 'good' in 'answer'."
    ]
    assert table.source == str(tmp_path / "new.csv")


def test_all_columns_stay_in_the_frame_in_the_order_of_the_file(tmp_path: Path) -> None:
    columns = {"id": range(60), "answer": healthy()["answer"], "same": [1] * 60, **healthy()}
    table = load(write(tmp_path, rows_of(columns)), "answer")
    assert table.frame.columns == ["id", "answer", "same", "size", "colour"]
    assert [feature.name for feature in table.columns if feature.used] == ["size", "colour"]
    assert table.frame.schema["id"] == pl.Float64


def test_missing_cells_are_null_in_every_spelling_and_counted(tmp_path: Path) -> None:
    columns = healthy()
    columns["size"][:6] = ["", "?", " NA", "NaN", "null", "-"]
    columns["colour"][:6] = ["", "?", " NA", "NaN", "null", "-"]
    table = load(write(tmp_path, rows_of(columns)), "answer", missing=["-"])
    assert (
        table.frame["size"][:7].is_null().to_list()
        == table.frame["colour"][:7].is_null().to_list()
        == [True] * 6 + [False]
    )
    assert column(table, "size").num_missing == column(table, "colour").num_missing == 6
    assert table.missing == ("-",)
    assert load(write(tmp_path, rows_of(columns)), "answer", missing="-").fingerprint == table.fingerprint


def test_kinds_and_task_can_be_set(tmp_path: Path) -> None:
    columns = {"grade": [row % 4 for row in range(60)], **healthy()}
    path = write(tmp_path, rows_of(columns))
    table = load(path, "grade", task="regression", types={"size": "category", "colour": "text"})
    assert table.task == "regression" and column(table, "size").kind == "category"
    assert not column(table, "colour").used


def test_the_fingerprint_is_of_the_content_not_of_the_file(tmp_path: Path) -> None:
    frame = pl.DataFrame(healthy())
    frame.write_parquet(tmp_path / "new.parquet")
    sources = [
        write(tmp_path, rows_of(healthy())),
        write(tmp_path, rows_of(healthy(), "\t"), "new.tsv"),
        tmp_path / "new.parquet",
        frame,
        frame.to_pandas(),
    ]
    assert len({load(source, "answer").fingerprint for source in sources}) == 1
    assert load(frame[:-1], "answer").fingerprint != load(frame, "answer").fingerprint


def test_a_table_without_target_can_be_looked_at() -> None:
    table = load(pl.DataFrame(healthy()), target_needed=False)
    assert (table.target, table.task, table.classes) == (None, None, ())
    assert [feature.name for feature in table.columns] == ["size", "colour", "answer"]


def test_a_table_splits_itself() -> None:
    parts = load(pl.DataFrame(healthy()), "answer").split(seed=1)
    assert len(parts.train) + len(parts.dev) + len(parts.test or ()) == 60


# ------------------------------------------------------------------------------- repaired and told


def read(folder: Path, columns: dict[str, list[object]], **options: object):  # type: ignore[no-untyped-def]
    return load(write(folder, rows_of(columns)), "answer", **options)


def test_a_constant_and_an_all_missing_column_are_left_out(tmp_path: Path) -> None:
    table = read(tmp_path, {"same": ["k"] * 60, "empty": [""] * 60, **healthy()})
    assert [feature.used for feature in table.columns] == [False, False, True, True]
    assert (
        "left out, as there is nothing to learn from them: 'same' (every cell is 'k'); 'empty' (every cell is missing)"
        in texts(table.notices, "repaired")
    )


def test_infinities_are_missing(tmp_path: Path) -> None:
    columns = healthy()
    columns["size"][10:12] = ["inf", "-Infinity"]
    table = read(tmp_path, columns)
    assert table.frame["size"][9:13].is_null().to_list() == [False, True, True, False]
    assert "'size' has 2 infinite cells, first at row 11" in texts(table.notices, "repaired")


def test_a_few_words_among_numbers_are_missing_and_told_with_their_rows(tmp_path: Path) -> None:
    columns = {name: values * 17 for name, values in healthy().items()}
    for row in (41, 500, 993):
        columns["size"][row] = "oops"
    table = read(tmp_path, columns)
    assert column(table, "size").kind == "number" and column(table, "size").num_missing == 3
    assert "'size' holds numbers, but not in 3 of its 1,020 cells, which count as missing: 'oops' (row 42)" in texts(
        table.notices, "repaired"
    )


def test_words_and_numbers_in_equal_shares_make_a_category(tmp_path: Path) -> None:
    table = read(tmp_path, {"mixed": [("1", "2", "3", "few")[row % 4] for row in range(60)], **healthy()})
    assert column(table, "mixed").kind == "category"
    assert "column 'mixed' mixes numbers (75% of its cells) and words, such as 'few'" in texts(table.notices, "warning")


def test_ten_thousand_categories_are_kept_where_they_repeat_and_left_out_as_text_where_not() -> None:
    answers = [("good", "bad")[row * row % 7 % 2] for row in range(30_000)]
    sizes = np.random.default_rng(0).normal(size=30_000)
    repeated = load(
        pl.DataFrame({"town": [f"town {row % 10_000}" for row in range(30_000)], "size": sizes, "y": answers}), "y"
    )
    assert (column(repeated, "town").kind, column(repeated, "town").num_distinct) == ("category", 10_000)
    single = load(pl.DataFrame({"town": [f"town {row}" for row in range(30_000)], "size": sizes, "y": answers}), "y")
    assert column(single, "town").kind == "text"
    assert (
        "left out as text: 'town' (30,000 distinct texts in 30,000 rows). To keep one: --types town=category."
        in texts(single.notices)
    )


def test_the_target_under_another_name_is_warned_of(tmp_path: Path) -> None:
    columns = healthy()
    table = read(tmp_path, {"verdict": [str(answer).upper() for answer in columns["answer"]], **columns})
    assert "column 'verdict' gives the target 'answer' away" in texts(table.notices, "warning")


def test_latin_1_bytes_a_mark_and_another_delimiter_are_read_and_told(tmp_path: Path) -> None:
    columns = healthy()
    columns["colour"] = ["grün" if colour == "green" else colour for colour in columns["colour"]]
    plain = read(tmp_path, columns)
    for content, told in (
        (rows_of(columns).encode("latin-1"), "not UTF-8"),
        (b"\xef\xbb\xbf" + rows_of(columns).encode(), "mark"),
        (rows_of(columns, ";").encode(), "semicolon"),
        (rows_of(columns).encode("utf-16"), "UTF-16"),
        (rows_of(columns).replace("\n", "\r\n").encode(), ""),
    ):
        table = load(write(tmp_path, content), "answer")
        assert table.fingerprint == plain.fingerprint and told in texts(table.notices, "repaired")


def test_european_numbers_are_read_with_their_semicolons(tmp_path: Path) -> None:
    columns = healthy()
    text = rows_of({**columns, "size": [f"{size:.1f}".replace(".", ",") for size in columns["size"]]}, ";")
    assert load(write(tmp_path, text), "answer").frame.equals(read(tmp_path, columns).frame)
    ambiguous = rows_of({**columns, "size": [f"1,{row:03d}" for row in range(60)]}, ";")
    assert column(load(write(tmp_path, ambiguous), "answer"), "size").reason == "numbers, 1 to 1.059, decimal comma"
    quoted = rows_of({**columns, "size": [f'"1,{row:03d}"' for row in range(0, 600, 10)]})
    assert column(load(write(tmp_path, quoted), "answer"), "size").reason == "whole numbers, 1,000 to 1,590, thousands"


def test_empty_rows_below_the_last_one_are_dropped_but_not_between(tmp_path: Path) -> None:
    text = rows_of(healthy())
    table = load(write(tmp_path, text + ",,\n,,\n"), "answer")
    assert len(table) == 60 and "2 rows at the end without a single value are dropped" in texts(
        table.notices, "repaired"
    )
    with pytest.raises(DataError, match="is missing in 1 of 62: row 61 "):
        load(write(tmp_path, text + ",,\n1,red,good\n"), "answer")


# ------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "", "is empty"),
        (lambda text: text.split("\n")[0] + "\n", "no row below them"),
        (lambda text: text.replace("answer", "anwser", 1), r"no column 'answer' to predict\. Did you mean 'anwser'\?"),
        (lambda text: text.replace("size,colour", "size,size", 1), r"'size' \(columns 1, 2\) comes more than once"),
        (
            lambda text: text.replace("good", "bad"),
            "at least two different values, but each of its 60 rows holds 'bad'",
        ),
        (lambda text: text.replace("good", "").replace("bad", "?"), "'answer' is missing in every row"),
        (
            lambda text: text.replace("good", "", 1),
            r"is missing in 1 of 60: row 1 \(row 1 is the first below the header\)",
        ),
        (lambda text: text.replace(",red", ",red,more", 1), r"has 4 cells, the header has 3\. Every row must have"),
        (lambda text: text.replace(",red", ',"red', 1), "broken quote at line"),
        (lambda text: "answer\n" + "good\nbad\n" * 30, "has one column only, the target"),
        (lambda text: text.replace(",", " "), "If blanks separate the cells, put commas"),
        (
            lambda text: rows_of({"name": [f"Mr {row} X" for row in range(60)], "answer": ["good", "bad"] * 30}),
            r"no column of .* is left to learn from: 'name' is text \(60 distinct texts in 60 rows\)",
        ),
        (lambda text: rows_of({"answer": [""] * 5, "b": ["?"] * 5}), "every cell of the 5 rows is missing"),
    ],
)
def test_a_table_that_cannot_be_learned_is_refused(tmp_path: Path, change, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=message):
        load(write(tmp_path, change(rows_of(healthy()))), "answer")


def test_fewer_rows_than_classes_or_nearly_so_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has 60 distinct labels in 60 rows"):
        read(tmp_path, {**healthy(), "answer": [f"label {row}" for row in range(60)]})


def test_a_target_that_is_not_named_is_asked_for_with_the_columns(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"which column is to be predicted\?.*'size', 'colour', 'answer'"):
        load(write(tmp_path, rows_of(healthy())))
