"""Sick trainings in plain PyTorch, watched by caviar.watch: depth, units, first weights, norms, inputs."""

from functools import partial

from patient import Outpatient
from torch import nn
from torch.optim import SGD, Adam
from ward_networks import convolutions, perceptron

ADAM = partial(Adam, lr=1e-3)
CANCER, DIABETES, SIDES = (30, 32, 32, 2), (10, 32, 32, 1), (5, 32, 32, 2)
PICTURES = (64, 32, 32, 10)
FIRST_WEIGHTS = "it is the first weights that do it"
TWO_ROWS = "two rows are what makes the norm's averages wrong"

SICK_BY_LAYERS = (
    Outpatient(
        "16 layers growing, pictures",
        "exploding-gradient",
        "weights of 3/√n through 16 layers",
        "pictures",
        lambda: perceptron(64, *[32] * 16, 10, gain=3.0),
        partial(SGD, lr=1e-6),
        also="bad-initialisation",
        because=FIRST_WEIGHTS,
    ),
    Outpatient(
        "16 layers growing, sides",
        "exploding-gradient",
        "weights of 3/√n through 16 layers",
        "sides",
        lambda: perceptron(5, *[32] * 16, 2, gain=3.0),
        partial(SGD, lr=1e-6),
        also="bad-initialisation",
        because=FIRST_WEIGHTS,
    ),
    Outpatient(
        "40 sigmoids, pictures",
        "vanishing-gradient",
        "a sigmoid's slope is at most a quarter",
        "pictures",
        lambda: perceptron(64, *[16] * 40, 10, activation=nn.Sigmoid, gain=1.0),
        ADAM,
    ),
    Outpatient(
        "20 tanhs, waves",
        "vanishing-gradient",
        "weights of 0.4/√n through 20 layers",
        "waves",
        lambda: perceptron(2, *[32] * 20, 1, activation=nn.Tanh, gain=0.4),
        partial(SGD, lr=0.01),
    ),
    Outpatient("dead convolutions", "dead-relu", "biases of -20", "pictures", lambda: convolutions(bias=-20.0), ADAM),
    Outpatient("dead units, sides", "dead-relu", "biases of -5", "sides", lambda: perceptron(*SIDES, bias=-5.0), ADAM),
    Outpatient(
        "tanh on its ends, pictures",
        "saturated-units",
        "weights of 10/√n",
        "pictures",
        lambda: perceptron(*PICTURES, activation=nn.Tanh, gain=10.0),
        ADAM,
        also="bad-initialisation",
        because=FIRST_WEIGHTS,
    ),
    Outpatient(
        "sigmoid on its ends, sides",
        "saturated-units",
        "weights of 20/√n",
        "sides",
        lambda: perceptron(*SIDES, activation=nn.Sigmoid, gain=20.0),
        ADAM,
        also="bad-initialisation",
        because=FIRST_WEIGHTS,
    ),
    Outpatient(
        "all zero, cancer",
        "bad-initialisation",
        "all first weights are 0",
        "cancer",
        lambda: perceptron(*CANCER, gain=0.0),
        ADAM,
    ),
    Outpatient(
        "convolutions all alike",
        "bad-initialisation",
        "all convolutions' weights are 0.1",
        "pictures",
        lambda: convolutions(weight=0.1, bias=0.0),
        ADAM,
    ),
    Outpatient(
        "convolutions x10",
        "bad-initialisation",
        "10 times torch's first weights",
        "pictures",
        lambda: convolutions(gain=10.0),
        ADAM,
    ),
    Outpatient(
        "convolutions, norm of two",
        "batch-norm-mismatch",
        "batch norm over two pictures",
        "pictures",
        lambda: convolutions(batch_norm=True),
        ADAM,
        200,
        2,
        also="batch-too-small",
        because=TWO_ROWS,
    ),
    Outpatient(
        "cancer, norm of two",
        "batch-norm-mismatch",
        "batch norm over two rows",
        "cancer",
        lambda: perceptron(*CANCER, batch_norm=True),
        ADAM,
        200,
        2,
        also="batch-too-small",
        because=TWO_ROWS,
    ),
    Outpatient(
        "pictures, norm that lags",
        "batch-norm-mismatch",
        "averages over 10,000 steps in 150",
        "pictures",
        lambda: convolutions(batch_norm=True, momentum=1e-4),
        ADAM,
    ),
    Outpatient(
        "cancer as measured",
        "input-not-normalised",
        "columns from 0.01 to 1,000",
        "cancer, as measured",
        lambda: perceptron(*CANCER),
        ADAM,
    ),
    Outpatient(
        "pictures up to 255",
        "input-not-normalised",
        "grey values from 0 to 255",
        "pictures up to 255",
        convolutions,
        ADAM,
    ),
    Outpatient(
        "diabetes as measured",
        "input-not-normalised",
        "columns from 1 to 300",
        "diabetes, as measured",
        lambda: perceptron(*DIABETES),
        ADAM,
    ),
)
