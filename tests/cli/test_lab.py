"""`caviar lab`: lists, measures, writes the picture, and exits with 0 whatever the verdict."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

from caviar.lab import registry
from caviar.lab.experiment import Experiment, Result, Row

Command = Callable[..., Any]


def tiny(agrees: bool | None) -> Callable[[int], Result]:
    return lambda seed: Result([Row("seed", "0", seed, agrees), Row("other", "", 2.5)], "they are equal.", Figure())


@pytest.fixture(autouse=True)
def two_experiments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound claim and a wrong one, in the place of the real ones."""
    sound = Experiment("sound-claim", "1.1", "zero is zero", tiny(True))
    wrong = dataclasses.replace(sound, name="wrong-claim", run=tiny(False))
    monkeypatch.setattr(registry, "EXPERIMENTS", {one.name: one for one in (sound, wrong)})


def test_list_names_section_and_claim(caviar_command: Command) -> None:
    answer = caviar_command("lab", "list")
    assert answer.code == 0
    assert answer.out.splitlines()[0].split() == ["sound-claim", "1.1", "zero", "is", "zero"]
    told = json.loads(caviar_command("lab", "list", "--json").out)["experiments"]
    assert told[1] == {"name": "wrong-claim", "section": "1.1", "claim": "zero is zero"}


def test_run_shows_figures_beside_the_claimed_ones_and_the_rule(caviar_command: Command) -> None:
    answer = caviar_command("lab", "run", "sound-claim", "--out", "pictures")
    assert answer.code == 0
    assert "  seed   claimed 0  measured 0  agrees\n" in answer.out
    assert "  other  claimed    measured 2.5  (not judged)\n" in answer.out
    assert "  Rule: they are equal.\n  Verdict: holds (" in answer.out
    assert Path("pictures/sound-claim.svg").read_text().startswith("<?xml")


def test_a_claim_that_does_not_hold_is_a_result_and_no_failure(caviar_command: Command) -> None:
    answer = caviar_command("lab", "run", "wrong-claim", "--seed", "7", "--json")
    assert answer.code == 0
    told = json.loads(answer.out)
    assert told["verdict"] == "does not hold"
    assert told["figures"][0] == {"what": "seed", "claimed": "0", "measured": 7, "agreement": 0.0}
    assert Path(told["picture"]) == Path("runs/lab/wrong-claim.svg")


def test_all_runs_every_one_and_sums_up(caviar_command: Command) -> None:
    assert caviar_command("lab", "run", "--all").out.endswith("\nsound-claim  holds\nwrong-claim  does not hold\n")
    told = json.loads(caviar_command("lab", "run", "--all", "--json").out)["experiments"]
    assert [one["verdict"] for one in told] == ["holds", "does not hold"]


def test_the_folder_gets_picture_and_figures_with_the_machine_s_of_each(caviar_command: Command) -> None:
    caviar_command("lab", "run", "--all", "--seed", "3", "--out", "kept")
    assert sorted(path.name for path in Path("kept").iterdir()) == [
        "sound-claim.json", "sound-claim.svg", "wrong-claim.json", "wrong-claim.svg"
    ]  # fmt: skip
    record = json.loads(Path("kept/wrong-claim.json").read_text(encoding="utf-8"))
    assert (record["name"], record["seed"], record["verdict"]) == ("wrong-claim", 3, "does not hold")
    assert record["figures"][0] == {"what": "seed", "claimed": "0", "measured": 3, "agreement": 0.0}
    assert record["environment"]["torch"] and record["environment"]["threads"] >= 1
    assert "platform" not in record["environment"]


def test_an_unknown_name_exits_with_2_and_the_nearest(caviar_command: Command) -> None:
    answer = caviar_command("lab", "run", "sound-clame")
    assert answer == (2, "", "experiment 'sound-clame' is unknown. Did you mean 'sound-claim'? "
                      "`caviar lab list` names all.\n")  # fmt: skip


@pytest.mark.parametrize("arguments", [(), ("sound-claim", "--all")])
def test_one_name_or_all_and_not_both(caviar_command: Command, arguments: tuple[str, ...]) -> None:
    answer = caviar_command("lab", "run", *arguments)
    assert answer.code == 2
    assert "or --all" in answer.err


def test_a_file_in_the_place_of_the_folder_is_refused_before_any_work(caviar_command: Command) -> None:
    Path("taken").touch()
    answer = caviar_command("lab", "run", "sound-claim", "--out", "taken")
    assert answer == (2, "", "--out must be a folder; taken is a file.\n")
