"""Healthy trainings: of Caviar's networks, of plain ones that are watched, and of plain ones that are looked at."""

from dataclasses import replace
from functools import partial

from patient import Outpatient, Patient, Training
from torch import nn
from torch.optim import SGD, Adam, RMSprop
from trainings import CANCER, DIABETES_LINEAR, DIGITS, SIDES, SIDES_NOISY, SIGN, SMALL, WAVES, WELL, WINE, on
from ward_networks import Residual, convolutions, perceptron

from caviar.networks.mlp import MLP

ADAM = partial(Adam, lr=1e-3)
MOMENTUM = partial(SGD, lr=0.05, momentum=0.9)
look = partial(Outpatient, watched=False)

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
    Patient("digits, batch norm", None, "1,078 rows", replace(DIGITS, structure=MLP((32, 32), batch_norm=True)), WELL),
    Patient("digits, tanh", None, "1,078 rows", replace(DIGITS, structure=MLP((32, 32), "tanh")), WELL),
    Patient("waves, momentum", None, "1,500 rows", WAVES, {"optimizer": "momentum", "learning_rate": 0.1}),
    Patient("waves, noisy", None, "much noise, but nobody can do better", Training("waves, noisy", SMALL, 15), WELL),
    Patient("few above", None, "one in nine is above, and told", on("few above"), WELL),
    Patient("iris", None, "90 rows, easy", Training("iris", SMALL, 30, batch_size=16), WELL),
    Patient(
        "signs, three layers of gelu", None, "1,500 rows", replace(SIGN, structure=MLP((32, 32, 32), "gelu")), WELL
    ),
    Outpatient("convolutions", None, "Adam at 0.001", "pictures", convolutions, ADAM),
    Outpatient(
        "convolutions, batch norm", None, "momentum 0.9", "pictures", lambda: convolutions(batch_norm=True), MOMENTUM
    ),
    Outpatient(
        "pictures, dropout",
        None,
        "a fifth dropped",
        "pictures",
        lambda: perceptron(64, 64, 64, 10, drop_rate=0.2),
        ADAM,
    ),
    Outpatient("12 residual layers", None, "a shortcut past each", "pictures", lambda: Residual(64, 10), ADAM),
    Outpatient("cancer, plain", None, "569 rows", "cancer", lambda: perceptron(30, 32, 32, 2), ADAM),
    Outpatient(
        "cancer, one layer of sigmoid",
        None,
        "569 rows",
        "cancer",
        lambda: perceptron(30, 32, 2, activation=nn.Sigmoid),
        partial(Adam, lr=0.01),
    ),
    Outpatient("diabetes, plain", None, "regression", "diabetes", lambda: perceptron(10, 32, 32, 1), ADAM),
    Outpatient(
        "waves, plain",
        None,
        "regression, RMSprop",
        "waves",
        lambda: perceptron(2, 32, 32, 1),
        partial(RMSprop, lr=1e-3),
    ),
    Outpatient(
        "sides, noise nobody can lower", None, "30 % are wrong", "sides, 30 % wrong", lambda: perceptron(5, 32, 2), ADAM
    ),
    Outpatient("few above, plain", None, "one in nine is above", "few above", lambda: perceptron(5, 32, 32, 2), ADAM),
    Outpatient(
        "signs by sixteens",
        None,
        "small batches, sound",
        "signs",
        lambda: perceptron(2, 32, 32, 2, activation=nn.Tanh),
        partial(Adam, lr=0.01),
        300,
        16,
    ),
    look("convolutions, looked at", None, "trained", "pictures", convolutions, ADAM, 200),
    look("convolutions, not trained yet", None, "torch's first weights", "pictures", convolutions),
    look("cancer, looked at", None, "trained", "cancer", lambda: perceptron(30, 32, 32, 2, batch_norm=True), ADAM, 200),
    look("waves, looked at", None, "regression, trained", "waves", lambda: perceptron(2, 32, 32, 1), ADAM, 600),
    look(
        "sides, noise, looked at",
        None,
        "30 % are wrong, trained",
        "sides, 30 % wrong",
        lambda: perceptron(5, 32, 2),
        ADAM,
        300,
    ),
)
