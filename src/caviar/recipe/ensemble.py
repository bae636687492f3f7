"""The ensemble of a population's best members, chosen on dev.

Notes C2.8; Caruana et al., 2004, doi.org/10.1145/1015330.1015432.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from caviar.diagnosis.health import Health
from caviar.diagnosis.metrics import decide
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
    threshold: of two classes, the probability from which a row is taken for the second; None: the likelier one.
    """

    members: tuple[Member, ...]
    weights: tuple[float, ...]
    row_errors: np.ndarray
    loss: float
    error: float
    threshold: float | None = None


class Pool:
    """All members that may join the ensemble, each with its outputs on the dev rows.

    `seen`: by number, what watching a member's training has shown (observation.py).
    `spare`: the best of each structure that has none among the members, with their weights: what is small or fast.
    """

    def __init__(self, data: TrainingData):
        self.data = data
        self.spare: dict[str, Member] = {}
        self.targets = data.dev_targets.numpy()
        self._outputs: dict[int, np.ndarray] = {}
        self.members: list[Member] = []
        self.seen: dict[int, Health] = {}

    def add(self, members: Sequence[Member]) -> None:
        """Take in members that kept their weights; only the CANDIDATES best of all stay."""
        self.members += [member for member in members if member.weights is not None]
        self.members.sort(key=lambda member: (member.score, member.number))
        for member in self.members[CANDIDATES:]:
            self._outputs.pop(member.number, None)
            self._spare(member)
        del self.members[CANDIDATES:]

    def _spare(self, member: Member) -> None:
        """Keep the weights of the best of each structure, and drop those of the others."""
        rival = self.spare.get(str(member.structure))
        if rival is not None and (rival.score, rival.number) <= (member.score, member.number):
            member.weights = None
            return
        if rival is not None:
            rival.weights = None
        self.spare[str(member.structure)] = member

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

    def row_errors(
        self, outputs: np.ndarray, targets: np.ndarray | None = None, threshold: float | None = None
    ) -> np.ndarray:
        """(row,) 0/1 mistakes, or squared errors in target units, of outputs (row, output), on dev unless `targets`."""
        targets = self.targets if targets is None else targets
        if self.data.task == "regression":
            return ((outputs[:, 0] - targets) * self.data.unit).astype(np.float64) ** 2
        return (decide(outputs, threshold) != targets).astype(np.float64)

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
        best: tuple[float, np.ndarray] | None = None
        for loss, counts in self._path(FIRST_PICKS):
            if best is None or loss < best[0]:
                best = (loss, counts)
        assert best is not None
        return self._ensemble(best[1], best[0])

    def along_the_path(self) -> list[Ensemble]:
        """The best ensemble of each number of members that the selection passes, from one member or the best few on."""
        found: list[Ensemble] = []
        for first_picks in (1, FIRST_PICKS):
            best: dict[int, tuple[float, np.ndarray]] = {}
            for loss, counts in self._path(first_picks):
                size = int((counts > 0).sum())
                if size not in best or loss < best[size][0]:
                    best[size] = (loss, counts)
            found += [self._ensemble(counts, loss) for loss, counts in best.values()]
        return found

    def _path(self, first_picks: int) -> Iterator[tuple[float, np.ndarray]]:
        """Dev loss and picks (member,) after each step of the selection."""
        outputs = np.stack([self.outputs(member) for member in self.members])  # (member, row, output)
        counts = np.zeros(len(self.members), dtype=int)
        counts[:first_picks] = 1
        total = outputs[:first_picks].sum(0)
        yield float(self.losses(total / counts.sum())), counts.copy()
        while counts.sum() < MOST_PICKS:
            losses = self.losses((total + outputs) / (counts.sum() + 1))
            if (counts > 0).sum() >= MOST_MEMBERS:
                losses = np.where(counts > 0, losses, np.inf)
            pick = int(np.argmin(losses))
            counts[pick] += 1
            total += outputs[pick]
            yield float(losses[pick]), counts.copy()

    def best(self) -> Ensemble:
        """The best member alone."""
        assert self.members, "no member kept its weights"
        return self.alone(self.members[0])

    def alone(self, member: Member) -> Ensemble:
        """One member as an ensemble."""
        return self.ensemble([member], [1.0])

    def ensemble(self, members: Sequence[Member], weights: Sequence[float]) -> Ensemble:
        """These members with these shares, which sum to 1."""
        averaged = self.averaged(members, weights)
        errors = self.row_errors(averaged)
        loss = float(self.losses(averaged))
        return Ensemble(tuple(members), tuple(weights), errors, loss, self._mean_error(errors))

    def averaged(self, members: Sequence[Member], weights: Sequence[float]) -> np.ndarray:
        """Dev outputs (row, output) of these members with these shares."""
        outputs = np.stack([self.outputs(member) for member in members])
        return np.tensordot(np.asarray(weights).astype(np.float32), outputs, axes=1)

    def decided(self, ensemble: Ensemble, threshold: float | None) -> Ensemble:
        """The same ensemble with another decision threshold."""
        averaged = self.averaged(ensemble.members, ensemble.weights)
        errors = self.row_errors(averaged, threshold=threshold)
        return replace(ensemble, row_errors=errors, error=self._mean_error(errors), threshold=threshold)

    def _ensemble(self, counts: np.ndarray, loss: float) -> Ensemble:
        """Of picks (member,), whose loss is known."""
        weights = counts / counts.sum()
        chosen = np.flatnonzero(counts)
        made = self.ensemble([self.members[place] for place in chosen], weights[chosen].tolist())
        return replace(made, loss=loss)
