"""`caviar report RUN`: the run as one HTML file, to look at offline."""

import webbrowser
from typing import Annotated

import typer

from caviar.cli.output import Line, print_json, print_lines
from caviar.cli.settings import AsJson, Debug, RunArgument

Open = Annotated[bool, typer.Option("--open", help="open it in the browser")]


def report(run: RunArgument, open_it: Open = False, as_json: AsJson = False, debug: Debug = False) -> None:
    """Write the report of a run anew, and say where it is."""
    from caviar import api

    page = api.report(run)
    if as_json:
        print_json({"run": run, "report": str(page)})
    else:
        print_lines([Line(str(page))])
    if open_it:
        webbrowser.open(page.resolve().as_uri())
