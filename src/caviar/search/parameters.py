"""Settings as Optuna knows them: parameters with a distribution, as far as Optuna can hold them.

Optuna wants a parameter to stay of one kind (number, whole number, one of the same choices; log scale or not) in all
trials of a study. The kind is taken from the trials already stored, else from the search space, else from the first
value, and stays; bounds only ever widen. What does not fit, such as an infinite clipping norm or a tuple of hidden
sizes, is no parameter.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from caviar.search.choices import Choice, OrZero
from caviar.search.dimensions import Dimension, Integer, LogUniform, Uniform

Distributions = dict[str, BaseDistribution]


def distribution_of(dimension: Dimension) -> BaseDistribution | None:
    """Optuna's word for a dimension, or None where it has none. Scales it does not know become linear."""
    if isinstance(dimension, OrZero):
        inner = dimension.inner
        return IntDistribution(0, inner.high) if isinstance(inner, Integer) else FloatDistribution(0, inner.high)
    if isinstance(dimension, Integer):
        return IntDistribution(dimension.low, dimension.high, log=dimension.log)
    if isinstance(dimension, Uniform):
        return FloatDistribution(dimension.low, dimension.high, log=isinstance(dimension, LogUniform))
    assert isinstance(dimension, Choice), dimension
    if all(isinstance(value, str | bool) or _is_number(value) for value in dimension.values):
        return CategoricalDistribution(dimension.values)
    return None


def widened(distribution: BaseDistribution, value: Any) -> BaseDistribution | None:
    """The distribution, with bounds that hold `value`; itself where it does already, None where it never can."""
    if isinstance(distribution, CategoricalDistribution):
        known = any(
            value == choice and isinstance(value, bool) == isinstance(choice, bool) for choice in distribution.choices
        )
        return distribution if known else None
    assert isinstance(distribution, FloatDistribution | IntDistribution), distribution
    whole = isinstance(distribution, IntDistribution)
    if not _is_number(value) or (distribution.log and value <= 0) or (whole and value != int(value)):
        return None
    if distribution.low <= value <= distribution.high:
        return distribution
    value = int(value) if whole else float(value)
    return type(distribution)(min(distribution.low, value), max(distribution.high, value), log=distribution.log)


def learn_trial(known: Distributions, distributions: Mapping[str, BaseDistribution]) -> None:
    """Widen what is known by the distributions of a trial that is already stored."""
    for name, distribution in distributions.items():
        if isinstance(known.setdefault(name, distribution), FloatDistribution | IntDistribution):
            for bound in (distribution.low, distribution.high):  # type: ignore[attr-defined]
                known[name] = widened(known[name], bound) or known[name]


def learn_settings(known: Distributions, members: Iterable[Mapping[str, Any]]) -> None:
    """Widen what is known by the settings of new trials, one mapping a trial."""
    for settings in members:
        for name, value in settings.items():
            if name not in known and _is_number(value):
                known[name] = FloatDistribution(value, value)
            elif name in known:
                known[name] = widened(known[name], value) or known[name]


def parameters_of(known: Distributions, settings: Mapping[str, Any]) -> tuple[dict[str, Any], Distributions]:
    """The settings that Optuna can hold, and their distributions."""
    held = {
        name: known[name]
        for name, value in settings.items()
        if name in known and widened(known[name], value) is known[name]
    }
    return {name: settings[name] for name in held}, held


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
