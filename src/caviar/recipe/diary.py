"""The recipe's diary, `steps.jsonl`: what was found, what was done about it, and what that did. Notes 1.3."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caviar.core.files import append_json_line, read_json_lines
from caviar.core.progress import Progress
from caviar.core.records import Step
from caviar.recipe.trials import Trial, Tried


@dataclass
class Diary:
    """Writes steps down, each once however often a run is killed, and tells of them."""

    folder: Path
    is_regression: bool
    progress: Progress
    steps: int = 0

    def write(
        self,
        stage: str,
        finding: str,
        action: str,
        expected: str,
        effect: dict[str, Any],
        seconds: float,
        num_members: int,
        told: list[str],
    ) -> None:
        """One line of the diary, unless it was written before a kill; `told` goes to the progress."""
        step = Step(self.steps, stage, finding, action, expected, effect, round(seconds, 2), num_members)
        self.steps += 1
        path = self.folder / "steps.jsonl"
        if len(read_json_lines(path)) <= step.number:
            append_json_line(path, step.to_json())
            for line in told:
                self.progress.say(line)

    def error(self, error: float) -> str:
        """An error as it is told."""
        return f"RMSE {error:,.4g}" if self.is_regression else f"error {error:.2%}"

    def trial_lines(self, stage: str, trial: Trial, num_members: int) -> list[str]:
        """A trial, told: the control, then each candidate with its effect."""
        actions = f"{len(trial.tried)} action{'s' * (len(trial.tried) != 1)}"
        first = (
            f"{stage}: {actions} tried at once from {trial.num_seeds} seeds each ({num_members} members); "
            f"without any, dev {self.error(trial.dev_error)}"
        )
        verdicts = ["kept" if place == trial.winner else "undone" for place in range(len(trial.tried))]
        return [first, *(f"  {word}: {self._told(one)}" for word, one in zip(verdicts, trial.tried, strict=True))]

    def _told(self, one: Tried) -> str:
        found = "" if one.candidate.finding == "none" else f"{one.candidate.finding} → "
        if one.effect is None or one.dev_error is None:
            return f"{found}{one.candidate.action}: {one.why}"
        change = [one.effect.estimate, one.effect.low, one.effect.high]
        shown = [f"{each:+,.4g}" if self.is_regression else f"{100 * each:+.2f}" for each in change]
        unit = "" if self.is_regression else " points"
        return (
            f"{found}{one.candidate.action}: dev {self.error(one.dev_error)}, "
            f"{shown[0]}{unit} [{shown[1]}, {shown[2]}]; {one.why}"
        )
