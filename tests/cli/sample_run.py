"""Records of a finished run, as `result.json` and `data.json` hold them, and an api that does no work."""

import json
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import polars as pl

from caviar.core.records import Finding


def as_read(finding: Finding) -> dict[str, Any]:
    """The finding as it comes back out of a JSON file."""
    return dict(json.loads(json.dumps(finding.to_json())))


VARIANCE = as_read(Finding("high-variance", "present", "high", 0.9, "dev error is 5.1 points above train error."))
BIAS_UNKNOWN = as_read(Finding("high-bias", "cannot-tell", "low", 0.0, "no reference bounds what is reachable."))

RESULT: dict[str, Any] = {
    "run": "runs/digits-1", "task": "multiclass", "metric": "error", "target": "digit",
    "train_error": 0.001, "dev_error": 0.052, "test_error": 0.0167,
    "train_interval": [0.0002, 0.004], "dev_interval": [0.03, 0.08], "test_interval": [0.0081, 0.0352],
    "reference_errors": {"trivial": 0.8992, "boosting": 0.0397}, "reference_part": "test",
    "reference_dev_errors": {"trivial": 0.9, "boosting": 0.04}, "human_error": None,
    "findings": [VARIANCE], "unanswered": [BIAS_UNKNOWN], "next_action": "Bring more rows.",
    "members_trained": 47, "seconds": 58.3, "stopped_because": "budget", "seed": 0, "ensemble_size": 5,
    "right_tool": "A network is the right tool here.", "test_looks": 1,
}  # fmt: skip

DATA: dict[str, Any] = {
    "source": "digits", "task": "multiclass", "target": "digit", "classes": [str(digit) for digit in range(10)],
    "rows": {"train": 1079, "dev": 359, "test": 359},
    "columns": [{"name": "x", "used": False}, {"name": "y", "used": True}, {"name": "z", "used": True}],
    "notices": [],
}  # fmt: skip

REGRESSION: dict[str, Any] = {
    "task": "regression", "metric": "rmse", "target": "price",
    "train_error": 40_123.4, "dev_error": 48_000.0, "test_error": 49_500.2, "test_interval": [48_100.0, 50_900.0],
    "reference_errors": {"trivial": 115_000.0, "boosting": 48_100.0}, "human_error": 30_000.0,
}  # fmt: skip

SEARCH_RESULT: dict[str, Any] = RESULT | {
    "mode": "search", "members_trained": 2000, "ensemble_size": 1, "stopped_because": "members",
    "memory": "2,000 members of 4 structures: 1.2 GB at once in 8 groups, 24 GB free.",
    "importance": {"structure": 0.73, "learning_rate": 0.24, "l2": 0.0},
    "best_members": [
        {"member": 7, "structure": "256 relu", "dev_error": 0.0028, "best_epoch": 5,
         "settings": {"learning_rate": 0.01750, "l2": 0}},
        {"member": 1204, "structure": "64-64 relu", "dev_error": 0.0056, "best_epoch": 4,
         "settings": {"learning_rate": 0.02, "l2": 0.5}},
    ],
    "next_space": {"learning_rate": "0.005 to 0.03, log scale", "l2": "0 (81%), or 0.001 to 1, log scale"},
    "next_command": "caviar search digits --space runs/digits-1/next_space.yaml",
}  # fmt: skip

PREDICTIONS = pl.DataFrame({"prediction": ["0", "é"], "probability.0": [0.75, 0.25], "probability.é": [0.25, 0.75]})


class FakeApi(ModuleType):
    """Stands where caviar.api does: notes every call, and raises `error` instead of answering where one is set."""

    def __init__(self, folder: Path):
        super().__init__("caviar.api")
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.error: BaseException | None = None
        self.notices: list[Any] = []
        self.predictions = PREDICTIONS
        self.evaluation = {
            "rows": 1000, "metric": "error", "error": 0.129, "interval": [0.11, 0.15], "test_looks": 3
        }  # fmt: skip
        self.run = SimpleNamespace(
            folder=folder,
            result=dict(RESULT),
            predict=self._noting("predict"),
            evaluate=self._noting("evaluate"),
            notices=(),
        )

    def _noting(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            self.calls.append((name, arguments, options))
            if self.error is not None:
                raise self.error
            answers = {
                "predict": self.predictions, "evaluate": self.evaluation, "check": self.notices,
                "report": self.run.folder / "report.html",
            }  # fmt: skip
            return answers.get(name, self.run)

        return call

    def __getattr__(self, name: str) -> Any:
        if name in ("fit", "search", "resume", "open_run", "report", "check"):
            return self._noting(name)
        raise AttributeError(name)

    def call_of(self, name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Arguments of the only call of `name`."""
        [found] = [(arguments, options) for called, arguments, options in self.calls if called == name]
        return found


def write_records(folder: Path, **changes: Any) -> None:
    """Write `data.json`, the one file that the verdict reads for itself."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.json").write_text(json.dumps(DATA | changes), encoding="utf-8")
