"""A trial: actions tried at once beside a control, from the same seeds, and what each brought. Notes 1.3, 3.3."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from caviar.diagnosis.effects import Figure, measured_effects, without_luck
from caviar.diagnosis.intervals import Interval
from caviar.recipe.actions import Candidate
from caviar.training import Member, TrainingData
from caviar.training.scoring import CLASS_LOSSES

ROWS_AT_ONCE = 8_192
MOST_TRAIN_ROWS = 5_000  # train error tells the story; dev error decides


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
            one.to_json() | {"kept": place == self.winner}
            | ({"difference_without_luck": self.difference_without_luck} if place == self.winner else {})
            for place, one in enumerate(self.tried)
        ]  # fmt: skip
        control = {"dev_error": self.dev_error, "train_error": self.train_error}
        return {"seeds": self.num_seeds, "control": control, "candidates": candidates}


@dataclass(frozen=True)
class Measured:
    """What members make of the rows: errors and losses of dev rows (seed, row), and the train error, their mean."""

    errors: np.ndarray
    losses: np.ndarray
    train_error: float

    def dev_error(self, figure: Figure) -> float:
        return _mean_error(self.errors, figure)


def hold_trial(
    candidates: Sequence[Candidate],
    control: Sequence[Member],
    members: Sequence[Sequence[Member]],
    data: TrainingData,
) -> Trial | None:
    """Judge candidates by their members; None where the control itself was cut short by the budget.

    A candidate pays if its interval of dev error lies below 0; or that of dev loss, where dev error does not rise. A
    member that diverged before its first epoch was over counts as one that knows nothing but the targets' shares or
    mean.

    Args:
        control: (seed,) members as before. members: (candidate, seed) members, from the same seeds.
    """
    if _cut(control):
        return None
    figure: Figure = "rmse" if data.loss_function.root else "error" if _is_share(data) else "loss"
    before = measured(control, data)
    whole = [place for place, each in enumerate(members) if not _cut(each)]
    after = {place: measured(members[place], data) for place in whole}
    errors, losses = [after[place].errors for place in whole], [after[place].losses for place in whole]
    effects = dict(zip(whole, measured_effects(errors, before.errors, figure), strict=True))
    loss_effects = dict(zip(whole, measured_effects(losses, before.losses, "loss"), strict=True))
    tried = []
    for place, candidate in enumerate(candidates):
        if place not in after:
            why = "the budget ended before it was trained"
            tried.append(Tried(candidate, None, None, None, None, False, why))
            continue
        pays, why = _verdict(effects[place], loss_effects[place])
        own = after[place]
        tried.append(
            Tried(
                candidate, own.dev_error(figure), own.train_error, effects[place], loss_effects[place], pays, why
            )
        )  # fmt: skip
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


def _standing(one: Tried) -> tuple[float, float]:
    assert one.effect is not None and one.loss_effect is not None
    return one.effect.estimate, one.loss_effect.estimate


def _cut(members: Sequence[Member]) -> bool:
    return any(member.state == "budget" for member in members)


def _is_share(data: TrainingData) -> bool:
    return data.loss_function.name in CLASS_LOSSES


def measured(members: Sequence[Member], data: TrainingData) -> Measured:
    """The members on the dev rows and on some thousand train rows, in test mode."""
    figure: Figure = "rmse" if data.loss_function.root else "loss"
    errors, losses, train = [], [], []
    for member in members:
        dev = row_figures(member, data, data.dev_features, data.dev_targets)
        errors.append(dev[0])
        losses.append(dev[1])
        rows = slice(None, None, -(-len(data.train_targets) // MOST_TRAIN_ROWS))
        train.append(row_figures(member, data, data.train_features[rows], data.train_targets[rows])[0])
    return Measured(np.stack(errors), np.stack(losses), _mean_error(np.stack(train), figure))


def _mean_error(errors: np.ndarray, figure: Figure) -> float:
    return float(np.sqrt(errors.mean(axis=1)).mean() if figure == "rmse" else errors.mean())


@torch.no_grad()
def row_figures(member: Member, data: TrainingData, features: Tensor, targets: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Errors and losses, (row,) each; squared errors in the target's units²."""
    loss = data.loss_function
    columns = {name: torch.tensor([float(member.settings[name])]) for name in ("huber_delta", "quantile")}
    columns["label_smoothing"] = torch.zeros(1)
    network = None if member.weights is None else _network(member, data)
    errors, losses = [], []
    for piece, truth in zip(features.split(ROWS_AT_ONCE), targets.split(ROWS_AT_ONCE), strict=True):
        outputs = known_nothing(data).expand(-1, len(piece)) if network is None else _outputs(network, piece)
        share = 1.0 if loss.counts is None else loss.counts(truth) / loss.counts(targets).float().mean()
        errors.append(loss.errors(outputs[None], truth, columns)[0].double() * share)
        losses.append(loss.rows(outputs[None], truth, columns)[0].double() * share)
    unit = 1.0 if _is_share(data) else data.unit**2 if loss.root else data.unit
    return torch.cat(errors).numpy() * unit, torch.cat(losses).numpy()


def _network(member: Member, data: TrainingData) -> nn.Module:
    network: nn.Module = member.structure.build(tuple(data.train_features.shape[1:]), data.num_outputs)
    network = network.cpu().float()
    own = dict(network.named_parameters()) | dict(network.named_buffers())
    assert member.weights is not None
    for name, tensor in member.weights.items():
        own[name].copy_(tensor)
    return network.eval()


def _outputs(network: nn.Module, features: Tensor) -> Tensor:
    """(output, row)."""
    outputs: Tensor = network(features)
    return outputs.unsqueeze(0) if outputs.dim() == 1 else outputs.T


def known_nothing(data: TrainingData) -> Tensor:
    """The constant outputs (output, 1) of a network that knows the targets' shares, or their mean, and nothing else."""
    name, targets = data.loss_function.name, data.train_targets
    if name == "softmax":
        shares = torch.bincount(targets, minlength=data.num_outputs) / len(targets)
        return shares.clamp(1e-7).log().unsqueeze(1)
    mean = targets.float().nanmean(dim=0).reshape(-1, 1)
    return torch.logit(mean, eps=1e-7) if name in CLASS_LOSSES else mean
