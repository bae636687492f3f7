"""From the configuration to matrices: read, split, fit the preprocessing on train, encode. Notes 1.1, 1.9."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch

from caviar.core.config import RunConfig
from caviar.core.errors import DataError, SettingsError
from caviar.core.records import Notice, Task
from caviar.data.left_out import LeftOut
from caviar.data.preprocessing import Preprocessor
from caviar.data.schema import Schema, read_like
from caviar.data.splits import Split, split
from caviar.data.tables import Table, load
from caviar.data.targets import TargetCoder
from caviar.data.train_dev import with_train_dev
from caviar.diagnosis.data_evidence import Cut, DataEvidence
from caviar.recipe.goals import goals_of
from caviar.training import TrainingData


@dataclass(frozen=True)
class Prepared:
    """Everything that training and diagnosis need to know about the data."""

    table: Table
    split: Split
    schema: Schema
    preprocessor: Preprocessor
    coder: TargetCoder
    training: TrainingData
    cut: Cut = "at random"

    def features(self, table: Table) -> torch.Tensor:
        """Rows as the networks see them, (row, input) float32."""
        return torch.tensor(self.preprocessor.transform(table.frame))

    @cached_property
    def train_dev(self) -> tuple[torch.Tensor, np.ndarray] | None:
        """Features and raw targets of the train-dev rows, encoded once; None where there are none."""
        part = self.split.train_dev
        return None if part is None else (self.features(part), self.coder.raw(part))

    @cached_property
    def data_evidence(self) -> DataEvidence:
        """What the diagnosis knows of the rows themselves, gathered once."""
        flat = {each.column: each.why for each in self.preprocessor.encodings if isinstance(each, LeftOut)}
        used = {column.name for column in self.split.train.columns if column.used}
        return DataEvidence.of(
            self.table, self.split, self.cut, {name: why for name, why in flat.items() if name in used}
        )

    def parts(self) -> dict[str, Table]:
        """The parts there are: train, dev and, unless left out, test; train_dev beside a dev file."""
        split = self.split
        found = {"train": split.train, "train_dev": split.train_dev, "dev": split.dev, "test": split.test}
        return {name: part for name, part in found.items() if part is not None}


def prepare(config: RunConfig, source: Any = None) -> Prepared:
    """Do all of it; every mistake in the data is refused here, before anything is trained or written.

    Args:
        source: the data themselves (a DataFrame, a Table), where `config.data` is only their name.
    """
    if isinstance(source, Table):
        table = source
    else:
        table = load(
            config.data if source is None else source,
            config.target,
            task=config.task,
            types=config.types,
            missing=config.missing,
        )
    whole = Schema.of(table)
    separate = {
        part: read_like(path, whole, target_needed=True, skip_unknown_labels=config.skip_unknown_labels)
        for part, path in (("dev", config.dev), ("test", config.test))
        if path is not None
    }
    parts = split(
        table,
        seed=config.seed,
        dev_share=config.dev_share,
        test_share=config.test_share,
        group=config.group,
        time=config.time,
        **separate,
    )
    if config.dev is not None:
        parts = with_train_dev(parts, seed=config.seed, together=config.group or config.time)
    check_errors(config, whole.task)
    own_table: Cut = "a table of its own" if separate else "at random"
    cut: Cut = "by group" if config.group is not None else "by time" if config.time is not None else own_table
    prepared = encoded(table, parts, cut)
    goals_of(config, parts, prepared.coder)  # refuses what cannot be judged by
    return prepared


def encoded(table: Table, parts: Split, cut: Cut = "at random") -> Prepared:
    """The parts of a table as matrices, by a preprocessing that is fitted on train rows only."""
    check_parts(parts)
    preprocessor = Preprocessor.fit(parts.train)
    coder = TargetCoder.fit(parts.train)

    def matrices(part: Table) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.tensor(preprocessor.transform(part.frame)), torch.tensor(coder.encode(part))

    training = TrainingData(
        coder.task,
        coder.num_outputs,
        *matrices(parts.train),
        *matrices(parts.dev),
        unit=coder.std if coder.task == "regression" else 1.0,
    )
    return Prepared(table, parts, Schema.of(parts.train), preprocessor, coder, training, cut)


def check_parts(parts: Split) -> None:
    """Refuse a table so small that a part of it is left without rows."""
    sizes = {"train": parts.train, "dev": parts.dev} | ({} if parts.test is None else {"test": parts.test})
    if empty := [name for name, part in sizes.items() if len(part) == 0]:
        counts = ", ".join(f"{name} {len(part)}" for name, part in sizes.items())
        raise DataError(
            f"every part needs at least one row, and {' and '.join(empty)} would have none ({counts}). Give more rows"
            + (", or do without a test part (--test-share 0)." if empty == ["test"] else ".")
        )


def check_errors(config: RunConfig, task: Task) -> None:
    """Errors of a classification are fractions: refuse one above 1."""
    if task == "regression":
        return
    for name in ("target_error", "human_error", "material"):
        value = getattr(config, name, None)
        if value is not None and value > 1:
            raise SettingsError(
                f"{name} must be a fraction between 0 and 1 where classes are predicted; got {value:g}. "
                f"For {value:g} % say {value / 100:g} or '{value:g}%'."
            )


def all_notices(prepared: Prepared) -> list[Notice]:
    """What reading and splitting had to tell, each once, in order."""
    notices = [*prepared.table.notices, *prepared.split.notices, *prepared.preprocessor.folded()]
    for name, part in prepared.parts().items():
        if name != "train" and part.source != prepared.table.source:
            notices += part.notices
    return list(dict.fromkeys(notices))


def describe(prepared: Prepared) -> dict[str, Any]:
    """The content of `data.json`."""
    table, parts = prepared.table, prepared.parts()
    description: dict[str, Any] = {
        "source": table.source,
        "fingerprint": table.fingerprint,
        "task": prepared.coder.task,
        "target": table.target,
        "classes": list(prepared.coder.classes),
        "rows": {name: len(part) for name, part in parts.items()} | {"test": _rows(parts)},
        "rule": prepared.split.rule,
        "columns": [asdict(column) for column in table.columns],
        "encoding": prepared.preprocessor.describe(),
        "inputs": prepared.preprocessor.num_inputs,
        "notices": [asdict(notice) for notice in all_notices(prepared)],
    }
    raw = {name: prepared.coder.raw(part) for name, part in parts.items()}
    if prepared.coder.task == "regression":
        description["target_summary"] = {name: _summary(values) for name, values in raw.items()}
    else:
        description["class_counts"] = {
            name: dict(
                zip(
                    prepared.coder.classes,
                    np.bincount(values, minlength=prepared.coder.num_outputs).tolist(),
                    strict=True,
                )
            )
            for name, values in raw.items()
        }
    return description


def _rows(parts: dict[str, Table]) -> int | None:
    return len(parts["test"]) if "test" in parts else None


def _summary(values: np.ndarray) -> dict[str, float]:
    return {
        "mean": float(values.mean()),
        "std": float(values.std()),
        "min": float(values.min()),
        "max": float(values.max()),
        "median": float(np.median(values)),
    }
