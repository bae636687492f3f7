"""Made rows with mistakes where they are wanted, and the run folder that holds them."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from caviar.diagnosis.judged_rows import JudgedRows

CITIES = np.array(["Ayr", "Bath", "Cork", "Deal", "Ely"])


def people(num_rows: int = 1_500, seed: int = 0) -> pl.DataFrame:
    """Rows of five columns that have nothing to do with each other, some ages missing."""
    generator = np.random.default_rng(seed)
    age = generator.normal(40, 12, num_rows).round()
    return pl.DataFrame(
        {
            "age": np.where(generator.random(num_rows) < 0.1, np.nan, age),
            "income": generator.lognormal(10, 1, num_rows),
            "city": generator.choice(CITIES, num_rows),
            "member": generator.random(num_rows) < 0.5,
            "height": generator.normal(170, 10, num_rows),
        }
    ).with_columns(pl.col("age").fill_nan(None))


def judged(cells: pl.DataFrame | None, wrong: np.ndarray, **changes: object) -> JudgedRows:
    """Rows of classes "no" and "yes", turn by turn, wrong where `wrong` (row,) is; every answer 80 % sure."""
    truth = np.resize(["no", "yes"], len(wrong))
    other = np.where(truth == "no", "yes", "no")
    said = np.where(wrong, other, truth)
    sure = np.where((said == "no")[:, None], [[0.8, 0.2]], [[0.2, 0.8]])
    settings = {"numbers": np.arange(len(wrong)), "probabilities": sure, "classes": ("no", "yes"), "cells": cells}
    return JudgedRows("dev", "binary", "answer", **({"truth": truth, "prediction": said} | settings | changes))  # type: ignore[arg-type]


def judged_numbers(cells: pl.DataFrame | None, misses: np.ndarray) -> JudgedRows:
    """Rows of a regression that are missed by `misses` (row,); the truth counts up from 100."""
    truth = 100.0 + np.arange(len(misses))
    return JudgedRows("dev", "regression", "price", np.arange(len(misses)), truth, truth + misses, cells=cells)


def write_judged_run(folder: Path, rows: JudgedRows, test_rows: int = 40) -> Path:
    """What the error analysis reads of a run; the last rows are its test part."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("data: people.csv\n")
    data = {
        "task": rows.task,
        "target": rows.target,
        "classes": list(rows.classes),
        "columns": [{"name": name, "kind": kind} for name, kind in rows.kinds.items()],
    }
    (folder / "data.json").write_text(json.dumps(data))
    said = {"row": rows.numbers, "truth": rows.truth, "prediction": rows.prediction}
    chances = {} if rows.probabilities is None else rows.probabilities.T
    said |= {f"probability.{label}": chance for label, chance in zip(rows.classes, chances, strict=True)}
    parts = np.where(np.arange(len(rows)) < len(rows) - test_rows, "dev", "test")
    pl.DataFrame({"part": parts, **said}).write_parquet(folder / "predictions.parquet")
    if rows.cells is not None:
        rows.cells.write_parquet(folder / "rows.parquet")
    return folder
