"""The patients of the ward: sick trainings, each made to have one disease, and healthy ones.

What each has is known from how it was made: from rows, network and settings alone, before any rule looks at it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from made_tables import (
    cut_class,
    drifting,
    same_sign,
    shipped,
    two_sides,
    unforeseen,
    waves,
    with_copies,
    with_leak,
    with_rare_answer,
    with_wrong_labels,
)

from caviar.networks.mlp import MLP


@dataclass(frozen=True)
class Rows:
    """A table, the share of it that is dev (there is no test part), and the optimal error where it is known.

    time: the column by which dev lies after train; None: cut at random.
    """

    make: Callable[[], pl.DataFrame]
    dev_share: float = 0.5
    optimal_error: float | None = None
    time: str | None = None


ROWS = {
    "same sign": Rows(lambda: same_sign(3000), optimal_error=0.05),
    "same sign, few rows": Rows(lambda: same_sign(2400, num_noise=20), 0.9, 0.05),
    "two sides": Rows(lambda: two_sides(3000), optimal_error=0.05),
    "signs, few dev rows": Rows(lambda: same_sign(1060), 60 / 1060, 0.05),
    "two sides, noisy": Rows(lambda: two_sides(3000, flipped=0.15), optimal_error=0.15),
    "two sides, few dev rows": Rows(lambda: two_sides(1060, flipped=0.15), 60 / 1060, 0.15),
    "waves": Rows(lambda: waves(3000), optimal_error=0.3),
    "waves, few rows": Rows(lambda: waves(1500, num_noise=10), 0.9, 0.3),
    "digits": Rows(lambda: shipped("digits"), 0.4),
    "digits, few rows": Rows(lambda: shipped("digits"), 0.9),
    "digits, few dev rows": Rows(lambda: shipped("digits", 540), 0.1),
    "breast-cancer": Rows(lambda: shipped("breast-cancer"), 0.4),
    "breast-cancer, few dev rows": Rows(lambda: shipped("breast-cancer"), 0.1),
    "wine": Rows(lambda: shipped("wine"), 0.4),
    "wine, few dev rows": Rows(lambda: shipped("wine"), 0.1),
    "diabetes": Rows(lambda: shipped("diabetes"), 0.4),
    "diabetes, few dev rows": Rows(lambda: shipped("diabetes"), 0.1),
    "sides, 10 % wrong": Rows(lambda: with_wrong_labels(two_sides(3000, flipped=0), 0.1)),
    "digits, 10 % wrong": Rows(lambda: with_wrong_labels(shipped("digits"), 0.1), 0.4),
    "digits, 30 % wrong": Rows(lambda: with_wrong_labels(shipped("digits"), 0.3), 0.4),
    "sides, half twice": Rows(lambda: with_copies(two_sides(2000), 0.5)),
    "digits, a third twice": Rows(lambda: with_copies(shipped("digits"), 0.33), 0.4),
    "sides, leaking": Rows(lambda: with_leak(two_sides(3000), 0.05)),
    "digits, leaking": Rows(lambda: with_leak(shipped("digits"), 0.02), 0.4),
    "late in 4 %": Rows(lambda: unforeseen(3000, 0.04)),
    "late in 10 %": Rows(lambda: unforeseen(3000, 0.1)),
    "digits, six nines": Rows(lambda: cut_class(shipped("digits"), "9", 6), 0.4),
    "sides, six between": Rows(lambda: with_rare_answer(two_sides(3000), 6)),
    "sides, drifting": Rows(lambda: drifting(3000, 2.0), 0.3, time="day"),
    "sides, leaping": Rows(lambda: drifting(3000, 4.0), 0.3, time="day"),
    "sides, a country": Rows(lambda: two_sides(3000).with_columns(country=pl.lit("NL")), optimal_error=0.05),
    "digits, counted": Rows(lambda: shipped("digits").with_row_index("row_id"), 0.4),
    "waves, a unit": Rows(lambda: waves(3000).with_columns(unit=pl.lit("cm")), optimal_error=0.3),
    "sides, counted": Rows(lambda: two_sides(3000).with_row_index("visit_no"), optimal_error=0.05),
}


@dataclass(frozen=True)
class Training:
    """What the members of one cohort share; patients with equal trainings lie in one population."""

    rows: str
    structure: MLP
    epochs: int
    batch_size: int = 64
    patience: float = float("inf")


@dataclass(frozen=True)
class Patient:
    """`num_members` networks of the same settings (a list: one value a member), and the disease planted in them.

    cause: what makes them sick, or healthy. labels: whether their labels are looked at through folds.
    """

    name: str
    planted: str | None
    cause: str
    training: Training
    settings: dict[str, Any] = field(default_factory=dict)
    num_members: int = 3
    labels: bool = False


SMALL, WIDE, LINEAR = MLP((32, 32)), MLP((128, 128)), MLP(())

SIGN = Training("same sign", SMALL, 30)
SIGN_LINEAR = Training("same sign", LINEAR, 15)
SIGN_FEW = Training("same sign, few rows", WIDE, 40)
SIGN_IMPATIENT = Training("same sign", SMALL, 200, patience=1)
SIDES = Training("two sides", SMALL, 15)
SIGN_FEW_DEV = Training("signs, few dev rows", SMALL, 20)
SIDES_NOISY = Training("two sides, noisy", SMALL, 15)
SIDES_FEW_DEV = Training("two sides, few dev rows", SMALL, 15)
WAVES = Training("waves", SMALL, 30)
WAVES_FEW = Training("waves, few rows", WIDE, 60)
DIGITS = Training("digits", SMALL, 30)
DIGITS_IMPATIENT = Training("digits", SMALL, 200, patience=1)
DIGITS_FEW_DEV = Training("digits, few dev rows", SMALL, 20, batch_size=32)
DIGITS_FEW = Training("digits, few rows", SMALL, 40)
CANCER = Training("breast-cancer", SMALL, 20)
CANCER_FEW_DEV = Training("breast-cancer, few dev rows", SMALL, 20)
WINE = Training("wine", SMALL, 30, batch_size=16)
WINE_FEW_DEV = Training("wine, few dev rows", SMALL, 20, batch_size=32)
DIABETES_FEW_DEV = Training("diabetes, few dev rows", SMALL, 20, batch_size=32)
DIABETES = Training("diabetes", WIDE, 60, batch_size=32)
DIABETES_LINEAR = Training("diabetes", LINEAR, 30, batch_size=32)
WAVES_IMPATIENT = Training("waves", SMALL, 200, patience=1)


def on(rows: str) -> Training:
    """A sound training on those rows."""
    return Training(rows, SMALL, 15)


WELL = {"learning_rate": 0.005}
STEADY = {"schedule": "constant"}
FOUR_RATES = {"learning_rate": [0.001, 0.003, 0.01, 0.03]}

SICK = (
    Patient(
        "linear on signs", "high-bias", "no line tells same signs from others", SIGN_LINEAR, {"learning_rate": 0.01}
    ),
    Patient("digits, all weights decayed", "high-bias", "L2 holds the weights near 0", DIGITS, WELL | {"l2": 500.0}),
    Patient("waves, all weights decayed", "high-bias", "L2 holds the weights near 0", WAVES, WELL | {"l2": 300.0}),
    Patient("wide on few noisy rows", "high-variance", "240 rows, 20 columns of noise, 128-128 units", SIGN_FEW, WELL),
    Patient("digits of few rows", "high-variance", "180 rows of 64 pixels", DIGITS_FEW, WELL),
    Patient("waves of few rows", "high-variance", "150 rows, 10 columns of noise, 128-128 units", WAVES_FEW, WELL),
    Patient("diabetes learned by heart", "high-variance", "265 rows, 128-128 units, no penalty", DIABETES, WELL),
    Patient(
        "signs, small steps", "not-converged", "a rate 100 times too small", SIGN, STEADY | {"learning_rate": 5e-5}
    ),
    Patient(
        "digits, small steps", "not-converged", "a rate 100 times too small", DIGITS, STEADY | {"learning_rate": 5e-5}
    ),
    Patient(
        "waves, small steps", "not-converged", "a rate 100 times too small", WAVES, STEADY | {"learning_rate": 5e-5}
    ),
    Patient(
        "signs, impatient",
        "early-stopped-too-soon",
        "one bad epoch ends it, small steps",
        SIGN_IMPATIENT,
        STEADY | {"learning_rate": 3e-5},
    ),
    Patient(
        "digits, impatient",
        "early-stopped-too-soon",
        "one bad epoch ends it, small steps",
        DIGITS_IMPATIENT,
        STEADY | {"learning_rate": 1e-4},
        num_members=1,
    ),
    Patient(
        "waves, impatient",
        "early-stopped-too-soon",
        "one bad epoch ends it, small steps",
        WAVES_IMPATIENT,
        STEADY | {"learning_rate": 1e-4},
    ),
    Patient(
        "signs, dropping",
        "dropout-without-overfitting",
        "half the units dropped where no gap is",
        SIGN,
        WELL | {"drop_rate": 0.5},
    ),
    Patient(
        "two sides, dropping",
        "dropout-without-overfitting",
        "a plane needs no dropout",
        SIDES,
        WELL | {"drop_rate": 0.3},
    ),
    Patient(
        "waves, dropping",
        "dropout-without-overfitting",
        "half the units dropped where no gap is",
        WAVES,
        WELL | {"drop_rate": 0.3},
    ),
    Patient("60 dev rows of sides", "dev-set-too-small", "one row is 1.7 points", SIDES_FEW_DEV, FOUR_RATES, 4),
    Patient("60 dev rows of signs", "dev-set-too-small", "one row is 1.7 points", SIGN_FEW_DEV, FOUR_RATES, 4),
    Patient("54 dev rows of digits", "dev-set-too-small", "one row is 1.9 points", DIGITS_FEW_DEV, FOUR_RATES, 4),
    Patient("44 dev rows of diabetes", "dev-set-too-small", "44 rows of much noise", DIABETES_FEW_DEV, FOUR_RATES, 4),
    Patient("57 dev rows of cancer", "dev-set-too-small", "one row is 1.8 points", CANCER_FEW_DEV, FOUR_RATES, 4),
    Patient("18 dev rows of wine", "dev-set-too-small", "one row is 5.6 points", WINE_FEW_DEV, FOUR_RATES, 4),
    Patient("sides, 10 % wrong", "label-noise", "a tenth flipped", on("sides, 10 % wrong"), WELL, labels=True),
    Patient("digits, 10 % wrong", "label-noise", "a tenth flipped", on("digits, 10 % wrong"), WELL, labels=True),
    Patient("digits, 30 % wrong", "label-noise", "three tenths flipped", on("digits, 30 % wrong"), WELL, labels=True),
    Patient("sides, half twice", "duplicates-across-parts", "1,000 rows twice", on("sides, half twice"), WELL),
    Patient("digits, a third twice", "duplicates-across-parts", "593 rows twice", on("digits, a third twice"), WELL),
    Patient("sides, leaking", "leaking-column", "a column made from the answer", on("sides, leaking"), WELL),
    Patient("digits, leaking", "leaking-column", "a column made from the answer", on("digits, leaking"), WELL),
    Patient("late in 4 %", "class-imbalance", "a rare answer that nothing tells", on("late in 4 %"), WELL),
    Patient("late in 10 %", "class-imbalance", "a rare answer that nothing tells", on("late in 10 %"), WELL),
    Patient("six nines", "rare-class", "six rows of 1,623", on("digits, six nines"), WELL),
    Patient("six between", "rare-class", "six rows of 3,000", on("sides, six between"), WELL),
    Patient("sides, drifting", "shifted-columns", "one column wanders with time", on("sides, drifting"), WELL),
    Patient("sides, leaping", "shifted-columns", "one column wanders far", on("sides, leaping"), WELL),
    Patient("sides, a country", "constant-column", "one value in a column", on("sides, a country"), WELL),
    Patient("waves, a unit", "constant-column", "one value in a column", on("waves, a unit"), WELL),
    Patient("sides, counted", "identifier-column", "a column counts the rows", on("sides, counted"), WELL),
    Patient("digits, counted", "identifier-column", "a column counts the rows", on("digits, counted"), WELL),
)

HEALTHY = (
    Patient("signs", None, "1,500 rows, 32-32 units, 30 epochs", SIGN, WELL),
    Patient("two sides", None, "a plane, 1,500 rows", SIDES, WELL),
    Patient("two sides, noisy", None, "15 % are wrong, but nobody can do better", SIDES_NOISY, WELL),
    Patient("waves", None, "1,500 rows, 32-32 units, 30 epochs", WAVES, WELL),
    Patient("digits", None, "1,078 rows", DIGITS, WELL, labels=True),
    Patient("breast-cancer", None, "341 rows", CANCER, WELL | {"l2": 1.0}),
    Patient("wine", None, "107 rows, easy", WINE, WELL),
    Patient("diabetes, linear", None, "few rows, few parameters", DIABETES_LINEAR, {"learning_rate": 0.01}),
    Patient("two sides, some decay", None, "a plane, with a little decay", SIDES, WELL | {"weight_decay": 0.1}),
)
