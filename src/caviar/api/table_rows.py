"""Rows of a table: split and preprocessed as `fit` does it."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from caviar.api.answers import Answers
from caviar.api.rows import CLASS_LOSSES, NUMBER_LOSSES, Rows, checked_loss
from caviar.core.errors import SettingsError
from caviar.core.records import Notice
from caviar.data.schema import read_like
from caviar.data.splits import Split, split
from caviar.data.tables import Table, load
from caviar.recipe.preparation import Prepared, all_notices, encoded


def split_table(data: Any, target: str | None, loss: str | None, seed: int) -> Rows:
    """Train and dev rows of a file, built-in name, DataFrame, Table or Split; test rows are left aside."""
    if isinstance(data, Split):
        if target is not None and target != data.train.target:
            raise SettingsError(
                f"target {target!r} was asked for, but the parts were made to predict {data.train.target!r}. Give the "
                "target to caviar.load."
            )
        table, parts, chosen = data.train, data, np.arange(len(data.train))
    else:
        table = _table(data, target)
        parts = split(table, seed=seed)
        chosen = parts.rows["train"]
    prepared = encoded(table, parts)
    told = Notice("info", parts.rule)
    return _rows(prepared, loss, len(table), chosen, (*all_notices(prepared), told))


def whole_table(data: Any, target: str | None, loss: str | None) -> Rows:
    """All rows of a table, or the train rows of a Split, as train and dev rows alike."""
    table = data.train if isinstance(data, Split) else _table(data, target)
    prepared = encoded(table, Split(table, table, None, "", (), {"train": np.arange(len(table))}))
    return _rows(prepared, loss, len(table), np.arange(len(table)), tuple(all_notices(prepared)))


def _table(data: Any, target: str | None) -> Table:
    if not isinstance(data, Table) or (target is not None and target != data.target):
        return load(data, target)
    return data


def _rows(
    prepared: Prepared, loss: str | None, num_given: int, chosen: np.ndarray, notices: tuple[Notice, ...]
) -> Rows:
    coder = prepared.coder
    if coder.task == "regression":
        loss = checked_loss(loss, NUMBER_LOSSES, "numbers")
    elif coder.task == "binary":
        loss = checked_loss(loss, CLASS_LOSSES, "two classes")
    else:
        loss = checked_loss(loss, CLASS_LOSSES[:1], f"{len(coder.classes)} classes")
    num_outputs = 1 if loss == "logistic" else coder.num_outputs
    data = replace(prepared.training, loss=loss, num_outputs=num_outputs)
    answers = Answers(loss, coder.classes, coder.mean, coder.std)

    def read(source: Any) -> Tensor:
        return prepared.features(read_like(source, prepared.schema, target_needed=False))

    assert torch.isfinite(data.train_features).all()
    return Rows(data, answers, read, num_given, chosen, notices)
