"""One round of the loop: act on the findings, all actions at once; then search around what is best now. Notes 1.3, 3.1.

An action is kept if the trial says that it pays (trials.py): it becomes the base of what comes next, and its members
join the ensemble. Otherwise it is undone: ensemble and base stay as they were.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from caviar.recipe.acting import plan_trial, train_trial
from caviar.recipe.actions import candidates
from caviar.recipe.plans import Shape
from caviar.recipe.searches import Search, finer_searches
from caviar.recipe.setups import Setup
from caviar.recipe.trial_words import trial_lines, trial_step
from caviar.recipe.trials import hold_trial
from caviar.recipe.ways import Candidate
from caviar.training import Member

if TYPE_CHECKING:
    from caviar.recipe.loop import Recipe

ROUND_SHARE = 0.2
ACTING_SHARE = 0.6  # of a round; where that does not pay for one action, the whole round
MOST_SEARCHES = 2


def play_round(recipe: "Recipe", number: int) -> bool:
    """Act, then search. True if something was kept."""
    journal, planner, budget = recipe.journal, recipe.planner, recipe.budget
    share = journal.once(f"round {number}: share", lambda: planner.share(ROUND_SHARE, of_all=True))
    began, trained = budget.elapsed, budget.members_trained
    acted = _act(recipe, number, share)
    if acted is None and recipe.mode == "panda":
        return _nurse(recipe, number, share)

    def left() -> float:
        spent = budget.elapsed - began if budget.members is None else budget.members_trained - trained
        return min(share - spent, planner.share(1.0))

    rest = journal.once(f"round {number}: left to search", left)
    searched = _search(recipe, number, rest, share) if rest > 0 or acted is None else False
    return bool(acted) or searched


def _act(recipe: "Recipe", number: int, share: float) -> bool | None:
    """Try the actions that the findings call for. True if one was kept, None where the budget pays for no trial."""
    if recipe.base is None:
        return None
    base, cost = recipe.base, _cost_of(recipe)
    called = candidates(recipe.findings, base, recipe.without_gain)
    limits = (ACTING_SHARE * share, share)
    plan = recipe.journal.once(f"round {number}: trial", lambda: plan_trial(called, base, cost, limits).to_json())
    chosen = [called[place] for place in plan["places"]]
    if not chosen or not recipe.room():
        if called:
            recipe.progress.say(f"Round {number + 1}: what is left of the budget pays for no action from three seeds.")
        return None
    stage, began = f"round {number + 1}: act", recipe.budget.elapsed
    control, members = train_trial(recipe.trainer, stage, base, chosen, plan["seeds"], cost)
    recipe.repeats += control
    trial = hold_trial(chosen, control, members, recipe.prepared.training)
    if trial is not None:
        recipe.without_gain |= {(one.candidate.name, one.candidate.action) for one in trial.tried if not one.pays}
        if trial.winner is not None:
            _keep(recipe, chosen[trial.winner], members[trial.winner])
    for place, undone in enumerate(members):
        if trial is None or place != trial.winner:
            for member in undone:
                member.weights = None  # they stay on file
    seconds, num_members = recipe.budget.elapsed - began, len(control) * (1 + len(chosen))
    step = trial_step(recipe.diary.steps, stage, chosen, trial, seconds, num_members, ensemble=recipe.standing())
    recipe.diary.write(step, trial_lines(stage, trial, recipe.is_regression))
    return trial is not None and trial.winner is not None


def _cost_of(recipe: "Recipe") -> Callable[[Setup], float]:
    """What one member costs: itself where members are counted, else the seconds of its epochs."""
    known: dict[Shape, float] = {}

    def cost(setup: Setup) -> float:
        if recipe.budget.members is not None:
            return 1.0
        if setup.shape not in known:
            known[setup.shape] = recipe.planner.cost(setup.shape)
        return setup.epochs * known[setup.shape]

    return cost


def _keep(recipe: "Recipe", candidate: Candidate, members: list[Member]) -> None:
    """Go on from a candidate's setup; its members and the control's join the ensemble, at once or with the next."""
    recipe.base, recipe.base_score = candidate.setup, min(member.score for member in members)
    recipe.base_since = len(recipe.trainer.members)  # a luckier member of before must not undo what was measured
    recipe.repeats += members
    ensemble = recipe.pool.with_members(recipe.repeats).choose()
    if recipe.ensemble is None or ensemble.loss < recipe.ensemble.loss:
        recipe.adopt(list(recipe.repeats), ensemble)


def _search(recipe: "Recipe", number: int, rest: float, share: float) -> bool:
    """Finer searches around the best settings with what is left of the round: two, or one where that is little."""
    if recipe.base is None:
        return False
    found = finer_searches(recipe.shapes, recipe.base, recipe.space, recipe.without_gain)
    found = found[: MOST_SEARCHES if rest > share / 2 else 1]
    gained = False
    for one in found:
        if recipe.room():
            if recipe.attempt(f"round {number + 1}: {one.name}", one, rest / len(found)):
                gained = True
            else:
                recipe.without_gain.add((one.name, one.action))
    return gained


def _nurse(recipe: "Recipe", number: int, share: float) -> bool:
    """Where the budget does not pay for a trial of three seeds: the next action alone, judged by the ensemble."""
    if recipe.base is None or not recipe.room():
        return False
    called = candidates(recipe.findings, recipe.base, recipe.without_gain, most=1)
    if not called:
        return False
    one, setup = called[0], called[0].setup
    told = (one.name, one.finding, one.action, one.expected)
    search = Search(*told, setup.shape, setup.epochs, recipe.space, setup=setup)
    if recipe.attempt(f"round {number + 1}: {one.name}", search, share):
        recipe.base = one.setup
        return True
    recipe.without_gain.add((one.name, one.action))
    return False
