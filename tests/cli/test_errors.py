"""`caviar errors`: what it prints, the sheet there and back, and JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from judged_run import judged, judged_numbers, people, write_judged_run

Command = Callable[..., Any]


@pytest.fixture
def run(api: Any) -> str:
    """A run with 600 dev rows, of which those in Bath are wrong most often, and 40 test rows."""
    cells = people(640)
    chance = np.where(cells["city"] == "Bath", 0.5, 0.1)
    rows = judged(cells, np.random.default_rng(5).random(640) < chance)
    return str(write_judged_run(Path("runs/people-1"), rows))


def test_slices_confusions_and_single_mistakes_are_told(caviar_command: Command, run: str) -> None:
    answer = caviar_command("errors", run)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0].startswith("runs/people-1: dev error ") and lines[0].endswith("mistakes in 600 rows")
    slices = lines[lines.index("Where the mistakes gather") + 1 :]
    assert slices[0].split() == ["rows", "error", "95", "%", "interval", "expected", "of", "mistakes", "ceiling"]
    assert slices[1].startswith("  city = Bath ") and "20.0 %" in slices[1]
    assert "Ceiling: the dev error if the slice erred like the rest, and if never." in slices[2]
    assert lines[lines.index("The commonest confusions") + 1].split() == [
        "answer", "taken", "for", "rows", "of", "mistakes"
    ]  # fmt: skip
    assert any(line.startswith("  row ") and "(80 % sure), like" in line and "city" in line for line in lines)
    assert lines[-1] == "To tag mistakes by hand: caviar errors runs/people-1 --write-sheet sheet.csv"


def test_json_holds_all_of_it(caviar_command: Command, run: str) -> None:
    found = json.loads(caviar_command("errors", run, "--json").out)
    assert found["run"] == "runs/people-1" and found["rows"] == 600
    assert [one["text"] for one in found["slices"]] == ["city = Bath"]
    assert {(one["truth"], one["said"]) for one in found["confusions"]} == {("no", "yes"), ("yes", "no")}
    assert set(found["worst"][0]["cells"]) == set(people(1).columns)
    assert found["tags"] is found["corrections"] is found["sheet_rows"] is None


def test_a_sheet_goes_out_and_comes_back_with_tags_and_labels(caviar_command: Command, run: str) -> None:
    answer = caviar_command("errors", run, "--write-sheet", "sheet.csv")
    assert "mistakes in sheet.csv: fill in tags and correct_label, then" in answer.out.splitlines()[-2]
    sheet = pl.read_csv("sheet.csv", infer_schema=False)
    first = pl.int_range(pl.len()) < 3
    sheet.with_columns(
        tags=pl.when(first).then(pl.lit("old; odd")).otherwise(pl.lit("odd")),
        correct_label=pl.when(first).then("prediction"),
    ).write_csv("sheet.csv")
    told = caviar_command("errors", run, "--tags", "sheet.csv").out
    assert f"By tag: {len(sheet)} of" in told or f"By tag: {len(sheet)} mistakes looked at" in told
    tags = [line.split() for line in told.splitlines() if line.startswith(("  old", "  odd"))]
    assert [(tag, count) for tag, count, *_ in tags] == [("odd", str(len(sheet))), ("old", "3")]
    assert f"3 labels corrected; of {len(sheet)} mistakes looked at, 3 are none by the correct label." in told
    assert "Mending labels can wait" in told
    assert pl.read_csv(f"{run}/corrections.csv").height == 3
    assert json.loads(Path(run, "error_tags.json").read_text())["looked_at"] == len(sheet)
    found = json.loads(caviar_command("errors", run, "--tags", "sheet.csv", "--json").out)
    assert found["tags"]["lines"][0]["tag"] == "odd" and found["corrections"]["mended"] == 3


def test_a_sheet_holds_as_many_mistakes_as_asked(caviar_command: Command, run: str) -> None:
    caviar_command("errors", run, "--write-sheet", "sheet.csv", "--most", "7")
    assert pl.read_csv("sheet.csv").height == 7


def test_looking_at_test_rows_is_counted_and_warned_of(caviar_command: Command, run: str) -> None:
    answer = caviar_command("errors", run, "--part", "test")
    assert "40 rows" in answer.out and "These are test rows" in answer.out
    [look] = Path(run, "test_looks.jsonl").read_text().splitlines()
    assert json.loads(look)["by"] == "errors" and json.loads(look)["rows"] == 40
    caviar_command("errors", run)
    assert len(Path(run, "test_looks.jsonl").read_text().splitlines()) == 1


def test_a_run_without_its_raw_rows_says_what_is_missing_and_tells_the_rest(caviar_command: Command, run: str) -> None:
    Path(run, "rows.parquet").unlink()
    answer = caviar_command("errors", run)
    assert answer.code == 0
    assert "  Cannot tell: rows.parquet is not in the run folder" in answer.out
    assert "The commonest confusions" in answer.out


def test_a_regression_is_told_in_units(caviar_command: Command, api: Any) -> None:
    cells = people(640)
    misses = np.random.default_rng(5).normal(size=640) * np.where(cells["city"] == "Bath", 90, 10)
    write_judged_run(Path("runs/prices-1"), judged_numbers(cells, misses))
    answer = caviar_command("errors", "runs/prices-1")
    assert "dev RMSE" in answer.out and "the 60 it missed by most" in answer.out
    assert "of squared error" in answer.out and "  city = Bath" in answer.out
    assert "expected" not in answer.out


def test_pictures_get_a_page_beside_their_sheet(caviar_command: Command, api: Any) -> None:
    grey = np.random.default_rng(0).integers(0, 17, (200, 64)).astype(float)
    cells = pl.DataFrame(grey, schema=[f"pixel_{place}" for place in range(64)])
    write_judged_run(Path("runs/pictures-1"), judged(cells, np.arange(200) % 10 == 0))
    answer = caviar_command("errors", "runs/pictures-1", "--write-sheet", "sheet.csv")
    assert "pixel_" not in answer.out
    assert answer.out.splitlines()[-1].strip() == "sheet.html shows them as pictures"
    page = Path("sheet.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 16 and "row 150: no taken for yes" in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("runs/none",), "is no run folder"),
        (("runs/people-1", "--tags", "none.csv"), "none.csv"),
        (("runs/people-1", "--write-sheet", "none.txt"), "must be a .csv file"),
    ],
)
def test_what_cannot_be_done_is_refused(
    caviar_command: Command, run: str, arguments: tuple[str, ...], words: str
) -> None:
    answer = caviar_command("errors", *arguments)
    assert (answer.code, answer.out) == (2, "") and words in answer.err
