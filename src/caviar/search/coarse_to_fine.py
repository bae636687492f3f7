"""Coarse to fine: look where the best trials lie, then search there more densely. Notes 3.1.

`zoom` cuts a space down to the region of the best trials. `propose` draws the next trials: most by moving a top trial
along the difference of two others (Storn & Price, 1997, doi.org/10.1023/A:1008202821328), the rest blindly. The
differences shrink by themselves as the top trials draw together, stay wide in directions that do not matter, and
follow a valley that runs across the dimensions, which no box around it can.

Trials come as columns: `settings` by name, each (trial,), and `dev_error` (trial,), lower is better, NaN or infinite
for a diverged trial. They may stem from another, earlier space: a dimension that they know nothing of is left as it is,
values beyond its bounds count as the bound.
"""

from collections.abc import Mapping
from math import ceil

import numpy as np
from scipy.special import bdtr

from caviar.core.errors import SettingsError
from caviar.search.choices import Choice, OrZero
from caviar.search.dimensions import Dimension, Range
from caviar.search.spaces import Space, stream

Columns = Mapping[str, np.ndarray]

FEWEST_TRIALS = 8  # below this many sound trials there is no evidence to act on
FEWEST_BEST = 4
PRIOR_TRIALS = 5.0  # so many trials of the common share of best ones are added to those of each value
CLEARLY_WORSE = 0.02  # a choice is dropped when so few best trials would be that unlikely were it as good as the rest
STEP = 0.5  # the share of a difference that a proposal moves by
JITTER = 0.02  # and the noise on top, in units, so that no proposal repeats a trial
FRESH = 0.1  # how often a proposal draws a choice, or between zero and not zero, anew


def zoom(
    space: Space, settings: Columns, dev_error: np.ndarray, best_share: float = 0.2, factor: float = 0.25
) -> Space:
    """The same dimensions around the best trials.

    A range keeps what lies between the outer quantiles of the best trials, with a margin that gives a dimension that
    does not matter its full width back. A choice keeps the values that are not clearly worse, weighted by their share
    of best trials. `OrZero` does both, and neither zero nor the rest ever falls below 5 %.

    Args:
        space: where to search so far.
        settings, dev_error: the trials so far. With fewer than 8 sound ones the space comes back unchanged.
        best_share: in (0, 1), the share of sound trials that counts as best; at least 4 of them.
        factor: in (0, 1], the least width of a zoomed range, as a share of the old: how greedy one zoom may be.
    """
    _check_share("best_share", best_share)
    if not 0 < factor <= 1:
        raise SettingsError(f"factor must lie above 0 and be at most 1, got {factor!r}.")
    ranked = _ranked(settings, dev_error)
    if len(ranked) < FEWEST_TRIALS:
        return space
    best = np.isin(np.arange(len(dev_error)), ranked[: max(FEWEST_BEST, ceil(best_share * len(ranked)))])
    return space.with_dimensions(
        {
            name: _zoom_dimension(space[name], np.asarray(settings[name]), best, factor)
            for name in space
            if name in settings
        }
    )


def propose(
    space: Space,
    settings: Columns,
    dev_error: np.ndarray,
    num: int,
    seed: int,
    exploration: float = 0.25,
    best_share: float = 0.1,
) -> dict[str, np.ndarray]:
    """`num` new trials: one column (proposal,) a dimension, as `Space.sample` gives; the last of them explore.

    The top `best_share` of the sound trials (at least 5) are parents, better ones more often:

        x = parent + ½ (a − b) + noise

    in units, a and b being two of the top trials, reflected at the bounds. A choice is the parent's, or now and then a
    fresh draw from the zoomed space; so is the step between zero and not zero of `OrZero`.

    Args:
        space: what may be drawn.
        settings, dev_error: the trials so far; with fewer than 8 sound ones every proposal explores.
        num: how many proposals, at least 0.
        seed: with the number of trials so far it fixes every draw, each dimension apart from the others.
        exploration: in [0, 1], the share of proposals that are drawn from the whole space, blind to the trials.
        best_share: in (0, 1), the share of sound trials that are parents.
    """
    _check_share("best_share", best_share)
    if num < 0 or not 0 <= exploration <= 1:
        raise SettingsError(f"num must be at least 0 and exploration in [0, 1], got {num!r} and {exploration!r}.")
    ranked = _ranked(settings, dev_error)
    num_local = 0 if len(ranked) < FEWEST_TRIALS else num - round(exploration * num)
    top = ranked[: max(FEWEST_BEST + 1, ceil(best_share * len(ranked)))]
    zoomed = zoom(space, settings, dev_error)
    family = _families(top, num_local, stream(seed, "families", len(dev_error)))
    columns = {}
    for name, dimension in space.items():
        generator = stream(seed, "propose", len(dev_error), name)
        explored = dimension.sample(num - num_local, generator)
        fresh = zoomed[name].sample(num_local, generator)
        local = _local(dimension, np.asarray(settings[name]), family, fresh, generator) if name in settings else fresh
        columns[name] = np.concatenate([local.astype(explored.dtype), explored])
    return columns


def _ranked(settings: Columns, dev_error: np.ndarray) -> np.ndarray:
    """Rows of the sound trials, best first."""
    for name, column in settings.items():
        if len(column) != len(dev_error):
            raise SettingsError(
                f"settings {name!r} has {len(column)} trials, dev_error has {len(dev_error)}: they must be as many."
            )
    dev_error = np.asarray(dev_error, dtype=np.float64)
    order = np.argsort(dev_error, kind="stable")
    return order[np.isfinite(dev_error[order])]


def _zoom_dimension(dimension: Dimension, values: np.ndarray, best: np.ndarray, factor: float) -> Dimension:
    if isinstance(dimension, Range):
        return _zoom_range(dimension, values[best], factor)
    if isinstance(dimension, OrZero):
        zero = _numbers(values) == 0
        inner = _zoom_range(dimension.inner, values[best & ~zero], factor)
        groups = np.array([zero, ~zero & ~np.isnan(_numbers(values))])
        if dimension.probability in (0, 1):
            return OrZero(inner, dimension.probability)
        shares = np.array([dimension.probability, 1 - dimension.probability]) * _merit(groups, best)
        return OrZero(inner, float(np.clip(shares[0] / shares.sum(), 0.05, 0.95)))
    assert isinstance(dimension, Choice), dimension
    units = dimension.to_units(values)
    groups = np.array([units == dimension.to_unit(value) for value in dimension.values])
    weights = np.array(dimension.weights) * _merit(groups, best)
    weights[_clearly_worse(groups, best)] = 0
    if not weights.any():
        return dimension
    kept = np.flatnonzero(weights)
    return Choice(tuple(dimension.values[row] for row in kept), tuple(weights[kept].tolist()))


def _zoom_range(dimension: Range, values: np.ndarray, factor: float) -> Range:
    units = dimension.to_units(_numbers(values))
    units = units[~np.isnan(units)]
    if len(units) < FEWEST_BEST:
        return dimension
    tail = max(0.1, 1 / (len(units) + 1))
    low, high = np.quantile(units, [tail, 1 - tail], method="weibull")
    margin = (high - low) * tail / (1 - 2 * tail)  # of a uniform dimension the tails hold just that much
    width = min(max(high - low + 2 * margin, factor), 1.0)
    low = min(max((low + high - width) / 2, 0.0), 1.0 - width)
    return dimension.narrowed(low, low + width)


def _merit(groups: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Each group's (group, trial) share of best trials, drawn towards the common share where it has few trials."""
    common = groups[:, best].sum() / max(groups.sum(), 1)
    return (groups[:, best].sum(axis=1) + PRIOR_TRIALS * common) / (groups.sum(axis=1) + PRIOR_TRIALS)


def _clearly_worse(groups: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Groups with so few best trials that chance alone hardly does it: the lower tail of a binomial distribution."""
    common = groups[:, best].sum() / max(groups.sum(), 1)
    return np.array(bdtr(groups[:, best].sum(axis=1), groups.sum(axis=1), common) < CLEARLY_WORSE)


def _families(top: np.ndarray, num: int, generator: np.random.Generator) -> np.ndarray:
    """Rows of (parent, a, b) for each proposal, shape (3, proposal); the best row is the likeliest parent."""
    if num == 0:
        return np.empty((3, 0), dtype=np.int64)
    weights = np.arange(len(top), 0, -1.0)
    parents = generator.choice(len(top), num, p=weights / weights.sum())
    others = generator.integers(len(top), size=(2, num))
    return top[np.stack([parents, *others])]


def _local(
    dimension: Dimension, values: np.ndarray, family: np.ndarray, fresh: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """One dimension of the proposals near top trials, shape (proposal,)."""
    if isinstance(dimension, Range):
        return _moved(dimension, _numbers(values), family, fresh, generator)
    anew = generator.random(len(fresh)) < FRESH
    if isinstance(dimension, OrZero):
        numbers = _numbers(values)
        moved = _moved(dimension.inner, np.where(numbers == 0, np.nan, numbers), family, fresh, generator)
        return np.where(anew, fresh, np.where(numbers[family[0]] == 0, 0, moved))
    parents = values[family[0]]
    return np.where(anew | np.isnan(dimension.to_units(parents)), fresh.astype(object), parents.astype(object))


def _moved(
    dimension: Range, values: np.ndarray, family: np.ndarray, fresh: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """The parent, moved and reflected into the bounds; a fresh draw where the parent has no value here."""
    parent, a, b = dimension.to_units(values)[family]
    units = parent + STEP * np.nan_to_num(a - b) + JITTER * generator.standard_normal(len(fresh))
    reflected = 1 - np.abs(1 - np.abs(units) % 2)
    return np.where(np.isnan(parent), fresh, dimension.from_units(np.nan_to_num(reflected)))


def _numbers(values: np.ndarray) -> np.ndarray:
    """NaN for what is no number."""
    if values.dtype.kind in "fiub":
        return values.astype(np.float64)
    return np.array([value if isinstance(value, int | float | np.number) else np.nan for value in values], np.float64)


def _check_share(name: str, share: float) -> None:
    if not 0 < share < 1:
        raise SettingsError(f"{name} must lie between 0 and 1, got {share!r}.")
