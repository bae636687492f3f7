"""Speaking to a run in training from another process: `nudge`, `pause`, `unpause`, `rewind`.

PyTorch is loaded for a nudge alone, whose ranges stand in the catalogue: a command should answer at once.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caviar.core.config import TrainConfig
from caviar.core.errors import RunError, SettingsError
from caviar.core.files import read_json
from caviar.recipe.folder import read_config
from caviar.recipe.nudge_log import Event, NudgeLog
from caviar.recipe.requests import is_training, pending, send
from caviar.recipe.standing import Standing

PATIENCE_SECONDS, LOOK_SECONDS = 3.0, 0.05


@dataclass(frozen=True)
class Reply:
    """What came of a wish: the event that answers it, or None where the epoch that is under way has not ended yet.

    epoch: the last one that the run has told of. changes: of a nudge, what it will do: by name the old and new value.
    """

    event: Event | None
    epoch: int
    changes: dict[str, tuple[Any, Any]]


def nudge(run: str | Path, nudges: Sequence[str], patience: float | None = None) -> Reply:
    """Change settings of a run in training from its next epoch on: "learning_rate=x0.5", "drop_rate=0.2".

    Returns:
        The answer, for which at most `patience` seconds are waited, 3 unless given.

    Raises:
        SettingsError: no such setting, one that cannot be nudged, or a value out of its range; nothing is changed.
        RunError: no run of `caviar train`, or one that is not in training.
    """
    folder, standing, config = _in_training(run)
    from caviar.recipe.nudges import nudged, parse_nudge  # loads PyTorch

    if not nudges:
        raise SettingsError("nothing to nudge: give NAME=VALUE, such as learning_rate=x0.5 or drop_rate=0.2.")
    parsed = [parse_nudge(text) for text in nudges]
    before = standing.values | _waiting(folder, standing, config)
    after = nudged(before, parsed, config, standing.task)
    changes = {name: (before[name], value) for name, value in after.items()}
    return _sent(folder, patience, changes, "nudge", nudges=[str(one) for one in parsed])


def pause(run: str | Path, patience: float | None = None) -> Reply:
    """Let a run stand still after the present epoch. Errors as of `nudge`."""
    return _paused(run, patience, "pause")


def unpause(run: str | Path, patience: float | None = None) -> Reply:
    """Let a paused run go on. Errors as of `nudge`."""
    return _paused(run, patience, "unpause")


def rewind(run: str | Path, to_epoch: int, patience: float | None = None) -> Reply:
    """Take a run back to the end of an epoch, 0 for its start: its path from there is the same, bit for bit.

    Nudges that acted after that epoch are undone. Errors as of `nudge`.
    """
    folder, standing, _ = _in_training(run)
    if to_epoch < 0:
        raise SettingsError(f"--to-epoch must be at least 0, the start; got {to_epoch}.")
    if to_epoch > standing.values["epochs"]:
        raise SettingsError(
            f"--to-epoch must not lie after the last epoch, {standing.values['epochs']}; got {to_epoch}."
        )
    return _sent(folder, patience, {}, "rewind", to_epoch=to_epoch)


def _paused(run: str | Path, patience: float | None, kind: str) -> Reply:
    folder, _, _ = _in_training(run)
    waiting = [content["kind"] for _, content in pending(folder) if content["kind"] in ("pause", "unpause")]
    paused = waiting[-1] == "pause" if waiting else NudgeLog(folder).paused
    if paused == (kind == "pause"):
        raise SettingsError(f"{folder} is {'paused already' if paused else 'not paused'}.")
    return _sent(folder, patience, {}, kind)


def _in_training(run: str | Path) -> tuple[Path, Standing, TrainConfig]:
    """The run's folder, how it stands, and its configuration. Raises RunError where nobody would listen."""
    folder = Path(run)
    config = read_config(folder)
    if not isinstance(config, TrainConfig):
        raise RunError(
            f"{folder} is a run of `caviar {config.command}`, which trains many networks: nobody listens there."
        )
    if (folder / "result.json").exists():
        raise RunError(f"{folder} has finished: nothing is left to change. Train again with `caviar train`.")
    if not is_training(folder):
        raise RunError(f"{folder} is not in training: its process has ended. `caviar resume {folder}` goes on with it.")
    if not (folder / "standing.json").exists():
        raise RunError(f"{folder} has only just begun: it listens from its first epoch on. Say it again in a moment.")
    return folder, Standing.from_json(read_json(folder / "standing.json")), config


def _waiting(folder: Path, standing: Standing, config: TrainConfig) -> dict[str, Any]:
    """What nudges will have changed that still wait for their epoch to end."""
    from caviar.recipe.nudges import nudged, parse_nudge

    changed: dict[str, Any] = {}
    for _, content in pending(folder):
        if content["kind"] == "nudge":
            parsed = [parse_nudge(text) for text in content["nudges"]]
            changed |= nudged(standing.values | changed, parsed, config, standing.task)
    return changed


def _sent(
    folder: Path, patience: float | None, changes: dict[str, tuple[Any, Any]], kind: str, **content: Any
) -> Reply:
    """Leave the request, and wait a moment for what comes of it."""
    name = send(folder, kind, **content)
    until = time.monotonic() + (PATIENCE_SECONDS if patience is None else patience)
    while True:
        event = NudgeLog(folder).answered(name)
        if event is not None and event.kind == "refused":
            raise SettingsError(event.reason)
        if event is not None or time.monotonic() >= until:
            return Reply(event, Standing.from_json(read_json(folder / "standing.json")).epoch, changes)
        if not is_training(folder):
            raise RunError(f"{folder} ended before it could answer.")
        time.sleep(LOOK_SECONDS)
