"""The files of a run folder as the report needs them: what is missing or damaged is told, never guessed at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from caviar.core.errors import RunError
from caviar.core.files import read_json, read_json_lines
from caviar.diagnosis.health import Health
from caviar.diagnosis.health_record import health_from_json
from caviar.diagnosis.intervals import Metric
from caviar.report.loose_values import mapping_of, mappings_in, number_of, pair_of, text_of
from caviar.report.run_tables import settled

PARTS = ("train", "train_dev", "dev", "test")


@dataclass(frozen=True)
class RunFiles:
    """The records of one run. A file that is not there leaves an empty value here and its reason in `missing`.

    `missing` maps a file's name to one sentence. The tables are None where their file is missing or cannot be used.
    """

    folder: Path
    result: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    test_looks: list[dict[str, Any]] = field(default_factory=list)
    config: str = ""
    history: pl.DataFrame | None = None
    members: pl.DataFrame | None = None
    predictions: pl.DataFrame | None = None
    health: Health | None = None
    more_data: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    error_analysis: dict[str, Any] = field(default_factory=dict)
    error_tags: dict[str, Any] = field(default_factory=dict)

    @property
    def is_regression(self) -> bool:
        return self.result.get("task") == "regression" or self.result.get("metric") == "rmse"

    @property
    def is_alone(self) -> bool:
        """Whether it is the run of one network (`caviar train`): no population, no recipe."""
        return self.result.get("mode") == "train"

    @property
    def metric(self) -> Metric:
        return "rmse" if self.is_regression else "error"

    @property
    def trivial_answer(self) -> str:
        """What the trivial predictor always answers; under goals with a decision threshold it is held to them too."""
        if self.is_regression:
            return "the mean"
        judged = mapping_of(mapping_of(self.result.get("judging")).get("threshold"))
        return "the class that suits the goals" if judged else "the commonest class"

    @property
    def target(self) -> str:
        return text_of(self.result.get("target") or self.data.get("target")) or "the target"

    @property
    def name(self) -> str:
        """The run's name: the last part of the folder's path when the run was made."""
        return Path(text_of(self.result.get("run")).replace("\\", "/")).name or self.folder.resolve().name

    @property
    def judged_part(self) -> str:
        """The part whose error is the verdict: test where it was measured, else dev."""
        return "dev" if self.number("test_error") is None else "test"

    def number(self, name: str) -> float | None:
        """A figure of result.json; None where it is missing."""
        return number_of(self.result.get(name))

    def interval(self, part: str) -> tuple[float, float] | None:
        """The 95 % interval of the part's error; None where it is missing."""
        return pair_of(self.result.get(f"{part}_interval"))

    def rows(self, part: str) -> int | None:
        """How many rows the part has; None where it does not exist, or where data.json does not say."""
        count = number_of(mapping_of(self.data.get("rows")).get(part))
        return None if count is None else int(count)

    def reason(self, file: str) -> str:
        """Why a file's section has nothing to show."""
        return self.missing.get(file, f"{file} holds nothing that can be shown.")


def read_run(folder: Path) -> RunFiles:
    """Read every record of a run. Raises RunError where the folder or its result.json is missing or damaged."""
    if not folder.is_dir():
        raise RunError(f"{folder} is no folder. Give the run folder that `caviar fit` made, such as runs/digits-1.")
    if not (folder / "result.json").exists():
        raise RunError(
            f"{folder / 'result.json'} is missing: the run has not finished, or the folder is no run. "
            f"`caviar resume {folder}` finishes a run that was stopped; the report follows from it."
        )
    missing: dict[str, str] = {}

    def read(name: str, how: Callable[[Path], Any], empty: Any) -> Any:
        path = folder / name
        if not path.exists():
            missing[name] = f"{name} is not in the run folder."
            return empty
        try:
            value = how(path)
        except (RunError, UnicodeDecodeError, OSError, pl.exceptions.PolarsError):
            missing[name] = f"{name} is in the run folder, but is damaged and cannot be read."
            return empty
        if empty is not None and type(value) is not type(empty):
            missing[name] = f"{name} is in the run folder, but does not hold what a run writes there."
            return empty
        return value

    try:
        result = read_json(folder / "result.json")
    except UnicodeDecodeError:
        result = None
    if not isinstance(result, dict):
        raise RunError(
            f"{folder / 'result.json'} does not hold the result of a run. Take the file from a copy of the run."
        )
    return RunFiles(
        folder,
        result,
        read("data.json", read_json, {}),
        read("environment.json", read_json, {}),
        mappings_in(read("findings.json", read_json, [])),
        mappings_in(read("steps.jsonl", read_json_lines, [])),
        mappings_in(read("test_looks.jsonl", read_json_lines, [])),
        read("config.yaml", lambda path: path.read_text(encoding="utf-8"), ""),
        settled(read("history.parquet", pl.read_parquet, None), "history.parquet", missing),
        settled(read("members.parquet", pl.read_parquet, None), "members.parquet", missing),
        settled(read("predictions.parquet", pl.read_parquet, None), "predictions.parquet", missing),
        _health(read("health.json", read_json, {}), missing),
        read("more_data.json", read_json, {}),
        missing,
        read("error_analysis.json", read_json, {}),
        read("error_tags.json", read_json, {}) if (folder / "error_tags.json").exists() else {},
    )


def _health(record: dict[str, Any], missing: dict[str, str]) -> Health | None:
    if not record:
        return None
    try:
        return health_from_json(record)
    except (KeyError, TypeError, ValueError, AttributeError):
        missing["health.json"] = "health.json is in the run folder, but does not hold what a run writes there."
        return None
