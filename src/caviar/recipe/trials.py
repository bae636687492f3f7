"""A trial: actions tried at once beside a control, from the same seeds, and what each brought. Notes 1.3, 3.3."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from caviar.diagnosis.effects import Figure, measured_effects, without_luck
from caviar.diagnosis.intervals import Interval
from caviar.recipe.row_figures import is_share, measured
from caviar.recipe.ways import Candidate
from caviar.training import Member, TrainingData


@dataclass(frozen=True)
class Tried:
    """One candidate's outcome.

    dev_error, train_error: mean over its seeds. effect, loss_effect: dev error and dev loss minus the control's, with
    intervals over seeds and rows that hold for all candidates at once; None where it was not trained to its end. why:
    what decided, in words.
    """

    candidate: Candidate
    dev_error: float | None
    train_error: float | None
    effect: Interval | None
    loss_effect: Interval | None
    pays: bool
    why: str

    def to_json(self) -> dict[str, Any]:
        one = self.candidate
        told: dict[str, Any] = {"name": one.name, "finding": one.finding, "action": one.action}
        told |= {"dev_error": self.dev_error, "train_error": self.train_error}
        if self.effect is not None and self.loss_effect is not None:
            told |= {"difference": self.effect.estimate, "low": self.effect.low, "high": self.effect.high}
            told |= {f"loss_{name}": value for name, value in self.loss_effect._asdict().items()}
        return told | {"pays": self.pays, "why": self.why}


@dataclass(frozen=True)
class Trial:
    """All candidates of a round. The best of those that pay is the `winner`, by its place; None where none pays.

    difference_without_luck: the winner's effect, less what being picked as the best adds to it on average.
    """

    num_seeds: int
    dev_error: float
    train_error: float
    tried: tuple[Tried, ...]
    winner: int | None
    difference_without_luck: float | None

    @property
    def leader(self) -> Tried | None:
        """The winner, or else the candidate that came nearest; None where none was judged."""
        if self.winner is not None:
            return self.tried[self.winner]
        judged = [one for one in self.tried if one.effect is not None]
        return min(judged, key=_standing, default=None)

    def to_json(self) -> dict[str, Any]:
        candidates = [
            one.to_json()
            | {"kept": place == self.winner}
            | ({"difference_without_luck": self.difference_without_luck} if place == self.winner else {})
            for place, one in enumerate(self.tried)
        ]
        control = {"dev_error": self.dev_error, "train_error": self.train_error}
        return {"seeds": self.num_seeds, "control": control, "candidates": candidates}


def hold_trial(
    candidates: Sequence[Candidate],
    control: Sequence[Member],
    members: Sequence[Sequence[Member]],
    data: TrainingData,
    own_data: Sequence[TrainingData] | None = None,
    num_looks: int = 1,
) -> Trial | None:
    """Judge candidates by their members; None where the control itself was cut short by the budget.

    A candidate pays if its interval of dev error lies below 0; or that of dev loss, where dev error does not rise. The
    best of those that lower the error wins, and one that lowers the loss alone only where none does. A member that
    diverged before its first epoch was over counts as one that knows nothing but the classes' shares; of numbers as
    in `measured`.

    Args:
        control: (seed,) members as before. members: (candidate, seed) members, from the same seeds.
        own_data: the same rows as each candidate's members see them, where they are not `data`.
        num_looks: how many trials of the same candidates there may be, with ever more seeds, until one pays.
    """
    if _cut(control):
        return None
    figure: Figure = "rmse" if data.loss_function.root else "error" if is_share(data) else "loss"
    before = measured(control, data, data.unit)
    whole = [place for place, each in enumerate(members) if not _cut(each)]
    seen = own_data or [data] * len(members)
    after = {place: measured(members[place], seen[place], data.unit) for place in whole}
    errors, losses = [after[place].errors for place in whole], [after[place].losses for place in whole]
    effects = dict(zip(whole, measured_effects(errors, before.errors, figure, num_looks), strict=True))
    loss_effects = dict(zip(whole, measured_effects(losses, before.losses, "loss", num_looks), strict=True))
    tried = []
    for place, candidate in enumerate(candidates):
        if place not in after:
            why = "the budget ended before it was trained"
            tried.append(Tried(candidate, None, None, None, None, False, why))
            continue
        pays, why = _verdict(effects[place], loss_effects[place])
        own = after[place]
        tried.append(
            Tried(candidate, own.dev_error(figure), own.train_error, effects[place], loss_effects[place], pays, why)
        )
    paying = [place for place in whole if tried[place].pays]
    winner = min(paying, key=lambda place: _standing(tried[place]), default=None)
    for place in paying:
        if place != winner:
            tried[place] = replace(tried[place], why="it pays, but less than the one that was kept")
    fair = None if winner is None else without_luck(errors, before.errors, figure, whole.index(winner))
    return Trial(len(control), before.dev_error(figure), before.train_error, tuple(tried), winner, fair)


def _verdict(effect: Interval, loss_effect: Interval) -> tuple[bool, str]:
    if effect.high < 0:
        return True, "dev error falls by more than seeds and rows explain"
    if loss_effect.high < 0 and effect.estimate <= 0:
        return True, "dev loss falls by more than seeds and rows explain, and dev error does not rise"
    if effect.low > 0:
        return False, "dev error rises"
    return False, "seeds and rows alone could make such a difference"


def _standing(one: Tried) -> tuple[bool, float, float]:
    assert one.effect is not None and one.loss_effect is not None
    return one.effect.high >= 0, one.effect.estimate, one.loss_effect.estimate


def _cut(members: Sequence[Member]) -> bool:
    return any(member.state == "budget" for member in members)
