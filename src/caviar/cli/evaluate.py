"""`caviar evaluate RUN DATA`: the error of a run's model on labelled rows. Every look is counted in the run."""

from typing import Annotated, Any

import typer

from caviar.cli.figures import counted, shown_error, shown_interval
from caviar.cli.judged import rows, table
from caviar.cli.output import Line, print_json, print_lines, print_notices
from caviar.cli.settings import AsJson, DataArgument, Debug, RunArgument, read_metric

Metric = Annotated[
    str | None,
    typer.Option("--metric", metavar="METRIC[CLASS]", help="a further metric, such as f1, recall[yes], auc, mae"),
]
SkipUnknown = Annotated[bool, typer.Option("--skip-unknown-labels", help="drop rows whose label training never saw")]


def evaluate(
    run: RunArgument,
    data: DataArgument,
    metric: Metric = None,
    skip_unknown_labels: SkipUnknown = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Measure the error of a run's model on DATA, which has the target column; and what the run was judged by.

    Each look is written down in the run: a model chosen by looking at the same rows often fits them by chance.
    """
    further = {} if metric is None else {"metric": read_metric(metric)}
    from caviar import api

    opened = api.open_run(run)
    outcome = opened.evaluate(data, skip_unknown_labels=skip_unknown_labels, **further)
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
    if (judging := outcome.get("judging")) is not None:
        lines += table(rows(judging, ["rows"]), ["rows"])
        lines += [Line(judging["told"])] if judging["told"] else []
    looks = outcome["test_looks"]
    if looks > 1:
        lines.append(Line(f"Look number {looks} of this run at test rows: choosing by them wears the figure out."))
    return lines
