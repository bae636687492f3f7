"""How many members there are, and each one's settings: from the optimisers, the lists among the settings, the seeds."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from caviar.api.optimizers import Optimizer
from caviar.core.errors import SettingsError
from caviar.population.settings import Settings
from caviar.techniques.catalog import HYPERPARAMETERS

Values = dict[str, Any]


def settings_of(
    optimizer: Any, given: Mapping[str, Any], *, seed: int, members: int | None, row_weights: int | None
) -> Settings:
    """The columns of a population.

    Args:
        optimizer: None, an Optimizer, a name of the catalogue, or a list of these.
        given: settings by the catalogue's names, and perhaps `seeds`; a list has one value for each member.
        seed: of the initial weights, where there are no `seeds`: all members begin alike, so that they differ by
            their settings alone; or seed, seed + 1, …, where nothing else makes them differ.
        members: K, where it was said. row_weights: members that the row weights are for, where they are.

    Raises:
        SettingsError: lists of different lengths, a setting that comes twice, and what `Settings` refuses.
    """
    values, seeds = dict(given), given.get("seeds")
    values.pop("seeds", None)
    for name, value in _optimizer_values(optimizer).items():
        if name in values:
            raise SettingsError(
                f"{name} comes twice, in the optimizer ({value!r}) and by itself ({values[name]!r}). Leave one out."
            )
        values[name] = value
    values = {name: _array(name, value) for name, value in values.items()}
    counts = {name: len(value) for name, value in values.items() if np.ndim(value)}
    if seeds is not None and np.ndim(seeds):
        counts["seeds"] = len(seeds)
    if row_weights is not None:
        counts["row_weights"] = row_weights
    alike = not counts
    if members is not None:
        counts["members"] = _checked_members(members)
    num_members = _agreed(counts)
    if seeds is None:
        seeds = seed + np.arange(num_members) if alike else np.full(num_members, seed)
    return Settings(num_members, seeds=_checked_seeds(seeds, num_members), **values)


def repeated(settings: Settings, times: int) -> Settings:
    """Each member `times` times, one after the other."""
    return settings.keep(np.repeat(np.arange(settings.num_members), times))


def differing(settings: Settings) -> dict[str, list[Any]]:
    """The settings, and `seed`, that are not the same for all members: by name, one value a member."""
    columns = {name: column.tolist() for name, column in settings.columns.items()} | {"seed": settings.seeds.tolist()}
    return {name: column for name, column in columns.items() if any(value != column[0] for value in column)}


def _optimizer_values(optimizer: Any) -> Values:
    if optimizer is None:
        return {}
    if not isinstance(optimizer, list | tuple):
        return _of_one(optimizer)
    if not optimizer:
        raise SettingsError("optimizer is an empty list. Give one optimiser, or one or more in a list.")
    blocks = [_block(_of_one(one)) for one in optimizer]
    names = dict.fromkeys(name for block in blocks for name in block)
    return {
        name: [value for block in blocks for value in block.get(name, [HYPERPARAMETERS[name].default] * len(block[""]))]
        for name in names
        if name
    }


def _of_one(optimizer: Any) -> Values:
    if isinstance(optimizer, str):
        return {"optimizer": optimizer}
    if isinstance(optimizer, Optimizer):
        return optimizer.settings()
    raise SettingsError(
        "optimizer must be one such as caviar.Adam(learning_rate=1e-3), a name such as 'adam', or a list of these; "
        f"got {optimizer!r}."
    )


def _block(values: Values) -> Values:
    """One optimiser's own members: as many values of each setting as its lists have; "" holds one entry a member."""
    arrays = {name: _array(name, value) for name, value in values.items()}
    counts = {name: len(array) for name, array in arrays.items() if array.ndim}
    num = _agreed(counts) if counts else 1
    columns = {name: (array if array.ndim else np.repeat(array, num)).tolist() for name, array in arrays.items()}
    return columns | {"": [None] * num}


def _array(name: str, value: Any) -> np.ndarray:
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        array = np.asarray(None, dtype=object)
    entry = HYPERPARAMETERS.get(name)
    if entry is not None and array.dtype.kind not in ("U" if entry.choices else "fiu"):
        needed = f"one of {', '.join(entry.choices)}" if entry.choices else "a number"
        raise SettingsError(f"{name} must be {needed}, or a list with one for each member; got {value!r}.")
    if array.ndim and not len(array):
        raise SettingsError(f"{name} is an empty list. Give one value, or one for each member.")
    return array


def _agreed(counts: dict[str, int]) -> int:
    if not counts:
        return 1
    [first, number], *others = counts.items()
    for name, other in others:
        if other != number:
            raise SettingsError(
                f"{_said(first, number)} and {_said(name, other)}, but a population has one number of members. Give "
                "lists of the same length, or single values."
            )
    return number


def _said(name: str, number: int) -> str:
    if name == "members":
        return f"members is {number:,}"
    if name == "row_weights":
        return f"row_weights is for {number:,} members"
    return f"{name} has {number:,} value{'s' * (number != 1)}"


def _checked_members(members: Any) -> int:
    if isinstance(members, bool) or not isinstance(members, int | np.integer) or members < 1:
        raise SettingsError(f"members must be a whole number of at least 1; got {members!r}.")
    return int(members)


def _checked_seeds(seeds: Any, num_members: int) -> np.ndarray:
    array = np.asarray(seeds)
    if array.dtype.kind not in "iu" or (array < 0).any() or array.ndim > 1:
        raise SettingsError(f"seeds must be whole numbers of at least 0, one for each member; got {seeds!r}.")
    return np.broadcast_to(array, (num_members,)).copy()
