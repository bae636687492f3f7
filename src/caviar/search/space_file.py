"""A search space as people write it: names of the catalogue, each with bounds, choices or one value. Notes 3.1, 3.2.

learning_rate: {low: 1e-4, high: 1e-1}             # on the catalogue's scale, here log
drop_rate: {low: 0, high: 0.5, scale: linear}
weight_decay: {low: 1e-3, high: 1, zero_share: 0.3}  # 0 for 30 % of the members
optimizer: {choices: [adam, momentum]}
init_gain: 1.0
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from caviar.core.errors import SettingsError, nearest
from caviar.population.settings import Settings
from caviar.search.choices import Choice, OrZero
from caviar.search.dimensions import Dimension, LogUniform, OneMinusLogUniform, Uniform
from caviar.search.spaces import Space, dimension_from_json
from caviar.techniques.catalog import HYPERPARAMETERS

SCALES: dict[str, type[Uniform]] = {
    "linear": Uniform,
    "log": LogUniform,
    "log of 1 - value": OneMinusLogUniform,
}
BOUNDS, CHOICES = {"low", "high", "scale", "zero_share"}, {"choices", "weights"}


def read_space(path: str | Path) -> Space:
    """The space that a YAML file describes. Raises SettingsError where it does not."""
    import yaml

    path = Path(path)
    if not path.is_file():
        raise SettingsError(f"the space {str(path)!r} is no file. Give a YAML file such as:\n{__doc__}")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _loader(yaml))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as YAML ({error}).") from None
    return space_of(content)


def space_of(content: Any) -> Space:
    """The space of a mapping such as the one above; bounds and values are held against the catalogue.

    Raises:
        SettingsError: naming the hyperparameter, what must hold and what came.
    """
    if isinstance(content, Space):
        dimensions = dict(content)
    elif isinstance(content, Mapping) and content:
        dimensions = {name: _dimension(name, entry) for name, entry in content.items()}
    else:
        raise SettingsError(f"a space must map names of hyperparameters to what to draw them from; got {content!r}.")
    for name, dimension in dimensions.items():
        _check_allowed(name, dimension)
    return Space(dimensions)


def written(space: Space) -> dict[str, Any]:
    """The mapping that `space_of` reads, of plain numbers and words; bounds rounded to four figures."""
    return {name: _written(name, dimension) for name, dimension in space.items()}


def _dimension(name: str, entry: Any) -> Dimension:
    catalogued = HYPERPARAMETERS.get(name)
    if catalogued is None:
        raise SettingsError(
            f"hyperparameter {name!r} is unknown.{nearest(str(name), list(HYPERPARAMETERS))} "
            f"Known: {', '.join(HYPERPARAMETERS)}."
        )
    try:
        if not isinstance(entry, Mapping):
            return Choice(tuple(entry) if isinstance(entry, list | tuple) else (entry,))
        if "kind" in entry:
            return dimension_from_json(entry)
        if "choices" in entry and set(entry) <= CHOICES:
            return Choice(tuple(entry["choices"]), tuple(entry.get("weights", ())))
        if {"low", "high"} <= set(entry) <= BOUNDS:
            scale = entry.get("scale", "linear" if catalogued.scale == "choice" else catalogued.scale)
            if scale not in SCALES:
                raise SettingsError(f"scale must be one of {', '.join(SCALES)}; got {scale!r}.")
            inner = SCALES[scale](entry["low"], entry["high"])
            return OrZero(inner, entry["zero_share"]) if entry.get("zero_share") else inner
    except SettingsError as error:
        raise SettingsError(f"hyperparameter {name!r}: {error}") from None
    except TypeError:
        pass
    raise SettingsError(
        f"hyperparameter {name!r} must be low and high (with scale and zero_share, if you like), choices, or one "
        f"value; got {entry!r}."
    )


def _check_allowed(name: str, dimension: Dimension) -> None:
    """Its ends, or choices, are values that the catalogue allows."""
    if isinstance(dimension, Choice):
        values = list(dimension.values)
    else:
        values = [dimension.from_unit(0.0), dimension.from_unit(1.0)]
    try:
        for value in values:  # one by one: words beside numbers would all become words
            Settings(1, **{name: [value]})
    except (SettingsError, ValueError, TypeError) as error:
        told = error if isinstance(error, SettingsError) else f"{values!r} are no values of {name}."
        raise SettingsError(f"hyperparameter {name!r}: {told}") from None


def _written(name: str, dimension: Dimension) -> Any:
    if isinstance(dimension, OrZero):
        return _written(name, dimension.inner) | {"zero_share": round(dimension.probability, 4)}
    if isinstance(dimension, Choice):
        if len(dimension.values) == 1:
            return dimension.values[0]
        plain = {"choices": list(dimension.values)}
        equal = len(set(dimension.weights)) == 1
        return plain if equal else plain | {"weights": [round(weight, 4) for weight in dimension.weights]}
    scale = next((word for word, kind in SCALES.items() if type(dimension) is kind), None)
    if scale is None:
        return dimension.to_json()
    assert isinstance(dimension, Uniform), dimension
    digits = 4 if scale != "log of 1 - value" else 6
    bounds = {"low": float(f"{dimension.low:.{digits}g}"), "high": float(f"{dimension.high:.{digits}g}")}
    return bounds | ({} if scale == HYPERPARAMETERS[name].scale else {"scale": scale})


def _loader(yaml: Any) -> Any:
    """A safe loader that reads 1e-4 as a number: YAML 1.1 wants 1.0e-4, and would read text."""
    import re

    class Loader(yaml.SafeLoader):
        pass

    number = re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+$")
    Loader.add_implicit_resolver("tag:yaml.org,2002:float", number, list("-+0123456789."))
    return Loader
