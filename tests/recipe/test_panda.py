"""A babysat network: what is said to it acts, is written down, and never costs a bit of its path."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from bedside import EPOCHS, Bedside, Killed, config, nudge, rewind
from safetensors.torch import load_file

import caviar
from caviar.core.config import TrainConfig
from caviar.core.errors import RunError, SettingsError
from caviar.core.files import read_json, read_json_lines
from caviar.diagnosis.references import trivial
from caviar.recipe import beginning, panda, standing_findings, waypoints
from caviar.recipe.babysitter import Attendance
from caviar.recipe.model import Model
from caviar.recipe.nudge_log import NudgeLog
from caviar.recipe.panda import resume, train
from caviar.recipe.preparation import Prepared, prepare
from caviar.recipe.requests import pending, send

CURVES = ["epoch", "train_loss", "dev_loss", "dev_error", "learning_rate"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No boosting, few looks at all rows, which these tests are not about; a checkpoint after every epoch."""
    monkeypatch.setattr(panda, "fit_references", _two_trivial_lines)
    monkeypatch.setattr(waypoints, "SECONDS_BETWEEN", -1)
    monkeypatch.setattr(standing_findings, "LOOKS", 2)
    monkeypatch.setattr(panda, "prepare", _prepared_once)
    monkeypatch.setattr(beginning, "prepare", _prepared_once)


@cache
def _wine() -> Prepared:
    return prepare(TrainConfig.checked(data="wine", seed=1))


def _prepared_once(config: TrainConfig, source: Any = None) -> Prepared:
    """The one table of these tests, read once."""
    assert (config.data, config.seed) == ("wine", 1)
    return _wine()


def _two_trivial_lines(prepared: Any, *_: Any) -> dict[str, Any]:
    return dict.fromkeys(("trivial", "boosting"), trivial(prepared.split, prepared.coder))


def told(folder: Path, says: Any = None, **changes: Any) -> Path:
    """A finished run that was told `says`."""
    return train(config(folder, **changes), Bedside(folder, says))


def path_of(folder: Path) -> pl.DataFrame:
    """The run's own curves."""
    return pl.read_parquet(folder / "history.parquet").filter(member=0).select(CURVES)


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def assert_same_bits(one: Path, other: Path) -> None:
    assert path_of(one).equals(path_of(other))
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys() and all(first[name].equal(second[name]) for name in first)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody spoke to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panda, "fit_references", _two_trivial_lines)
        return told(tmp_path_factory.mktemp("plain") / "run")


def test_a_nudge_acts_from_the_next_epoch_on_and_is_in_the_history(plain: Path, tmp_path: Path) -> None:
    run = told(tmp_path / "run", {4: [nudge("learning_rate=x0.5", "drop_rate=0.3")]})
    before, after = path_of(plain), path_of(run)
    assert before[:4].equals(after[:4])
    assert after["train_loss"][4] != before["train_loss"][4]
    np.testing.assert_allclose(after["learning_rate"][4:], before["learning_rate"][4:] * 0.5, rtol=1e-6)
    history = pl.read_parquet(run / "history.parquet")
    assert history.filter(pl.col("nudged").is_not_null()).select("epoch", "nudged").rows() == [
        (5, "learning_rate 0.01 → 0.005, drop_rate 0.1 → 0.3")
    ]
    [line] = read_json_lines(run / "nudges.jsonl")
    assert (line["epoch"], line["changes"]) == (4, {"learning_rate": [0.01, 0.005], "drop_rate": [0.1, 0.3]})
    assert read_json(run / "result.json")["events"][0]["changes"] == line["changes"]
    assert not pending(run)


def test_nudges_of_one_epoch_act_one_after_the_other(tmp_path: Path) -> None:
    twice = told(tmp_path / "twice", {3: [nudge("learning_rate=x0.5"), nudge("learning_rate=x0.5")]})
    once = told(tmp_path / "once", {3: [nudge("learning_rate=0.0025")]})
    assert_same_bits(twice, once)


def test_more_epochs_make_the_run_longer_and_fewer_end_it(plain: Path, tmp_path: Path) -> None:
    longer = told(tmp_path / "longer", {EPOCHS: [nudge("epochs=+2")]})
    assert len(path_of(longer)) == EPOCHS + 2 and path_of(longer)[:EPOCHS].equals(path_of(plain))
    shorter = told(tmp_path / "shorter", {3: [nudge("epochs=2")]})
    assert len(path_of(shorter)) == 3


@pytest.mark.parametrize("to_epoch", [0, 2, 5])
def test_a_rewind_goes_the_same_path_again_bit_for_bit(plain: Path, tmp_path: Path, to_epoch: int) -> None:
    run = told(tmp_path / "run", {7: [rewind(to_epoch)]})
    assert_same_bits(run, plain)


def test_a_rewind_undoes_the_nudges_that_acted_after_it_and_keeps_those_before(tmp_path: Path) -> None:
    early, late = nudge("weight_decay=+0.1", "epochs=8"), nudge("learning_rate=x10")
    kept = told(tmp_path / "kept", {2: [early]})
    run = told(tmp_path / "run", {2: [early], 4: [late], 7: [rewind(4)]})
    assert_same_bits(run, kept)


def test_a_nudge_that_is_repeated_after_a_rewind_brings_its_path_back(tmp_path: Path) -> None:
    change = nudge("learning_rate=x0.3", "augmentation=0.2")
    kept = told(tmp_path / "kept", {4: [change]})
    run = told(tmp_path / "run", {4: [change], 6: [rewind(4), change]})
    assert_same_bits(run, kept)


def test_what_a_rewind_took_back_stays_in_the_history(tmp_path: Path) -> None:
    change = nudge("learning_rate=x10")
    straight, run = told(tmp_path / "1", {3: [change]}), told(tmp_path / "2", {3: [change], 6: [rewind(2)]})
    undone = pl.read_parquet(run / "history.parquet").filter(member=1)
    assert undone.select(CURVES).equals(path_of(straight)[2:6])
    assert set(undone["stage"]) == {"undone by rewind 1"}


@pytest.mark.parametrize("keep", [(), (3,), (1, 5)])
def test_an_epoch_without_a_checkpoint_is_trained_again_from_the_nearest_one(
    plain: Path, tmp_path: Path, keep: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    save = waypoints.Waypoints.save
    monkeypatch.setattr(
        waypoints.Waypoints, "save", lambda self, cohort, at: cohort.epoch in keep and save(self, cohort, at)
    )
    early = nudge("l2=0.1")
    run = told(tmp_path / "run", {2: [early], 4: [nudge("learning_rate=x3")], 7: [rewind(4)]})
    monkeypatch.undo()
    quickly = pytest.MonkeyPatch()
    quickly.setattr(panda, "fit_references", _two_trivial_lines)
    assert_same_bits(run, told(tmp_path / "kept", {2: [early]}))
    quickly.undo()


def test_checkpoints_stay_within_their_disk_budget(plain: Path, tmp_path: Path) -> None:
    size = max(path.stat().st_size for path in told(tmp_path / "all").glob("checkpoints/epoch-*"))
    run = told(tmp_path / "few", {7: [rewind(3)]}, checkpoint_megabytes=4.5 * size / 1e6)
    left = sorted(run.glob("checkpoints/epoch-*"))
    assert 2 <= len(left) <= 4 and str(EPOCHS) in left[-1].name
    assert_same_bits(run, plain)


class Waiting:
    """What happens while a run is paused, call by call; nobody sleeps."""

    def __init__(self, *doings: Any):
        self.doings: Iterator[Any] = iter(doings)
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        next(self.doings)()


def test_a_paused_run_stands_still_listens_and_goes_on_where_it_was(plain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    bedside, states = Bedside(folder, {4: [("pause", {})]}), []

    def look() -> None:
        states.append((read_json(folder / "standing.json")["state"], len(bedside.courses[-1].points)))

    waiting = Waiting(
        look, lambda: send(folder, "nudge", nudges=["l1=0.1"]), look, lambda: send(folder, "unpause"),
    )  # fmt: skip
    train(config(folder), bedside, attendance=Attendance(wait=waiting))
    assert waiting.calls == 4 and states == [("paused", 4), ("paused", 4)]
    assert [event.kind for event in NudgeLog(folder).events] == ["pause", "nudge", "unpause"]
    assert_same_bits(folder, told(tmp_path / "nudged", {4: [nudge("l1=0.1")]}))
    assert f"Paused after epoch 4. `caviar unpause {folder}` goes on." in bedside.said


@pytest.mark.parametrize("kill_after", [1, 5, 7])
def test_a_killed_run_goes_on_bit_for_bit(tmp_path: Path, kill_after: int) -> None:
    says = {3: [nudge("learning_rate=x0.5", "epochs=8")], 6: [rewind(4)]}
    whole, folder = told(tmp_path / "whole", says), tmp_path / "killed"
    bedside = Bedside(folder, says, kill_after)
    with pytest.raises(Killed):
        train(config(folder), bedside)
    resume(folder, Bedside(folder, bedside.says))
    assert_same_bits(folder, whole)


def test_a_kill_right_after_a_rewind_goes_on_from_the_epoch_it_went_back_to(plain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"

    class PullsAtTheRewind(Bedside):
        def say(self, text: str) -> None:
            if "rewound to epoch 4" in text:
                raise Killed

    with pytest.raises(Killed):
        train(config(folder), PullsAtTheRewind(folder, {4: [nudge("learning_rate=x10")], 7: [rewind(4)]}))
    bedside = Bedside(folder)
    resume(folder, bedside)
    assert len(bedside.courses[0].points) == 4
    assert_same_bits(folder, plain)


def test_a_kill_between_answer_and_effect_loses_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says = {4: [nudge("learning_rate=x0.5")]}
    whole, folder = told(tmp_path / "whole", says), tmp_path / "killed"

    def pulled(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("caviar.recipe.babysitter.apply", pulled)
        with pytest.raises(Killed):
            train(config(folder), Bedside(folder, says))
    assert pending(folder) and NudgeLog(folder).nudges()
    resume(folder)
    assert_same_bits(folder, whole)


@pytest.mark.parametrize("seconds_between", [-1, 1e9], ids=["every epoch kept", "the first epoch kept"])
def test_a_paused_run_survives_a_kill_as_paused(
    plain: Path, tmp_path: Path, seconds_between: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waypoints, "SECONDS_BETWEEN", seconds_between)
    folder = tmp_path / "run"
    with pytest.raises(Killed):
        train(config(folder), Bedside(folder, {4: [("pause", {})]}), attendance=Attendance(wait=Waiting(*[_pull])))
    waiting = Waiting(lambda: send(folder, "unpause"))
    bedside = Bedside(folder)
    resume(folder, bedside, attendance=Attendance(wait=waiting))
    assert waiting.calls == 1 and bedside.courses[0].paused and len(bedside.courses[0].points) == 4
    assert_same_bits(folder, plain)


def _pull() -> None:
    raise Killed


def test_ctrl_c_ends_the_run_with_the_best_weights(plain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    bedside = Bedside(folder)
    train(
        config(folder),
        bedside,
        attendance=Attendance(lambda: len(bedside.courses) > 0 and len(bedside.courses[-1].points) == 5),
    )
    result = read_json(folder / "result.json")
    assert (result["stopped_because"], result["epochs"]) == ("you", 5)
    assert path_of(folder).equals(path_of(plain)[:5])
    assert result["dev_error"] == pytest.approx(path_of(folder)["dev_error"][result["best_epoch"] - 1])
    assert Model.load(folder).num_parameters == result["parameters"]


def test_a_run_that_diverges_while_watched_waits_to_be_taken_back(plain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    bedside = Bedside(folder, {4: [nudge("learning_rate=1e38", "schedule=constant")]})
    waiting = Waiting(lambda: send(folder, *["rewind"], to_epoch=4), lambda: send(folder, "unpause"))
    train(config(folder), bedside, attendance=Attendance(watched=True, wait=waiting))
    assert_same_bits(folder, plain)
    assert any("diverged, and paused" in line for line in bedside.said)
    alone = told(tmp_path / "alone", {4: [nudge("learning_rate=1e38", "schedule=constant")]})
    assert read_json(alone / "result.json")["stopped_because"] == "diverged"


def test_a_network_that_diverges_at_once_is_refused_with_what_to_do(tmp_path: Path) -> None:
    settings = {"learning_rate": 1e38, "optimizer": "gradient-descent"}
    with pytest.raises(RunError, match=r"no model\. Start again with a lower --learning-rate"):
        told(tmp_path / "run", settings=settings, batch_norm=False)


def test_a_request_that_cannot_be_met_any_more_is_answered_and_changes_nothing(plain: Path, tmp_path: Path) -> None:
    run = told(tmp_path / "run", {3: [rewind(7), nudge("drop_rate=+0.95")]})
    events = NudgeLog(run).events
    assert [event.kind for event in events] == ["refused", "refused"]
    assert "a rewind goes back" in events[0].reason and "drop_rate must be at least 0 and below 1" in events[1].reason
    assert_same_bits(run, plain)


def test_a_time_budget_ends_it_and_the_result_says_so(tmp_path: Path) -> None:
    run = told(tmp_path / "run", budget_seconds=1e-9)
    assert read_json(run / "result.json")["stopped_because"] == "budget"
    assert len(path_of(run)) == 1, "the first epoch is trained however short the time"


def test_findings_come_up_while_it_trains_and_stand_in_the_result(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    bedside = Bedside(folder)
    train(config(folder, settings={"learning_rate": 1e-9}, epochs=20, batch_size=16), bedside)
    [line] = [line for line in bedside.said if "learning-rate-too-low" in line]
    assert line.startswith("Epoch ")
    found = {finding["id"]: finding for finding in read_json(folder / "findings.json")}
    assert found["learning-rate-too-low"]["verdict"] == "present" and "high-variance" in found
    assert "--budget" not in read_json(folder / "result.json")["next_action"]


def test_the_run_is_like_any_other_for_predict_evaluate_report_and_diagnose(tmp_path: Path) -> None:
    run = caviar.open_run(told(tmp_path / "run", {3: [nudge("learning_rate=x0.5")], 6: [rewind(5)]}))
    assert run.predict(caviar.load("wine").frame).height == 178
    assert run.evaluate("wine")["test_looks"] == 2
    page = caviar.api.report(run).read_text(encoding="utf-8")
    assert "learning_rate 0.01 → 0.005" in page and "is not in the run folder" not in page
    assert caviar.diagnose(run)


def test_the_configuration_is_written_out_in_full_and_repeats_the_run(plain: Path, tmp_path: Path) -> None:
    again = caviar.api.babysit("wine", config=plain / "config.yaml", out=str(tmp_path / "run")).folder
    assert_same_bits(again, plain)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"settings": {"lerning_rate": 1}}, "Did you mean 'learning_rate'"),
        ({"settings": {"drop_rate": 1.0}}, "drop_rate must be at least 0 and below 1"),
        ({"settings": {"learning_rate": "fast"}}, "learning_rate must be a number"),
        ({"settings": {"quantile": 0.9}}, "quantile has no effect"),
        ({"settings": {"drop_rate": 0.2}, "hidden": ()}, "drop_rate has no effect"),
        ({"activation": "rleu"}, "Did you mean 'relu'"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_written(changes: dict, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=words):
        told(tmp_path / "run", **changes)
    assert not (tmp_path / "run").exists()


def test_a_run_in_training_cannot_be_resumed_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    refused: list[str] = []

    class Second(Bedside):
        def draw(self, course: Any) -> None:
            if len(course.points) == 2:
                with pytest.raises(RunError, match="in training already") as caught:
                    resume(folder)
                refused.append(str(caught.value))

    train(config(folder), Second(folder))
    assert refused
