"""The diagnosis at the end of a run: training seen from inside, more rows, and all of it in the folder."""

import numpy as np
import polars as pl
import pytest

import caviar
from caviar.core.config import SearchConfig
from caviar.core.files import read_json
from caviar.diagnosis.charts import CHARTS
from caviar.diagnosis.health_record import health_from_json
from caviar.diagnosis.training_diseases import TRAINING_DISEASES
from caviar.recipe.budget import MORE_DATA_SHARE, Budget
from caviar.recipe.search_run import search


def table(num_rows=600, seed=0):
    """On which side of a plane lies a point? One answer in ten is flipped."""
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(num_rows, 4))
    sides = (numbers.sum(axis=1) > 0) ^ (draw.random(num_rows) < 0.1)
    columns = {f"x{place}": column for place, column in enumerate(numbers.T)}
    return pl.DataFrame({**columns, "answer": np.where(sides, "above", "below")})


def searched(folder, sizes=None, **space):
    config = {"data": "sides", "target": "answer", "members": 12, "epochs": 6, "structures": 1, "threads": 1, "seed": 1}
    return search(SearchConfig.checked(**config | (sizes or {}), space=space, out=str(folder)), source=table())


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    return searched(tmp_path_factory.mktemp("runs") / "slow", learning_rate={"low": 1e-7, "high": 3e-7})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    sizes = {"members": 110, "epochs": 3}
    return searched(tmp_path_factory.mktemp("runs") / "sound", sizes, learning_rate={"low": 0.005, "high": 0.02})


def present(folder):
    return [each for each in caviar.diagnose(folder) if each.verdict == "present"]


def test_a_rate_too_low_is_found_in_a_search_and_named_as_the_next_thing(slow):
    assert present(slow)[0].id == "learning-rate-too-low" and present(slow)[0].severity == "high"
    assert "learning rate" in read_json(slow / "result.json")["next_action"].lower()


def test_members_that_diverged_are_told_with_the_rate_from_which_on(tmp_path):
    given = {"learning_rate": {"low": 0.01, "high": 1e6}, "optimizer": "gradient-descent"}
    [finding] = [each for each in caviar.diagnose(searched(tmp_path / "wild", **given)) if each.id == "divergence"]
    members = pl.read_parquet(tmp_path / "wild" / "members.parquet")
    diverged = members.filter(pl.col("state") == "diverged")
    assert finding.evidence["diverged"] == len(diverged) > 3 and finding.verdict == "present"


def test_the_evidence_is_in_the_folder_and_can_be_read_again(slow, whole):
    for folder in (slow, whole):
        record = read_json(folder / "health.json")
        members = pl.read_parquet(folder / "members.parquet")
        [best] = members.filter(pl.col("member") == record["member"]).to_dicts()
        assert best["in_ensemble"]
        health = health_from_json(record)
        assert health.num_steps % best["epochs"] == 0 and health.known_nothing == pytest.approx(np.log(2), rel=1e-4)


def test_a_healthy_run_has_nothing_grave_from_inside(whole):
    of_training = {each.__name__.replace("_", "-") for each in TRAINING_DISEASES}
    assert [str(each) for each in present(whole) if each.severity != "low" and each.id in of_training] == []
    assert {each.id for each in caviar.diagnose(whole)} >= of_training


def test_every_finding_of_a_run_names_its_chart_and_no_disease_comes_twice(whole):
    findings = caviar.diagnose(whole)
    assert len({each.id for each in findings}) == len(findings) >= 20
    assert all(each.evidence["chart"] == CHARTS[each.id] for each in findings if each.id in CHARTS)
    assert any("chart" in each.evidence for each in findings if each.verdict == "present")


def test_the_error_against_rows_is_measured_where_the_budget_pays_for_it(whole):
    record = read_json(whole / "more_data.json")
    assert record["sizes"] == sorted(record["sizes"]) and record["sizes"][-1] == 360
    assert len(record["errors"]) == len(record["sizes"]) and np.isfinite(record["errors"]).all()
    low, high = np.array(record["band"]["low"]), np.array(record["band"]["high"])
    assert (low <= high).all() and record["band"]["rows"][-1] == pytest.approx(3_600)
    verdicts = {each.id: each.verdict for each in caviar.diagnose(whole) if each.id.startswith("more-data")}
    assert verdicts["more-data-helps"] != "present" or verdicts["more-data-is-futile"] != "present"


def test_the_curve_costs_no_more_than_its_share_of_the_members_epochs(whole):
    record = read_json(whole / "more_data.json")
    epochs = pl.read_parquet(whole / "members.parquet")["epochs"].sum()
    assert len(record["sizes"]) * len(record["errors"][0]) * record["epochs"] <= MORE_DATA_SHARE * epochs


def test_without_room_in_the_budget_the_curve_is_said_to_be_missing(slow):
    [helps] = [each for each in caviar.diagnose(slow) if each.id == "more-data-helps"]
    if not (slow / "more_data.json").exists():
        assert helps.verdict == "cannot-tell" and "share of the budget" in helps.meaning


def test_a_time_budget_keeps_the_share_in_reserve():
    assert Budget(100, None).reserve == pytest.approx(6 + 100 * MORE_DATA_SHARE) and Budget(None, 9).reserve == 0
