"""The ensemble of a population's best members, chosen on dev.

Notes C2.8; Caruana et al., 2004, doi.org/10.1145/1015330.1015432.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from caviar.diagnosis.health import Health
from caviar.recipe.model import member_outputs, network_of
from caviar.training import Member, TrainingData

CANDIDATES = 40
MOST_MEMBERS = 8
MOST_PICKS = 24
FIRST_PICKS = 4


@dataclass(frozen=True)
class Ensemble:
    """Members and their shares, with what they make of the dev rows.

    row_errors: (row,) 0/1 mistakes or squared errors in target units. loss: mean dev loss (log loss or squared error of
    standardised targets), by which ensembles are compared. error: share of mistakes, or RMSE in target units.
    """

    members: tuple[Member, ...]
    weights: tuple[float, ...]
    row_errors: np.ndarray
    loss: float
    error: float


class Pool:
    """All members that may join the ensemble, each with its outputs on the dev rows.

    `seen`: by number, what watching a member's training has shown (observation.py).
    """

    def __init__(self, data: TrainingData):
        self.data = data
        self.targets = data.dev_targets.numpy()
        self._outputs: dict[int, np.ndarray] = {}
        self.members: list[Member] = []
        self.seen: dict[int, Health] = {}

    def add(self, members: Sequence[Member]) -> None:
        """Take in members that kept their weights; only the CANDIDATES best of all stay."""
        self.members += [member for member in members if member.weights is not None]
        self.members.sort(key=lambda member: (member.score, member.number))
        for member in self.members[CANDIDATES:]:
            member.weights = None
            self._outputs.pop(member.number, None)
        del self.members[CANDIDATES:]

    def with_members(self, members: Sequence[Member]) -> "Pool":
        """A copy that holds these members too; the pool itself stays as it is."""
        other = Pool(self.data)
        other._outputs = dict(self._outputs)
        other.members = list(self.members)
        keep = [member for member in members if member.weights is not None]
        other.members = sorted([*other.members, *keep], key=lambda member: (member.score, member.number))[:CANDIDATES]
        return other

    def outputs(self, member: Member) -> np.ndarray:
        """A member's dev outputs, (row, class) probabilities or (row, 1), computed once."""
        if member.number not in self._outputs:
            network = network_of(member, self.data.dev_features.shape[1], self.data.num_outputs)
            self._outputs[member.number] = member_outputs(network, self.data.dev_features, self.data.task)
        return self._outputs[member.number]

    def losses(self, outputs: np.ndarray) -> np.ndarray:
        """Dev loss of each row of (…, row, output) averaged over rows: (…,)."""
        if self.data.task == "regression":
            return np.mean((outputs[..., 0] - self.targets) ** 2, axis=-1)
        truth = np.take_along_axis(outputs, self.targets.reshape(*(1,) * (outputs.ndim - 2), -1, 1), axis=-1)[..., 0]
        return -np.mean(np.log(np.maximum(truth, 1e-7)), axis=-1)

    def row_errors(self, outputs: np.ndarray, targets: np.ndarray | None = None) -> np.ndarray:
        """(row,) 0/1 mistakes, or squared errors in target units, of outputs (row, output), on dev unless `targets`."""
        targets = self.targets if targets is None else targets
        if self.data.task == "regression":
            return ((outputs[:, 0] - targets) * self.data.unit).astype(np.float64) ** 2
        return (outputs.argmax(1) != targets).astype(np.float64)

    def train_error(self, ensemble: Ensemble, most_rows: int) -> float:
        """An ensemble's error on at most about so many train rows, evenly spaced."""
        data, rows = self.data, slice(None, None, -(-len(self.data.train_targets) // most_rows))
        features, targets = data.train_features[rows], data.train_targets[rows].numpy()
        outputs: np.ndarray = sum(  # type: ignore[assignment]
            weight * member_outputs(network_of(member, features.shape[1], data.num_outputs), features, data.task)
            for member, weight in zip(ensemble.members, ensemble.weights, strict=True)
        )
        return self._mean_error(self.row_errors(outputs, targets))

    def _mean_error(self, row_errors: np.ndarray) -> float:
        mean = float(row_errors.mean())
        return float(np.sqrt(mean)) if self.data.task == "regression" else mean

    def choose(self) -> Ensemble:
        """Greedy forward selection on the dev loss, with repetition, started from the best few.

        The start from FIRST_PICKS members and the averaging of many picks keep the choice from fitting the dev rows.
        """
        assert self.members, "no member kept its weights"
        outputs = np.stack([self.outputs(member) for member in self.members])  # (member, row, output)
        counts = np.zeros(len(self.members), dtype=int)
        counts[:FIRST_PICKS] = 1
        total = outputs[:FIRST_PICKS].sum(0)
        loss = float(self.losses(total / counts.sum()))
        best = (loss, counts.copy())
        while counts.sum() < MOST_PICKS:
            losses = self.losses((total + outputs) / (counts.sum() + 1))
            if (counts > 0).sum() >= MOST_MEMBERS:
                losses = np.where(counts > 0, losses, np.inf)
            pick = int(np.argmin(losses))
            counts[pick] += 1
            total += outputs[pick]
            if losses[pick] < best[0]:
                best = (float(losses[pick]), counts.copy())
        loss, counts = best
        return self._ensemble(counts, outputs, loss)

    def best(self) -> Ensemble:
        """The best member alone."""
        assert self.members, "no member kept its weights"
        outputs = np.stack([self.outputs(self.members[0])])
        return self._ensemble(np.array([1]), outputs, float(self.losses(outputs)[0]))

    def _ensemble(self, counts: np.ndarray, outputs: np.ndarray, loss: float) -> Ensemble:
        chosen = np.flatnonzero(counts)
        weights = counts[chosen] / counts.sum()
        averaged = np.tensordot(weights.astype(np.float32), outputs[chosen], axes=1)
        errors = self.row_errors(averaged)
        members = tuple(self.members[place] for place in chosen)
        return Ensemble(members, tuple(weights.tolist()), errors, loss, self._mean_error(errors))
