"""A search: every member trained to the end, the best one kept, the same after a kill; the run is like any other."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from safetensors.torch import load_file

import caviar
from caviar.core.config import SearchConfig
from caviar.core.errors import RunError, SettingsError
from caviar.core.files import read_json, read_json_lines
from caviar.core.progress import Silent
from caviar.recipe import cohorts, population_search
from caviar.recipe.model import Model
from caviar.recipe.plans import default_space
from caviar.recipe.preparation import prepare
from caviar.recipe.search_run import resume, search
from caviar.search.study import TrialStore
from caviar.training import groups

MEMBERS, EPOCHS = 14, 4


class Killed(BaseException):
    """Stands for a kill: nothing in the program catches it."""


class KillAfter(Silent):
    """Progress that pulls the plug at its n-th update, and remembers what was said."""

    def __init__(self, updates: int = 0):
        self.left = updates
        self.said: list[str] = []

    def announce(self, text: str) -> None:
        self.said.append(text)

    def update(self, stage: str, alive: int, best_dev_error: float | None, seconds_left: float | None) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


def config(folder: Path, **changes: Any) -> SearchConfig:
    given = {"data": "wine", "members": MEMBERS, "epochs": EPOCHS, "structures": 2, "seed": 1, "threads": 1}
    return SearchConfig.checked(**given | {"out": str(folder)} | changes)


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population_search, "MOST_AT_ONCE", 4)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(population_search, "MOST_AT_ONCE", 4)
        return search(config(tmp_path_factory.mktemp("search") / "whole"))


def test_every_member_trains_all_epochs_in_its_share_of_the_structures(run: Path) -> None:
    members = pl.read_parquet(run / "members.parquet")
    assert members["member"].to_list() == list(range(MEMBERS))
    assert set(members["state"]) == {"finished"} and set(members["epochs"]) == {EPOCHS}
    assert members["structure"].value_counts()["count"].to_list() == [7, 7]
    drawn = default_space("multiclass", len(prepare(config(run)).split.train)).sample(MEMBERS, seed=1)
    np.testing.assert_array_equal(members["setting.learning_rate"], drawn["learning_rate"])
    assert pl.read_parquet(run / "history.parquet").height == MEMBERS * EPOCHS
    with TrialStore(run / "study.db") as store:
        assert len(store.trials()) == MEMBERS


def test_the_best_member_is_the_model_and_the_errors_are_its_own(run: Path) -> None:
    result, members = read_json(run / "result.json"), pl.read_parquet(run / "members.parquet")
    [best] = members.filter(pl.col("in_ensemble")).to_dicts()
    assert best["dev_error"] == members["dev_error"].min() == pytest.approx(result["dev_error"])
    assert result["best_members"][0]["member"] == best["member"]
    errors = [one["dev_error"] for one in result["best_members"]]
    assert errors == sorted(errors) and len(errors) == 10
    prepared, model = prepare(config(run)), Model.load(run)
    wrong = model.row_errors(prepared.training.dev_features, prepared.coder.raw(prepared.split.dev))
    assert wrong.mean() == pytest.approx(result["dev_error"])


def test_what_a_search_says_of_itself_is_written_down(run: Path) -> None:
    result = read_json(run / "result.json")
    assert (result["mode"], result["members_trained"], result["ensemble_size"]) == ("search", MEMBERS, 1)
    assert result["memory"].startswith("14 members of 2 structures: ") and " in 4 groups, " in result["memory"]
    assert len(read_json_lines(run / "test_looks.jsonl")) == result["test_looks"] == 1
    assert set(result["next_space"]) == set(yaml.safe_load((run / "next_space.yaml").read_text()))
    assert result["next_command"].startswith(f"caviar search wine --space {run}/next_space.yaml")
    assert yaml.safe_load((run / "config.yaml").read_text())["command"] == "search"


def test_predict_evaluate_and_report_take_it_as_any_run(run: Path) -> None:
    opened = caviar.open_run(run)
    rows = caviar.load("wine").frame
    assert opened.predict(rows).height == 178
    page = caviar.api.report(opened).read_text(encoding="utf-8")
    assert "search: a population over a space" in page and "is not in the run folder" not in page


def test_what_it_takes_is_told_before_anything_trains(tmp_path: Path) -> None:
    progress = KillAfter(1)
    with pytest.raises(Killed):
        search(config(tmp_path / "run"), progress)
    assert progress.said[-1].startswith("14 members of 2 structures: ")
    assert not list((tmp_path / "run" / "checkpoints").glob("cohort-*"))


@pytest.mark.parametrize("updates", [1, 4, 9, 13, 18])
def test_a_killed_search_ends_as_the_whole_one(
    run: Path, tmp_path: Path, updates: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "killed"
    monkeypatch.setattr(cohorts, "CHECKPOINT_SECONDS", -1 if updates % 2 else 10)
    with pytest.raises(Killed):
        search(config(folder), KillAfter(updates))
    groups_done = {path: path.stat().st_mtime_ns for path in (folder / "checkpoints").glob("cohort-???.safetensors")}
    monkeypatch.setattr(population_search, "MOST_AT_ONCE", 3)  # as where less memory is free by now
    resume(folder)
    assert {path: path.stat().st_mtime_ns for path in groups_done} == groups_done, "nothing finished is trained again"
    given = {"run", "seconds", "record_keeping_seconds", "command", "next_command", "memory"}
    one, other = ({k: v for k, v in read_json(at / "result.json").items() if k not in given} for at in (run, folder))
    assert one == other
    first, second = load_file(run / "model.safetensors"), load_file(folder / "model.safetensors")
    assert all(first[name].equal(second[name]) for name in first)


def test_a_finished_search_is_left_as_it_is(run: Path) -> None:
    before = (run / "result.json").stat().st_mtime_ns
    assert resume(run) == run
    assert (run / "result.json").stat().st_mtime_ns == before


def test_resuming_a_search_on_other_data_is_refused(tmp_path: Path) -> None:
    table = caviar.load("wine").frame
    table.write_csv(tmp_path / "wine.csv")
    given = config(tmp_path / "run", data=str(tmp_path / "wine.csv"), target="cultivar")
    with pytest.raises(Killed):
        search(given, KillAfter(5))
    table.with_columns(pl.col("ash") * 2).write_csv(tmp_path / "wine.csv")
    with pytest.raises(RunError, match="has changed since this run began"):
        resume(tmp_path / "run")


def test_a_group_too_large_for_the_memory_trains_in_halves_to_the_same_result(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = groups.Cohort.train_epoch

    def short_of_memory(self: Any, *arguments: Any) -> bool:
        if len(self.alive) > 2:
            raise MemoryError
        return whole(self, *arguments)

    monkeypatch.setattr(groups.Cohort, "train_epoch", short_of_memory)
    monkeypatch.setattr(cohorts, "CHECKPOINT_SECONDS", -1)
    folder = tmp_path / "halves"
    with pytest.raises(Killed):
        search(config(folder), KillAfter(5))
    resume(folder)
    one, other = (pl.read_parquet(at / "members.parquet") for at in (run, folder))
    np.testing.assert_allclose(one["dev_loss"], other["dev_loss"], rtol=1e-4)


def test_what_a_space_does_not_name_stays_at_its_default(tmp_path: Path) -> None:
    space = {
        "learning_rate": {"low": 0.01, "high": 0.02},
        "optimizer": ["adam", "momentum"],
        "clip_norm": [1.0, np.inf],
    }
    result = caviar.search("wine", members=12, epochs=2, structures=1, space=space, out=str(tmp_path / "run")).result
    members = pl.read_parquet(tmp_path / "run" / "members.parquet")
    assert members["setting.learning_rate"].is_between(0.01, 0.02).all()
    assert set(members["setting.optimizer"]) == {"adam", "momentum"}
    assert set(members["setting.drop_rate"]) == {0.0} and members["structure"].n_unique() == 1
    assert set(result["next_space"]) == set(space)
    json.dumps(result, allow_nan=False)
    again = caviar.search(
        "wine", members=4, epochs=1, space=tmp_path / "run" / "next_space.yaml", out=str(tmp_path / "2")
    )
    assert set(again.result["next_space"]) == set(space)


def test_numbers_and_a_frame_in_memory_are_searched_too(tmp_path: Path) -> None:
    frame = caviar.load("diabetes").frame
    found = caviar.search(frame, target="progression", members=5, epochs=3, structures=5, out=str(tmp_path / "run"))
    assert found.result["metric"] == "rmse" and found.result["members_trained"] == 5


def test_a_search_in_which_every_member_diverges_says_so(tmp_path: Path) -> None:
    space = {"learning_rate": 1e38, "optimizer": "gradient-descent"}
    with pytest.raises(RunError, match="all 2 members diverged"):
        caviar.search("wine", members=2, epochs=2, structures=1, space=space, out=str(tmp_path / "run"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"members": 0}, "'members'"),
        ({"epochs": 0}, "'epochs'"),
        ({"structures": 6}, "'structures'"),
        ({"sed": 1}, "seed"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_written(changes: dict, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=words):
        caviar.search("wine", **{"out": str(tmp_path / "run")} | changes)
    assert not (tmp_path / "run").exists()
