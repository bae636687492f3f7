"""The final model where a metric or requirements were given: of those that satisfy all, the best by the metric. C3.

Training and early stopping stay on the dev loss. Candidates are the ensembles along the greedy selection and single
members; with two classes each gets the decision threshold that suits the goals. If none satisfies all requirements, the
one that comes closest is taken.

The best of some fifty candidates on some hundred rows owes much to chance. So of those that are as good by the metric
within a standard error (thresholds.py), the one with the lowest dev loss is taken, a finer measure. Measured on splits
of `german_credit`: F1 0.58 on new rows instead of 0.57, where on dev the best of all showed 0.65.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from caviar.core.measures import Measure
from caviar.data.schema import read_like
from caviar.diagnosis.intervals import Interval, Z
from caviar.diagnosis.metrics import Answers, decide
from caviar.recipe.ensemble import Ensemble, Pool
from caviar.recipe.goals import Goals
from caviar.recipe.journal import Journal
from caviar.recipe.model import Model, model_of
from caviar.recipe.preparation import Prepared
from caviar.recipe.resources import resources_of, timed
from caviar.recipe.thresholds import choose_threshold


@dataclass(frozen=True)
class Candidate:
    """An ensemble that may become the model, with its value of every measure on dev.

    resources: by name, with intervals; empty where no goal asks for them.
    """

    ensemble: Ensemble
    values: dict[Measure, float | None]
    shortfall: float
    badness: float
    resources: dict[str, Interval]


@dataclass(frozen=True)
class Judged:
    """The choice. reached: the best dev value of each requirement among all candidates, in their order.

    resources: of the chosen model, by name; empty where no goal asks for them.
    """

    ensemble: Ensemble
    num_candidates: int
    num_satisfying: int
    reached: tuple[float | None, ...]
    resources: dict[str, Interval]

    @property
    def satisfied(self) -> bool:
        """Whether the model satisfies every requirement on dev."""
        return self.num_satisfying > 0


def judge(goals: Goals, pool: Pool, prepared: Prepared, journal: Journal, ensembles: bool) -> Judged:
    """Choose the final model.

    The choice goes through the journal, because times never come out twice the same.

    Args:
        ensembles: False to choose among single members alone.
    """
    answer = journal.once("judged", lambda: _chosen(goals, pool, prepared, ensembles))
    everyone = {member.number: member for member in [*pool.members, *pool.spare.values()]}
    members = [everyone[number] for number in answer["members"]]
    ensemble = pool.decided(pool.ensemble(members, answer["weights"]), answer["threshold"])
    resources = {name: Interval(*limits) for name, limits in answer["resources"].items()}
    return Judged(ensemble, answer["candidates"], answer["satisfying"], tuple(answer["reached"]), resources)


def best_of(candidates: Sequence[Candidate], standard_error: Callable[[Candidate], float]) -> Candidate:
    """The winner: who satisfies, or comes closest; by the metric, within its error; by dev loss; with fewer members."""
    least = min(candidate.shortfall for candidate in candidates)
    fit = [candidate for candidate in candidates if candidate.shortfall == least]
    best = min(fit, key=lambda candidate: candidate.badness)
    bound = best.badness + standard_error(best)
    good = [candidate for candidate in fit if candidate.badness <= bound]
    return min(good, key=lambda candidate: (candidate.ensemble.loss, len(candidate.ensemble.members)))


def _chosen(goals: Goals, pool: Pool, prepared: Prepared, ensembles: bool) -> dict[str, Any]:
    """The choice as the journal holds it."""
    candidates = candidates_of(goals, pool, prepared, ensembles)

    def standard_error(candidate: Candidate) -> float:
        answers = _answers(goals, pool, prepared, candidate.ensemble)
        interval = goals.measured(answers, candidate.resources)[goals.measure]
        return 0.0 if interval is None else interval.half_width / Z

    best = best_of(candidates, standard_error)
    return {
        "members": [member.number for member in best.ensemble.members],
        "weights": list(best.ensemble.weights),
        "threshold": best.ensemble.threshold,
        "candidates": len(candidates),
        "satisfying": sum(candidate.shortfall == 0 for candidate in candidates),
        "reached": [
            min((each.values[one.measure] for each in candidates), key=one.shortfall) for one in goals.requirements
        ],
        "resources": {name: list(limits) for name, limits in best.resources.items()},
    }


def candidates_of(goals: Goals, pool: Pool, prepared: Prepared, ensembles: bool) -> list[Candidate]:
    """Everything that the model may be, each with its own threshold where the goals call for one."""
    singles = [pool.alone(member) for member in [*pool.members, *pool.spare.values()]]
    targets = prepared.coder.raw(prepared.split.dev)
    known: dict[tuple[str, ...], dict[str, Interval]] = {}  # time and space depend on structures alone
    candidates = []
    for ensemble in [*(pool.along_the_path() if ensembles else []), *singles]:
        if goals.wants_threshold:
            outputs = pool.averaged(ensemble.members, ensemble.weights)
            ensemble = pool.decided(ensemble, choose_threshold(outputs[:, 1], targets, goals))
        resources: dict[str, Interval] = {}
        if goals.need_resources:
            structures = tuple(sorted(str(member.structure) for member in ensemble.members))
            if structures not in known:
                known[structures] = resources_of(model_of(prepared, ensemble.members, ensemble.weights))
            resources = known[structures]
        values = goals.values(_answers(goals, pool, prepared, ensemble), resources)
        candidates.append(Candidate(ensemble, values, goals.shortfall(values), goals.badness(values), resources))
    return candidates


def _answers(goals: Goals, pool: Pool, prepared: Prepared, ensemble: Ensemble) -> Answers:
    """What an ensemble says of the dev rows."""
    outputs, targets = pool.averaged(ensemble.members, ensemble.weights), prepared.coder.raw(prepared.split.dev)
    if goals.task == "regression":
        return Answers(prepared.coder.decode(outputs[:, 0]), targets)
    return Answers(outputs, targets, decide(outputs, ensemble.threshold))


def time_the_whole(goals: Goals, model: Model, prepared: Prepared, journal: Journal) -> float | None:
    """Median milliseconds for one row of dev from a table in memory to its prediction; None where no time is a goal.

    Reading and encoding the row are part of it, which are the same for every model of a run.
    """
    if all(measure.name != "latency_ms" for measure in goals.measures):
        return None
    row = prepared.split.dev.frame.head(1)

    def whole() -> None:
        table = read_like(row, prepared.schema, target_needed=False)
        model.predictions(prepared.features(table))

    return float(journal.once("time of a whole prediction", lambda: timed(whole).estimate))
