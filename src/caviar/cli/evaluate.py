"""`caviar evaluate RUN DATA`: the error of a run's model on labelled rows. Every look is counted in the run."""

from typing import Annotated, Any

import typer

from caviar.cli.figures import counted, shown_error, shown_interval
from caviar.cli.output import Line, print_json, print_lines, print_notices
from caviar.cli.settings import AsJson, DataArgument, Debug, RunArgument

SkipUnknown = Annotated[bool, typer.Option("--skip-unknown-labels", help="drop rows whose label training never saw")]


def evaluate(
    run: RunArgument,
    data: DataArgument,
    skip_unknown_labels: SkipUnknown = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Measure the error of a run's model on DATA, which has the target column.

    Each look is written down in the run: a model chosen by looking at the same rows often fits them by chance.
    """
    from caviar import api

    opened = api.open_run(run)
    outcome = opened.evaluate(data, skip_unknown_labels=skip_unknown_labels)
    print_notices(opened.notices)
    if as_json:
        print_json(outcome)
    else:
        print_lines(told(data, outcome))


def told(data: str, outcome: dict[str, Any]) -> list[Line]:
    """The error with its interval, and how often this run has been judged on labelled rows."""
    metric = outcome["metric"]
    name = "error" if metric == "error" else "RMSE"
    within = f" (95 % interval {shown_interval(outcome['interval'], metric)})"
    figure = f"{name} {shown_error(outcome['error'], metric)}{within} on {counted(outcome['rows'], 'row')}"
    lines = [Line(f"{data}: {figure}", tone="strong")]
    looks = outcome["test_looks"]
    if looks > 1:
        lines.append(Line(f"Look number {looks} of this run at test rows: choosing by them wears the figure out."))
    return lines
