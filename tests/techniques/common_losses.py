"""The common table: every loss by row, weighted means, and label smoothing."""

import torch
from common_entry import Entry, column, drawn
from loss_cases import BATCH, COLUMNS, MEMBERS, outputs_of, plain_mean, plain_row, targets_of

from caviar.techniques import bootstrap, class_balance, class_weights, folds, smooth_binary, smoothing_column, subsets
from caviar.techniques.losses import LOSSES, mean_loss

TECHNIQUE_OF = {
    "softmax": "softmax",
    "logistic": "logistic-loss",
    "multi-label": "logistic-loss/several labels",
    "squared": "squared-error",
    "huber": "huber-loss",
    "quantile": "quantile-loss",
}


def by_row(name):
    """The loss of each row; settings enter as columns, which is how a population gives them."""
    return Entry(
        lambda outputs, targets, **columns: LOSSES[name].rows(outputs, targets, columns),
        lambda outputs, targets, **columns: torch.stack(
            [plain_row(name, outputs[:, row], target, **columns) for row, target in enumerate(targets)]
        ),
        {"outputs": outputs_of(name), **COLUMNS},
        {"targets": targets_of(name)},
        edges={
            "one row": {"outputs": outputs_of(name)[..., :1], "targets": targets_of(name)[:1]},
            "no smoothing": {"label_smoothing": torch.zeros(MEMBERS, dtype=torch.float64)},
            "outputs 0": {"outputs": 0 * outputs_of(name)},
            "far-off outputs": {"outputs": outputs_of(name, scale=1e3)},
        }
        | ({"one class": ONE_CLASS} if name == "softmax" else {}),
        gradient_by=("outputs",),
        halves=("outputs",),
        results=("single",),
    )


ONE_CLASS = {"outputs": outputs_of("softmax")[:, :1], "targets": torch.zeros(BATCH, dtype=torch.int64)}


def weighted(name):
    """The weighted mean, each member with weights of its own, about a third of them 0."""
    draws = drawn(MEMBERS, BATCH, seed=8)
    return Entry(
        lambda outputs, targets, weights, **columns: mean_loss(LOSSES[name], outputs, targets, columns, weights),
        lambda outputs, targets, weights, **columns: plain_mean(name, outputs, targets, weights.tolist(), **columns),
        {"outputs": outputs_of(name), "weights": torch.where(draws < 0.35, 0.0, 3 * draws), **COLUMNS},
        {"targets": targets_of(name)},
        edges={
            "weights 0": {"weights": torch.zeros(MEMBERS, BATCH, dtype=torch.float64)},
            "weights 1": {"weights": torch.ones(MEMBERS, BATCH, dtype=torch.float64)},
            "one row": {
                "outputs": outputs_of(name)[..., :1],
                "targets": targets_of(name)[:1],
                "weights": column(2.0, 0.0, 1.0, 0.5).view(MEMBERS, 1),
            },
            "folds": {"weights": folds(BATCH, MEMBERS, 0).double()},
            "resamples": {"weights": bootstrap(BATCH, MEMBERS, 0).double()},
            "growing subsets": {"weights": subsets(BATCH, (1, 2, 5, BATCH), 0).double()},
        },
        refused=NOTHING_SELECTED if name == "softmax" else {},
        gradient_by=("outputs",),
        halves=("outputs",),
        results=("single",),
    )


LABELS = torch.tensor([0, 1, 1])
NOTHING_SELECTED = {
    "an empty batch": (
        lambda: mean_loss(LOSSES["squared"], torch.zeros(2, 1, 0), torch.zeros(0), {}, None),
        "at least one row",
    ),
    "folds of no rows": (lambda: folds(0, 2, 0), "num_folds must be at least 2 and at most the number of rows, 0"),
    "resamples of no rows": (lambda: bootstrap(0, 2, 0), "at least one row"),
    "resamples for no member": (lambda: bootstrap(3, 0, 0), "num_members must be at least 1"),
    "no subset": (lambda: subsets(3, [], 0), "got none"),
    "an empty subset": (lambda: subsets(3, [0], 0), "from 1 to 3; got 0"),
    "balance of no rows": (lambda: class_balance(LABELS[:0], 2), "one whole number a row"),
    "all classes off": (lambda: class_weights(LABELS, [0.0, 0.0]), "one of them above 0"),
}

LOSS_ENTRIES = {
    **{TECHNIQUE_OF[name]: by_row(name) for name in LOSSES},
    **{f"row-weights/{name}": weighted(name) for name in LOSSES},
    "label-smoothing": Entry(
        lambda targets, label_smoothing: smooth_binary(
            targets, smoothing_column({"label_smoothing": label_smoothing}, targets.expand(len(label_smoothing), -1))
        ).expand(len(label_smoothing), -1),
        lambda targets, label_smoothing: torch.stack(
            [1 - label_smoothing / 2 if one == 1 else label_smoothing / 2 for one in targets.tolist()]
        ),
        {"label_smoothing": column(0.0, 0.1, 0.9)},
        {"targets": column(0.0, 1.0, 1.0)},
        edges={
            "no smoothing": {"label_smoothing": column(0.0, 0.0, 0.0)},
            "one row": {"targets": column(1.0)},
        },
        gradient_by=("label_smoothing",),
        halves=("targets",),
        results=("same",),
    ),
}
