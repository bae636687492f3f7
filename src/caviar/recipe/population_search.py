"""A population over a space: a few structures, many settings in each, all trained to the end. Notes 3.1 to 3.3.

What `caviar search` does: no loop, no cuts; the best member is the model, and the space is zoomed for a next search.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from caviar.core.config import SearchConfig
from caviar.core.errors import RunError
from caviar.core.files import append_json_line, read_json_lines
from caviar.core.progress import Progress
from caviar.core.records import Step
from caviar.diagnosis.references import FittedReference
from caviar.population.settings import Settings
from caviar.recipe.budget import Budget
from caviar.recipe.cohorts import KEPT_WEIGHTS, CohortPlan, CohortTrainer
from caviar.recipe.ensemble import Ensemble, Pool
from caviar.recipe.journal import Journal
from caviar.recipe.plans import Shape, first_shapes
from caviar.recipe.preparation import Prepared
from caviar.recipe.reference_lines import fit_references
from caviar.search.coarse_to_fine import zoom
from caviar.search.spaces import Space
from caviar.training import Member, Plan, memory_of
from caviar.training.groups import memory_told

MOST_AT_ONCE = 256
"""Of one group, however much memory there is: it is what a kill between two checkpoints can cost."""


@dataclass
class PopulationSearch:
    """The state of a search, with what results.py asks of a finished run."""

    folder: Path
    config: SearchConfig
    prepared: Prepared
    budget: Budget
    journal: Journal
    trainer: CohortTrainer
    space: Space
    progress: Progress
    references: dict[str, FittedReference] = field(default_factory=dict)
    ensemble: Ensemble | None = None
    mode: str = "search"
    stopped_because: str = "members"
    memory: str = ""

    def __post_init__(self) -> None:
        self.pool = Pool(self.prepared.training)
        self.shapes = first_shapes(len(self.prepared.split.train))[: self.config.structures]

    def run(self) -> None:
        """Train all members, group after group; then choose the best one."""
        columns = self.space.sample(self.config.members, self.config.seed)
        blocks = [rows for rows in np.array_split(np.arange(self.config.members), len(self.shapes)) if len(rows)]
        plan = self.journal.once("groups", lambda: self._plan_groups([len(rows) for rows in blocks]))
        self.memory = plan["memory"]
        self.progress.announce(self.memory)
        self.progress.update("references", 0, None, None)
        self.references = fit_references(self.prepared, self.config.seed, self.journal, None)
        groups = [
            (shape, rows[start : start + size])
            for shape, rows, size in zip(self.shapes, blocks, plan["at_once"], strict=False)
            for start in range(0, len(rows), size)
        ]
        for number, (shape, rows) in enumerate(groups, start=1):
            self._train(f"group {number} of {len(groups)}", shape, columns, rows)
        if all(member.weights is None for member in self.trainer.members):
            raise RunError(
                f"all {self.config.members:,} members diverged, so there is no model. Search lower learning rates "
                "(--space)."
            )
        self.pool.add(self.trainer.members)
        self.ensemble = self.pool.best()
        self._write_step(len(self.trainer.members))

    def _plan_groups(self, counts: list[int]) -> dict[str, Any]:
        """How many members of each structure train at once: decided once, as another machine may have less memory."""
        memories, at_once = [], []
        for shape, count in zip(self.shapes, counts, strict=False):
            example = Member(0, shape.structure, Settings(1).member(0), 0, self.config.epochs)
            plan = Plan(self.config.epochs, shape.batch_size, self.config.seed)
            memory = memory_of([example], self.prepared.training, plan)
            kept = KEPT_WEIGHTS * -(-self.config.members // MOST_AT_ONCE)
            memories.append(memory)
            at_once.append(min(MOST_AT_ONCE, memory.members_at_once(count, kept)))
        names = [str(shape) for shape in self.shapes]
        return {"at_once": at_once, "memory": memory_told(memories, names[: len(counts)], counts, at_once)}

    def _train(self, told: str, shape: Shape, columns: dict[str, np.ndarray], rows: np.ndarray) -> None:
        """Train one group."""

        def plan() -> CohortPlan:
            settings = [
                {name: np.asarray(column[row]).item() for name, column in columns.items()} for row in rows.tolist()
            ]
            return CohortPlan(shape, self.config.epochs, (), settings)

        self.trainer.train("search", plan, told=told)

    def next_space(self) -> Space:
        """The space around the best fifth of the members."""
        members = self.trainer.members
        columns = {name: np.array([member.settings[name] for member in members]) for name in self.space}
        return zoom(self.space, columns, np.array([member.score for member in members]))

    def _write_step(self, num_members: int) -> None:
        """The one line of the diary."""
        assert self.ensemble is not None
        diary = self.folder / "steps.jsonl"
        if read_json_lines(diary):
            return
        action = f"random search: {num_members:,} members of {', '.join(map(str, self.shapes))}"
        effect = {"dev_error_after": self.ensemble.error, "dev_loss_after": self.ensemble.loss, "kept": True}
        seconds = round(self.budget.elapsed, 2)
        append_json_line(
            diary, Step(0, "search", "none", action, "a first error", effect, seconds, num_members).to_json()
        )
