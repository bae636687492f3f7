"""`caviar predict RUN DATA`: a prediction for each row, in the same order; the target column is not needed."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caviar.cli.figures import counted
from caviar.cli.output import Line, print_json, print_lines, print_notices
from caviar.cli.settings import AsJson, DataArgument, Debug, RunArgument
from caviar.core.errors import SettingsError, nearest
from caviar.core.files import write_atomically

if TYPE_CHECKING:
    from polars import DataFrame

ROWS_ON_A_TERMINAL = 20
FORMATS = (".csv", ".tsv", ".parquet")

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="write them there instead of printing CSV (.csv .tsv .parquet)"),
]


def predict(
    run: RunArgument,
    data: DataArgument,
    out: Out = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Predict each row of DATA with a run's model: labels with probabilities, or numbers with an interval.

    Columns may come in any order, and further ones are ignored. Without --out the predictions go to standard output
    as CSV: all of them in a pipe, the first 20 on a terminal.
    """
    if out is not None:
        check_place(out, data)
    from caviar import api

    opened = api.open_run(run)
    predictions = opened.predict(data)
    print_notices(opened.notices)
    told = {"run": run, "rows": len(predictions), "notices": [asdict(notice) for notice in opened.notices]}
    if out is not None:
        write_atomically(out, lambda draft: _write(predictions, draft, out.suffix.lower()))
        if as_json:
            print_json({**told, "out": str(out)})
        else:
            print_lines([Line(f"{counted(len(predictions), 'prediction')} in {out}")])
    elif as_json:
        print_json({**told, "predictions": predictions.to_dicts()})
    else:
        _print_csv(predictions)


def check_place(out: Path, data: str) -> None:
    """Refuse a place that cannot be written, before any work. Raises SettingsError."""
    if out.suffix.lower() not in FORMATS:
        hint = nearest(out.suffix, FORMATS)
        raise SettingsError(f"--out must end in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}; got {str(out)!r}.{hint}")
    if not out.parent.is_dir():
        raise SettingsError(
            f"the folder {str(out.parent)!r} of --out does not exist. Make it, or choose another place."
        )
    if out.is_dir():
        raise SettingsError(f"--out {str(out)!r} is a folder. Name a file in it.")
    if out.exists() and Path(data).exists() and out.samefile(data):
        raise SettingsError(f"--out {str(out)!r} is the file to predict from, and would be lost. Choose another name.")


def _write(predictions: "DataFrame", draft: Path, suffix: str) -> None:
    if suffix == ".parquet":
        predictions.write_parquet(draft)
    else:
        predictions.write_csv(draft, separator="\t" if suffix == ".tsv" else ",")


def _print_csv(predictions: "DataFrame") -> None:
    """CSV in UTF-8, whatever the terminal's own encoding, so that a pipe gets what a file would hold."""
    terminal = sys.stdout.isatty()
    shown = predictions.head(ROWS_ON_A_TERMINAL) if terminal else predictions
    sys.stdout.flush()
    sys.stdout.buffer.write(shown.write_csv().encode("utf-8"))
    sys.stdout.buffer.flush()
    if len(shown) < len(predictions):
        hidden = counted(len(predictions) - len(shown), "further row")
        typer.secho(f"… and {hidden}: --out predictions.csv writes them all.", err=True)
