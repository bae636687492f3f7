"""Every hyperparameter as a column: one value a member, checked once against the catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from caviar.core.errors import SettingsError, nearest
from caviar.techniques.catalog import HYPERPARAMETERS

Columns = dict[str, np.ndarray]


class Settings:
    """K members' hyperparameters, by the catalogue's names; what is not given has its default.

    Args:
        num_members: K; a single value serves all members, a sequence needs K of them.
        values: by name, such as `learning_rate=[1e-4, 1e-3]`; dropout rates may also be (member, layer).
        seeds: (member,) seed of each member's initial weights; default 0 … K − 1.

    Raises:
        SettingsError: unknown name, wrong number of values, value out of range.
    """

    def __init__(self, num_members: int, seeds: Any = None, **values: Any):
        self.num_members = num_members
        self.seeds = np.asarray(np.arange(num_members) if seeds is None else seeds, dtype=np.int64)
        self.columns: Columns = {}
        for name in values:
            if name not in HYPERPARAMETERS:
                raise SettingsError(
                    f"setting {name!r} is unknown.{nearest(name, list(HYPERPARAMETERS))} "
                    f"Known: {', '.join(HYPERPARAMETERS)}."
                )
        for name, entry in HYPERPARAMETERS.items():
            self.columns[name] = _column(name, values.get(name, entry.default), num_members)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def keep(self, members: np.ndarray) -> "Settings":
        """The same settings for these members only (row numbers, in this order)."""
        columns = {name: column[members] for name, column in self.columns.items()}
        return Settings(len(members), seeds=self.seeds[members], **columns)

    def member(self, row: int) -> dict[str, Any]:
        """One member's settings as plain values."""
        return {name: column[row].tolist() for name, column in self.columns.items()} | {"seed": int(self.seeds[row])}

    @classmethod
    def of_members(cls, members: Sequence[Mapping[str, Any]]) -> "Settings":
        """Stack what `member` gave."""
        names = [name for name in members[0] if name != "seed"]
        columns = {name: np.array([member[name] for member in members]) for name in names}
        return cls(len(members), seeds=[member["seed"] for member in members], **columns)


def _column(name: str, value: Any, num_members: int) -> np.ndarray:
    entry = HYPERPARAMETERS[name]
    column: np.ndarray = np.asarray(value, dtype=np.str_ if entry.choices else np.float64)
    if column.ndim == 0:
        column = np.repeat(column, num_members)
    if len(column) != num_members:
        raise SettingsError(f"{name} needs one value, or one for each of the {num_members} members; got {len(column)}.")
    if entry.choices:
        unknown = sorted(set(column.tolist()) - set(entry.choices))
        if unknown:
            raise SettingsError(
                f"{name} must be one of {', '.join(entry.choices)}; got {unknown[0]!r}."
                f"{nearest(unknown[0], entry.choices)}"
            )
        return column
    above = column >= entry.high if entry.open_above else column > entry.high
    if (wrong := ~(column >= entry.low) | above).any():
        bound = f"below {entry.high:g}" if entry.open_above else f"at most {entry.high:g}"
        raise SettingsError(f"{name} must be at least {entry.low:g} and {bound}; got {column[wrong].flat[0]:g}.")
    return column
