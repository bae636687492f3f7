"""`caviar lab list | run NAME`: the claims of the notes, measured."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caviar.cli.grouped_help import GroupedHelp
from caviar.cli.output import Line, print_json, print_lines
from caviar.cli.settings import AsJson, Debug
from caviar.core.errors import SettingsError

if TYPE_CHECKING:
    from caviar.lab.experiment import Experiment

PICTURES = Path("runs/lab")

lab = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str | None, typer.Argument(metavar="NAME", help="one of `caviar lab list`", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="every experiment, one after the other")]
Seed = Annotated[int, typer.Option(metavar="NUMBER", help="what all random draws follow from")]
Out = Annotated[Path, typer.Option(metavar="FOLDER", help="where pictures and figures go: NAME.svg, NAME.json")]


@lab.callback()
def _lab() -> None:
    """Measure what the notes claim. A verdict is measured, never assumed: "does not hold" is a result too."""


@lab.command("list", cls=GroupedHelp, short_help="the experiments: name, section of the notes, claim")
def list_them(as_json: AsJson = False, debug: Debug = False) -> None:
    """List the experiments: name, section of the notes, claim."""
    from caviar.lab.registry import EXPERIMENTS

    if as_json:
        print_json({"experiments": [_described(experiment) for experiment in EXPERIMENTS.values()]})
        return
    width = max(map(len, EXPERIMENTS))
    print_lines(
        Line(one.claim, f"{one.name:<{width}}  {one.section:<10}  ") for one in EXPERIMENTS.values()
    )  # fmt: skip


@lab.command("run", cls=GroupedHelp, short_help="measure a claim, or all of them")
def run_it(
    name: Name = None,
    run_all: All = False,
    seed: Seed = 0,
    out: Out = PICTURES,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Measure a claim: figures beside the claimed ones, a verdict by a stated rule, and a picture.

    Exit code 0 whatever the verdict.
    """
    if (name is None) != run_all:
        raise SettingsError("give the name of one experiment, or --all; `caviar lab list` names them.")
    if out.exists() and not out.is_dir():
        raise SettingsError(f"--out must be a folder; {out} is a file.")
    from caviar.lab.registry import EXPERIMENTS, find

    chosen = [find(name)] if name is not None else list(EXPERIMENTS.values())
    out.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for experiment in chosen:
        outcomes.append(_measured(experiment, seed, out))
        if not as_json:
            print_lines(told(outcomes[-1]))
    if as_json:
        print_json({"experiments": outcomes} if run_all else outcomes[0])
    elif run_all:
        print_lines([Line(), *summed_up(outcomes)])


def _described(experiment: "Experiment") -> dict[str, Any]:
    return {"name": experiment.name, "section": experiment.section, "claim": experiment.claim}


def _measured(experiment: "Experiment", seed: int, out: Path) -> dict[str, Any]:
    from caviar.lab.record import write_record

    started = time.perf_counter()
    result = experiment.run(seed)
    seconds = round(time.perf_counter() - started, 2)
    outcome = _described(experiment) | {"seed": seed} | result.to_json() | {"seconds": seconds}
    return outcome | {"picture": str(write_record(out, outcome, result.picture))}


def told(outcome: dict[str, Any]) -> list[Line]:
    """One experiment for people: the claim, each figure beside the claimed one, the rule and the verdict."""
    figures = outcome["figures"]
    width = max(len(figure["what"]) for figure in figures)
    claimed = max(len(figure["claimed"]) for figure in figures)
    rows = [
        Line(f"{_mark(figure['agreement'])}", f"  {figure['what']:<{width}}  claimed {figure['claimed']:<{claimed}}"
             f"  measured {figure['measured']}  ")
        for figure in figures
    ]  # fmt: skip
    return [
        Line(f"{outcome['name']} (notes {outcome['section']}): {outcome['claim']}", tone="strong"),
        *rows,
        Line(outcome["rule"], "  Rule: "),
        Line(f"{outcome['verdict']} ({outcome['seconds']} s, {outcome['picture']})", "  Verdict: ", _tone(outcome)),
    ]


def summed_up(outcomes: list[dict[str, Any]]) -> list[Line]:
    """One line an experiment."""
    width = max(len(outcome["name"]) for outcome in outcomes)
    return [Line(outcome["verdict"], f"{outcome['name']:<{width}}  ", _tone(outcome)) for outcome in outcomes]


def _tone(outcome: dict[str, Any]) -> str:
    return "good" if outcome["verdict"] == "holds" else "warning"


def _mark(agreement: float | None) -> str:
    if agreement is None:
        return "(not judged)"
    if agreement in (0, 1):
        return "agrees" if agreement else "DISAGREES"
    return f"agrees in {100 * agreement:.0f} % of the repetitions"
