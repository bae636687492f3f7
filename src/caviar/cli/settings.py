"""The settings of a run as options: one table, from which each command takes the rows it needs.

Names and help are those of `FitConfig`; they stand here once more because importing pydantic would make `--help` slow.
A test holds the two equal. Defaults and ranges live in `FitConfig` alone: an option that is not given is not passed on.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import typer

from caviar.cli.fractions import parse_fraction
from caviar.core.durations import parse_duration
from caviar.core.errors import SettingsError
from caviar.core.measures import parse_measure
from caviar.core.records import Task
from caviar.core.requirements import parse_requirements

DATA = "a file (.csv .tsv .parquet, also .gz; .npz) or a built-in name"


def read_data(name: str) -> str:
    """The name itself. Raises DataError where there is no such data, before anything heavy is loaded."""
    from caviar.data.source_names import check_name

    check_name(name)
    return name


DataArgument = Annotated[str, typer.Argument(metavar="DATA", help=DATA, show_default=False, callback=read_data)]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="the folder of a run, such as runs/digits-1", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object and nothing else")]
# Read in app.run(), where every error arrives; declared by each command so that its help tells of it.
Debug = Annotated[
    bool, typer.Option("--debug", help="show the traceback of an unexpected failure (or set CAVIAR_DEBUG)")
]


@dataclass(frozen=True)
class Setting:
    """One option. `kind` is what typer reads; `read` makes the setting's value of that."""

    name: str
    panel: str
    help: str
    metavar: str | None = None
    kind: Any = str
    read: Callable[[Any], Any] = lambda value: value


def read_types(pairs: list[str]) -> dict[str, str]:
    """{"age": "number"} of ["age=number"]. Raises SettingsError on anything else, or on two kinds for one column."""
    types: dict[str, str] = {}
    for pair in pairs:
        column, equals, kind = pair.rpartition("=")
        if not (column and equals and kind):
            raise SettingsError(f"--types must be COLUMN=KIND, such as --types age=category; got {pair!r}.")
        if types.setdefault(column, kind) != kind:
            raise SettingsError(
                f"--types names column {column!r} twice, as {types[column]!r} and as {kind!r}. Keep one."
            )
    return types


def read_metric(text: str) -> str:
    """The text itself. Raises SettingsError where it names no metric, before anything heavy is loaded."""
    return str(parse_measure(text))


def read_requirements(texts: list[str]) -> tuple[str, ...]:
    """As `read_metric`, for the requirements."""
    return tuple(str(requirement) for requirement in parse_requirements(texts))


_DATA, _SPLIT, WORK, _JUDGE = "What to learn from", "Train, dev and test", "How much work", "When it is good enough"

SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("target", _DATA, "the column to predict; built-in data and .npz have one already", "COLUMN"),
        Setting("task", _DATA, "inferred from the target unless set", kind=Task),
        Setting("types", _DATA, "column kinds that override the inferred ones", "COLUMN=KIND", list[str], read_types),
        Setting("missing", _DATA, "further spellings of a missing cell, besides empty, ?, NA, NaN, null", "TEXT",
                list[str], tuple),
        Setting("dev", _SPLIT, "a separate dev file", "FILE", read=read_data),
        Setting("test", _SPLIT, "a separate test file", "FILE", read=read_data),
        Setting("dev_share", _SPLIT, "share of rows for dev, instead of the rule by size", "SHARE",
                read=parse_fraction),
        Setting("test_share", _SPLIT, "share of rows for test; 0 for none", "SHARE", read=parse_fraction),
        Setting("group", _SPLIT, "rows with the same value of this column stay in one part", "COLUMN"),
        Setting("time", _SPLIT, "split by this column: train before dev before test", "COLUMN"),
        Setting("skip_unknown_labels", _SPLIT, "drop dev or test rows whose label train never saw", kind=bool),
        Setting("budget", WORK, "wall-clock budget of the whole command: 90s, 5m, 1h30m; default 5m", "TIME",
                read=parse_duration),
        Setting("members", WORK, "number of networks to train, instead of a time budget", "NUMBER", int),
        Setting("threads", WORK, "CPU threads; default all", "NUMBER", int),
        Setting("seed", WORK, "what all random draws follow from; default 0", "NUMBER", int),
        Setting("out", WORK, "the run folder to make; default runs/<data>-<number>", "FOLDER"),
        Setting("metric", _JUDGE, "what the final model is chosen by, such as f1, auc, mae; default error, or rmse",
                "METRIC[CLASS]", read=read_metric),
        Setting("require", _JUDGE, "what it must satisfy, such as recall[yes]>=80% or latency_ms<=1", "METRIC<=NUMBER",
                list[str], read_requirements),
        Setting("target_error", _JUDGE, "stop as soon as dev error is this low", "ERROR", read=parse_fraction),
        Setting("human_error", _JUDGE, "the error a person makes: a proxy of the optimal error", "ERROR",
                read=parse_fraction),
        Setting("material", _JUDGE, "smallest bias or variance worth acting on (default 0.02; regression: 5 % of the "
                "trivial predictor's error)", "ERROR", read=parse_fraction),
    )
}  # fmt: skip


def takes(*names: str | Setting) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that ends in `**settings` one option for each of `names`; it receives those that were given.

    A command may bring a Setting of its own.
    """
    chosen = [name if isinstance(name, Setting) else SETTINGS[name] for name in names]

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def called(**values: Any) -> None:
            typed = [(setting, values.pop(setting.name)) for setting in chosen]
            settings = {setting.name: setting.read(value) for setting, value in typed if _was_given(value)}
            command(**values, **settings)

        own = inspect.signature(command)
        declared = [one for one in own.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        parameters = [*declared, *(_as_parameter(setting) for setting in chosen)]
        called.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        return called

    return with_options


def _was_given(value: Any) -> bool:
    return not (value is None or value is False or value == [])


def _as_parameter(setting: Setting) -> inspect.Parameter:
    """What typer makes an option of: `--dev-share SHARE` of the setting `dev_share`."""
    option = typer.Option(
        "--" + setting.name.replace("_", "-"),
        metavar=setting.metavar,
        help=setting.help,
        show_default=False,
        rich_help_panel=setting.panel,
    )
    flag = setting.kind is bool
    return inspect.Parameter(
        setting.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if flag else None,
        annotation=Annotated[bool if flag else setting.kind | None, option],
    )
