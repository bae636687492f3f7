"""The run's folder: where it is made, what identifies it, and refusing to go on with other data or settings."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from caviar.core.config import FitConfig, RunConfig, SearchConfig
from caviar.core.environment import environment
from caviar.core.errors import RunError, SettingsError
from caviar.core.files import append_json_line, read_json, read_json_lines, write_json, write_text


def new_folder(config: RunConfig) -> Path:
    """Make the run's folder: `config.out`, or runs/<data>-<number>. A folder with files in it is never touched."""
    if config.out is not None:
        folder = Path(config.out)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SettingsError(
                f"{folder} exists already and is not empty. Choose another --out, or continue it with "
                f"`caviar resume {folder}`."
            )
        folder.mkdir(parents=True, exist_ok=True)
    else:
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(config.data).name.split(".")[0]).strip("-") or "data"
        number = 1
        while True:
            folder = Path("runs") / f"{name}-{number}"
            try:
                folder.mkdir(parents=True)
                break
            except FileExistsError:
                number += 1
    (folder / "checkpoints").mkdir(exist_ok=True)
    return folder


def write_config(folder: Path, config: RunConfig) -> None:
    """Every setting with its default resolved, in YAML, after the command that they are for."""
    settings = {"command": config.command, **config.model_dump(mode="json")}
    write_text(folder / "config.yaml", yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))


def read_config(folder: Path) -> FitConfig | SearchConfig:
    """Raises RunError where this is no run folder, SettingsError where the file was changed to something wrong."""
    path = folder / "config.yaml"
    if not path.exists():
        raise RunError(f"{folder} is no run folder: it has no config.yaml. Give a folder that `caviar fit` made.")
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    search = settings.pop("command", "fit") == SearchConfig.command
    return SearchConfig.checked(**settings) if search else FitConfig.checked(**settings)


def write_environment(folder: Path, threads: int) -> None:
    """Versions and machine, as far as they decide whether the same bits come out again."""
    write_json(folder / "environment.json", environment(threads))


def check_same_data(folder: Path, description: dict[str, Any]) -> None:
    """Refuse to go on with other data than the run began with, or with other parts of them."""
    before = read_json(folder / "data.json")
    was, now = before["fingerprint"][:16], description["fingerprint"][:16]
    if was != now:
        raise RunError(
            f"{before['source']} has changed since this run began: its fingerprint was {was}…, now it is {now}…. "
            "Bring the old file back, or start a new run with `caviar fit`."
        )
    if before["rows"] != description["rows"]:
        raise RunError(
            f"the parts of this run were {before['rows']}, now they are {description['rows']}: a separate dev or test "
            "file has changed. Bring the old file back, or start a new run with `caviar fit`."
        )


def note_test_look(folder: Path, by: str, rows: int, error: float) -> int:
    """Count a look at labelled test rows; returns how many there were."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    append_json_line(folder / "test_looks.jsonl", {"when": when, "by": by, "rows": rows, "error": error})
    return len(read_json_lines(folder / "test_looks.jsonl"))
