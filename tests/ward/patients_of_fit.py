"""Sick trainings that errors and curves tell: bias and variance, too short, too small a dev set. Rows are sound."""

from dataclasses import replace

from patient import Patient, Training
from trainings import (
    CANCER,
    DIABETES,
    DIGITS,
    DIGITS_FEW,
    FOUR_RATES,
    LINEAR,
    SIDES,
    SIGN,
    SIGN_FEW,
    SMALL,
    STEADY,
    WAVES,
    WAVES_FEW,
    WELL,
)

from caviar.networks.mlp import MLP

SIGN_LINEAR = Training("same sign", LINEAR, 15)
SIGN_IMPATIENT = replace(SIGN, epochs=200, patience=1)
DIGITS_IMPATIENT = replace(DIGITS, epochs=200, patience=1)
WAVES_IMPATIENT = replace(WAVES, epochs=200, patience=1)
SIGN_FEW_DEV = Training("signs, few dev rows", SMALL, 20)
SIDES_FEW_DEV = Training("two sides, few dev rows", SMALL, 15)
DIGITS_FEW_DEV = Training("digits, few dev rows", SMALL, 20, batch_size=32)
CANCER_FEW_DEV = replace(CANCER, rows="breast-cancer, few dev rows")
WINE_FEW_DEV = Training("wine, few dev rows", SMALL, 20, batch_size=32)
DIABETES_FEW_DEV = Training("diabetes, few dev rows", SMALL, 20, batch_size=32)
MANY_RATES = [0.0001 * 1.17**number for number in range(40)]

SICK_OF_FIT = (
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
    Patient(
        "digits through one unit",
        "high-bias",
        "one hidden unit for ten classes",
        replace(DIGITS, structure=MLP((1,))),
        WELL,
    ),
    Patient(
        "digits, dropping",
        "dropout-without-overfitting",
        "nine tenths of few units dropped",
        replace(DIGITS, structure=MLP((16,))),
        WELL | {"drop_rate": 0.8},
        also="high-bias",
        because="units that are mostly gone are too few for ten classes",
    ),
    Patient(
        "a coin, 40 tried",
        "dev-overfit",
        "60 dev rows choose among 40 that know nothing",
        Training("a coin", MLP((8,)), 8),
        {"learning_rate": MANY_RATES},
        40,
        also="dev-set-too-small",
        because="the fewer the rows, the more the best of many flatters",
    ),
    Patient(
        "digits, 40 tried",
        "dev-overfit",
        "40 dev rows choose among 40 hardly trained",
        Training("digits, 40 dev rows", MLP((8,)), 3),
        {"learning_rate": 0.001},
        40,
        also="dev-set-too-small",
        because="the fewer the rows, the more the best of many flatters",
    ),
    Patient(
        "digits want more rows",
        "more-data-helps",
        "180 rows of 1,797 there are",
        DIGITS_FEW,
        WELL,
        by_rows=True,
        also="high-variance",
        because="it is the gap that more rows close",
    ),
    Patient(
        "signs want more rows",
        "more-data-helps",
        "240 rows, 20 columns of noise",
        SIGN_FEW,
        WELL,
        by_rows=True,
        also="high-variance",
        because="it is the gap that more rows close",
    ),
    Patient(
        "sides have rows enough",
        "more-data-is-futile",
        "15 % are wrong, and a plane has six parameters",
        Training("two sides, many rows", LINEAR, 10),
        {"learning_rate": 0.01},
        by_rows=True,
    ),
    Patient(
        "a coin has rows enough",
        "more-data-is-futile",
        "no column tells heads from tails",
        Training("a coin, many rows", MLP((8,)), 10),
        WELL,
        by_rows=True,
    ),
    Patient(
        "waves have rows enough",
        "more-data-is-futile",
        "6,000 rows of much noise for a smooth wave",
        Training("waves, many rows", MLP((16,)), 10),
        {"learning_rate": 0.01},
        by_rows=True,
    ),
)
