"""Lines are wrapped and coloured on a terminal, plain and whole in a pipe; JSON is one ASCII object."""

import io
import json
import sys

import pytest

from caviar.cli.output import Line, print_json, print_lines


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """From now on standard output is a terminal of 40 columns; no fixture, since pytest renews it after those."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


LONG = Line("many words that do not all go on one line of forty", "Next: ", "warning")


def test_a_pipe_gets_every_line_whole_and_without_colour(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([LONG, Line(), Line("  12 %", "a ")])
    assert capsys.readouterr().out == "Next: many words that do not all go on one line of forty\n\na   12 %\n"


def test_a_terminal_gets_lines_of_its_width_hanging_under_their_label(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    print_lines([Line(LONG.text, LONG.label)])
    lines = terminal.getvalue().splitlines()
    assert lines == ["Next: many words that do not all go on", "      one line of forty"]


def test_a_terminal_gets_colour_unless_it_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    print_lines([LONG])
    assert "\x1b[33m" in terminal.getvalue()
    terminal.truncate(0)
    monkeypatch.setenv("NO_COLOR", "1")
    print_lines([LONG])
    assert "\x1b" not in terminal.getvalue()


def test_columns_of_figures_keep_their_spaces_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    print_lines([Line("  boosting      4.0 %")])
    assert terminal.getvalue() == "  boosting      4.0 %\n"


def test_an_empty_line_stays_empty_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    print_lines([Line("a"), Line(), Line("b")])
    assert terminal.getvalue() == "a\n\nb\n"


def test_json_is_one_ascii_object(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"run": "ä", "error": 0.5})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"run": "ä", "error": 0.5}


def test_json_refuses_what_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"error": float("nan")})
