"""What single members make of dev and train rows: errors and losses, row by row. Notes 1.2."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from caviar.diagnosis.effects import Figure
from caviar.training import Member, TrainingData
from caviar.training.scoring import CLASS_LOSSES

ROWS_AT_ONCE = 8_192
WORST = 4.0  # times the squared error (or the loss) of the targets' mean: a network can count as no worse
MOST_TRAIN_ROWS = 5_000  # train error tells the story; dev error decides


@dataclass(frozen=True)
class Measured:
    """What members make of the rows: errors and losses of dev rows (seed, row), and the train error, their mean."""

    errors: np.ndarray
    losses: np.ndarray
    train_error: float

    def dev_error(self, figure: Figure) -> float:
        return _mean_error(self.errors, figure)


def is_share(data: TrainingData) -> bool:
    """Whether errors are shares of wrong answers."""
    return data.loss_function.name in CLASS_LOSSES


def measured(members: Sequence[Member], data: TrainingData, unit: float) -> Measured:
    """The members on the dev rows and on some thousand train rows, in test mode.

    A member that predicts numbers with more than twice the RMSE of their mean, or that diverged, counts as having just
    that: a network that flew apart may err by any amount, and no number of seeds would tell by how much.

    Args:
        unit: the targets' unit, by which squared losses of members that see them otherwise are made comparable.
    """
    figure: Figure = "rmse" if data.loss_function.root else "loss"
    rows = slice(None, None, -(-len(data.train_targets) // MOST_TRAIN_ROWS))
    parts = ((data.dev_features, data.dev_targets), (data.train_features[rows], data.train_targets[rows]))
    errors, losses, train = [], [], []
    for member in members:
        dev, seen = (_bounded_figures(member, data, *part) for part in parts)
        errors.append(dev[0])
        losses.append(dev[1] * (data.unit / unit) ** 2)
        train.append(seen[0])
    return Measured(np.stack(errors), np.stack(losses), _mean_error(np.stack(train), figure))


def _bounded_figures(
    member: Member, data: TrainingData, features: Tensor, targets: Tensor
) -> tuple[np.ndarray, np.ndarray]:
    figures = row_figures(member, data, features, targets)
    if is_share(data):
        return figures
    errors, losses = (each * WORST for each in row_figures(replace(member, weights=None), data, features, targets))
    return figures if member.weights is not None and figures[0].mean() <= errors.mean() else (errors, losses)


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
    unit = 1.0 if is_share(data) else data.unit**2 if loss.root else data.unit
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
