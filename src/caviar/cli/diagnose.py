"""`caviar diagnose`: the diseases of a finished run, or of any model whose errors are known.

Unlike the other commands it does not go through the API: that would load PyTorch to compare a few figures.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from caviar.cli.diagnosis import of_figures, of_run
from caviar.cli.fractions import parse_fraction
from caviar.cli.output import print_json, print_lines
from caviar.cli.settings import AsJson, Debug
from caviar.core.errors import SettingsError

_MEASURED, _BESIDE = "What was measured", "What to judge it by"

Run = Annotated[
    str | None,
    typer.Argument(metavar="RUN", help="the folder of a run; or none, and the figures below", show_default=False),
]


def _option(flag: str, panel: str, text: str, metavar: str = "ERROR") -> Any:
    return typer.Option(flag, metavar=metavar, help=text, show_default=False, rich_help_panel=panel)


def diagnose(
    run: Run = None,
    train_error: Annotated[str | None, _option("--train-error", _MEASURED, "on the rows trained on")] = None,
    train_dev_error: Annotated[
        str | None, _option("--train-dev-error", _MEASURED, "on rows like train's that were not trained on")
    ] = None,
    dev_error: Annotated[str | None, _option("--dev-error", _MEASURED, "on the rows that models are chosen by")] = None,
    test_error: Annotated[
        str | None, _option("--test-error", _MEASURED, "on rows like dev's that nothing was chosen by")
    ] = None,
    rows: Annotated[
        int | None, _option("--rows", _MEASURED, "rows behind each error; without it no intervals", "NUMBER")
    ] = None,
    metric: Annotated[
        Literal["error", "rmse"] | None,
        typer.Option("--metric", help="shares of mistakes, the default, or RMSE", rich_help_panel=_MEASURED),
    ] = None,
    human_error: Annotated[
        str | None, _option("--human-error", _BESIDE, "the error a person makes: a proxy of the optimal error")
    ] = None,
    trivial_error: Annotated[
        str | None, _option("--trivial-error", _BESIDE, "of always answering the mean: 5 % of that RMSE is material")
    ] = None,
    material: Annotated[
        str | None, _option("--material", _BESIDE, "smallest bias or variance worth acting on (default 0.02)")
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Say what holds a network back, how sure that is, and what to do: of a finished RUN, or of bare errors.

    Errors may be written 0.02 or 2%. Every disease is found present, absent, or impossible to tell, and then why.

    Example: caviar diagnose --train-error 1% --dev-error 11% --human-error 0% --rows 10000
    """
    typed = {
        "train_error": train_error, "train_dev_error": train_dev_error, "dev_error": dev_error,
        "test_error": test_error, "human_error": human_error, "trivial_error": trivial_error, "material": material,
    }  # fmt: skip
    given = {name: value for name, value in typed.items() if value is not None}
    whole = {name: value for name, value in {"rows": rows, "metric": metric}.items() if value is not None}
    if run is None:
        from caviar.diagnosis.bare_figures import BareFigures

        _refuse_nothing(given | whole)
        errors = {name: _number(name, text, metric) for name, text in given.items()}
        summary, lay_out = BareFigures(**errors, **whole).summary(), of_figures  # type: ignore[arg-type]
    else:
        from caviar.diagnosis.saved_findings import summary_of_run

        _refuse_figures(run, given | whole)
        summary, lay_out = summary_of_run(Path(run)), of_run
    if as_json:
        print_json(summary)
    else:
        print_lines(lay_out(summary))


def _number(name: str, text: str, metric: str | None) -> float:
    """A share of mistakes, or an RMSE, which is no per cent."""
    if metric == "rmse" and text.strip().endswith("%"):
        raise SettingsError(
            f"--{name.replace('_', '-')} must be in the target's units with --metric rmse; got {text!r}."
        )
    return parse_fraction(text)


def _refuse_nothing(given: dict[str, Any]) -> None:
    if not given:
        raise SettingsError(
            "diagnose needs the folder of a run, such as `caviar diagnose runs/digits-1`, or figures, such as "
            "`caviar diagnose --train-error 1% --dev-error 11%`."
        )


def _refuse_figures(run: str, given: dict[str, Any]) -> None:
    if given:
        options = ", ".join("--" + name.replace("_", "-") for name in given)
        raise SettingsError(
            f"the run {run} has its own figures, so {options} would change nothing. Leave out the run or the figures."
        )
