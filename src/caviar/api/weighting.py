"""Weights of the train rows from what the user gave: an array, a rule, weights of the classes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from caviar.api.rows import CLASS_LOSSES, Rows
from caviar.core.errors import SettingsError, nearest
from caviar.techniques import row_weights as rules

RULES = ("bootstrap",)


def given_weights(weights: Any, rows: Rows) -> Tensor | str | None:
    """Checked weights of the train rows: None, (row,) or (member, row) float32; or the name of a rule.

    Args:
        weights: an array, one weight for each row that was given or (member, row); a rule's name; or a function of the
            number of train rows that returns (member, row), such as those of techniques/row_weights.py.
    """
    if weights is None:
        return None
    if isinstance(weights, str):
        if weights not in RULES:
            hint = nearest(weights, RULES)
            balanced = " For balanced classes say class_weights='balanced'." if weights == "balanced" else ""
            raise SettingsError(
                f"row_weights must be an array, a function of the number of rows, or one of {', '.join(RULES)}; "
                f"got {weights!r}.{hint}{balanced}"
            )
        return weights
    by_rule = callable(weights)
    num_rows = len(rows.chosen) if by_rule else rows.num_given
    try:
        tensor = torch.as_tensor(np.asarray(weights(num_rows) if by_rule else weights, dtype=np.float32))
    except (TypeError, ValueError):
        raise SettingsError(f"row_weights must be numbers, one a row or (member, row); got {weights!r}.") from None
    if tensor.dim() not in (1, 2) or tensor.shape[-1] != num_rows or not tensor.numel():
        raise SettingsError(
            f"row_weights must be ({num_rows:,},), one for each {'train' if by_rule else 'given'} row, or (member, "
            f"{num_rows:,}); got {tuple(tensor.shape)}."
        )
    if not (tensor.isfinite() & (tensor >= 0)).all():
        raise SettingsError("row_weights must be finite and at least 0, but some are not.")
    tensor = tensor if by_rule else tensor[..., torch.as_tensor(rows.chosen)]
    if not (tensor.sum(-1) > 0).all():
        raise SettingsError("row_weights must leave each member a train row of a weight above 0, but all are 0.")
    return tensor


def members_of(weights: Tensor | str | None) -> int | None:
    """How many members the weights are for, where they say."""
    return len(weights) if isinstance(weights, Tensor) and weights.dim() == 2 else None


def train_weights(weights: Tensor | str | None, class_weights: Any, rows: Rows, num_members: int, seed: int) -> Any:
    """The product of the row weights and those of the classes: None, (row,) or (member, row) float32."""
    if weights == "bootstrap":
        weights = rules.bootstrap(len(rows.chosen), num_members, seed)
    assert not isinstance(weights, str)
    by_class = _class_weights(class_weights, rows)
    if weights is None or by_class is None:
        return by_class if weights is None else weights
    return weights * by_class


def _class_weights(class_weights: Any, rows: Rows) -> Tensor | None:
    if class_weights is None:
        return None
    if rows.answers.loss not in CLASS_LOSSES:
        raise SettingsError(
            f"class_weights are for classes, and the loss here is {rows.answers.loss!r}. Leave them out."
        )
    classes, labels = rows.answers.classes, rows.data.train_targets
    if isinstance(class_weights, str):
        if class_weights != "balanced":
            raise SettingsError(f"class_weights must be 'balanced' or one number a class; got {class_weights!r}.")
        return rules.class_balance(labels, len(classes)).float()
    if isinstance(class_weights, Mapping):
        if set(class_weights) != set(classes):
            raise SettingsError(
                f"class_weights must name each class once, {', '.join(map(repr, classes))}; got "
                f"{', '.join(map(repr, class_weights))}."
            )
        class_weights = [class_weights[label] for label in classes]
    if len(class_weights) != len(classes):
        raise SettingsError(
            f"class_weights must be one number for each of the {len(classes)} classes; got {len(class_weights)}."
        )
    return rules.class_weights(labels, class_weights).float()
