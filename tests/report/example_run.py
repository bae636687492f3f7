"""Writes run folders such as `caviar fit` leaves, with figures drawn from simple models of how networks train.

The shapes are true to life: members are best at a middling learning rate, their curves fall and their dev loss turns up again,
losers are dropped early, some diverge, and every reported error follows from the predictions that are written.

    python tests/report/example_run.py FOLDER      writes one folder of each kind, with its report, to look at
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from caviar.core.records import Action, Finding, Step

ENSEMBLE = 8
STRUCTURES = (
    "32 relu",
    "64 relu",
    "64-64 relu",
    "64-64 relu batch-norm",
    "128-128 relu batch-norm",
    "256-256 relu batch-norm",
    "128-128-128 relu batch-norm",
    "256-256-256 relu batch-norm",
)


@dataclass(frozen=True)
class Kind:
    """What an example is about: its table, and how hard it is. Errors are fractions, or RMSE in the target's units."""

    name: str
    task: str
    target: str
    classes: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]  # (name, kind)
    rows: tuple[int, int, int]
    error: float
    trivial: float
    boosting: float


KINDS = {
    "binary": Kind(
        "adult-1",
        "binary",
        "income",
        ("<=50K", ">50K"),
        (
            ("age", "number"),
            ("workclass", "category"),
            ("fnlwgt", "number"),
            ("education", "category"),
            ("education_num", "number"),
            ("marital_status", "category"),
            ("occupation", "category"),
            ("relationship", "category"),
            ("race", "category"),
            ("sex", "category"),
            ("capital_gain", "number"),
            ("capital_loss", "number"),
            ("hours_per_week", "number"),
            ("native_country", "category"),
            ("row_id", "identifier"),
        ),
        (26_049, 6_512, 16_281),
        0.136,
        0.2362,
        0.1262,
    ),
    "multiclass": Kind(
        "digits-1",
        "multiclass",
        "digit",
        tuple("0123456789"),
        tuple(
            (f"pixel_{row}_{column}", "constant" if (row, column) in ((0, 0), (4, 7), (4, 0)) else "number")
            for row in range(8)
            for column in range(8)
        ),
        (1_077, 360, 360),
        0.022,
        0.8972,
        0.0417,
    ),
    "regression": Kind(
        "california-1",
        "regression",
        "median_house_value",
        (),
        (
            ("longitude", "number"),
            ("latitude", "number"),
            ("housing_median_age", "number"),
            ("total_rooms", "number"),
            ("total_bedrooms", "number"),
            ("population", "number"),
            ("households", "number"),
            ("median_income", "number"),
            ("ocean_proximity", "category"),
        ),
        (14_448, 3_096, 3_096),
        50_400.0,
        115_300.0,
        48_300.0,
    ),
}


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
    errors = {part: _error(example, predictions.filter(pl.col("part") == part)) for part in parts}
    members = _members(example, num_members, errors["dev"][0], generator, num_epochs)
    members.write_parquet(folder / "members.parquet")
    _history(example, members, generator).write_parquet(folder / "history.parquet")
    findings = _findings(example, errors)
    steps = _steps(example, members, errors["dev"][0])
    _write(folder / "data.json", _data(example, with_test))
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
    looks = [
        {"when": "2026-03-14T09:26:53+00:00", "by": "fit", "rows": example.rows[2], "error": errors["test"][0]}
    ] * with_test
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


def _members(
    example: Kind, count: int, ensemble_error: float, generator: np.random.Generator, num_epochs: int
) -> pl.DataFrame:
    coarse = np.arange(count) < 0.6 * count
    rates = np.where(coarse, 10 ** generator.uniform(-3.5, -1.5, count), 10 ** generator.normal(-2.6, 0.18, count))
    l2 = np.where(generator.random(count) < 0.3, 0.0, 10 ** generator.uniform(-3, 2, count))
    drop = np.where(generator.random(count) < 0.35, 0.0, generator.uniform(0.02, 0.5, count))
    beta1 = 1 - 10 ** generator.uniform(-1.7, -0.7, count)
    structure = generator.integers(0, len(STRUCTURES), count)
    structure = np.where(coarse, structure, generator.choice([3, 4, 5, 6], count))
    optimizer = generator.choice(["adam", "momentum", "rmsprop"], count, p=[0.6, 0.25, 0.15])
    clip = np.where(generator.random(count) < 0.6, np.inf, 10 ** generator.uniform(-1, 1, count))
    worse = (
        0.55 * (np.log10(rates) + 2.6) ** 2
        + 0.06 * np.abs(structure - 4.5)
        + 0.05 * (np.log10(np.maximum(l2, 1e-3)) - 0.4) ** 2 / 2
        + 0.5 * (drop - 0.18) ** 2
        + np.where(optimizer == "momentum", 0.12, np.where(optimizer == "rmsprop", 0.05, 0.0))
        + generator.gamma(2.0, 0.025, count)
    )
    diverged = (rates > 0.018) & (generator.random(count) < 0.35)
    errors = ensemble_error * 1.06 * (1 + worse - worse[~diverged].min())
    errors = np.minimum(errors, example.trivial * 1.02)
    order = np.argsort(np.where(diverged, np.inf, errors))
    rank = np.empty(count, dtype=int)
    rank[order] = np.arange(count)
    finished = (rank < 0.35 * count) & ~diverged
    epochs = np.where(finished, num_epochs, generator.choice([max(2, num_epochs // 8), max(4, num_epochs // 3)], count))
    epochs = np.where(diverged, generator.integers(1, 4, count), epochs)
    best_epoch = np.maximum(1, (epochs * generator.uniform(0.6, 1.0, count)).astype(int))
    sizes = np.array([2_400, 5_000, 9_100, 9_500, 34_000, 120_000, 51_000, 190_000])[structure]
    return pl.DataFrame(
        {
            "member": np.arange(count),
            "stage": np.where(coarse, "coarse search", "finer search"),
            "structure": np.array(STRUCTURES)[structure],
            "num_parameters": sizes,
            "epochs": epochs,
            "best_epoch": best_epoch,
            "dev_error": pl.Series(
                [None if gone else error for gone, error in zip(diverged, errors.tolist(), strict=True)],
                dtype=pl.Float64,
            ),
            "dev_loss": errors / example.trivial * 1.4,
            "train_error": pl.Series(
                [error * 0.7 if done else None for done, error in zip(finished, errors.tolist(), strict=True)],
                dtype=pl.Float64,
            ),
            "state": np.where(diverged, "diverged", np.where(finished, "finished", "dropped")),
            "in_ensemble": rank < min(ENSEMBLE, count),
            "seconds": epochs * sizes / 120_000 * 0.35,
            "setting.learning_rate": rates,
            "setting.optimizer": optimizer,
            "setting.beta1": beta1,
            "setting.l2": l2,
            "setting.drop_rate": drop,
            "setting.clip_norm": clip,
            "setting.init_gain": 10 ** generator.uniform(-0.3, 0.18, count),
            "setting.schedule": ["cosine"] * count,
            "setting.beta2": [0.999] * count,
            "setting.label_smoothing": [0.0 if example.task != "regression" else None] * count,
        },
        strict=False,
    )


def _history(example: Kind, members: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
    """Losses fall towards a floor that the member's dev error sets; dev loss turns up behind the kept epoch."""
    columns: dict[str, list[np.ndarray]] = {
        name: [] for name in ("member", "epoch", "train_loss", "dev_loss", "dev_error", "learning_rate", "alive")
    }
    stages: list[str] = []
    for member in members.iter_rows(named=True):
        count = member["epochs"]
        epochs = np.arange(1, count + 1)
        tempo = 2.0 + 3.0 * abs(np.log10(member["setting.learning_rate"]) + 2.4)
        left = np.exp(-epochs / tempo)
        floor = (member["dev_error"] or example.trivial) / example.trivial
        train = 0.55 * floor + (1.6 - 0.55 * floor) * left
        behind = np.maximum(epochs - member["best_epoch"], 0)
        dev = floor + 0.05 + (1.6 - floor) * left + 0.004 * behind
        error = (member["dev_error"] or example.trivial) * (1 + 0.003 * behind) + 0.6 * example.trivial * left
        if member["state"] == "diverged":
            train = dev = 2.0 * 10.0**epochs
            error = np.full(count, example.trivial * (1.0 if example.task != "regression" else 3.0))
            train = np.where(epochs == count, np.nan, train)
        wobble = generator.normal(1, 0.012, (3, count))
        limit = np.inf if example.task == "regression" else 1.0
        for name, values in (
            ("member", np.full(count, member["member"])),
            ("epoch", epochs),
            ("train_loss", train * wobble[0]),
            ("dev_loss", dev * wobble[1]),
            ("dev_error", np.minimum(error * wobble[2], limit)),
            ("learning_rate", member["setting.learning_rate"] * (1 + np.cos(np.pi * epochs / (count + 1))) / 2),
            ("alive", np.full(count, True)),
        ):
            columns[name].append(values)
        stages += [member["stage"]] * count
    return pl.DataFrame({name: np.concatenate(values) for name, values in columns.items()} | {"stage": stages})


def _findings(example: Kind, errors: dict[str, tuple[float, list[float]]]) -> list[Finding]:
    dev, (low, high) = errors["dev"]
    train = _train_error(example, dev)
    unit = (lambda value: f"{100 * value:.1f} %") if example.task != "regression" else (lambda value: f"{value:,.0f}")
    material = 0.02 if example.task != "regression" else 0.05 * example.trivial
    figures = {
        "train_error": train,
        "train_rows": example.rows[0],
        "dev_error": dev,
        "dev_interval": [low, high],
        "dev_rows": example.rows[1],
    }
    gap = dev - train
    regularise = Action(
        "Search stronger regularisation (L2, weight decay, dropout, early stopping)",
        "caviar",
        "The gap from train to dev error narrows; too much of it turns into bias",
        {"regularise": True},
    )
    more = Action(
        "Get more train rows",
        "you",
        "The gap from train to dev error narrows; bias hardly changes",
        {"more_data": True},
    )
    human = Action(
        "Say with --human-error which error a careful person makes on such rows",
        "you",
        "Then the bias has a yes or a no: the train error is measured against it",
    )
    variance = {"variance": gap, "variance_interval": [gap - (dev - low), gap + (high - dev)], "material": material}
    return [
        Finding(
            "high-variance",
            "present",
            "medium",
            0.91,
            f"The dev error of {unit(dev)} lies "
            f"{unit(gap).replace('%', 'points')} above the "
            f"train error of {unit(train)}: the network has learned its train rows better than what they have in "
            "common.",
            {**figures, **variance},
            (regularise, more),
            "1.2",
        ),
        Finding(
            "high-bias",
            "cannot-tell",
            "low",
            0.0,
            f"The train error of {unit(train)} is not above boosting's dev "
            "error; how much lower "
            "the error could go is unknown. --human-error would tell.",
            {"train_error": train, "proxy": "boosting"},
            (human,),
            "1.2",
        ),
        Finding(
            "dev-set-too-small",
            "absent",
            "low",
            0.9,
            f"{example.rows[1]:,} dev rows are fine enough to tell the members apart.",
            {"smallest_difference": 0.6 * material, "material": material, "rows_enough": example.rows[1] // 3},
            (),
            "1.1",
        ),
        Finding(
            "not-converged",
            "absent",
            "low",
            0.83,
            "7 of 8 members had levelled off or got no better on dev when they ended.",
            {"members": 8, "falling": 1, "unclear": 0, "cut_short": 2},
            (),
            "1.3",
        ),
        Finding(
            "early-stopped-too-soon",
            "absent",
            "low",
            1.0,
            "Early stopping ended 3 of 8 members.",
            {"members": 8, "stopped_early": 3, "kept_epoch": 27.0},
            (),
            "1.8",
        ),
        Finding(
            "dropout-without-overfitting",
            "absent",
            "low",
            0.91,
            "Dropout is on, and there is overfitting for it to fight.",
            {"members": 8, "dropping": 6, "drop_rate": 0.17},
            (),
            "1.7",
        ),
    ]


def _train_error(example: Kind, dev: float) -> float:
    return dev * 0.68 if example.task == "regression" else max(dev - 0.031, dev * 0.2)


def _steps(example: Kind, members: pl.DataFrame, dev: float) -> list[Step]:
    baseline = dev + 0.35 * (example.trivial - dev) * (
        0.2 if example.task == "binary" else 0.12 if example.task == "multiclass" else 0.5
    )
    best = members["dev_error"].min()
    baseline = max(baseline, 1.2 * best)
    path = [
        (None, baseline, None, True),
        (baseline, best * 1.12, 0.3, True),
        (best * 1.12, best, 0.6, True),
        (best, best * 1.04, 0.9, False),
        (best, best * 0.97, 1.3, True),
        (best * 0.97, dev, 1.2, True),
    ]
    words = [
        (
            "baseline",
            "",
            "logistic regression on the encoded columns" if example.task != "regression" else "linear regression",
            "a first figure to beat",
        ),
        (
            "coarse search",
            "high-bias: the baseline is linear",
            "120 networks of 8 structures, settings drawn on their scales",
            "dev error falls by a quarter or more",
        ),
        (
            "finer search",
            "high-bias",
            "80 networks around the best settings, structures with batch norm only",
            "a few per cent less dev error",
        ),
        ("widen", "high-bias: cannot tell", "256 units a layer instead of 128", "train error falls, dev error with it"),
        (
            "regularise",
            "high-variance",
            "L2 from 1 to 10 and dropout from 0.1 to 0.4",
            "the gap from train to dev narrows",
        ),
        (
            "ensemble",
            "high-variance",
            "averaged the 8 best members, as trained",
            "1 to 2 % fewer errors than the best member",
        ),
    ]
    steps = []
    for number, ((before, after, unsure, kept), (stage, finding, action, expected)) in enumerate(
        zip(path, words, strict=True), start=1
    ):
        gap = None if before is None else after - before
        half = None if gap is None else unsure * abs(gap)
        steps.append(
            Step(
                number,
                stage,
                finding,
                action,
                expected,
                {
                    "dev_error_before": before,
                    "dev_error_after": after,
                    "difference": gap,
                    "low": None if gap is None else gap - half,
                    "high": None if gap is None else gap + half,
                    "kept": kept,
                },
                [1.2, 61.4, 70.3, 18.0, 22.5, 0.4][number - 1],
                [1, 120, 80, 12, 16, 0][number - 1],
            )
        )
    return steps


def _data(example: Kind, with_test: bool) -> dict[str, Any]:
    rows = dict(zip(("train", "dev", "test"), (*example.rows[:2], example.rows[2] if with_test else None), strict=True))
    columns, encoding = [], []
    for place, (name, kind) in enumerate(example.columns):
        used = kind not in ("identifier", "constant")
        missing = 1_836 if name == "workclass" else 207 if name == "total_bedrooms" else 0
        reason = {
            "identifier": "a different number in each row",
            "constant": "all rows hold 0",
            "number": "numbers",
            "category": "a few labels that repeat",
        }[kind]
        columns.append(
            {
                "name": name,
                "kind": kind,
                "used": used,
                "reason": reason,
                "num_missing": missing,
                "num_distinct": 1 if kind == "constant" else 9 + 7 * place,
            }
        )
        if name == "capital_gain":
            encoding.append(
                {
                    "column": name,
                    "kind": kind,
                    "encoding": "mostly zero + 12 bins",
                    "inputs": 14,
                    "why": "92% of the cells are 0, so one input says whether it is 0 and one how large it is "
                    "otherwise",
                }
            )
        elif used:
            number = kind == "number"
            encoding.append(
                {
                    "column": name,
                    "kind": kind,
                    "encoding": "standard" if number else "one-hot + missing flag",
                    "why": "no outliers, so its mean is subtracted and it is divided by its standard deviation"
                    if number
                    else f"{8 + place} categories, one input for each",
                    "inputs": 1 if number else 9 + place,
                }
            )
        else:
            encoding.append({"column": name, "kind": kind, "encoding": "none", "why": reason, "inputs": 0})
    data: dict[str, Any] = {
        "source": f"{example.name.split('-')[0]}.csv.gz",
        "fingerprint": "9f2c" * 16,
        "task": example.task,
        "target": example.target,
        "classes": list(example.classes),
        "rows": rows,
        "columns": columns,
        "encoding": encoding,
        "rule": f"{example.rows[0]:,} train / {example.rows[1]:,} dev / {example.rows[2]:,} test rows: beyond 10,000 "
        "rows the shares shrink: "
        "a dev set only has to be big enough to compare models.",
        "notices": [
            {
                "level": "info",
                "text": "A dev set of this size tells two models apart when their errors differ by 0.8 points.",
                "columns": [],
            },
            {
                "level": "warning",
                "text": "24 rows of dev (0.4%) have exactly the feature values of a row in train.",
                "columns": [],
            },
            {"level": "repaired", "text": "the file is Latin-1, not UTF-8; it was read as Latin-1.", "columns": []},
        ],
    }
    sizes = {part: count for part, count in rows.items() if count}
    if example.task == "regression":
        data["target_summary"] = {
            part: {"mean": 206_856.2, "std": example.trivial, "min": 14_999.0, "max": 500_001.0, "median": 179_700.0}
            for part in sizes
        }
    else:
        shares = [0.7592, 0.2408] if len(example.classes) == 2 else [1 / len(example.classes)] * len(example.classes)
        data["class_counts"] = {
            part: {label: round(share * count) for label, share in zip(example.classes, shares, strict=True)}
            for part, count in sizes.items()
        }
    return data


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
    train = _train_error(example, dev)
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
