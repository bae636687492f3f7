"""From findings to things to try: what each action changes in a setup, all to be tried at once. Notes 1.3."""

import itertools
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from caviar.core.records import Action, Finding
from caviar.recipe.setups import Setup
from caviar.recipe.ways import (
    WAYS,
    Candidate,
    higher_rate,
    lower_rate,
    more_decay,
    more_dropout,
    train_longer,
    widen,
    without_dropout,
)

MOST_CANDIDATES = 4


def candidates(
    findings: Sequence[Finding],
    setup: Setup,
    without_gain: Set[tuple[str, str]] = frozenset(),
    most: int = MOST_CANDIDATES,
) -> list[Candidate]:
    """What to try on a setup, at most `most`: first what findings call for, then what is always worth a probe.

    Args:
        findings: the gravest first. without_gain: (name, action) of candidates that were tried and brought nothing.
    """
    tried: dict[str, Candidate] = {}
    for one in [*_called_for(findings, setup), *_probes(setup)]:
        if (one.name, one.action) not in without_gain:
            tried.setdefault(one.action, one)
    return list(tried.values())[:most]


def _called_for(findings: Sequence[Finding], setup: Setup) -> Iterator[Candidate]:
    """Every finding's first answer, then the others, so that no disease keeps the rest from being treated."""
    answers = [
        [replace(one, finding=finding.id) for action in finding.actions for one in _answers(action, setup)]
        for finding in findings
        if finding.verdict == "present"
    ]
    for place in range(max(map(len, answers), default=0)):
        yield from (each[place] for each in answers if place < len(each))


def _answers(action: Action, setup: Setup) -> list[Candidate]:
    """What Caviar can do of an action.

    A word such as "widen" has its own ways. Figures (`Setup.changed`) are all set together; of a list each is a try.
    """
    if action.by != "caviar":
        return []
    found = [way(setup) for word in action.change for way in WAYS.get(word, ())]
    figures = {name: value for name, value in action.change.items() if name not in WAYS}
    found += [_with_figures(action, setup, each) for each in _alternatives(figures)] if figures else []
    return [one for one in found if one is not None]


def _alternatives(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The figures with one of every list."""
    lists = [value if isinstance(value, list) else [value] for value in figures.values()]
    return (dict(zip(figures, values, strict=True)) for values in itertools.product(*lists))


def _with_figures(action: Action, setup: Setup, figures: dict[str, object]) -> Candidate | None:
    changed = setup
    told = []
    for name, value in figures.items():
        new = changed.changed(name, value)
        if new is not None:
            changed = new
            told.append(
                f"{name.replace('_', ' ')} {_shown(_value(new, name))} instead of {_shown(_value(setup, name))}"
            )
    if not told:
        return None
    return Candidate("-".join(figures), "none", f"{', '.join(told)} on {setup}", _lowered(action.expected), changed)


def _value(setup: Setup, name: str) -> object:
    if name in setup.settings:
        return setup.settings[name]
    return setup.shape.batch_size if name == "batch_size" else getattr(setup.shape.structure, name)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]


def _probes(setup: Setup) -> Iterator[Candidate]:
    """Worth a try whatever was found: each is a step along one dimension."""
    for way in (train_longer, higher_rate, lower_rate, widen, more_dropout, without_dropout, more_decay):
        if (one := way(setup)) is not None:
            yield one
