"""From findings to things to try: what each action changes in a setup, all to be tried at once. Notes 1.3."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from caviar.core.records import Action, Finding
from caviar.recipe.setups import Setup
from caviar.techniques.catalog import HYPERPARAMETERS

MOST_CANDIDATES = 4
RATE_STEP, FAR_STEP = 3.0, 10.0  # of learning rates within the region that is worth tuning, and beyond it

TRAIN_FALLS = "train error falls"
BOTH_FALL = "train error falls, dev error with it"
NARROWS = "the gap between train and dev error narrows"
AS_GOOD = "as good, and faster"


@dataclass(frozen=True)
class Candidate:
    """One action: the finding that calls for it ("none": a probe), what it makes of the setup, what it should do."""

    name: str
    finding: str
    action: str
    expected: str
    setup: Setup


Change = Callable[[Setup], Candidate | None]


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
    """What Caviar can do of an action. A word such as "widen" has its own ways; figures are all set together."""
    if action.by != "caviar":
        return []
    found = [way(setup) for word in action.change for way in WAYS.get(word, ())]
    figures = {name: value for name, value in action.change.items() if name not in WAYS}
    found.append(_with_figures(action, setup, figures) if figures else None)
    return [one for one in found if one is not None]


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
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]


def _probes(setup: Setup) -> Iterator[Candidate]:
    """Worth a try whatever was found: each is a step along one dimension."""
    for way in (train_longer, higher_rate, lower_rate, widen, more_dropout, without_dropout, more_decay):
        if (one := way(setup)) is not None:
            yield one


def widen(setup: Setup) -> Candidate | None:
    """A bigger network."""
    wider = setup.wider()
    if wider is None:
        return None
    return Candidate("widen", "none", f"a bigger network: {wider} instead of {setup}", BOTH_FALL, wider)


def train_longer(setup: Setup) -> Candidate | None:
    """More epochs, or none of early stopping."""
    longer = setup.longer()
    if longer is None:
        return None
    how = "no early stopping" if longer.epochs == setup.epochs else f"{longer.epochs} epochs instead of {setup.epochs}"
    return Candidate("train-longer", "none", f"{how} on {setup}", TRAIN_FALLS, longer)


def higher_rate(setup: Setup) -> Candidate | None:
    """Another region of learning rates, above."""
    return _other_rate("higher-rate", setup, _step(setup))


def lower_rate(setup: Setup) -> Candidate | None:
    """Another region of learning rates, below."""
    return _other_rate("lower-rate", setup, 1 / _step(setup))


def _step(setup: Setup) -> float:
    tuned = HYPERPARAMETERS["learning_rate"].tune
    assert tuned is not None
    return RATE_STEP if tuned[0] <= setup.settings["learning_rate"] <= tuned[1] else FAR_STEP


def _other_rate(name: str, setup: Setup, factor: float) -> Candidate | None:
    other = setup.faster(factor)
    now, then = (f"{each.settings['learning_rate']:.3g}" for each in (setup, other))
    return Candidate(name, "none", f"learning rate {then} instead of {now} on {setup}", BOTH_FALL, other)


def more_dropout(setup: Setup) -> Candidate | None:
    """Stronger regularisation by dropout (Notes 1.6)."""
    more = setup.more_dropout()
    if more is None:
        return None
    how = f"dropout {more.drop_rate:.0%} instead of {setup.drop_rate:.0%} on {setup}"
    return Candidate("more-dropout", "none", how, NARROWS, more)


def more_decay(setup: Setup) -> Candidate | None:
    """Stronger regularisation by weight decay (Notes 1.4)."""
    more = setup.more_decay()
    if more is None:
        return None
    now, then = (f"{each.settings['weight_decay']:.3g}" for each in (setup, more))
    return Candidate("more-decay", "none", f"weight decay {then} instead of {now} on {setup}", NARROWS, more)


def both_stronger(setup: Setup) -> Candidate | None:
    """Dropout and decay at once."""
    more = setup.more_dropout()
    both = None if more is None else more.more_decay()
    if both is None:
        return None
    how = f"dropout {both.drop_rate:.0%} and weight decay {both.settings['weight_decay']:.3g} on {setup}"
    return Candidate("regularise", "none", how, NARROWS, both)


def without_dropout(setup: Setup) -> Candidate | None:
    """No dropout where nothing overfits (Notes 1.7)."""
    without = setup.without_dropout()
    if without is None:
        return None
    return Candidate("without-dropout", "none", f"no dropout on {setup}", AS_GOOD, without)


WAYS: dict[str, tuple[Change, ...]] = {
    "widen": (widen,),
    "train_longer": (train_longer,),
    "regularise": (more_dropout, more_decay, both_stronger),
    "dropout": (without_dropout,),
}
