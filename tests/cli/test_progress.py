"""Progress is a live line on a terminal and nothing elsewhere; it knows the run's folder once it was told."""

import io
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from caviar.cli import progress as progress_file
from caviar.cli.progress import LiveLine, Pipe, Quiet, progress_for


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is: the last entry. Nothing waits."""
    times = [100.0]
    monkeypatch.setattr(progress_file.time, "monotonic", lambda: times[-1])
    return times


def test_the_line_tells_stage_networks_best_error_and_time_left(clock: list[float]) -> None:
    live = LiveLine()
    live.begin(Path("runs/a"), "multiclass")
    live.update("coarse search", 24, 0.021, 41.0)
    assert live.line().plain == "coarse search · 24 networks in training · best dev error 2.1 % · 41 s left"


def test_time_left_goes_on_falling_between_updates_but_not_below_zero(clock: list[float]) -> None:
    live = LiveLine()
    live.update("coarse search", 1, None, 41.0)
    clock.append(130.0)
    assert live.line().plain == "coarse search · 1 network in training · 11 s left"
    clock.append(1_000.0)
    assert live.line().plain.endswith("· 0 s left")


def test_what_is_not_known_is_left_out(clock: list[float]) -> None:
    live = LiveLine()
    assert live.line().plain == "starting"
    live.update("references", 0, None, None)
    assert live.line().plain == "references"


def test_a_regression_counts_its_error_in_units_and_an_unknown_task_in_bare_figures() -> None:
    live = LiveLine()
    live.update("finer search", 0, 48_123.4, None)
    assert live.line().plain == "finer search · best dev error 4.812e+04"
    live.begin(Path("runs/a"), "regression")
    assert live.line().plain == "finer search · best dev error 48,123"


def test_what_is_said_stays_above_the_line_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr("rich.console.Console", lambda stderr: Console(file=terminal, force_terminal=True, width=80))
    with LiveLine() as live:
        live.say("warning: column 'a[b]' has 3 spellings of 'yes'")
        live.update("coarse search", 3, None, None)
    assert "warning: column 'a[b]' has 3 spellings of 'yes'" in terminal.getvalue()


def test_the_live_line_ends_with_the_work_even_when_it_fails() -> None:
    live = LiveLine()

    def fail() -> None:
        with live:
            assert live._live.is_started
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not live._live.is_started


def test_a_pipe_gets_what_is_announced_on_standard_error_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with Pipe() as pipe:
        pipe.begin(Path("runs/a"), "binary")
        pipe.announce("takes 1 GB")
        pipe.say("a step")
        pipe.update("coarse search", 3, 0.1, 2.0)
    assert capsys.readouterr() == ("", "takes 1 GB\n")


def test_a_person_gets_the_live_line_and_a_machine_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert type(progress_for(as_json=False)) is Pipe
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert type(progress_for(as_json=False)) is LiveLine
    assert type(progress_for(as_json=True)) is Quiet
    with Quiet() as quiet:
        quiet.begin(Path("runs/a"), "binary")
        quiet.say("a step")
        quiet.announce("takes 1 GB")
        quiet.update("coarse search", 3, 0.1, 2.0)
    assert quiet.folder == Path("runs/a")
    assert capsys.readouterr() == ("", "")


def test_the_clock_of_the_line_never_runs_backwards() -> None:
    live = LiveLine()
    before = time.monotonic()
    live.update("coarse search", 1, None, 5.0)
    assert live._deadline is not None
    assert live._deadline >= before + 5.0
