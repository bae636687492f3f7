"""Writes run folders such as `caviar fit` leaves, with figures drawn from simple models of how networks train.

The shapes are true to life: members are best at a middling learning rate, their curves fall and their dev loss turns
up again, losers are dropped early, some diverge, and every reported error follows from the predictions written.

    python tests/report/example_run.py FOLDER      writes one folder of each kind, with its report, to look at
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from example_health import health_of
from example_kinds import KINDS, Kind, train_error
from example_members import ENSEMBLE, history_of, members_of
from example_records import data_of, findings_of, steps_of

from caviar.core.records import Finding
from caviar.diagnosis.error_analysis import analyse
from caviar.diagnosis.judged_rows import JudgedRows


def write_example_run(
    folder: Path,
    kind: str = "multiclass",
    *,
    num_members: int = 200,
    seed: int = 0,
    with_test: bool = True,
    num_epochs: int = 40,
) -> Path:
    """Fill `folder` with the records of one run, all but the study, the model and the report; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    example, generator = KINDS[kind], np.random.default_rng(seed)
    parts = ("dev", "test") if with_test else ("dev",)
    predictions = pl.concat([_predictions(example, part, generator) for part in parts])
    predictions.write_parquet(folder / "predictions.parquet")
    _write(folder / "error_analysis.json", _analysis(example, predictions.filter(pl.col("part") == "dev"), seed))
    errors = {part: _error(example, predictions.filter(pl.col("part") == part)) for part in parts}
    members = members_of(example, num_members, errors["dev"][0], generator, num_epochs)
    members.write_parquet(folder / "members.parquet")
    history_of(example, members, generator).write_parquet(folder / "history.parquet")
    findings = findings_of(example, errors)
    steps = steps_of(example, members, errors["dev"][0])
    _write(folder / "data.json", data_of(example, with_test))
    _write(
        folder / "environment.json",
        {
            "caviar": "0.1.0",
            "python": "3.12.4",
            "torch": "2.13.0",
            "numpy": "2.4.6",
            "polars": "2.1.0",
            "platform": "Linux x86_64",
            "cpu": "2 cores, AVX2",
            "threads": 2,
            "device": "cpu",
        },
    )
    _write(folder / "findings.json", [finding.to_json() for finding in findings])
    (folder / "steps.jsonl").write_text("".join(json.dumps(step.to_json()) + "\n" for step in steps))
    looks = []
    if with_test:
        looks = [
            {"when": "2026-03-14T09:26:53+00:00", "by": "fit", "rows": example.rows[2], "error": errors["test"][0]}
        ]
    _write(folder / "health.json", health_of(seed))
    (folder / "test_looks.jsonl").write_text("".join(json.dumps(look) + "\n" for look in looks))
    source = f"{example.name.split('-')[0]}.csv.gz"
    (folder / "config.yaml").write_text(
        f"data: {source}\ntarget: {example.target}\nbudget_seconds: 180.0\nseed: "
        f"{seed}\n"
        "dev_share: null\ntest_share: null\nhuman_error: null\nmaterial: "
        "null\nthreads: 2\n"
    )
    _write(folder / "result.json", _result(example, errors, findings, num_members, seed, source, with_test))
    return folder


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")


def _predictions(example: Kind, part: str, generator: np.random.Generator) -> pl.DataFrame:
    """Dev or test rows with what an ensemble would say of them."""
    rows = example.rows[1 if part == "dev" else 2]
    base = {"part": [part] * rows, "row": np.arange(rows)}
    if example.task == "regression":
        truth = np.minimum(np.exp(generator.normal(12.05, 0.55, rows)), 500_001.0)
        spread = 0.16 * truth + 8_000
        noise = generator.standard_t(5, rows) / np.sqrt(5 / 3) * spread * 1.25
        predicted = truth * 0.93 + 0.07 * truth.mean() + noise * example.error / np.sqrt(np.mean(noise**2))
        half = 1.2 * (0.16 * np.abs(predicted) + 8_000)
        return pl.DataFrame(
            {**base, "truth": truth, "prediction": predicted, "low": predicted - half, "high": predicted + half}
        )
    count = len(example.classes)
    shares = np.array([0.7638, 0.2362]) if count == 2 else np.full(count, 1 / count)
    truth = generator.choice(count, rows, p=shares)
    pull = 1.65 if count == 2 else 5.0
    logits = generator.normal(0, 1.25, (rows, count)) + pull * np.eye(count)[truth]
    if count == 2:
        logits[:, 0] += 1.2
    else:
        logits[:, [8, 9]] += np.where(np.isin(truth, [1, 3, 8]), 1.6, 0.0)[:, None]
    chances = np.exp((1.15 if count == 2 else 3.6) * logits)
    chances /= chances.sum(axis=1, keepdims=True)
    labels = np.array(example.classes)
    return pl.DataFrame(
        {
            **base,
            "truth": labels[truth],
            "prediction": labels[chances.argmax(axis=1)],
            **{f"probability.{label}": chances[:, place] for place, label in enumerate(example.classes)},
        }
    )


def _analysis(example: Kind, dev: pl.DataFrame, seed: int) -> dict[str, Any]:
    """The analysis of made cells; the first category is "b" in more of the rows that were missed."""
    generator, truth, said = np.random.default_rng(seed), dev["truth"].to_numpy(), dev["prediction"].to_numpy()
    missed = truth != said if example.classes else np.abs(truth - said) > np.quantile(np.abs(truth - said), 0.9)
    cells: dict[str, np.ndarray] = {}
    for name, kind in example.columns:
        if name.startswith("pixel"):
            grey = generator.integers(0, 17, len(dev)).astype(float)
            cells[name] = grey if kind == "number" else 0 * grey
        elif kind == "category":
            first = not any(values.dtype.kind == "U" for values in cells.values())
            sick = missed & (generator.random(len(dev)) < 0.6 * first)
            cells[name] = np.where(sick, "b", generator.choice(["a", "b", "c"], len(dev)))
        else:
            cells[name] = generator.normal(50, 10, len(dev)).round(1)
    chances = dev.select(f"probability.{label}" for label in example.classes).to_numpy() if example.classes else None
    return analyse(
        JudgedRows(
            "dev",
            example.task,  # type: ignore[arg-type]
            example.target,
            dev["row"].to_numpy(),
            truth,
            said,
            chances,
            example.classes,
            pl.DataFrame(cells),
            dict(example.columns),
        )
    ).to_json()


def _error(example: Kind, predictions: pl.DataFrame) -> tuple[float, list[float]]:
    """Error and 95 % interval: Wilson's for classes, the normal approximation of the mean square for regression."""
    rows = len(predictions)
    if example.task == "regression":
        squares = (predictions["truth"] - predictions["prediction"]).to_numpy() ** 2
        half = 1.96 * squares.std() / np.sqrt(rows)
        return float(np.sqrt(squares.mean())), [
            float(np.sqrt(squares.mean() - half)),
            float(np.sqrt(squares.mean() + half)),
        ]
    share = float((predictions["truth"] != predictions["prediction"]).mean())
    shrink, half = 1 + 3.84 / rows, 1.96 * np.sqrt(share * (1 - share) / rows + 0.96 / rows**2)
    return share, [max(0.0, float((share + 1.92 / rows - half) / shrink)), float((share + 1.92 / rows + half) / shrink)]


def _result(
    example: Kind,
    errors: dict[str, tuple[float, list[float]]],
    findings: list[Finding],
    num_members: int,
    seed: int,
    source: str,
    with_test: bool,
) -> dict[str, Any]:
    dev, dev_interval = errors["dev"]
    test, test_interval = errors.get("test", (None, None))
    train = train_error(example, dev)
    half = 0.03 * train if example.task == "regression" else 1.96 * np.sqrt(train * (1 - train) / example.rows[0])
    references = {"trivial": example.trivial, "boosting": example.boosting}
    ahead = (test or dev) < example.boosting
    return {
        "run": example.name,
        "task": example.task,
        "metric": "rmse" if example.task == "regression" else "error",
        "target": example.target,
        "train_error": train,
        "dev_error": dev,
        "test_error": test,
        "train_interval": [max(0.0, train - half), train + half],
        "dev_interval": dev_interval,
        "test_interval": test_interval,
        "reference_errors": references,
        "reference_part": "test" if with_test else "dev",
        "reference_dev_errors": {"trivial": example.trivial * 1.004, "boosting": example.boosting * 1.02},
        "reference_train_errors": {"trivial": example.trivial, "boosting": example.boosting * 0.71},
        "human_error": None,
        "findings": [finding.to_json() for finding in findings if finding.verdict == "present"],
        "unanswered": [finding.to_json() for finding in findings if finding.verdict == "cannot-tell"],
        "next_action": "Get more train rows, or give the search a larger --budget: the gap from train to dev is what "
        "is left.",
        "members_trained": num_members,
        "seconds": 174.2,
        "stopped_because": "budget",
        "seed": seed,
        "mode": "caviar",
        "ensemble_size": min(ENSEMBLE, num_members),
        "right_tool": "Yes: the ensemble is ahead of gradient boosting on these rows."
        if ahead
        else "Perhaps not: gradient boosting is ahead on these rows and trains in seconds. Keep the network for what "
        "only "
        "it can do.",
        "importance": {
            "learning_rate": 0.46,
            "structure": 0.21,
            "l2": 0.12,
            "drop_rate": 0.09,
            "optimizer": 0.07,
            "beta1": 0.03,
            "init_gain": 0.015,
            "clip_norm": 0.005,
        },
        "test_looks": int(with_test),
        "command": f"caviar fit {source} --target {example.target} --budget 3m --seed {seed}",
        "parameters": 412_338,
        "record_keeping_seconds": 2.9,
    }


if __name__ == "__main__":
    import sys

    from caviar.report import write_report

    for each in KINDS:
        print(write_report(write_example_run(Path(sys.argv[1]) / each, each, seed=4)))
