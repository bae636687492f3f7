"""Small tables that ship with scikit-learn, by name, with columns and labels called what they are."""

from typing import TYPE_CHECKING, Any

from caviar.core.errors import DataError

if TYPE_CHECKING:
    import polars as pl

TARGETS = {
    "digits": "digit",
    "breast-cancer": "diagnosis",
    "wine": "cultivar",
    "iris": "species",
    "diabetes": "progression",
}


def is_builtin(source: object) -> bool:
    """Whether a source is one of the names; underscores do for hyphens."""
    return isinstance(source, str) and source.replace("_", "-") in TARGETS


def read_builtin(name: str) -> "tuple[pl.DataFrame, str]":
    """The table of that name and the name of its target.

    `digits` has 64 grey values of 8 × 8 pixels and the digit; `diabetes` is in the units measured, not rescaled.
    """
    import numpy as np
    import polars as pl
    from sklearn import datasets

    name = name.replace("_", "-")
    if name not in TARGETS:
        raise DataError(f"built-in tables are {', '.join(TARGETS)}; got {name!r}.")
    options: dict[str, Any] = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(datasets, "load_" + name.replace("-", "_"))(**options)
    columns = {_plain(feature): bunch.data[:, place] for place, feature in enumerate(bunch.feature_names)}
    target = bunch.target if name == "diabetes" else np.asarray(bunch.target_names).astype(str)[bunch.target]
    return pl.DataFrame({**columns, TARGETS[name]: target}), TARGETS[name]


def _plain(feature: str) -> str:
    """ "sepal length (cm)" → "sepal_length"."""
    return str(feature).removesuffix(" (cm)").replace(" ", "_").replace("/", "_")
