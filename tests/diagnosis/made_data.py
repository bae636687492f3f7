"""Evidence about made tables: read, cut and looked through as a run does, with an error for each dev row."""

from typing import Any

import numpy as np
import polars as pl

from caviar.data.splits import split
from caviar.data.tables import load
from caviar.diagnosis.data_evidence import DataEvidence
from caviar.diagnosis.evidence import Evidence

NUM_ROWS = 1_000


def healthy_frame(
    num_rows: int = NUM_ROWS, *, classes: tuple[str, ...] = ("good", "bad"), seed: int = 0
) -> pl.DataFrame:
    """Two numbers and a category; the answer depends on all of them and on chance."""
    draw = np.random.default_rng(seed)
    size, weight = draw.normal(50, 10, num_rows), draw.normal(5, 1, num_rows)
    colour = draw.choice(["red", "green", "blue"], num_rows)
    signal = (size - 50) / 10 + (weight - 5) + (colour == "red") + draw.normal(0, 0.7, num_rows)
    order = np.argsort(np.argsort(signal)) * len(classes) // num_rows
    return pl.DataFrame({"size": size, "weight": weight, "colour": colour, "y": np.asarray(classes)[order]})


def regression_frame(num_rows: int = NUM_ROWS, seed: int = 0) -> pl.DataFrame:
    """The same with a number to predict."""
    frame = healthy_frame(num_rows, seed=seed)
    noise = np.random.default_rng(seed + 1).normal(0, 8, num_rows)
    return frame.with_columns(y=pl.col("size") + 5 * pl.col("weight") + pl.Series(noise))


def evidence_about(
    frame: pl.DataFrame,
    *,
    dev: pl.DataFrame | None = None,
    dev_errors: Any = None,
    types: dict[str, str] | None = None,
    cut: Any = None,
    **options: Any,
) -> Evidence:
    """Evidence on a frame whose target is `y`.

    Args:
        dev: rows of another table. options: of `split`.
        dev_errors: a function of the dev part's frame to (row,) errors; default: a tenth are mistakes.
    """
    table = load(frame, "y", types=types)
    if dev is not None:
        options["dev"] = load(dev, "y", types=types)
    parts = split(table, **options)
    found = DataEvidence.of(table, parts, cut or ("a table of its own" if dev is not None else "at random"), {})
    rows = len(parts.dev)
    errors = (np.arange(rows) % 10 == 0).astype(float) if dev_errors is None else dev_errors(parts.dev.frame)
    train_errors = (np.arange(len(parts.train)) % 12 == 0).astype(float)
    return Evidence.from_rows(found.task, train_errors, errors, data=found, trivial_error=0.5)
