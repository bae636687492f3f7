"""Members of an example run, and their curves: drawn from simple models of how networks train."""

import numpy as np
import polars as pl
from example_kinds import Kind

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


def members_of(
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
            "stage": np.where(coarse, "coarse search", "round 1: zoom"),
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


def history_of(example: Kind, members: pl.DataFrame, generator: np.random.Generator) -> pl.DataFrame:
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
