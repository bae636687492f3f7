"""Sick PyTorch modules, of tables and of pictures, looked at by caviar.diagnose as they stand."""

from functools import partial

from patient import Outpatient
from torch import nn
from torch.optim import SGD, Adam
from ward_networks import HalfForgotten, WrongSign, convolutions, perceptron

ADAM = partial(Adam, lr=1e-3)
look = partial(Outpatient, watched=False)

SICK_LOOKED_AT = (
    look(
        "a wrong sign",
        "gradient-bug",
        "a tanh of one's own, its slope negative",
        "sides",
        lambda: perceptron(5, 16, 16, 2, activation=WrongSign),
    ),
    look(
        "half a slope",
        "gradient-bug",
        "squares of one's own, their slope halved",
        "pictures",
        lambda: convolutions(activation=HalfForgotten),
    ),
    look(
        "sides at a saddle",
        "saddle",
        "weights of a thousandth, in two layers",
        "sides",
        lambda: perceptron(5, 16, 2, activation=nn.Tanh, gain=1e-3),
    ),
    look(
        "pictures at a saddle",
        "saddle",
        "weights of a thousandth, in two layers",
        "pictures",
        lambda: perceptron(64, 16, 10, activation=nn.Tanh, gain=1e-3),
    ),
    look(
        "all zero, looked at",
        "bad-initialisation",
        "all first weights are 0",
        "signs",
        lambda: perceptron(2, 16, 16, 2, activation=nn.Tanh, gain=0.0),
        also="saddle",
        because="at 0 a network of tanh stands on one",
    ),
    look(
        "40 sigmoids, looked at",
        "plateau",
        "no slope reaches most of 40 layers",
        "pictures",
        lambda: perceptron(64, *[16] * 40, 10, activation=nn.Sigmoid, gain=1.0),
        also="vanishing-gradient",
        because="it is why the layers are out of reach",
    ),
    look(
        "20 tanhs, looked at",
        "plateau",
        "no slope reaches most of 20 layers",
        "waves",
        lambda: perceptron(2, *[16] * 20, 1, activation=nn.Tanh, gain=0.3),
        also="vanishing-gradient",
        because="it is why the layers are out of reach",
    ),
    look(
        "a line through signs",
        "minimum",
        "no line tells same signs from others",
        "signs",
        lambda: perceptron(2, 2),
        partial(SGD, lr=0.5),
        300,
        1000,
    ),
    look(
        "a line through four spots",
        "minimum",
        "four grey spots do not tell digits",
        "pictures of four spots",
        lambda: perceptron(4, 10),
        partial(SGD, lr=1.0),
        1500,
        1000,
    ),
    look(
        "dead units, looked at",
        "dead-relu",
        "biases of -20",
        "pictures",
        lambda: perceptron(64, 32, 32, 10, bias=-20.0),
    ),
    look(
        "sigmoid on its ends, looked at",
        "saturated-units",
        "weights of 30/√n",
        "cancer",
        lambda: perceptron(30, 32, 32, 2, activation=nn.Sigmoid, gain=30.0),
        also="bad-initialisation",
        because="it is the first weights that do it",
    ),
    look(
        "cancer as measured, looked at",
        "input-not-normalised",
        "columns from 0.01 to 1,000",
        "cancer, as measured",
        lambda: perceptron(30, 32, 32, 2),
        ADAM,
    ),
    look(
        "norm that lags, looked at",
        "batch-norm-mismatch",
        "averages over 10,000 steps in 150",
        "cancer",
        lambda: lagging(),
        ADAM,
    ),
)


def lagging() -> nn.Module:
    """Batch norm whose averages hardly move from where they began."""
    network = perceptron(30, 32, 32, 2, batch_norm=True)
    for each in network.modules():
        if isinstance(each, nn.BatchNorm1d):
            each.momentum = 1e-4
    return network
