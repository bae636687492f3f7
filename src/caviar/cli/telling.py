"""A finished run on standard output: as one JSON object, or as the verdict that suits the command that made it."""

from pathlib import Path
from typing import TYPE_CHECKING

from caviar.cli.output import print_json, print_lines
from caviar.cli.search_verdict import search_verdict
from caviar.cli.verdict import verdict
from caviar.core.files import read_json

if TYPE_CHECKING:
    from caviar.api import Run


def tell_run(run: "Run", as_json: bool) -> None:
    """Print the run's result as one JSON object, with its folder as `run`, or as a verdict for people."""
    if as_json:
        print_json({**run.result, "run": str(run.folder)})
        return
    told = search_verdict if run.result.get("mode") == "search" else verdict
    print_lines(told(run.result, read_json(run.folder / "data.json"), _from_here(run.folder)))


def _from_here(folder: Path) -> Path:
    """`folder` as short as it can be written: relative where it lies below the current folder."""
    absolute = folder.resolve()
    here = Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else absolute
