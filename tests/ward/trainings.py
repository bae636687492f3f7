"""Sound trainings of Caviar's networks, and sound settings, for patients to have one thing made wrong in."""

from patient import Training

from caviar.networks.mlp import MLP

SMALL, WIDE, LINEAR = MLP((32, 32)), MLP((128, 128)), MLP(())

SIGN = Training("same sign", SMALL, 30)
SIGN_FEW = Training("same sign, few rows", WIDE, 40)
SIDES = Training("two sides", SMALL, 15)
SIDES_NOISY = Training("two sides, noisy", SMALL, 15)
WAVES = Training("waves", SMALL, 30)
WAVES_FEW = Training("waves, few rows", WIDE, 60)
DIGITS = Training("digits", SMALL, 30)
DIGITS_FEW = Training("digits, few rows", SMALL, 40)
CANCER = Training("breast-cancer", SMALL, 20)
WINE = Training("wine", SMALL, 30, batch_size=16)
DIABETES = Training("diabetes", WIDE, 60, batch_size=32)
DIABETES_LINEAR = Training("diabetes", LINEAR, 30, batch_size=32)


def on(rows: str) -> Training:
    """A sound training on those rows."""
    return Training(rows, SMALL, 15)


WELL = {"learning_rate": 0.005}
STEADY = {"schedule": "constant"}
FOUR_RATES = {"learning_rate": [0.001, 0.003, 0.01, 0.03]}
