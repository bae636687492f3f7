"""One network, babysat: `babysit` trains it; what is said to it meanwhile goes through recipe/speaking.py."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from caviar.api.interruption import interruptible
from caviar.api.runs import Run, reported, source_of
from caviar.core.config import TrainConfig
from caviar.core.durations import parse_duration
from caviar.core.errors import SettingsError
from caviar.core.progress import CourseProgress
from caviar.recipe import panda
from caviar.recipe.babysitter import Attendance
from caviar.techniques.catalog import HYPERPARAMETERS


def babysit(
    data: Any,
    *,
    config: str | Path | Mapping[str, Any] | None = None,
    budget: str | float | None = None,
    progress: CourseProgress | None = None,
    attended: bool = False,
    **settings: Any,
) -> Run:
    """Train one network that can be spoken to meanwhile; Ctrl-C ends it, with the best weights.

    Args:
        data: a file, a built-in name, a polars or pandas DataFrame, or a loaded Table.
        config: a YAML file of settings, such as a run's `config.yaml`, or a mapping; what is given beside it wins.
        budget: a duration to train, such as "5m", or seconds. attended: a run that diverges waits to be rewound.
        progress: told where the work stands (core/progress.py).
        settings: hyperparameters by the catalogue's names, and fields of core/config.py's TrainConfig, such as
            `hidden`, `epochs`, `batch_norm`, `target`, `seed`, `out`.

    Raises:
        DataError, SettingsError: what must hold, what came, what to do; before anything is written.
    """
    name, source, known = source_of(data)
    given = read_settings(config) | known | settings
    given.pop("data", None)
    if budget is not None:
        given["budget_seconds"] = parse_duration(budget)
    chosen = {name: given.pop(name) for name in HYPERPARAMETERS if name in given}
    checked = TrainConfig.checked(data=name, **given | {"settings": given.get("settings", {}) | chosen})
    with interruptible() as interrupted:
        folder = panda.train(checked, progress, source, Attendance(interrupted, attended))
    return reported(folder)


def read_settings(config: str | Path | Mapping[str, Any] | None) -> dict[str, Any]:
    """Settings from a YAML file or a mapping. Raises SettingsError where there is no such file, or it holds others."""
    if config is None or isinstance(config, Mapping):
        return dict(config or {})
    try:
        read = yaml.safe_load(Path(config).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"--config {config} cannot be read ({error.strerror}). Give a YAML file.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"--config {config} is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(read, dict):
        raise SettingsError(f"--config {config} must hold settings by name, such as `learning_rate: 0.01`.")
    command = read.pop("command", TrainConfig.command)
    if command != TrainConfig.command:
        raise SettingsError(f"--config {config} belongs to a `caviar {command}`; give that of a `caviar train`.")
    read.pop("out", None)
    return read
