"""Where it errs: the section shows slices, tags and pictures, and survives records of any kind."""

import json
from pathlib import Path

import pytest
from report_page import Page, shapes

from caviar.report import write_report
from caviar.report.errors import errors
from caviar.report.grey_picture import grey_picture
from caviar.report.run_files import RunFiles, read_run

SHAPE = {"side": 2, "low": 0.0, "high": 30.0}


def test_slices_stand_with_their_ceilings(example_folders: dict[str, Path]) -> None:
    record = json.loads((example_folders["binary"] / "error_analysis.json").read_text())
    found = errors(read_run(example_folders["binary"]))
    assert found is not None and len(found.slices) == len(record["slices"]) > 0
    first, shown = record["slices"][0], found.slices[0]
    assert shown[0] == first["text"] and shown[1] == f"{first['rows']:,}"
    assert shown[2] == f"{100 * first['error']:.1f}\u00a0%" and shown[-2] == f"{100 * first['rest_error']:.1f}\u00a0%"
    assert len(found.columns) == len(shown) - 1


def test_rows_are_shown_with_their_cells_and_pictures_as_pictures(pages: dict[str, Page]) -> None:
    assert "what stands in it" in pages["binary"].text("errors")
    assert "workclass" in pages["binary"].text("errors")
    labels = [picture.get("aria-label", "") for picture in pages["multiclass"].pictures]
    assert sum("as a picture" in label for label in labels) >= 3
    assert "pixel_0_1" not in pages["multiclass"].text("errors")


def test_a_person_s_tags_are_shown(own_copy) -> None:
    folder = own_copy("binary")
    line = {"tag": "blurry", "count": 61, "share": 0.61, "share_interval": [0.51, 0.7], "error_without": 0.039}
    tags = {"part": "dev", "lines": [line], "looked_at": 100, "mistakes": 880, "untagged": 2, "right": []}
    (folder / "error_tags.json").write_text(json.dumps(tags))
    assert "the tags of 100 of 880 mistakes" in Page(write_report(folder)).text("errors")
    found = errors(read_run(folder))
    assert found is not None and found.tags == [["blurry", "61", "61\u00a0%", "3.9\u00a0%"]]


def test_a_run_without_slices_or_raw_rows_says_so(own_copy) -> None:
    folder = own_copy("binary")
    record = json.loads((folder / "error_analysis.json").read_text())
    (folder / "error_analysis.json").write_text(json.dumps({**record, "slices": [], "nowhere": "None of 1,234."}))
    assert "None of 1,234." in Page(write_report(folder)).text("errors")
    (folder / "error_analysis.json").write_text(
        json.dumps({**record, "slices": [], "missing": "rows.parquet is gone."})
    )
    text = Page(write_report(folder)).text("errors")
    assert "rows.parquet is gone." in text and "None of" not in text


@pytest.mark.parametrize(
    "strange", [None, "a word", -1, [], {}, [None, {}], [{"text": 3, "cells": {"a": []}, "of": "x"}]]
)
def test_any_field_of_the_analysis_may_be_strange(example_folders: dict[str, Path], strange: object) -> None:
    record = json.loads((example_folders["multiclass"] / "error_analysis.json").read_text())
    for field in record:
        for metric in ("error", "rmse"):
            shown = errors(RunFiles(Path("run"), {"metric": metric}, error_analysis={**record, field: strange}))
            assert shown is not None


def test_a_picture_draws_each_grey_value_once_and_darker_the_higher() -> None:
    svg = grey_picture("p", "A picture of two by two", [0.0, 30.0, 10.0, 10.0], SHAPE)
    assert svg is not None
    drawn = {path["fill-opacity"]: path["d"] for path in shapes(svg, "path", "ink")}
    assert drawn == {"1.00": "M1 0h1v1h-1z", "0.33": "M0 1h2v1h-2z"}


@pytest.mark.parametrize(
    ("values", "shape"),
    [([1.0] * 3, SHAPE), ([1.0, 2.0, None, 4.0], SHAPE), ([1.0] * 4, {}), ([1.0] * 4, {**SHAPE, "high": 0.0})],
)
def test_values_that_make_no_picture_draw_none(values: list[object], shape: dict[str, object]) -> None:
    assert grey_picture("p", "A picture of two by two", values, shape) is None
