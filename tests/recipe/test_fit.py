"""The whole recipe on small built-in data: repeatable, honest about what it did, and never lost."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from kills import KillAfter, Killed
from safetensors.torch import load_file

from caviar.core.config import FitConfig
from caviar.core.errors import DataError, RunError, SettingsError
from caviar.core.files import read_json, read_json_lines
from caviar.recipe import cohorts
from caviar.recipe.fit import fit, resume
from caviar.recipe.model import Model
from caviar.recipe.preparation import prepare

MEMBERS = 10


def config(folder, **changes):
    return FitConfig.checked(
        **{"data": "wine", "members": MEMBERS, "seed": 1, "threads": 1, "out": str(folder)} | changes
    )


def without_clock(result):
    return {
        name: value
        for name, value in result.items()
        if name not in ("run", "seconds", "record_keeping_seconds", "command")
    }


def assert_same_run(one: Path, other: Path):
    assert without_clock(read_json(one / "result.json")) == without_clock(read_json(other / "result.json"))
    assert read_json(one / "findings.json") == read_json(other / "findings.json")
    first, second = load_file(one / "model.safetensors"), load_file(other / "model.safetensors")
    assert first.keys() == second.keys()
    assert all(first[name].equal(second[name]) for name in first)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return fit(config(tmp_path_factory.mktemp("run") / "a"))


def test_the_same_command_twice_gives_identical_findings_errors_and_weights(run, tmp_path):
    assert_same_run(run, fit(config(tmp_path / "b")))


def test_another_seed_gives_another_split_and_other_weights(run, tmp_path):
    other = fit(config(tmp_path / "c", seed=2))
    assert (
        pl.read_parquet(run / "predictions.parquet")["row"].to_list()
        != pl.read_parquet(other / "predictions.parquet")["row"].to_list()
    )


def test_all_members_were_trained_and_every_one_is_in_the_study(run):
    import optuna

    result = read_json(run / "result.json")
    assert result["members_trained"] == MEMBERS
    assert result["stopped_because"] in ("members", "no-gain")
    study = optuna.load_study(study_name="caviar", storage=f"sqlite:///{run / 'study.db'}")
    assert sorted(trial.user_attrs["member"] for trial in study.trials) == list(range(MEMBERS))
    assert pl.read_parquet(run / "members.parquet").height == MEMBERS


def test_the_run_folder_holds_what_the_design_says(run):
    expected = {
        "config.yaml",
        "data.json",
        "environment.json",
        "study.db",
        "history.parquet",
        "findings.json",
        "steps.jsonl",
        "checkpoints",
        "model.safetensors",
        "model.json",
        "predictions.parquet",
        "rows.parquet",
        "error_analysis.json",
        "result.json",
    }
    assert expected <= {path.name for path in run.iterdir()}
    assert not list(run.rglob("*.part*"))


def test_reported_errors_are_the_saved_models_own(run):
    result, prepared, model = read_json(run / "result.json"), prepare(config("unused")), Model.load(run)
    for name, part in prepared.parts().items():
        errors = model.row_errors(prepared.features(part), prepared.coder.raw(part))
        assert result[f"{name}_error"] == pytest.approx(errors.mean()), name


def test_predictions_on_file_equal_the_saved_models(run):
    prepared, model = prepare(config("unused")), Model.load(run)
    written = pl.read_parquet(run / "predictions.parquet").filter(pl.col("part") == "test")
    fresh = model.predictions(prepared.features(prepared.split.test))
    assert written["prediction"].to_list() == fresh["prediction"].to_list()
    names = [name for name in fresh.columns if name.startswith("probability.")]
    np.testing.assert_allclose(written.select(names).to_numpy(), fresh.select(names).to_numpy(), atol=1e-6)
    np.testing.assert_allclose(fresh.select(names).sum_horizontal().to_numpy(), 1, atol=1e-5)


def test_the_raw_rows_on_file_are_those_that_were_predicted(run):
    prepared, written = prepare(config("unused")), pl.read_parquet(run / "rows.parquet")
    expected = pl.concat([prepared.split.dev.frame, prepared.split.test.frame]).drop(prepared.table.target)
    assert written.equals(expected)
    assert written.height == pl.read_parquet(run / "predictions.parquet").height


def test_the_error_analysis_of_a_run_is_that_of_its_dev_rows_and_its_finding_is_told(run):
    analysis, result = read_json(run / "error_analysis.json"), read_json(run / "result.json")
    assert (analysis["part"], analysis["error"]) == ("dev", result["dev_error"])
    dev = pl.read_parquet(run / "predictions.parquet").filter(pl.col("part") == "dev")
    assert analysis["mistakes"] == (dev["truth"] != dev["prediction"]).sum()
    assert "error-slices" in [finding["id"] for finding in read_json(run / "findings.json")]


def test_every_step_of_the_diary_has_a_finding_an_action_and_a_measured_effect(run):
    steps = read_json_lines(run / "steps.jsonl")
    assert [step["number"] for step in steps] == list(range(len(steps)))
    assert sum(step["members_trained"] for step in steps) == MEMBERS
    for step in steps:
        assert step["action"] and step["expected"] and step["finding"]
        assert 0 <= step["effect"]["dev_error_after"] <= 1
    for step in steps[1:]:
        assert step["effect"]["low"] <= step["effect"]["difference"] <= step["effect"]["high"]


def test_test_rows_were_looked_at_once(run):
    assert [look["by"] for look in read_json_lines(run / "test_looks.jsonl")] == ["fit"]


@pytest.mark.parametrize("updates", [2, 60, 200])
def test_a_killed_run_resumes_to_the_very_same_result(run, tmp_path, monkeypatch, updates):
    monkeypatch.setattr(cohorts, "CHECKPOINT_SECONDS", 0.0)  # a checkpoint each epoch
    with pytest.raises(Killed):
        fit(config(tmp_path / "killed"), KillAfter(updates))
    assert not (tmp_path / "killed" / "result.json").exists()
    assert_same_run(run, resume(tmp_path / "killed"))


def test_finished_cohorts_are_not_trained_again_after_a_kill(tmp_path, monkeypatch):
    with pytest.raises(Killed):
        fit(config(tmp_path / "killed"), KillAfter(200))
    finished = sorted(path.name for path in (tmp_path / "killed" / "checkpoints").glob("cohort-*.safetensors"))
    trained = []
    train = cohorts.CohortTrainer._run
    monkeypatch.setattr(
        cohorts.CohortTrainer, "_run", lambda self, *args: trained.append(args[-1].name) or train(self, *args)
    )
    resume(tmp_path / "killed")
    assert finished
    assert not {name.replace(".part", "") for name in trained} & set(finished)


def test_a_process_killed_outright_resumes_within_its_budget(tmp_path):
    """A real SIGKILL in mid-search; the killed run has a time budget, so the clock decides what is left."""
    folder = tmp_path / "killed"
    program = (
        "from caviar.core.config import FitConfig\n"
        "from caviar.recipe.fit import fit\n"
        "class Shout:\n"
        "    def begin(self, *start): pass\n"
        "    def say(self, text): print(text, flush=True)\n"
        "    def update(self, *state): pass\n"
        f"fit(FitConfig.checked(data='wine', budget_seconds=30, seed=1, threads=1, out={str(folder)!r}), Shout())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    for line in process.stdout:
        if line.startswith("coarse search"):
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "checkpoints").glob("cohort-???.safetensors")}
    settings = (folder / "config.yaml").read_text().replace("budget_seconds: 30.0", "budget_seconds: 8.0")
    (folder / "config.yaml").write_text(settings)  # the rest of the budget is not needed for the test
    result = read_json(resume(folder) / "result.json")
    after = {path.name: path.stat().st_mtime_ns for path in (folder / "checkpoints").glob("cohort-???.safetensors")}
    assert len(before) >= 2
    assert {name: after[name] for name in before} == before
    assert result["members_trained"] == pl.read_parquet(folder / "members.parquet").height
    assert result["stopped_because"] == "budget"


def test_the_shortest_budget_still_ends_with_a_model(tmp_path):
    result = read_json(fit(config(tmp_path / "short", members=None, budget_seconds=0.01)) / "result.json")
    assert result["stopped_because"] == "budget"
    assert result["members_trained"] >= 1
    assert 0 <= result["test_error"] <= 1


def test_resuming_with_changed_data_is_refused_with_both_fingerprints(tmp_path):
    table = pl.DataFrame({"x": np.linspace(0, 1, 80), "y": ["a", "b"] * 40})
    table.write_csv(tmp_path / "data.csv")
    with pytest.raises(Killed):
        fit(config(tmp_path / "killed", data=str(tmp_path / "data.csv"), target="y"), KillAfter(30))
    before = json.loads((tmp_path / "killed" / "data.json").read_text())["fingerprint"][:16]
    table.with_columns(pl.col("x") * 2).write_csv(tmp_path / "data.csv")
    with pytest.raises(RunError, match=f"has changed since this run began: its fingerprint was {before}"):
        resume(tmp_path / "killed")


def test_a_finished_run_is_left_as_it_is(run):
    before = (run / "result.json").stat().st_mtime_ns
    assert resume(run) == run
    assert (run / "result.json").stat().st_mtime_ns == before


def test_a_folder_with_files_in_it_is_never_overwritten(run):
    with pytest.raises(SettingsError, match="exists already and is not empty"):
        fit(config(run))


def test_the_target_error_ends_the_run_and_is_named(tmp_path):
    result = read_json(fit(config(tmp_path / "t", target_error=0.9, members=60)) / "result.json")
    assert result["stopped_because"] == "target"
    assert result["members_trained"] < 60


def test_regression_predicts_in_the_targets_units_with_intervals(tmp_path):
    folder = fit(config(tmp_path / "d", data="diabetes"))
    result = read_json(folder / "result.json")
    assert result["metric"] == "rmse"
    assert 30 < result["test_error"] < result["reference_errors"]["trivial"]
    rows = pl.read_parquet(folder / "predictions.parquet").filter(pl.col("part") == "dev")
    covered = ((rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])).mean()
    assert covered == pytest.approx(0.8, abs=0.03)


def write_rows(path, rows, target="y"):
    generator = np.random.default_rng(0)
    labels = ["no", "yes"] * (rows // 2) + ["no"] * (rows % 2)
    pl.DataFrame({"x": generator.normal(size=rows), "z": generator.normal(size=rows), target: labels}).write_csv(path)
    return str(path)


def test_a_run_whose_actions_are_all_used_up_ends_with_no_gain(tmp_path, monkeypatch):
    from caviar.recipe import rounds

    monkeypatch.setattr(rounds, "candidates", lambda *arguments, **more: [])
    monkeypatch.setattr(rounds, "finer_searches", lambda *arguments: [])
    result = read_json(fit(config(tmp_path / "none", members=40)) / "result.json")
    assert result["stopped_because"] == "no-gain"
    assert result["members_trained"] < 40


def test_a_table_too_small_for_its_parts_is_refused_before_anything_is_written(tmp_path):
    data = write_rows(tmp_path / "five.csv", 5)
    with pytest.raises(DataError, match="every part needs at least one row, and test would have none"):
        fit(config(tmp_path / "run", data=data, target="y"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("setting", ["target_error", "human_error", "material"])
def test_an_error_above_one_is_refused_for_classes_before_anything_is_written(tmp_path, setting):
    with pytest.raises(SettingsError, match=f"{setting} must be a fraction between 0 and 1.*got 5. For 5 % say 0.05"):
        fit(config(tmp_path / "run", **{setting: 5}))
    assert not (tmp_path / "run").exists()


def test_a_target_whose_squares_overflow_is_refused(tmp_path):
    pl.DataFrame({"x": np.arange(60.0), "y": np.linspace(-1e200, 1e200, 60)}).write_csv(tmp_path / "huge.csv")
    with pytest.raises(DataError, match="'y' reaches 1e\\+200"):
        fit(config(tmp_path / "run", data=str(tmp_path / "huge.csv"), target="y"))
    assert not (tmp_path / "run").exists()
