"""Runs: `fit` makes one, `resume` goes on with one, `open_run` opens it, `report` writes its page."""

from pathlib import Path
from typing import Any

import polars as pl
import torch

from caviar.api.interruption import interruptible
from caviar.core.config import FitConfig, SearchConfig, TrainConfig
from caviar.core.durations import parse_duration
from caviar.core.errors import SettingsError
from caviar.core.files import read_json
from caviar.core.progress import CourseProgress, Progress
from caviar.core.records import Finding, Notice
from caviar.data.check import check as check_table
from caviar.data.schema import read_like
from caviar.data.tables import Table, load
from caviar.diagnosis.error_rate import ErrorRate
from caviar.recipe import fit as recipe
from caviar.recipe import panda, search_run
from caviar.recipe.babysitter import Attendance
from caviar.recipe.error_look import ErrorLook, look_at_errors
from caviar.recipe.folder import note_test_look, read_config
from caviar.recipe.goals import Goals, rarest_class, settled_goals
from caviar.recipe.judged_results import evaluation_record
from caviar.recipe.model import Model
from caviar.report import write_report

__all__ = ["Run", "check", "fit", "load", "open_run", "report", "reported", "resume", "source_of"]

DEFAULT_BUDGET = "5m"


class Run:
    """A finished run: its folder, its result, and its model, which is read when first needed.

    Attributes:
        folder: the run's folder. result: the content of `result.json`.
        notices: what reading the file of the last `predict` or `evaluate` had to tell: cells that count as missing,
            columns that were ignored.
        findings: the diseases that were found present, the gravest first.
    """

    def __init__(self, folder: str | Path):
        """Raises RunError where the folder is missing or the run was not finished."""
        self.folder = Path(folder)
        read_config(self.folder)
        self.result: dict[str, Any] = read_json(self.folder / "result.json")
        self.findings = [Finding.from_json(finding) for finding in self.result["findings"]]
        self.notices: tuple[Notice, ...] = ()
        self._model: Model | None = None

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    @property
    def model(self) -> Model:
        """The ensemble behind its preprocessing."""
        self._model = self._model or Model.load(self.folder)
        return self._model

    def predict(self, source: Any) -> pl.DataFrame:
        """Predictions for the rows of a file, DataFrame or Table, in their order; the target column is not needed.

        Returns:
            `prediction`, then `probability.<label>` for each class, or `low` and `high`, the ends of an 80 % interval.

        Raises:
            DataError: a column that the model needs is missing, or the file cannot be read.
        """
        table = read_like(source, self.model.schema, target_needed=False)
        return self.model.predictions(self._features(table))

    def evaluate(self, source: Any, skip_unknown_labels: bool = False, metric: str | None = None) -> dict[str, Any]:
        """The error on labelled rows, with its 95 % interval. Every such look is counted in the run.

        Args:
            metric: a further one to measure, such as "f1", "recall[yes]" or "mae" (core/measures.py lists them).

        Returns:
            `rows`, `metric`, `error` (a fraction, or RMSE in target units), `interval`, `test_looks`. With a `metric`,
            or where the run was given one or requirements, `judging` too: the `metric`, its `value` and `interval`
            under `rows`, the same of each of the `requirements`, and whether all are `satisfied`.

        Raises:
            SettingsError: there is no such metric, or not for this target.
        """
        goals = self._goals(metric)
        table = read_like(source, self.model.schema, target_needed=True, skip_unknown_labels=skip_unknown_labels)
        features, raw = self._features(table), self.model.coder.raw(table)
        unit = self.result["metric"]
        rate = ErrorRate.from_rows(self.model.row_errors(features, raw), unit)
        looks = note_test_look(self.folder, "evaluate", len(table), rate.estimate)
        interval = [rate.interval.low, rate.interval.high]
        found = {"rows": len(table), "metric": unit, "error": rate.estimate, "interval": interval, "test_looks": looks}
        if goals is not None:
            found["judging"] = evaluation_record(goals, self.model, self.model.answers(features, raw))
        return found

    def _goals(self, metric: str | None) -> Goals | None:
        """The run's own requirements, and the metric asked for, else the run's own; None where there is neither."""
        judging = self.result.get("judging", {})
        if not judging and metric is None:
            return None
        rarest = ""
        if metric is not None and self.model.coder.task != "regression":
            counts = read_json(self.folder / "data.json")["class_counts"]["train"]
            rarest = rarest_class(self.model.coder.classes, [counts[label] for label in self.model.coder.classes])
        required = [one["requirement"] for one in judging.get("requirements", [])]
        return settled_goals(metric or judging["metric"], required, self.model.coder, rarest)

    def errors(self, part: str = "dev", tags: str | Path | None = None) -> ErrorLook:
        """The mistakes on dev rows (or test rows; that look is counted): slices, confusions, single rows.

        Args:
            tags: a sheet of mistakes that a person filled in (`caviar errors RUN --write-sheet`), to be read back.

        Returns:
            `analysis` (slices, answers, confusions, worst, typical), and `tags` and `corrections` of the sheet.
        """
        return look_at_errors(self.folder, part, tags=None if tags is None else Path(tags))

    def _features(self, table: Table) -> torch.Tensor:
        self.notices = (*table.notices, *self.model.preprocessor.unseen(table.frame))
        return torch.tensor(self.model.preprocessor.transform(table.frame))


def fit(
    data: Any,
    *,
    budget: str | float | None = None,
    members: int | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Run:
    """The whole recipe: split, normalise, search, diagnose, act, and report, within a budget.

    Args:
        data: a file, a built-in name, a polars or pandas DataFrame, or a loaded Table.
        budget: a duration such as "5m" (the default) or seconds. members: a number of networks instead, for runs that
            repeat exactly.
        progress: told where the work stands (core/progress.py).
        settings: further fields of core/config.py's FitConfig, such as `target`, `seed`, `test`, `human_error`, `out`.

    Raises:
        DataError, SettingsError: what must hold, what came, what to do; before anything is written.
    """
    if budget is not None and members is not None:
        raise SettingsError(
            "give a budget or a number of members, not both: a run ends when the one you give is used up."
        )
    seconds = None if members is not None else parse_duration(DEFAULT_BUDGET if budget is None else budget)
    name, source, known = source_of(data)
    config = FitConfig.checked(data=name, budget_seconds=seconds, members=members, **(known | settings))
    return reported(recipe.fit(config, progress, source))


def resume(run: str | Path, progress: CourseProgress | None = None, attended: bool = False) -> Run:
    """Finish a run that was killed; no finished member is trained again. A finished run comes back as it is.

    `attended`: as of `babysit`, for a run of it.
    """
    folder = Path(run)
    config = read_config(folder)
    if isinstance(config, TrainConfig):
        with interruptible() as interrupted:
            return reported(panda.resume(folder, progress, None, Attendance(interrupted, attended)))
    again = search_run.resume if isinstance(config, SearchConfig) else recipe.resume
    return reported(again(folder, progress))


def source_of(data: Any) -> tuple[str, Any, dict[str, Any]]:
    """The data's name for the configuration; themselves, where they are no file; and what a Table knows already."""
    if isinstance(data, Table):
        return data.source, data, {"target": data.target, "task": data.task}
    return (str(data), None, {}) if isinstance(data, str | Path) else ("dataframe", data, {})


def reported(folder: Path) -> Run:
    """A finished run with its page."""
    write_report(folder)
    return Run(folder)


def open_run(path: str | Path) -> Run:
    """A finished run by its folder."""
    return Run(path)


def report(run: Run | str | Path) -> Path:
    """Write the run's `report.html` anew; returns its path."""
    return write_report(run.folder if isinstance(run, Run) else Path(run))


def check(data: Any, target: str | None = None, **options: Any) -> list[Notice]:
    """What is wrong with the data, before any training. `options` are those of `load`."""
    table = data if isinstance(data, Table) else load(data, target, **options)
    return check_table(table)
