"""The rules of the room: what makes a verdict, and that every file of an experiment is entered in the registry."""

import importlib
import re
from pathlib import Path

import pytest
from matplotlib.figure import Figure

import caviar.lab
from caviar.core.errors import SettingsError
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture, write_picture
from caviar.lab.registry import EXPERIMENTS, find


def verdict(*agreements: float | None) -> str:
    rows = [Row("figure", "1", 1.0, agreement) for agreement in agreements]
    return Result(rows, "a rule", Figure()).verdict


def test_a_verdict_counts_the_judged_figures_alone() -> None:
    assert verdict(True, 1.0, None) == "holds"
    assert verdict(False, 0.0, None) == "does not hold"
    assert verdict(True, False) == "holds in part"


def test_a_figure_that_turns_with_the_seed_makes_a_claim_hold_in_part() -> None:
    assert verdict(0.8) == "holds in part"


def test_nothing_judged_is_no_verdict() -> None:
    with pytest.raises(AssertionError, match="proves nothing"):
        verdict(None)


def test_every_experiment_of_the_room_is_listed_under_its_file_s_name() -> None:
    [folder] = caviar.lab.__path__
    listed = []
    for path in sorted(Path(folder).glob("*.py")):
        module = importlib.import_module(f"caviar.lab.{path.stem}")
        if hasattr(module, "run"):
            listed.append(path.stem.replace("_", "-"))
    assert sorted(listed) == sorted(EXPERIMENTS)


def test_experiments_say_their_section_and_claim() -> None:
    for experiment in EXPERIMENTS.values():
        assert re.fullmatch(r"\d\.\d+( to \d\.\d+)?", experiment.section)
        assert experiment.claim


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="Did you mean 'numerical-derivative'"):
        find("numerical-derivate")


def test_the_same_figure_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first.svg", "second.svg"):
        figure, axes = blank_picture("title", "x", "y")
        axes.plot([1, 2, 3])
        write_picture(figure, tmp_path / name)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
