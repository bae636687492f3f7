"""Ways to change a setup: each a candidate to try beside it, or None where nothing can be changed. Notes 1.3."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from caviar.recipe.setups import PENALTIES, Setup
from caviar.techniques.catalog import HYPERPARAMETERS

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


def deepen(setup: Setup) -> Candidate | None:
    """A layer more."""
    deeper = setup.deeper()
    if deeper is None:
        return None
    return Candidate("deepen", "none", f"a layer more: {deeper} instead of {setup}", BOTH_FALL, deeper)


def shrink(setup: Setup) -> Candidate | None:
    """A smaller network (Notes 1.3)."""
    smaller = setup.smaller()
    if smaller is None:
        return None
    return Candidate("shrink", "none", f"a smaller network: {smaller} instead of {setup}", NARROWS, smaller)


def loosen(setup: Setup) -> Candidate | None:
    """No regularisation where nothing is learned for all of it (Notes 1.4)."""
    looser = setup.looser()
    if looser is None:
        return None
    gone = [word for name, word in PENALTIES.items() if np.max(setup.settings[name])]
    return Candidate("loosen", "none", f"no {', no '.join(gone)} on {setup}", TRAIN_FALLS, looser)


def standardise(setup: Setup) -> Candidate | None:
    """Inputs of mean 0 and deviation 1 (Notes 1.9), numbers to predict likewise."""
    standard = setup.standardised()
    if standard is None:
        return None
    how = f"rows of mean 0 and deviation 1, by the train rows, on {setup}"
    return Candidate("standardise", "none", how, BOTH_FALL, standard)


WAYS: dict[str, tuple[Change, ...]] = {
    "widen": (widen,),
    "deepen": (deepen,),
    "loosen": (loosen,),
    "standardise": (standardise,),
    "train_longer": (train_longer,),
    "regularise": (more_dropout, more_decay, both_stronger, shrink),
    "dropout": (without_dropout,),
}
