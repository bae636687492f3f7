"""What goes to standard output: lines for people, or one JSON object for machines."""

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from caviar.core.records import Notice


@dataclass(frozen=True)
class Line:
    """One line for people. On a terminal it is wrapped, under `label` where it has one, and shown in `tone`."""

    text: str = ""
    label: str = ""
    tone: str = ""


_TONES: dict[str, dict[str, Any]] = {
    "strong": {"bold": True},
    "good": {"fg": "green", "bold": True},
    "warning": {"fg": "yellow"},
}


def print_lines(lines: Iterable[Line]) -> None:
    """Print `lines`: wrapped to the terminal's width and coloured there, plain and unwrapped in a pipe."""
    terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, 110) if terminal else None
    colour = terminal and "NO_COLOR" not in os.environ
    for line in lines:
        laid_out = _laid_out(line, width)
        print(typer.style(laid_out, **_TONES[line.tone]) if colour and line.tone else laid_out)


def _laid_out(line: Line, width: int | None) -> str:
    if width is None:
        return (line.label + line.text).rstrip()
    hanging = " " * len(line.label)
    return (
        textwrap.fill(
            line.text,
            max(width, len(line.label) + 20),
            initial_indent=line.label,
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        or line.label.rstrip()
    )


def print_notices(notices: "Iterable[Notice]") -> None:
    """What reading a file had to tell, on standard error, so that a pipe gets the predictions alone."""
    for notice in notices:
        typer.echo(f"{notice.level}: {notice.text}", err=True)


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object, in ASCII so that no terminal or pipe can spoil it."""
    print(json.dumps(value, indent=1, allow_nan=False))
