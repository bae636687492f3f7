"""Coarse to fine: after some random trials, search on where the best of them lie. Notes 3.1.

The technique is search/coarse_to_fine.py's `zoom`. The gain in the best trial is small, since 50 blind draws find
good values too where few settings matter; the gain in the average trial is large.
"""

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from caviar.lab import pairs, trials
from caviar.lab.experiment import Result, Row
from caviar.lab.picture import blank_picture
from caviar.search.coarse_to_fine import zoom as caviar_zoom
from caviar.search.dimensions import LogUniform, OneMinusLogUniform, Range
from caviar.search.spaces import Space

Columns = dict[str, np.ndarray]
Zoom = Callable[[Space, Columns, np.ndarray], Space]

WIDE = Space(
    {"learning_rate": LogUniform(1e-5, 1), "l2": LogUniform(1e-3, 100), "beta1": OneMinusLogUniform(0.5, 0.99)}
)
SIGNS = {"learning_rate": "α", "l2": "λ", "beta1": "β1"}
NUM_TABLES, NUM_SEARCHES, NUM_TRIALS, NUM_EPOCHS = 4, 16, 25, 10
RULE = (
    f"After {NUM_TRIALS} trials in the whole space, {NUM_TRIALS} more: in the zoomed space against in the whole. "
    f"A trial is judged by its loss on dev rows, Adam for {NUM_EPOCHS} epochs. Of {NUM_TABLES * NUM_SEARCHES} pairs of "
    f"searches ({NUM_TABLES} draws of rows of digits), a figure {pairs.RULE}."
)


def losses(searches: list[Columns], table: int) -> np.ndarray:
    """The dev loss of each trial, (search, trial): all trials of all searches are members of one population."""
    columns = {name: np.concatenate([one[name] for one in searches]) for name in searches[0]}
    num_trials = len(searches[0]["learning_rate"])
    first_weights = np.repeat(np.arange(len(searches)) + table * len(searches), num_trials)
    return trials.dev_losses(columns, first_weights, trials.digits(table), NUM_EPOCHS).reshape(-1, num_trials)


class Searched:
    """Pairs of searches on one draw of rows.

    Attributes:
        coarse, fine, blind: (search, trial) dev losses of the first trials, of those in the zoomed space, and of as
            many more in the whole space. rates: the α of each, by the same names. spaces: the zoomed space of each.
    """

    def __init__(self, table: int, zoom: Zoom, num_searches: int, num_trials: int):
        seeds = [table * num_searches + one for one in range(num_searches)]
        coarse = [WIDE.sample(num_trials, one) for one in seeds]
        blind = [WIDE.sample(num_trials, one, first=num_trials) for one in seeds]
        self.coarse, self.blind = losses(coarse, table), losses(blind, table)
        self.spaces = [zoom(WIDE, columns, loss) for columns, loss in zip(coarse, self.coarse, strict=True)]
        fine = [one.sample(num_trials, seed, first=num_trials) for one, seed in zip(self.spaces, seeds, strict=True)]
        self.fine = losses(fine, table)
        self.rates = {"coarse": coarse[0], "fine": fine[0], "blind": blind[0]}


def run(
    seed: int = 0, zoom: Zoom = caviar_zoom, num_tables: int = NUM_TABLES, num_searches: int = NUM_SEARCHES
) -> Result:
    """The technique is `zoom`, (space, columns of the trials, their losses) → a narrower space."""
    tables = range(seed * num_tables, (seed + 1) * num_tables)
    searched = [Searched(table, zoom, num_searches, NUM_TRIALS) for table in tables]
    coarse, fine, blind = (
        np.concatenate([getattr(one, name) for one in searched]) for name in ("coarse", "fine", "blind")
    )
    spaces = [space for one in searched for space in one.spaces]
    rows = [
        Row(f"width of {SIGNS[name]}'s zoomed range, share of the whole", "", round(_width(spaces, name), 2))
        for name in WIDE
    ]
    both = [np.minimum(coarse.min(1), more.min(1)) for more in (fine, blind)]
    rows += [
        pairs.lower("mean loss of the later trials: zoomed against whole space", fine.mean(1), blind.mean(1)),
        pairs.lower(f"lowest loss of all {2 * NUM_TRIALS} trials: coarse to fine against whole space", *both),
        Row(f"lowest loss of the first {NUM_TRIALS} trials", "", f"{coarse.min(1).mean():.3g}"),
    ]
    return Result(rows, RULE, _picture(searched[0]))


def _width(spaces: list[Space], name: str) -> float:
    ranges = [one[name] for one in spaces]
    ends = np.array([WIDE[name].to_units([one.low, one.high]) for one in ranges if isinstance(one, Range)])
    return float((ends[:, 1] - ends[:, 0]).mean())


def _picture(searched: Searched) -> Figure:
    picture, axes = blank_picture("One search: where the later trials lie", "α", "loss on dev rows")
    for name, mark, label in (
        ("coarse", ".", "first, whole space"),
        ("blind", "x", "later, whole space"),
        ("fine", "o", "later, zoomed space"),
    ):
        axes.plot(searched.rates[name]["learning_rate"], getattr(searched, name)[0], mark, alpha=0.7, label=label)
    axes.set(xscale="log")
    axes.legend()
    return picture
