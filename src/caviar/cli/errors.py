"""`caviar errors RUN`: which mistakes the model makes, in what slices, and what a person's tags and labels say.

Like `diagnose` it does not go through the API: that would load PyTorch, and the mistakes are written down already.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from caviar.cli.error_words import told
from caviar.cli.output import print_json, print_lines
from caviar.cli.settings import AsJson, Debug, RunArgument


def errors(
    run: RunArgument,
    part: Annotated[Literal["dev", "test"], typer.Option("--part", help="whose rows to look at")] = "dev",
    write_sheet: Annotated[
        Path | None,
        typer.Option(
            "--write-sheet", metavar="FILE", help="write random mistakes into a table, to tag them by hand (.csv)"
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", metavar="NUMBER", min=1, help="how many mistakes the sheet holds at most")
    ] = 100,
    tags: Annotated[
        Path | None,
        typer.Option("--tags", metavar="FILE", help="read that sheet back, with its tags and correct labels"),
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Say which mistakes a run's model makes, where they gather, and what mending each kind could bring.

    --write-sheet writes mistakes into a table with two empty columns: `tags` (several are separated by ;) and
    `correct_label` (empty where the given label is right). Fill them in, and --tags makes a table of the mistakes by
    tag with the ceiling of each, and says whether wrong labels are worth mending now.

    Example: caviar errors runs/adult-1 --write-sheet sheet.csv; then caviar errors runs/adult-1 --tags sheet.csv
    """
    from caviar.recipe.error_look import look_at_errors

    look = look_at_errors(Path(run), part, tags=tags, new_sheet=write_sheet, most=most)
    page = None
    if write_sheet is not None and look.analysis.picture is not None:
        from caviar.report.sheet_page import write_sheet_page

        page = write_sheet_page(write_sheet, asdict(look.analysis.picture))
    if as_json:
        print_json(look.to_json())
    else:
        print_lines(told(look, write_sheet, page))
