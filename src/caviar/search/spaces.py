"""A search space: an ordered set of named dimensions, drawn from, narrowed, and written as JSON. Notes 3.1, 3.2."""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from caviar.core.errors import SettingsError, nearest
from caviar.search.choices import Choice, OrZero
from caviar.search.dimensions import Dimension, Integer, LogUniform, OneMinusLogUniform, Uniform, Value

__all__ = [
    "Choice",
    "Dimension",
    "Integer",
    "LogUniform",
    "OneMinusLogUniform",
    "OrZero",
    "Space",
    "Uniform",
    "Value",
    "columns_of",
    "dimension_from_json",
    "stream",
]

KINDS: dict[str, Any] = {one.kind: one for one in (Uniform, LogUniform, OneMinusLogUniform, Integer, Choice, OrZero)}


class Space(Mapping[str, Dimension]):
    """Names and their dimensions, in order; `with_dimensions`, `zoom` and coarse_to_fine.py make changed copies.

    `Space({"learning_rate": LogUniform(1e-4, 1), "drop_rate": OrZero(Uniform(0.05, 0.5), 0.3)}).sample(25, seed=0)`
    """

    def __init__(self, dimensions: Mapping[str, Dimension]):
        for name, dimension in dimensions.items():
            if not isinstance(name, str) or not name:
                raise SettingsError(f"a dimension's name must be a text of at least one letter, got {name!r}.")
            if not isinstance(dimension, Dimension):
                raise SettingsError(f"{name!r} must be a dimension such as Uniform(0, 1), got {dimension!r}.")
        self._dimensions = dict(dimensions)

    def __getitem__(self, name: str) -> Dimension:
        return self._dimensions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._dimensions)

    def __len__(self) -> int:
        return len(self._dimensions)

    def __repr__(self) -> str:
        return f"Space({self._dimensions!r})"

    def sample(self, num: int, seed: int, first: int = 0) -> dict[str, np.ndarray]:
        """Draws number `first` to `first + num − 1` of this seed: one column (draw,) a dimension.

        Each draw depends on the seed, the dimension's name and the draw's number alone: neither another dimension nor
        the size of earlier requests changes it.
        """
        columns = {}
        for name, dimension in self.items():
            generator = stream(seed, "space", name)
            generator.bit_generator.advance(first)  # type: ignore[attr-defined]
            columns[name] = dimension.sample(num, generator)
        return columns

    def with_dimensions(self, changes: Mapping[str, Dimension | None]) -> "Space":
        """This space with dimensions replaced, added at the end, or (None) left out."""
        changed: dict[str, Dimension | None] = {**self, **changes}
        return Space({name: dimension for name, dimension in changed.items() if dimension is not None})

    def zoom(self, centre: Mapping[str, Value], factor: float) -> "Space":
        """Each dimension that `centre` names, `factor` times as wide around its value there; the others as they are."""
        return self.with_dimensions(
            {name: self[name].zoom(value, factor) for name, value in centre.items() if name in self}
        )

    def describe(self) -> dict[str, str]:
        """In words, by name."""
        return {name: dimension.describe() for name, dimension in self.items()}

    def to_json(self) -> dict[str, Any]:
        return {name: dimension.to_json() for name, dimension in self.items()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Space":
        """What `to_json` gave. Raises SettingsError, naming the dimension, when it is not that."""
        if not isinstance(value, Mapping):
            raise SettingsError(f"a space must map names to dimensions, got {value!r}.")
        dimensions = {}
        for name, entry in value.items():
            try:
                dimensions[name] = dimension_from_json(entry)
            except SettingsError as error:
                raise SettingsError(f"dimension {name!r}: {error}") from None
        return cls(dimensions)


def dimension_from_json(value: Any) -> Dimension:
    """What a dimension's `to_json` gave; weights of choices and `log` may be left out."""
    if not isinstance(value, Mapping) or value.get("kind") not in KINDS:
        kind = value.get("kind") if isinstance(value, Mapping) else value
        raise SettingsError(
            f"a dimension needs a kind, one of {', '.join(KINDS)}; got {kind!r}.{nearest(str(kind), list(KINDS))}"
        )
    fields = {name: tuple(part) if isinstance(part, list) else part for name, part in value.items() if name != "kind"}
    if value["kind"] == OrZero.kind and "inner" in fields:
        fields["inner"] = dimension_from_json(fields["inner"])
    try:
        dimension: Dimension = KINDS[value["kind"]](**fields)
    except TypeError:
        known = ", ".join(one.name for one in dataclasses.fields(KINDS[value["kind"]]))
        raise SettingsError(
            f"a {value['kind']} dimension is made of {known}; got {', '.join(fields) or 'nothing'}."
        ) from None
    return dimension


def columns_of(members: Sequence[Mapping[str, Value]]) -> dict[str, np.ndarray]:
    """One column (member,) a setting, from one mapping a member; what a member lacks is NaN, or None beside text."""
    names = list(dict.fromkeys(name for member in members for name in member))
    columns = {}
    for name in names:
        values = [member.get(name) for member in members]
        numbers = all(value is None or isinstance(value, int | float | np.number) for value in values)
        if numbers:
            columns[name] = np.array([np.nan if value is None else value for value in values])
            continue
        columns[name] = np.empty(len(values), dtype=object)
        columns[name][:] = values
    return columns


def stream(seed: int, purpose: str, *names: str | int) -> np.random.Generator:
    """A generator of its own for this seed, purpose and names (core/random.py's idea, for NumPy)."""
    key = hashlib.blake2b("|".join(map(str, (seed, purpose, *names))).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(key, "little")))
