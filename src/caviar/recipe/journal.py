"""The run's memory of its own decisions, so that a killed run goes on as if nothing had happened.

Whatever depends on the clock or takes long passes through `once`: the first time it is computed and written down, after
a kill the written answer is taken. The code of the recipe then simply runs again from the top, and arrives where it
was.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from caviar.core.files import append_json_line, read_json_lines
from caviar.recipe.budget import Budget


class Journal:
    """Answers by name, one JSON line each, with the moment they were known.

    Args:
        path: the `.jsonl` file; existing lines are remembered.
        budget: is moved on to each remembered moment.
    """

    def __init__(self, path: Path, budget: Budget):
        self._path, self._budget = path, budget
        self._known = {line["name"]: line for line in read_json_lines(path)}

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """The answer remembered under `name`; else compute it (anything JSON can hold), write it down and return it."""
        if name in self._known:
            self._budget.resume_at(self._known[name]["seconds"])
            return self._known[name]["answer"]
        line = {"name": name, "answer": compute(), "seconds": self._budget.elapsed}
        append_json_line(self._path, line)
        self._known[name] = line
        return line["answer"]
