"""Checkpoints to rewind to: as many as the disk budget holds, the closer together the newer they are."""

import re
import time
from pathlib import Path

from caviar.recipe.checkpoints import load_cohort, save_cohort
from caviar.recipe.nudge_log import NudgeLog
from caviar.training import Cohort, Plan, TrainingData

SECONDS_BETWEEN = 0.5
"""Epochs shorter than this are not all kept: training them again is as quick as reading them."""

_NAME = re.compile(r"epoch-(\d+)-branch-(\d+)\.safetensors")


class Waypoints:
    """The cohort's states at ends of epochs, before any nudge there; each named by its epoch and the rewinds so far."""

    def __init__(self, folder: Path, log: NudgeLog, megabytes: float):
        self.folder, self.log, self.most_bytes = folder, log, megabytes * 1e6
        self._saved = -float("inf")

    def on_path(self) -> dict[int, Path]:
        """By epoch, those that are states of the run's path as it stands; others are taken away."""
        found: dict[int, Path] = {}
        for path in sorted(self.folder.glob("epoch-*.safetensors")):
            name = _NAME.fullmatch(path.name)
            if name is None:
                continue
            epoch, branch = int(name[1]), int(name[2])
            if self.log.is_on_path(epoch, branch):
                found[epoch] = path
            else:
                path.unlink()
        return found

    def save(self, cohort: Cohort, seconds: float) -> None:
        """Write this epoch's state, unless the last one was written just now; then make room."""
        if time.monotonic() - self._saved < SECONDS_BETWEEN:
            return
        name = f"epoch-{cohort.epoch:06d}-branch-{len(self.log.rewinds)}.safetensors"
        save_cohort(self.folder / name, cohort, seconds)
        self._saved = time.monotonic()
        self._make_room()

    def _make_room(self) -> None:
        """Above the budget every second one goes, counted from the newest, which stays; two stay in any case."""
        kept = [path for _, path in sorted(self.on_path().items(), reverse=True)]
        while len(kept) > 2 and sum(path.stat().st_size for path in kept) > self.most_bytes:
            for path in kept[1::2]:
                path.unlink()
            kept = kept[::2]

    def latest(self) -> int:
        """The last epoch there is a state of; 0, the first weights, where there is none."""
        return max(self.on_path(), default=0)

    def load_before(self, epoch: int, data: TrainingData, plan: Plan) -> tuple[Cohort, float] | None:
        """The latest state at `epoch` or before, and the seconds trained until then; None where there is none."""
        there = {at: path for at, path in self.on_path().items() if at <= epoch}
        return load_cohort(there[max(there)], data, plan) if there else None
