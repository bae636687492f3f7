"""The command `caviar`: its commands, its exit codes, and the one place where errors become messages.

Exit codes: 0 done, 1 failed, 2 bad input or misuse, 130 stopped with Ctrl-C.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from caviar import __version__
from caviar.cli.catalog import catalog
from caviar.cli.check import check
from caviar.cli.diagnose import diagnose
from caviar.cli.errors import errors
from caviar.cli.evaluate import evaluate
from caviar.cli.fit import fit
from caviar.cli.grouped_help import GroupedHelp
from caviar.cli.lab import lab
from caviar.cli.nudge import nudge
from caviar.cli.output import print_json
from caviar.cli.pause import pause, unpause
from caviar.cli.predict import predict
from caviar.cli.report import report
from caviar.cli.resume import resume
from caviar.cli.rewind import rewind
from caviar.cli.search import search
from caviar.cli.stopping import Stopped
from caviar.cli.train import train
from caviar.core.errors import CaviarError

DONE, FAILED, MISUSE, STOPPED = 0, 1, 2, 130

app = typer.Typer(
    name="caviar",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command, in_short in (
    (fit, "the whole recipe: search, diagnose, act, report"),
    (search, "many networks with random settings, the best kept"),
    (train, "one network, babysat: live curves, changed while it trains"),
    (nudge, "change settings of a network in training"),
    (pause, "let a network in training stand still"),
    (unpause, "let a paused one go on"),
    (rewind, "take a network in training back to an earlier epoch"),
    (resume, "go on with a run that was stopped or killed"),
    (predict, "a prediction for each row of a file"),
    (evaluate, "the error of a run's model on labelled rows"),
    (report, "the run as one HTML file"),
    (diagnose, "what holds a run back, or any model by its errors"),
    (errors, "which mistakes a run makes, where, and what mending them would bring"),
    (check, "what is wrong with the data, before any training"),
    (catalog, "techniques and hyperparameters: formula, range, rank"),
):
    app.command(cls=GroupedHelp, short_help=in_short)(command)
app.add_typer(lab, name="lab", short_help="the claims of the notes, measured")


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"caviar {__version__}")
        raise typer.Exit


@app.callback(epilog="`caviar COMMAND --help` lists a command's options.")
def caviar(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Train many neural networks as one program, learn what holds the best one back, and take the next step.

    Start with: caviar fit digits --budget 60s
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error ends here, as a message on standard error.

    With `--json` among the arguments the message also goes to standard output, as {"error": message}.
    """
    as_json = "--json" in arguments
    try:
        code = app(args=list(arguments), prog_name="caviar", standalone_mode=False)
    except CaviarError as error:
        return _refuse(str(error), MISUSE, as_json)
    except typer.TyperException as error:  # an unknown option, a missing argument: typer knows how to show the usage
        error.show()  # type: ignore[attr-defined]
        if as_json:
            print_json({"error": error.format_message()})
        return error.exit_code
    except Stopped as stopped:
        return _refuse(str(stopped), STOPPED, as_json)
    except Exception as error:
        if "--debug" in arguments or os.environ.get("CAVIAR_DEBUG"):
            traceback.print_exc()
        told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return _refuse(f"Caviar failed: {told}\nAgain with --debug, it shows where.", FAILED, as_json)
    if code == STOPPED:  # typer turns Ctrl-C into a code where a command does not
        return _refuse("Stopped.", STOPPED, as_json)
    return code if isinstance(code, int) else DONE


def _refuse(message: str, code: int, as_json: bool) -> int:
    typer.secho(message, err=True)
    if as_json:
        print_json({"error": message})
    return code


def main() -> None:
    """The entry point of `caviar` and `python -m caviar`."""
    sys.exit(run(sys.argv[1:]))
