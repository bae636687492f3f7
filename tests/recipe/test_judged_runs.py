"""Whole runs with a metric and requirements: what is chosen, saved, told, and used ever after."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from kills import KillAfter, Killed

import caviar
from caviar.core.config import FitConfig
from caviar.core.errors import SettingsError
from caviar.core.files import read_json, read_json_lines
from caviar.recipe import judging
from caviar.recipe.fit import fit, resume
from caviar.recipe.model import Model
from caviar.recipe.preparation import prepare
from caviar.recipe.resources import resources_of

GOALS: dict[str, Any] = {"metric": "f1", "require": ("recall[rare]>=0.8", "latency_ms<=1e3")}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter of the rows are of the class "rare", and are told from the others in part."""
    generator = np.random.default_rng(0)
    rare = generator.random(400) < 0.25
    columns = {f"x{place}": generator.normal(size=400) + 0.7 * rare for place in range(3)}
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    pl.DataFrame({**columns, "y": np.where(rare, "rare", "usual")}).write_csv(path)
    return path


def config(rows: Path, folder: Path, **changes: Any) -> FitConfig:
    given = {"data": str(rows), "target": "y", "members": 10, "seed": 1, "threads": 1, "out": str(folder)}
    return FitConfig.checked(**given | changes)


@pytest.fixture(scope="module")
def judged(rows: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit(config(rows, tmp_path_factory.mktemp("judged") / "run", **GOALS))


@pytest.fixture(scope="module")
def plain(rows: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit(config(rows, tmp_path_factory.mktemp("plain") / "run"))


def parts_of(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "predictions.parquet")


def test_without_goals_a_run_holds_no_word_of_them(plain: Path) -> None:
    assert not {"judging", "satisfied"} & set(read_json(plain / "result.json"))
    assert "threshold" not in read_json(plain / "model.json")
    assert "requirement-not-met" not in (plain / "findings.json").read_text()
    predicted = parts_of(plain)
    likelier = np.where(predicted["probability.rare"] > predicted["probability.usual"], "rare", "usual")
    assert predicted["prediction"].to_list() == likelier.tolist()


def test_goals_leave_the_training_as_it_is(plain: Path, judged: Path) -> None:
    histories = [pl.read_parquet(folder / "history.parquet") for folder in (plain, judged)]
    assert histories[0].equals(histories[1])
    assert read_json(plain / "result.json")["best_members"] == read_json(judged / "result.json")["best_members"]


def test_figures_of_the_goals_are_those_of_the_predictions(judged: Path) -> None:
    record = read_json(judged / "result.json")["judging"]
    for part in ("dev", "test"):
        predicted = parts_of(judged).filter(pl.col("part") == part)
        truth, said = (predicted[name].to_numpy() == "rare" for name in ("truth", "prediction"))
        recall, precision = (truth & said).sum() / truth.sum(), (truth & said).sum() / said.sum()
        assert record["requirements"][0][part]["value"] == pytest.approx(recall)
        assert record[part]["value"] == pytest.approx(2 * recall * precision / (recall + precision))
        assert record["requirements"][0][part]["satisfied"] == (recall >= 0.8)
        assert record[part]["interval"][0] < record[part]["value"] < record[part]["interval"][1]
        assert read_json(judged / "result.json")[f"{part}_error"] == pytest.approx(np.mean(truth != said))
    assert record["metric"] == "f1[rare]" and "rarer class" in record["told"]
    assert record["satisfied"] and read_json(judged / "result.json")["satisfied"]
    assert set(record["references"]["boosting"]["test"]) == {"f1[rare]", "recall[rare]"}


def test_the_threshold_is_saved_and_used_wherever_the_model_predicts(judged: Path, rows: Path) -> None:
    threshold = read_json(judged / "model.json")["threshold"]
    assert threshold["class"] == "usual" and threshold == read_json(judged / "result.json")["judging"]["threshold"]
    assert 0.5 < threshold["probability"] < 1, "a rare class is found by asking for more certainty of the usual one"
    run = caviar.open_run(judged)
    found = run.predict(rows)
    usual = found["probability.usual"] >= threshold["probability"]
    assert found["prediction"].to_list() == np.where(usual, "usual", "rare").tolist()
    outcome = run.evaluate(rows)
    truth = pl.read_csv(rows)["y"]
    assert outcome["error"] == pytest.approx((found["prediction"] != truth).mean())
    [recall, latency] = outcome["judging"]["requirements"]
    assert recall["rows"]["value"] == pytest.approx((found["prediction"].filter(truth == "rare") == "rare").mean())
    assert latency["rows"]["satisfied"] and outcome["judging"]["metric"] == "f1[rare]"


def test_a_further_metric_of_any_saved_run_is_measured(plain: Path, rows: Path) -> None:
    run = caviar.open_run(plain)
    assert "judging" not in run.evaluate(rows)
    assert run.evaluate(rows, metric="f1")["judging"]["metric"] == "f1[rare]"
    assert 0.5 < run.evaluate(rows, metric="auc")["judging"]["rows"]["value"] < 1
    with pytest.raises(SettingsError, match="mae is not for this target"):
        run.evaluate(rows, metric="mae")


def test_reference_lines_are_held_to_the_same_goals(judged: Path) -> None:
    record = read_json(judged / "result.json")
    assert record["judging"]["references"]["boosting"]["dev"]["recall[rare]"] >= 0.8
    assert record["judging"]["references"]["trivial"]["dev"]["recall[rare]"] == 1
    assert record["reference_dev_errors"]["trivial"] > 0.6, "always the rare class"


def test_a_resumed_run_decides_the_same_without_measuring_again(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the choice: times would come out otherwise now, on another machine certainly."""

    def pull_the_plug(*arguments: Any) -> None:
        raise Killed

    goals = {"metric": "latency_ms", "require": ("recall[rare]>=0.5",)}
    with monkeypatch.context() as patch:
        patch.setattr("caviar.recipe.results.note_test_look", pull_the_plug)
        with pytest.raises(Killed):
            fit(config(rows, tmp_path / "run", **goals))
    monkeypatch.setattr(judging, "resources_of", lambda model: pytest.fail("measured again"))
    journal = read_json_lines(tmp_path / "run" / "checkpoints" / "journal.jsonl")
    [chosen] = [line["answer"] for line in journal if line["name"] == "judged"]
    result = read_json(resume(tmp_path / "run") / "result.json")
    assert result["judging"]["dev"]["value"] == chosen["resources"]["latency_ms"][0]
    members = pl.read_parquet(tmp_path / "run" / "members.parquet").filter("in_ensemble")["member"].to_list()
    assert sorted(members) == sorted(chosen["members"])


def test_a_run_killed_while_it_trains_resumes_to_the_same_choice(judged: Path, rows: Path, tmp_path: Path) -> None:
    untimed = {"metric": "f1", "require": ("recall[rare]>=0.8",)}
    whole = fit(config(rows, tmp_path / "whole", **untimed))
    with pytest.raises(Killed):
        fit(config(rows, tmp_path / "killed", **untimed), KillAfter(150))
    again = resume(tmp_path / "killed")
    assert read_json(again / "result.json")["judging"] == read_json(whole / "result.json")["judging"]
    assert read_json(again / "model.json") == read_json(whole / "model.json")


def test_requirements_on_size_choose_a_model_within_them(rows: Path, judged: Path, tmp_path: Path) -> None:
    smallest = sized(judged)[0]["num_parameters"]
    folder = fit(config(rows, tmp_path / "small", require=(f"parameters<={smallest}", "size_mb<1")))
    result = read_json(folder / "result.json")
    assert result["satisfied"] and result["parameters"] <= smallest
    assert result["judging"]["requirements"][1]["dev"]["value"] == pytest.approx(
        (folder / "model.safetensors").stat().st_size / 1e6
    )
    assert "threshold" not in read_json(folder / "model.json"), "no goal rests on decisions"


def sized(folder: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(folder / "members.parquet").sort("num_parameters").to_dicts()


def test_an_impossible_requirement_keeps_the_nearest_and_says_so_loudly(rows: Path, tmp_path: Path) -> None:
    folder = fit(config(rows, tmp_path / "run", require=("parameters<=1",)))
    result = read_json(folder / "result.json")
    assert result["satisfied"] is False and result["judging"]["candidates_satisfying"] == 0
    [finding, *_] = result["findings"]
    assert (finding["id"], finding["severity"]) == ("requirement-not-met", "high")
    assert result["next_action"].startswith("Requirement not met: allow more than parameters <= 1: the least")
    assert result["parameters"] == sized(folder)[0]["num_parameters"]


@pytest.mark.parametrize(
    ("goals", "words"),
    [
        ({"metric": "f2"}, "'f2' is no metric"),
        ({"metric": "rmse"}, "rmse is not for this target"),
        ({"require": ("recall[rar]>=0.5",)}, "Did you mean 'rare'"),
        ({"require": ("recall[rare]>=50",)}, "For 50 % write"),
    ],
)
def test_goals_that_cannot_be_are_refused_before_anything_is_written(
    rows: Path, tmp_path: Path, goals: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        caviar.fit(str(rows), target="y", members=4, out=str(tmp_path / "run"), **goals)
    assert not (tmp_path / "run").exists()


def test_a_class_that_dev_has_no_rows_of_cannot_be_required(rows: Path, tmp_path: Path) -> None:
    table = pl.read_csv(rows)
    table.filter(pl.col("y") == "usual").write_csv(tmp_path / "dev.csv")
    with pytest.raises(SettingsError, match=r"recall\[rare\] is measured on dev rows.*dev has none"):
        prepare(config(rows, tmp_path / "run", dev=str(tmp_path / "dev.csv"), require=("recall[rare]>=0.5",)))


def test_numbers_are_judged_too(tmp_path: Path) -> None:
    settings = {"metric": "mae", "require": ["r2>=0.2", "rmse<=100"]}
    run = caviar.fit("diabetes", members=8, threads=1, out=str(tmp_path / "run"), **settings)
    predicted = parts_of(run.folder).filter(pl.col("part") == "test")
    misses = (predicted["prediction"] - predicted["truth"]).to_numpy()
    assert run.result["judging"]["test"]["value"] == pytest.approx(np.abs(misses).mean(), rel=1e-5)
    assert run.result["satisfied"] and run.result["metric"] == "rmse"


def test_a_search_chooses_one_member_by_its_goals(tmp_path: Path) -> None:
    run = caviar.search(
        "wine", members=8, epochs=4, threads=1, metric="balanced_error", require=["auc>=0.5"], out=str(tmp_path / "run")
    )
    assert run.result["satisfied"] and run.result["ensemble_size"] == 1
    assert run.result["judging"]["candidates"] >= 8, "each single member, and nothing else"
    assert "--metric balanced_error --require 'auc>=0.5'" in run.result["command"]


def test_time_and_space_are_those_of_the_model_in_use(judged: Path) -> None:
    model = Model.load(judged)
    found = resources_of(model)
    assert found["parameters"].estimate == sum(p.numel() for net in model.networks for p in net.parameters())
    assert 0 < found["latency_ms"].low <= found["latency_ms"].estimate <= found["latency_ms"].high
