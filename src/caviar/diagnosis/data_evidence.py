"""What is known of the rows themselves, before any training: gathered once, from a table and its parts. Notes 1.1."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from caviar.core.records import Task
from caviar.data.constant_columns import nearly_constant
from caviar.data.equal_rows import EqualRows
from caviar.data.giveaways import column_scores
from caviar.data.kinds import infer
from caviar.data.part_checks import copies_between
from caviar.data.part_distributions import distances

if TYPE_CHECKING:
    from caviar.data.splits import Split
    from caviar.data.tables import Table

Cut = Literal["at random", "by group", "by time", "a table of its own"]


@dataclass(frozen=True, eq=False)
class DataEvidence:
    """All of it.

    Args:
        rows: by part.
        copies: for dev and test, rows that equal one of an earlier part in every feature.
        scores: by column, the share of the trivial error that it takes away alone; {} where that is unknowable.
        counts: by part, then label, the number of rows; {} for regression.
        dev_classes: (dev row,) the place of its label in `classes`; None for regression.
        cut: how dev and train were told apart.
        distances: by pair of parts, the columns that are distributed otherwise and how far apart they are in [0, 1].
        columns_compared: how many columns were looked through for that.
        constant: columns that were left out as they hold one value, and what they hold; in all rows, or in train's.
        nearly_constant: columns in use, and the share of their most frequent value.
        identifiers: columns that were left out as they tell rows apart and nothing else, and why they are taken for it.
        used_identifiers: such columns that are in use, as the user set their kind.
    """

    task: Task
    classes: tuple[str, ...]
    rows: dict[str, int]
    copies: dict[str, EqualRows]
    scores: dict[str, float]
    counts: dict[str, dict[str, int]]
    dev_classes: np.ndarray | None
    cut: Cut = "at random"
    distances: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    columns_compared: int = 0
    constant: dict[str, str] = field(default_factory=dict)
    nearly_constant: dict[str, float] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)
    used_identifiers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Table, split: Split, cut: Cut, constant_in_train: dict[str, str]) -> DataEvidence:
        """Look through a table and the parts cut from it.

        What `caviar check` says of the table comes from the same functions, of the same rows, so the two agree.

        Args:
            constant_in_train: columns that the preprocessing left out for that reason.
        """
        parts = {"train": split.train, "dev": split.dev} | ({} if split.test is None else {"test": split.test})
        task = split.train.task
        assert task is not None, "rows to learn from have a target"
        features = replace(table, columns=split.train.columns)  # a column of groups or times is none
        pairs = [] if cut == "at random" else [("train", "dev"), ("dev", "test")]
        compared = {
            (first, second): distances(parts, first, second)
            for first, second in pairs
            if first in parts and second in parts
        }
        classify = task != "regression"
        return cls(
            task,
            split.train.classes,
            {name: len(part) for name, part in parts.items()},
            copies_between(parts),
            column_scores(features),
            {"table": _counts(table)} | {name: _counts(part) for name, part in parts.items()} if classify else {},
            _places(split.dev) if classify else None,
            cut,
            {pair: far for pair, (far, _) in compared.items()},
            max((number for _, number in compared.values()), default=0),
            {column.name: column.reason for column in features.columns if column.kind == "constant"}
            | constant_in_train,
            {name: share for name, share in nearly_constant(features).items() if name not in constant_in_train},
            {column.name: column.reason for column in features.columns if column.kind == "identifier"},
            _used_identifiers(features),
        )


def _counts(part: Table) -> dict[str, int]:
    assert part.target is not None
    found = part.frame[part.target].value_counts(name="count")
    counts = dict(zip(found[part.target].to_list(), found["count"].to_list(), strict=True))
    return {label: counts.get(label, 0) for label in part.classes}


def _places(part: Table) -> np.ndarray:
    assert part.target is not None
    place = {label: number for number, label in enumerate(part.classes)}
    return np.array([place[label] for label in part.frame[part.target]])


def _used_identifiers(table: Table) -> dict[str, str]:
    """Columns that would be left out as identifiers, had the user not set their kind."""
    found = {}
    for column in table.columns:
        if column.used and column.reason == "as declared":
            guess = infer(table.frame[column.name])
            if guess.kind == "identifier":
                found[column.name] = guess.reason
    return found
