"""The best member from inside, more rows, and each finding's chart beside it."""

import json
import re

import numpy as np
import pytest
from example_health import health_of
from report_page import Page

from caviar.core.records import Finding
from caviar.diagnosis.charts import CHARTS, with_chart
from caviar.report import write_report
from caviar.report.inside import inside
from caviar.report.run_files import read_run

CURVE = {
    "member": 3,
    "structure": "64-64 relu",
    "sizes": [100, 200, 400],
    "errors": [[0.3, 0.32], [0.25, 0.24], [0.2, 0.21]],
    "band": {"rows": [100, 400, 4000], "error": [0.3, 0.2, 0.1], "low": [0.28, 0.2, 0.05], "high": [0.33, 0.2, 0.15]},
}


def with_findings(folder, *findings):
    records = [with_chart(each).to_json() for each in findings]
    (folder / "findings.json").write_text(json.dumps(records))
    return Page(write_report(folder))


def present(name):
    return Finding(name, "present", "medium", 0.9, f"Seen: {name}.", {"decades": 4.0})


def test_each_thing_that_was_seen_inside_has_a_picture(own_copy):
    panels = inside(read_run(own_copy("multiclass"))).panels
    anchors = [re.search(r'<svg id="([^"]+)"', panel.picture).group(1) for panel in panels]
    assert anchors == ["inside-loss", "inside-steps", "inside-gradients", "inside-units", "inside-norms"]


def test_every_chart_that_a_finding_names_is_in_the_page(own_copy):
    folder = own_copy("multiclass")
    (folder / "more_data.json").write_text(json.dumps(CURVE))
    page = with_findings(folder, *map(present, CHARTS))
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert set(CHARTS.values()) <= ids
    links = {attributes["href"].removeprefix("#") for attributes in page.attributes("a")}
    assert links <= ids


def test_a_present_finding_has_a_copy_of_its_chart_beside_it_and_no_two_ids_are_alike(own_copy):
    page = with_findings(own_copy("multiclass"), present("vanishing-gradient"), present("high-variance"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {"finding-vanishing-gradient-inside-gradients", "finding-high-variance-verdict-wide"} <= set(ids)


def test_an_absent_finding_only_names_its_chart(own_copy):
    absent = Finding("dead-relu", "absent", "low", 0.9, "None.")
    page = with_findings(own_copy("multiclass"), absent)
    assert page.html.count('id="finding-dead-relu"') == 1 and "finding-dead-relu-inside-units" not in page.html
    assert '<a href="#inside-units">' in page.html


@pytest.mark.parametrize("strange", [{}, [], {"sizes": [1], "errors": 3}, {**CURVE, "band": {"rows": [1, "x"]}}])
def test_a_strange_curve_leaves_a_page_without_it(own_copy, strange):
    folder = own_copy("regression")
    (folder / "more_data.json").write_text(json.dumps(strange))
    assert "More rows: dev error" not in Page(write_report(folder)).html


def test_a_strange_health_is_said_to_be_strange(own_copy):
    folder = own_copy("binary")
    (folder / "health.json").write_text('{"layers": 3}')
    assert "does not hold what a run writes there" in Page(write_report(folder)).text("inside")


def test_what_was_never_finite_leaves_no_picture_and_no_error(own_copy):
    folder = own_copy("binary")
    record = health_of()
    record["layers"]["output_gradient"] = [[None] * 3 for _ in record["watched"]]
    record["losses"] = [None] * len(record["losses"])
    (folder / "health.json").write_text(json.dumps(record))
    pictures = " ".join(panel.picture for panel in inside(read_run(folder)).panels)
    assert "inside-gradients" not in pictures and "inside-loss" not in pictures and "inside-steps" in pictures
    assert np.isnan(read_run(folder).health.losses).all()
