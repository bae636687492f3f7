"""`caviar nudge`, `pause`, `unpause`, `rewind`: what a second terminal may say, and what it is answered."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from caviar.core.config import FitConfig, TrainConfig
from caviar.core.files import write_json
from caviar.population.settings import Settings
from caviar.recipe import speaking
from caviar.recipe.folder import write_config
from caviar.recipe.nudge_log import NudgeLog
from caviar.recipe.nudges import NUDGEABLE
from caviar.recipe.requests import pending, send, training_here, withdraw
from caviar.recipe.standing import Standing

Command = Callable[..., Any]
VALUES = {name: Settings(1).member(0).get(name, 100) for name in NUDGEABLE} | {"clip_norm": "inf"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run after epoch 37, with nobody at it."""
    folder = tmp_path / "run"
    folder.mkdir()
    write_config(folder, TrainConfig.checked(data="digits"))
    write_json(folder / "standing.json", Standing("training", 37, VALUES, "multiclass", []).to_json())
    monkeypatch.setattr(speaking, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(speaking, "LOOK_SECONDS", 0.0)
    return folder


@pytest.fixture
def training(run: Path) -> Iterator[Path]:
    """The same run with its lock held, as a process in training holds it; it does not answer."""
    with training_here(run):
        yield run


@pytest.fixture
def answering(training: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run that answers at once, after epoch 38."""

    def sent_and_answered(folder: Path, kind: str, **content: Any) -> str:
        name = send(folder, kind, **content)
        changes = {"learning_rate": (0.001, 0.0005)} if kind == "nudge" else {}
        NudgeLog(folder).add(kind, 38, name, changes=changes, to_epoch=content.get("to_epoch", 0))
        withdraw(folder, name)
        return name

    monkeypatch.setattr(speaking, "send", sent_and_answered)
    return training


def test_a_nudge_is_left_in_the_run_and_told_with_what_it_will_do(caviar_command: Command, training: Path) -> None:
    answer = caviar_command("nudge", str(training), "learning_rate=x0.5", "drop-rate=0.2")
    assert answer.code == 0
    assert answer.out == (
        "Told. At the end of the epoch under way, after epoch 37 or later: learning_rate 0.001 → 0.0005, "
        "drop_rate 0 → 0.2 from the next epoch on.\n"
    )
    [(_, content)] = pending(training)
    assert content == {"kind": "nudge", "nudges": ["learning_rate=x0.5", "drop_rate=0.2"]}


def test_a_second_nudge_goes_on_from_the_first_that_still_waits(caviar_command: Command, training: Path) -> None:
    caviar_command("nudge", str(training), "learning_rate=x0.5")
    assert "learning_rate 0.0005 → 0.00025" in caviar_command("nudge", str(training), "learning_rate=x0.5").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("nudge RUN learning_rate=x0.5", "From epoch 39 on: learning_rate 0.001 → 0.0005."),
        ("pause RUN", "Paused after epoch 38."),
        ("rewind RUN --to-epoch 12", "Back from epoch 38 to the end of epoch 12: 26 epochs undone."),
    ],
)
def test_what_the_run_has_answered_is_confirmed(
    caviar_command: Command, answering: Path, words: str, told: str
) -> None:
    assert caviar_command(*words.replace("RUN", str(answering)).split()).out == told + "\n"


def test_unpausing_a_paused_run_is_confirmed_and_another_is_refused(caviar_command: Command, answering: Path) -> None:
    answer = caviar_command("unpause", str(answering))
    assert (answer.code, answer.err) == (2, f"{answering} is not paused.\n")
    caviar_command("pause", str(answering))
    assert caviar_command("pause", str(answering)).err == f"{answering} is paused already.\n"
    assert caviar_command("unpause", str(answering)).out == "Goes on after epoch 38.\n"


def test_json_tells_what_was_changed_and_whether_it_is_done(caviar_command: Command, training: Path) -> None:
    waiting = json.loads(caviar_command("nudge", str(training), "clip_norm=2", "--json").out)
    assert waiting == {
        "run": str(training), "kind": "nudge", "done": False, "epoch": 37, "changes": {"clip_norm": ["inf", 2.0]}
    }  # fmt: skip


def test_json_of_a_rewind_names_both_epochs(caviar_command: Command, answering: Path) -> None:
    done = json.loads(caviar_command("rewind", str(answering), "--to-epoch", "12", "--json").out)
    assert (done["done"], done["epoch"], done["to_epoch"]) == (True, 38, 12)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("nudge RUN hidden=128", "hidden is part of the structure"),
        ("nudge RUN lerning_rate=1", "Did you mean 'learning_rate'?"),
        ("nudge RUN learning_rate=0.1 drop_rate=1.2", "drop_rate must be at least 0 and below 1; got 1.2"),
        ("rewind RUN --to-epoch -1", "--to-epoch must be at least 0"),
        ("rewind RUN --to-epoch 101", "--to-epoch must not lie after the last epoch, 100; got 101"),
    ],
)
def test_what_cannot_be_is_refused_by_name_before_it_is_left(
    caviar_command: Command, training: Path, words: str, told: str
) -> None:
    answer = caviar_command(*words.replace("RUN", str(training)).split())
    assert answer.code == 2 and told in answer.err and not answer.out
    assert not pending(training)


WORDS = ["nudge RUN drop_rate=0.2", "pause RUN", "unpause RUN", "rewind RUN --to-epoch 1"]


@pytest.mark.parametrize("words", WORDS)
def test_a_dead_run_is_told_so(caviar_command: Command, run: Path, words: str) -> None:
    answer = caviar_command(*words.replace("RUN", str(run)).split())
    assert answer.code == 2
    assert answer.err == f"{run} is not in training: its process has ended. `caviar resume {run}` goes on with it.\n"


@pytest.mark.parametrize("words", WORDS)
def test_a_finished_run_is_told_so(caviar_command: Command, training: Path, words: str) -> None:
    write_json(training / "result.json", {})
    answer = caviar_command(*words.replace("RUN", str(training)).split())
    assert answer.code == 2 and "has finished: nothing is left to change" in answer.err


def test_a_run_of_many_networks_and_what_is_no_run_are_refused(caviar_command: Command, tmp_path: Path) -> None:
    write_config(tmp_path, FitConfig.checked(data="digits", members=8))
    assert "is a run of `caviar fit`" in caviar_command("pause", str(tmp_path)).err
    assert "is no run folder" in caviar_command("pause", str(tmp_path / "nowhere")).err


def test_a_request_that_was_refused_in_the_meantime_is_told_so(
    caviar_command: Command, training: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent_and_refused(folder: Path, kind: str, **content: Any) -> str:
        NudgeLog(folder).add("refused", 38, "1", reason="a rewind goes back.")
        return "1"

    monkeypatch.setattr(speaking, "send", sent_and_refused)
    answer = caviar_command("rewind", str(training), "--to-epoch", "90")
    assert (answer.code, answer.err) == (2, "a rewind goes back.\n")
