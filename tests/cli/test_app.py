"""The command as a whole: help, version, exit codes, and the one place where errors become messages."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from sample_run import FakeApi

import caviar
from caviar.cli.grouped_help import GroupedHelp

Command = Callable[..., Any]
COMMANDS = ("fit", "search", "resume", "predict", "evaluate", "report", "diagnose", "check", "catalog")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_help_lists_every_command_with_its_whole_sentence(caviar_command: Command) -> None:
    answer = caviar_command("--help")
    assert answer.code == 0
    assert answer.err == ""
    for command in COMMANDS:
        assert f"\n  {command} " in answer.out
    assert "..." not in answer.out.split("Commands:")[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_groups_its_options_and_ends_with_the_common_ones(
    caviar_command: Command, command: str
) -> None:
    for flag in ("-h", "--help"):
        answer = caviar_command(command, flag)
        assert answer.code == 0
        assert answer.out.startswith(f"Usage: caviar {command}")
        assert answer.out.index("Arguments:") < answer.out.index("Options:")
        assert all(option in answer.out.split("Options:")[1] for option in ("--json", "--debug", "--help"))


def test_help_of_fit_puts_every_option_under_a_heading(caviar_command: Command) -> None:
    out = caviar_command("fit", "--help").out
    headings = ["What to learn from:", "Train, dev and test:", "How much work:", "When it is good enough:", "Options:"]
    places = [out.index(heading) for heading in headings]
    assert places == sorted(places)
    assert out.index("How much work:") < out.index("--budget TIME") < out.index("When it is good enough:")


def test_every_command_has_grouped_help() -> None:
    from caviar.cli.app import app

    assert {info.cls for info in app.registered_commands} == {GroupedHelp}


def test_version_is_the_package_s_own(caviar_command: Command) -> None:
    assert caviar_command("--version") == (0, f"caviar {caviar.__version__}\n", "")


@pytest.mark.parametrize("arguments", [(), ("fti",), ("fit",), ("evaluate", "runs/a"), ("--nonsense",)])
def test_misuse_exits_with_2_and_leaves_standard_output_alone(
    caviar_command: Command, arguments: tuple[str, ...]
) -> None:
    answer = caviar_command(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert "Usage: caviar" in answer.err


def test_an_unexpected_failure_exits_with_1_and_a_short_message(caviar_command: Command, api: FakeApi) -> None:
    api.error = ZeroDivisionError("division by zero")
    answer = caviar_command("check", "a.csv", "--json")
    assert answer.code == 1
    assert answer.err == "Caviar failed: ZeroDivisionError: division by zero\nAgain with --debug, it shows where.\n"
    assert json.loads(answer.out) == {"error": answer.err.rstrip()}


def test_debug_shows_the_traceback_by_option_or_by_environment(
    caviar_command: Command, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.error = ZeroDivisionError("division by zero")
    assert caviar_command("check", "a.csv", "--debug").err.startswith("Traceback (most recent call last):")
    monkeypatch.setenv("CAVIAR_DEBUG", "1")
    assert caviar_command("check", "a.csv").err.startswith("Traceback (most recent call last):")


def test_ctrl_c_in_any_other_command_stops_quietly_with_130(caviar_command: Command, api: FakeApi) -> None:
    api.error = KeyboardInterrupt()
    assert caviar_command("check", "a.csv") == (130, "", "Stopped.\n")


def test_the_module_is_the_command() -> None:
    answer = python("-m", "caviar", "fit")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith("Usage: caviar fit [OPTIONS]")
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["fit", "--help"],
        ["diagnose", "--help"],
        ["lab", "run", "--help"],
        ["catalog", "--help"],
        ["catalog", "learning_rate"],
        ["lab", "list"],
        ["--version"],
    ],
)
def test_help_and_lists_load_nothing_heavy(arguments: list[str]) -> None:
    assert_light(arguments, 0)


@pytest.mark.parametrize("place", [("nowhere.csv",), ("digits", "--dev", "nowhere.csv")])
def test_data_that_are_not_there_are_refused_before_anything_heavy_is_loaded(place: tuple[str, ...]) -> None:
    assert "there is no file nowhere.csv." in assert_light(["fit", *place], 2)


def assert_light(arguments: list[str], code: int) -> str:
    """`caviar ARGUMENTS` ends with `code` and without the large packages; returns its standard error."""
    script = (
        "import sys; from caviar.cli.app import run; code = run(sys.argv[1:]);"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    answer = python("-c", script, *arguments)
    assert answer.returncode == code
    heavy = {"torch", "numpy", "scipy", "polars", "sklearn", "optuna", "matplotlib", "yaml", "rich"}
    assert heavy.isdisjoint(answer.stderr.split())
    return answer.stderr
