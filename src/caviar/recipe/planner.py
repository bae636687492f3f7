"""How large a cohort is, what it may spend, and which settings its members get. Notes 3.1 to 3.3."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from caviar.recipe.budget import Budget
from caviar.recipe.cohorts import CohortPlan, CohortTrainer
from caviar.recipe.plans import MOST_MEMBERS, Shape, halving_rungs, measure_cost, members_within
from caviar.recipe.searches import Search
from caviar.search.coarse_to_fine import FEWEST_TRIALS, propose
from caviar.search.halving import member_epochs
from caviar.training import TrainingData

SENSIBLE = {
    "learning_rate": 5e-3,
    "drop_rate": 0.2,
    "input_drop_rate": 0.05,
    "weight_decay": 0.02,
    "label_smoothing": 0.0,
    "l2": 0.0,
    "beta1": 0.9,
    "init_gain": 1.0,
}


@dataclass
class Planner:
    """Sizes cohorts by the budget, and draws their settings from what the trainer's members have shown."""

    data: TrainingData
    seed: int
    budget: Budget
    trainer: CohortTrainer

    def share(self, share: float, of_all: bool = False) -> float:
        """A share of what is left of the budget (or of all, but never more than is left), in seconds or in members."""
        if self.budget.members is not None:
            left = self.budget.members_left
            return max(1.0, min(share * (self.budget.members if of_all else left), left))
        assert self.budget.seconds is not None
        left = max(self.budget.training_left, 0.0)
        return min(share * (self.budget.seconds if of_all else left), left)

    def cost(self, shape: Shape) -> float:
        """Seconds for one member's epoch: a short measurement, corrected by how far off the last ones were."""
        return measure_cost(shape, self.data, num_members=MOST_MEMBERS // 2) * self.trainer.pace

    def plan(self, search: Search, share: float, most: int = MOST_MEMBERS) -> CohortPlan:
        """How many members and epochs the share pays for, and with which settings."""
        epochs, cost = search.epochs, 0.0
        if self.budget.members is not None:
            num_members = int(min(most, max(1, round(share)), self.budget.members_left))
        else:
            cost = self.cost(search.shape)
            num_members = min(most, members_within(share, cost, epochs))
            epochs = max(1, min(epochs, int(share / cost))) if num_members == 1 else epochs
        rungs = halving_rungs(num_members, epochs)
        expected = cost * member_epochs(num_members, epochs, rungs)
        return CohortPlan(search.shape, epochs, rungs, self._settings(search, num_members), expected)

    def _settings(self, search: Search, num_members: int) -> list[dict[str, Any]]:
        """Settings of a new cohort. A fresh random search has sensible ones (SENSIBLE) among them."""
        if search.setup is not None:
            return [dict(search.setup.settings)] * num_members
        seed = self.seed * 1_000 + self.trainer.cohorts_trained
        if search.zoomed:
            columns = propose(search.space, *self._trials(search), num_members, seed)
        else:
            columns = {name: column.copy() for name, column in search.space.sample(num_members, seed).items()}
            for name, value in SENSIBLE.items():
                if name in columns:
                    columns[name][0] = value
        return [
            {name: np.asarray(column[row]).item() for name, column in columns.items()} for row in range(num_members)
        ]

    def _trials(self, search: Search) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Settings by name, (trial,), and scores to learn from: the members of the shape, if there are enough."""
        networks = [(member, shape) for member, shape in self.trainer.shaped_members() if member.structure.hidden]
        same = [member for member, shape in networks if shape == search.shape]
        trials = same if len(same) >= FEWEST_TRIALS else [member for member, _ in networks]
        columns = {name: np.array([member.settings[name] for member in trials]) for name in search.space}
        return columns, np.array([member.score for member in trials])
