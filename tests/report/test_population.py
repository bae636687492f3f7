"""The population: every member is drawn, on the right scale, and the best is marked."""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from example_kinds import KINDS
from example_members import members_of
from report_page import num_dots, shapes

from caviar.report.members import Members
from caviar.report.population import population
from caviar.report.run_files import RunFiles, read_run


@pytest.fixture
def run(example_folders) -> RunFiles:
    return read_run(example_folders["binary"])


def test_every_member_is_in_every_panel_once(run):
    for panel in population(run).panels:
        drawn = num_dots(panel.picture) + num_dots(panel.picture, "over")
        drawn += len(shapes(panel.picture, "circle", "chosen")) + len(shapes(panel.picture, "path", "best"))
        assert drawn == len(run.members)


def test_lowest_dev_error_is_the_star(run):
    best = run.members.sort("dev_error", nulls_last=True)["member"][0]
    for panel in population(run).panels:
        [star] = re.findall(
            r'class="best"[^>]*><title>([^<]*)</title>|<path class="best"[^>]*>\s*<title>([^<]*)', panel.picture
        )
        assert f"member {best}:" in "".join(star)


def test_panels_come_by_importance_and_numbers_on_their_scales(run):
    panels = {panel.title.split(" · ")[0]: panel.picture for panel in population(run).panels}
    assert next(iter(panels)) == "Learning rate"
    assert "learning rate (log scale)<" in panels["Learning rate"]
    assert "beta1 (log scale of 1 − value)<" in panels["Beta1"]
    assert "drop rate<" in panels["Drop rate"]
    assert ">∞<" in panels["Clip norm"]
    assert ">0<" in panels["L2"]


def test_settings_that_all_share_are_told_in_words(run):
    constant = population(run).constant
    assert "beta2 0.999" in constant
    assert "schedule cosine" in constant
    assert not any(panel.title.startswith("Beta2") for panel in population(run).panels)


def test_seed_is_no_hyperparameter(run):
    table = run.members.with_columns(pl.Series("setting.seed", range(len(run.members))))
    panels = population(RunFiles(run.folder, run.result, members=table)).panels
    assert not any(panel.title.startswith("Seed") for panel in panels)


def test_table_holds_the_best_twenty_in_order(run):
    best = population(run).best
    expected = run.members.sort("dev_error", nulls_last=True)["member"][:20].to_list()
    assert [int(row[0][0]) for row in best.rows] == expected
    assert "setting.learning_rate" not in [name for name, _ in best.columns]
    assert "learning rate" in [name for name, _ in best.columns]


def test_diverged_members_are_counted_at_the_edge(run):
    diverged = run.members["dev_error"].null_count()
    assert diverged > 0
    assert f"{diverged}\u00a0members that diverged" in " ".join(population(run).notes)


def test_large_population_is_thinned_but_keeps_ensemble_and_best():
    table = members_of(KINDS["binary"], 5_000, 0.13, np.random.default_rng(0), 4)
    members = Members.of(table)
    assert len(members) == 3_000
    assert members.num_all == 5_000
    kept = set(members.numbers)
    assert set(table.filter("in_ensemble")["member"]) <= kept
    assert set(table.sort("dev_error", nulls_last=True)["member"][:500]) <= kept
    notes = population(RunFiles(Path("run"), {}, members=table)).notes
    assert "3,000 of 5,000 members" in notes[0]


def test_rounds_share_a_colour_and_late_stages_the_last_one():
    stages = ["baseline", "coarse search", "round 1: zoom", "round 1: widen", "round 2: zoom", "round 3: zoom"]
    table = pl.DataFrame({"member": range(6), "stage": stages, "dev_error": [0.1] * 6})
    members = Members.of(table)
    assert members.stage_names == ["baseline", "coarse search", "round 1", "round 2, round 3"]
    assert members.stages.tolist() == [0, 1, 2, 2, 3, 3]


def test_many_choices_are_ranked_and_the_rest_counted():
    table = pl.DataFrame(
        {
            "member": range(40),
            "dev_error": np.linspace(0.1, 0.3, 40),
            "structure": [f"net {place % 20}" for place in range(40)],
        }
    )
    [panel] = population(RunFiles(Path("run"), {}, members=table)).panels
    assert "8\u00a0further choices did not fit in" in panel.caption
    assert "net 0 (2)" in panel.picture
    assert "net 19" not in panel.picture
