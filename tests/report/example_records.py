"""The written records of an example run: data, steps, findings."""

from typing import Any

import polars as pl
from example_kinds import Kind, train_error

from caviar.core.records import Action, Finding, Step


def findings_of(example: Kind, errors: dict[str, tuple[float, list[float]]]) -> list[Finding]:
    dev, (low, high) = errors["dev"]
    train = train_error(example, dev)
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


def steps_of(example: Kind, members: pl.DataFrame, dev: float) -> list[Step]:
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
            "round 1: zoom",
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


def data_of(example: Kind, with_test: bool) -> dict[str, Any]:
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
