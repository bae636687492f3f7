"""The coarse search: a few structures, many settings in each, drawn at random; losers leave early. Notes 3.1 to 3.3."""

from functools import partial
from typing import TYPE_CHECKING, Any

from caviar.recipe.plans import Shape, coarse_epochs, first_shapes
from caviar.recipe.searches import random_search

if TYPE_CHECKING:
    from caviar.recipe.loop import Recipe

COARSE_SHARE, PANDA_SHARE = 0.4, 0.5
FEWEST_FOR_A_POPULATION, FEWEST_PER_STRUCTURE = 10, 4
FEWEST_OF_SHARE = 0.25  # a structure that is left less of its share is not searched


def search_coarsely(recipe: "Recipe") -> None:
    """Decide between panda and caviar, and search each structure with its share of the budget."""
    journal, shapes = recipe.journal, first_shapes(recipe.num_rows)
    plan = journal.once("coarse search", lambda: _plan(recipe, shapes))
    recipe.mode = plan["mode"]
    if recipe.mode == "panda":
        recipe.progress.say("The budget does not train ten models: one at a time is nursed instead (panda).")
    recipe.shapes = shapes[: plan["structures"]]
    began = recipe.budget.elapsed
    for place, shape in enumerate(recipe.shapes):
        share = journal.once(f"coarse share {place}", partial(_share, recipe, plan, began, place))
        if recipe.room() and share > FEWEST_OF_SHARE * plan["share"]:
            recipe.attempt("coarse search", random_search(shape, recipe.num_rows, recipe.space), share)


def _plan(recipe: "Recipe", shapes: list[Shape]) -> dict[str, Any]:
    """Panda or caviar, how many structures, and what each may spend."""
    budget, planner = recipe.budget, recipe.planner
    if budget.members is None:
        epochs = coarse_epochs(recipe.num_rows, shapes[0].batch_size)
        affordable = budget.training_left / (planner.cost(shapes[0]) * epochs)
    else:
        affordable = budget.members_left
    if affordable < FEWEST_FOR_A_POPULATION:
        return {"mode": "panda", "structures": 1, "share": planner.share(PANDA_SHARE)}
    structures = min(len(shapes), max(1, int(COARSE_SHARE * affordable // FEWEST_PER_STRUCTURE)))
    return {"mode": "caviar", "structures": structures, "share": planner.share(COARSE_SHARE / structures)}


def _share(recipe: "Recipe", plan: dict[str, Any], began: float, place: int) -> float:
    """An equal part of what the structures so far have left: one that overruns does so at the others' expense."""
    if recipe.budget.members is not None:
        return float(plan["share"])
    spent = recipe.budget.elapsed - began
    return float((plan["share"] * plan["structures"] - spent) / (plan["structures"] - place))
