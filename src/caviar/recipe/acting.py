"""The acting round: every action that is called for, tried at once beside a control from the same seeds. Notes 1.3."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from caviar.diagnosis.effects import FEWEST_SEEDS, USUAL_SEEDS
from caviar.recipe.cohorts import CohortPlan, CohortTrainer
from caviar.recipe.plans import Shape
from caviar.recipe.setups import Setup
from caviar.recipe.ways import Candidate
from caviar.training import Member


@dataclass(frozen=True)
class TrialPlan:
    """Which of the candidates are tried (places in their list), and from how many seeds; none where none is paid."""

    places: tuple[int, ...]
    num_seeds: int

    def to_json(self) -> dict[str, object]:
        return {"places": list(self.places), "seeds": self.num_seeds}


def plan_trial(
    candidates: Sequence[Candidate], control: Setup, cost: Callable[[Setup], float], limits: Sequence[float]
) -> TrialPlan:
    """As many candidates as a limit pays from three seeds each, then as many seeds as it pays for these, up to five.

    Args:
        cost: of one member trained by a setup, in seconds or in members. limits: what may be spent; the next is taken
            where one does not pay for a single candidate.
    """
    own = cost(control)
    costs = [cost(candidate.setup) for candidate in candidates]
    for limit in limits:
        places: list[int] = []
        spent = own
        for place, each in enumerate(costs):
            if FEWEST_SEEDS * (spent + each) <= limit:
                places.append(place)
                spent += each
        if places:
            return TrialPlan(tuple(places), max(FEWEST_SEEDS, min(USUAL_SEEDS, int(limit / spent))))
    return TrialPlan((), 0)


def train_trial(
    trainer: CohortTrainer,
    stage: str,
    control: Setup,
    candidates: Sequence[Candidate],
    num_seeds: int,
    cost: Callable[[Setup], float],
) -> tuple[list[Member], list[list[Member]]]:
    """Train the control and the candidates, those of one shape and length in one cohort, all from the same new seeds.

    Args:
        cost: seconds of one member; not asked where members are counted.

    Returns:
        The control's members (seed,), and the candidates' (candidate, seed).
    """
    setups = [control, *(candidate.setup for candidate in candidates)]
    first = len(trainer.members)
    seeds = tuple(range(first, first + num_seeds))
    found: dict[int, list[Member]] = {}
    for places in cohorts_of(setups):

        def plan(places: list[int] = places) -> CohortPlan:
            setup = setups[places[0]]
            settings = [dict(setups[place].settings) for place in places for _ in seeds]
            expected = 0.0 if trainer.budget.seconds is None else len(settings) * cost(setup)
            return CohortPlan(setup.shape, setup.epochs, (), settings, expected, seeds * len(places))

        members = trainer.train(stage, plan)
        for row, place in enumerate(places):
            found[place] = members[row * num_seeds : (row + 1) * num_seeds]
    return found[0], [found[place] for place in range(1, len(setups))]


def cohorts_of(setups: Sequence[Setup]) -> list[list[int]]:
    """Places of setups that can train as one population: of one shape, length and patience, on rows in one form."""
    cohorts: dict[tuple[Shape, int, float, bool], list[int]] = {}
    for place, setup in enumerate(setups):
        cohorts.setdefault((setup.shape, setup.epochs, setup.patience, setup.raw), []).append(place)
    return list(cohorts.values())
