"""The page as a whole: offline, whole, well-formed, escaped, complete, and small."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from itertools import pairwise

import polars as pl
import pytest
from example_kinds import KINDS
from example_run import write_example_run
from report_page import Page

from caviar.report import write_report

SECTIONS = [
    "verdict",
    "diseases",
    "curves",
    "inside",
    "population",
    "importance",
    "diary",
    "data",
    "predictions",
    "errors",
    "looks",
    "reproduce",
]
SWITCHES = {"task", "metric", "reference_part", "verdict", "level", "by"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> & {{ 7 * 7 }}"


@pytest.fixture(params=list(KINDS))
def page(request, pages) -> Page:
    return pages[request.param]


def test_report_is_one_file_beside_the_records(own_copy):
    folder = own_copy("multiclass")
    (folder / "report.html").unlink(missing_ok=True)
    before = {path.name for path in folder.iterdir()}
    assert write_report(folder) == folder / "report.html"
    assert {path.name for path in folder.iterdir()} == before | {"report.html"}


def test_page_asks_the_network_for_nothing(page):
    assert "http:" not in page.html
    assert "https:" not in page.html
    assert not {"link", "img", "iframe", "object", "embed", "base", "form", "video", "audio"} & {
        tag for tag, _ in page.tags
    }
    assert all("src" not in attributes and "style" not in attributes for _, attributes in page.tags)
    assert all(attributes["href"].startswith("#") for _, attributes in page.tags if "href" in attributes)
    assert "@import" not in page.html
    assert set(re.findall(r"url\((.)", page.html)) <= {"#"}


def test_policy_allows_the_page_s_own_style_and_script_and_nothing_else(page):
    policy = next(
        meta["content"] for meta in page.attributes("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", page.html, re.DOTALL)
        assert rules[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def test_every_picture_is_well_formed_and_described(page):
    pictures = page.pictures
    assert len(pictures) > 10
    assert all(len(picture.get("aria-label", "")) > 20 and picture.get("role") == "img" for picture in pictures)
    assert not re.search(
        r'="[^"]*\b(nan|inf)\b', "".join(re.findall(r"<svg.*?</svg>", page.html, re.DOTALL)), re.IGNORECASE
    )


def test_no_two_ids_are_the_same_and_every_reference_is_met(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    references = re.findall(r'(?:aria-labelledby="|href="#|url\(#)([^")]+)', page.html)
    assert references
    assert set(references) <= set(ids)


def test_headings_never_skip_a_level(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_scrolls_in_a_box_of_its_own(page):
    for place, (tag, _) in enumerate(page.tags):
        if tag == "table":
            box, attributes = page.tags[place - 1]
            assert box == "div"
            assert "scroll" in attributes["class"].split()
            assert attributes["tabindex"] == "0"


def test_every_section_is_there_and_shows_something(page):
    assert list(page.sections) == SECTIONS
    assert all(len(page.text(section)) > 40 for section in SECTIONS)
    assert "Nothing to show" not in " ".join(page.sections.values())


def test_same_records_give_the_same_bytes(own_copy):
    folder = own_copy("regression")
    assert write_report(folder).read_bytes() == write_report(folder).read_bytes()


def test_two_thousand_members_stay_below_three_megabytes(tmp_path):
    report = write_report(write_example_run(tmp_path / "large", "multiclass", num_members=2_000, num_epochs=16))
    assert report.stat().st_size < 1_500_000
    assert "2,000 trained" in Page(report).text("population")


def test_report_reads_records_without_torch_optuna_or_scikit_learn(own_copy):
    script = (
        "import sys; from pathlib import Path; from caviar.report import write_report; write_report(Path(sys.argv[1]));"
        "print([name for name in ('torch', 'optuna', 'sklearn', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(own_copy("multiclass"))], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_text_of_the_user_is_escaped_wherever_it_comes_from(own_copy, kind):
    folder = own_copy(kind)
    for name in ("result.json", "data.json", "environment.json", "findings.json", "error_analysis.json"):
        text = (folder / name).read_text()
        (folder / name).write_text(json.dumps(_spoiled(json.loads(text))))
    for name in ("steps.jsonl", "test_looks.jsonl"):
        lines = [json.dumps(_spoiled(json.loads(line))) for line in (folder / name).read_text().splitlines()]
        (folder / name).write_text("\n".join(lines))
    (folder / "config.yaml").write_text(f"data: {HOSTILE}")
    for name in ("members.parquet", "predictions.parquet"):
        table = pl.read_parquet(folder / name)
        table = table.with_columns(
            pl.when(pl.col(column).is_null()).then(None).otherwise(pl.col(column) + HOSTILE).alias(column)
            for column, kind in table.schema.items()
            if kind == pl.String and column != "part"
        )
        table = table.rename(
            {column: column + HOSTILE for column in table.columns if column.startswith(("probability.", "setting."))}
        )
        table.write_parquet(folder / name)
    page = Page(write_report(folder))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not page.attributes("img")
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "{{ 7 * 7 }}" in page.html
    assert len(page.pictures) > 10


def _spoiled(value, name=""):
    """Every text, and every key that is no field's name, with the hostile text behind it; switches stay."""
    if isinstance(value, dict):
        named_by_user = name in ("importance", "evidence", "labels")
        inner = "labels" if name == "class_counts" else None
        return {
            key + HOSTILE if named_by_user else key: entry if key in SWITCHES else _spoiled(entry, inner or key)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [_spoiled(entry) for entry in value]
    return value + HOSTILE if isinstance(value, str) else value


def test_run_without_test_is_judged_on_dev_and_says_so(tmp_path):
    page = Page(
        write_report(write_example_run(tmp_path / "run", "multiclass", num_members=20, num_epochs=6, with_test=False))
    )
    assert "on dev" in page.text("verdict")
    assert "There is no test error" in page.text("verdict")
    assert "no predictions for a test part" in page.text("predictions")
    assert "Test was not looked at" in page.text("looks")


def test_run_in_which_every_member_diverged_is_still_reported(own_copy):
    folder = own_copy("multiclass")
    members = pl.read_parquet(folder / "members.parquet")
    members.with_columns(pl.lit(None, pl.Float64).alias("dev_error")).write_parquet(folder / "members.parquet")
    assert "No member has a dev error" in Page(write_report(folder)).text("population")


@pytest.mark.parametrize(
    ("file", "section", "words"),
    [
        ("data.json", "data", "data.json is not in the run folder"),
        ("environment.json", "reproduce", "environment.json is not in the run folder"),
        ("config.yaml", "reproduce", "config.yaml is not in the run folder"),
        ("history.parquet", "curves", "history.parquet is not in the run folder"),
        ("members.parquet", "population", "members.parquet is not in the run folder"),
        ("predictions.parquet", "predictions", "predictions.parquet is not in the run folder"),
        ("error_analysis.json", "errors", "error_analysis.json is not in the run folder"),
        ("findings.json", "diseases", "findings.json is not in the run folder"),
        ("steps.jsonl", "diary", "steps.jsonl is not in the run folder"),
        ("test_looks.jsonl", "looks", "1 look left no line in test_looks.jsonl"),
    ],
)
def test_missing_file_is_named_in_its_section_and_the_rest_stays(own_copy, file, section, words):
    folder = own_copy("multiclass")
    (folder / file).unlink()
    page = Page(write_report(folder))
    assert words in page.text(section)
    assert list(page.sections) == SECTIONS
    assert "of rows wrong on test" in page.text("verdict")


@pytest.mark.parametrize(
    "file",
    ["data.json", "error_analysis.json", "findings.json", "members.parquet", "history.parquet", "predictions.parquet"],
)
def test_damaged_file_is_told_from_a_missing_one(own_copy, file):
    folder = own_copy("multiclass")
    (folder / file).write_bytes(b"\xff\x00 no such thing")
    page = Page(write_report(folder))
    assert f"{file} is in the run folder, but is damaged" in " ".join(page.text(section) for section in SECTIONS)


def sections_in(report):
    """Ids of the sections, without taking the whole page apart."""
    return re.findall(r'<section id="(\w+)"', report.read_text(encoding="utf-8"))


def test_any_field_of_the_result_may_be_missing_or_strange(little_run):
    folder = little_run
    result = json.loads((folder / "result.json").read_text())
    strange = [None, "a word", -1, [], {}, [None, None], {"learning_rate": "x"}, True]
    for place, field in enumerate(result):
        changed = {**result, field: strange[place % len(strange)]}
        (folder / "result.json").write_text(json.dumps(changed))
        assert sections_in(write_report(folder)) == SECTIONS
    (folder / "result.json").write_text("{}")
    page = Page(write_report(folder))
    assert "not recorded" in page.text("verdict")


@pytest.mark.parametrize("file", ["members.parquet", "history.parquet", "predictions.parquet"])
def test_any_column_of_a_table_may_be_missing(little_run, file):
    folder = little_run
    table = pl.read_parquet(folder / file)
    for column in table.columns:
        if not column.startswith(("probability.1", "setting.b")):
            table.drop(column).write_parquet(folder / file)
            assert sections_in(write_report(folder)) == SECTIONS


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_tables_with_hardly_a_row_leave_a_page(own_copy, rows):
    for kind in ("multiclass", "regression"):
        folder = own_copy(kind)
        for file in ("members.parquet", "history.parquet", "predictions.parquet"):
            pl.read_parquet(folder / file)[:rows].write_parquet(folder / file)
        assert list(Page(write_report(folder)).sections) == SECTIONS
