"""The recipe's diary, `steps.jsonl`: what was found, what was done about it, and what that did. Notes 1.3."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from caviar.core.files import append_json_line, read_json_lines
from caviar.core.progress import Progress
from caviar.core.records import Step


@dataclass
class Diary:
    """Writes steps down, each once however often a run is killed, and tells of them. `steps`: how many so far."""

    folder: Path
    progress: Progress
    steps: int = 0

    def write(self, step: Step, told: Sequence[str]) -> None:
        """One line of the diary, unless it was written before a kill; `told` goes to the progress."""
        assert step.number == self.steps
        self.steps += 1
        path = self.folder / "steps.jsonl"
        if len(read_json_lines(path)) <= step.number:
            append_json_line(path, step.to_json())
            for line in told:
                self.progress.say(line)
