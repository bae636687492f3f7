"""25 random trials try 25 values of each hyperparameter, a grid of 25 only 5. Notes 3.1.

Bergstra & Bengio, 2012, jmlr.org/papers/v13/bergstra12a.html. Measured, it holds in part: random draws find better
values where one setting alone matters, as α does beside Adam's ε and β2. Where a second one matters too, as λ does
beside α, the grid's repeated values of α are not wasted, and random draws are no better.
"""

from collections.abc import Callable

import numpy as np

from caviar.lab import pairs, trials
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.search.dimensions import Dimension, LogUniform, OneMinusLogUniform
from caviar.search.spaces import Space, stream

Columns = dict[str, np.ndarray]
Sample = Callable[[Space, int, int], Columns]

BESIDE: dict[str, Dimension] = {
    "epsilon": LogUniform(1e-10, 1e-6),
    "beta2": OneMinusLogUniform(0.9, 0.999),
    "l2": LogUniform(1e-3, 10),
}
CASES = ((("epsilon",), 5), (("epsilon", "beta2"), 3), (("l2",), 5))  # searched with α; values of each on the grid
SIGNS = {"learning_rate": "α", "epsilon": "ε", "beta2": "β2", "l2": "λ"}
NUM_SEARCHES, NUM_EPOCHS = 40, 10
RULE = (
    "Counts agree when equal. Each search is judged by its best loss on dev rows of digits, Adam for "
    f"{NUM_EPOCHS} epochs. Of {NUM_SEARCHES} pairs of searches, random against grid in the same space, a figure "
    f"{pairs.RULE}. α is searched over four factors of ten, whose place is drawn for each pair, as nobody knows it "
    "beforehand. A setting's effect is the loss at the worst of the grid's values over that at the best, on average."
)


def space(beside: tuple[str, ...], seed: int) -> Space:
    """α around 1e-4 to 1, up to a factor of 3 off, and the settings beside it."""
    off = 10 ** stream(seed, "place of the range").uniform(-0.5, 0.5)
    return Space({"learning_rate": LogUniform(1e-4 * off, off), **{name: BESIDE[name] for name in beside}})


def grid(searched: Space, num_values: int) -> Columns:
    """Every combination of `num_values` values of each, the middles of equal parts of its range: (trial,) columns."""
    middles = (np.arange(num_values) + 0.5) / num_values
    units = np.meshgrid(*[middles] * len(searched), indexing="ij")
    return {name: searched[name].from_units(one.ravel()) for name, one in zip(searched, units, strict=True)}


def losses(searches: list[Columns], seed: int) -> np.ndarray:
    """The dev loss of each trial, (search, trial): all trials of all searches are members of one population."""
    columns = {name: np.concatenate([one[name] for one in searches]) for name in searches[0]}
    num_trials = len(searches[0]["learning_rate"])
    first_weights = np.repeat(np.arange(len(searches)) + seed * len(searches), num_trials)
    return trials.dev_losses(columns, first_weights, trials.digits(seed), NUM_EPOCHS).reshape(-1, num_trials)


def run(seed: int = 0, sample: Sample = Space.sample, num_searches: int = NUM_SEARCHES, cases: tuple = CASES) -> Result:
    """The technique is `sample`, (space, num, seed) → columns."""
    picture, axes = blank_picture("One search of 25 trials over α and ε", "α", "loss on dev rows")
    rows = []
    for number, (beside, num_values) in enumerate(cases):
        num_trials = num_values ** (1 + len(beside))
        seeds = [seed * num_searches + one for one in range(num_searches)]
        spaces = [space(beside, one) for one in seeds]
        on_grid = [grid(one, num_values) for one in spaces]
        at_random = [sample(one, num_trials, own) for one, own in zip(spaces, seeds, strict=True)]
        random_losses, grid_losses = losses(at_random, seed), losses(on_grid, seed)
        together = " and ".join(SIGNS[name] for name in ("learning_rate", *beside))
        if number == 0:
            rows += [_count("random", at_random[0], num_trials), _count("grid", on_grid[0], num_values)]
            for columns, loss, mark, label in ((on_grid[0], grid_losses[0], "s", "grid"),
                                               (at_random[0], random_losses[0], "o", "random")):  # fmt: skip
                axes.plot(columns["learning_rate"], loss, mark, alpha=0.6, label=label)
        shape = (num_searches, *[num_values] * (1 + len(beside)))
        rows += _effects(together, ("learning_rate", *beside), grid_losses.reshape(shape))
        what = f"{together}, {num_trials} trials: lowest dev loss, random against grid"
        rows.append(pairs.lower(what, random_losses.min(1), grid_losses.min(1)))
    axes.set(xscale="log")
    axes.legend()
    return Result(rows, RULE, picture)


def _count(label: str, columns: Columns, claimed: int) -> Row:
    """How many different values of each setting a search tries; the least of them."""
    least = min(len(np.unique(column)) for column in columns.values())
    return Row(
        f"{label}: values of each that {len(columns['epsilon'])} trials try", f"{claimed}", least, least == claimed
    )


def _effects(together: str, names: tuple[str, ...], grid_losses: np.ndarray) -> list[Row]:
    """How much each setting matters, with the others at their best; `grid_losses` is (search, a value of each …)."""
    rows = []
    for axis, name in enumerate(names, start=1):
        best = grid_losses.min(tuple(one for one in range(1, grid_losses.ndim) if one != axis))  # (search, value)
        rows.append(Row(f"{together}: effect of {SIGNS[name]}", "", f"× {np.mean(best.max(1) / best.min(1)):.2g}"))
    return rows
