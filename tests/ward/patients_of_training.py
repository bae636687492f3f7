"""Sick trainings of Caviar's networks: first weights, rates, depth, batches, averages. Rows are sound."""

from dataclasses import replace

from patient import Patient, Training
from trainings import DIGITS, SIGN, SMALL, STEADY, WAVES, WELL

from caviar.networks.mlp import MLP

TOO_LARGE = 0.5  # a hundred times a good rate
TOO_SMALL = 5e-6  # a thousandth of it
DEEP_SIGMOID = MLP((16,) * 40, "sigmoid")
DEEP_TANH = MLP((16,) * 20, "tanh")
DEEP_RELU = MLP((32,) * 12)
NORMED = MLP((32, 32), batch_norm=True)

SICK_OF_TRAINING = (
    Patient(
        "signs, rate x100",
        "learning-rate-too-high",
        "Adam at 0.5",
        SIGN,
        {"learning_rate": TOO_LARGE},
        also="dead-relu",
        because="units thrown to where no row reaches them are what too large steps leave",
    ),
    Patient(
        "digits, rate x100",
        "learning-rate-too-high",
        "Adam at 0.5",
        DIGITS,
        {"learning_rate": TOO_LARGE},
        also="dead-relu",
        because="units thrown to where no row reaches them are what too large steps leave",
    ),
    Patient(
        "waves, rate x100",
        "learning-rate-too-high",
        "Adam at 0.5",
        WAVES,
        {"learning_rate": TOO_LARGE},
        also="dead-relu",
        because="units thrown to where no row reaches them are what too large steps leave",
    ),
    Patient(
        "signs, rate / 1000",
        "learning-rate-too-low",
        "Adam at 0.000005",
        SIGN,
        STEADY | {"learning_rate": TOO_SMALL},
        also="not-converged",
        because="a run too short for its steps is one whose steps are too short",
    ),
    Patient(
        "digits, rate / 1000",
        "learning-rate-too-low",
        "Adam at 0.000005",
        DIGITS,
        STEADY | {"learning_rate": TOO_SMALL},
        also="not-converged",
        because="a run too short for its steps is one whose steps are too short",
    ),
    Patient(
        "sides, 40 layers of sigmoid",
        "vanishing-gradient",
        "a sigmoid's slope is at most a quarter",
        Training("two sides", DEEP_SIGMOID, 4),
        WELL,
        1,
    ),
    Patient(
        "digits, 40 layers of sigmoid",
        "vanishing-gradient",
        "a sigmoid's slope is at most a quarter",
        Training("digits", DEEP_SIGMOID, 4),
        WELL,
        1,
    ),
    Patient(
        "signs, 20 layers of tanh",
        "vanishing-gradient",
        "first weights 0.4 times Xavier's",
        Training("same sign", DEEP_TANH, 4),
        WELL | {"init_scheme": "xavier", "init_gain": 0.4},
        1,
    ),
    Patient(
        "waves, 12 layers unclipped",
        "exploding-gradient",
        "first weights 3 times He's",
        Training("waves", DEEP_RELU, 8),
        {"learning_rate": 0.0001, "init_gain": 3.0},
        1,
        also="bad-initialisation",
        because="the factor of 3 stands in the first weights",
    ),
    Patient(
        "digits, 12 layers unclipped",
        "exploding-gradient",
        "first weights 3 times He's",
        Training("digits", DEEP_RELU, 8),
        {"learning_rate": 0.0001, "init_gain": 3.0},
        1,
        also="bad-initialisation",
        because="the factor of 3 stands in the first weights",
    ),
    Patient(
        "digits, all zero", "bad-initialisation", "all first weights are 0", DIGITS, WELL | {"init_scheme": "zeros"}
    ),
    Patient("waves, all zero", "bad-initialisation", "all first weights are 0", WAVES, WELL | {"init_scheme": "zeros"}),
    Patient(
        "digits, large weights", "bad-initialisation", "first weights 10 times He's", DIGITS, WELL | {"init_gain": 10.0}
    ),
    Patient(
        "signs, large weights", "bad-initialisation", "first weights 10 times He's", SIGN, WELL | {"init_gain": 10.0}
    ),
    Patient(
        "digits, tanh on its ends",
        "saturated-units",
        "first weights 20 times Xavier's",
        replace(DIGITS, structure=MLP((32, 32), "tanh")),
        WELL | {"init_scheme": "xavier", "init_gain": 20.0},
        also="bad-initialisation",
        because="it is the first weights that drive tanh to its ends",
    ),
    Patient(
        "signs, sigmoid on its ends",
        "saturated-units",
        "first weights 50 times Xavier's",
        replace(SIGN, structure=MLP((32, 32), "sigmoid")),
        WELL | {"init_scheme": "xavier", "init_gain": 50.0},
        also="bad-initialisation",
        because="it is the first weights that drive sigmoid to its ends",
    ),
    Patient(
        "digits, norm of two",
        "batch-norm-mismatch",
        "batch norm over two rows",
        replace(DIGITS, structure=NORMED, epochs=4, batch_size=2),
        WELL,
        1,
        also="batch-too-small",
        because="two rows are what makes the norm's averages wrong",
    ),
    Patient(
        "sides, norm of two",
        "batch-norm-mismatch",
        "batch norm over two rows",
        Training("two sides", NORMED, 4, batch_size=2),
        WELL,
        1,
        also="batch-too-small",
        because="two rows are what makes the norm's averages wrong",
    ),
    Patient(
        "sides, slow momentum",
        "slow-averages",
        "momentum of 0.999 over 240 steps",
        Training("two sides", SMALL, 10),
        {"optimizer": "momentum", "beta1": 0.999, "learning_rate": 0.1},
    ),
    Patient(
        "digits, slow Adam",
        "slow-averages",
        "β1 of 0.999 over 255 steps",
        Training("digits", SMALL, 15),
        WELL | {"beta1": 0.999},
    ),
)
