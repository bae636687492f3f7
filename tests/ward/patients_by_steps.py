"""Sick trainings in plain PyTorch, watched by caviar.watch: rates, batches and averages that do not fit."""

from functools import partial

from patient import Outpatient
from torch.optim import SGD, Adam, RMSprop
from ward_networks import convolutions, perceptron

ADAM = partial(Adam, lr=1e-3)
CANCER, DIABETES, SIDES = (30, 32, 32, 2), (10, 32, 32, 1), (5, 32, 32, 2)
TO_WHERE_NO_ROW_IS = "units thrown to where no row reaches them are what too large steps leave"

SICK_BY_STEPS = (
    Outpatient(
        "convolutions, rate x100",
        "learning-rate-too-high",
        "Adam at 0.1",
        "pictures",
        convolutions,
        partial(Adam, lr=0.1),
        also="dead-relu",
        because=TO_WHERE_NO_ROW_IS,
    ),
    Outpatient(
        "diabetes, plain, rate x100",
        "learning-rate-too-high",
        "SGD at 5",
        "diabetes",
        lambda: perceptron(*DIABETES),
        partial(SGD, lr=5.0),
        also="divergence",
        because="a loss that runs away is how too large steps show",
    ),
    Outpatient(
        "convolutions, rate / 1000",
        "learning-rate-too-low",
        "Adam at 0.000001",
        "pictures",
        convolutions,
        partial(Adam, lr=1e-6),
    ),
    Outpatient(
        "cancer, rate / 1000",
        "learning-rate-too-low",
        "SGD at 0.0001",
        "cancer",
        lambda: perceptron(*CANCER),
        partial(SGD, lr=1e-4),
    ),
    Outpatient(
        "a cell missing",
        "divergence",
        "one cell of the table is NaN",
        "cancer, a cell missing",
        lambda: perceptron(*CANCER),
        ADAM,
    ),
    Outpatient(
        "diabetes in its own units",
        "divergence",
        "targets of some 150, SGD at 0.05",
        "diabetes, target as measured",
        lambda: perceptron(*DIABETES),
        partial(SGD, lr=0.05),
        also="bad-initialisation",
        because="outputs that start at 0 are far from targets of 150",
    ),
    Outpatient(
        "convolutions run away",
        "divergence",
        "SGD at 100",
        "pictures",
        convolutions,
        partial(SGD, lr=100.0),
        also="learning-rate-too-high",
        because="too large steps are why it runs away",
    ),
    Outpatient(
        "sides by twos",
        "batch-too-small",
        "batches of 2 where 40 % are wrong",
        "sides, 40 % wrong",
        lambda: perceptron(*SIDES),
        ADAM,
        600,
        2,
    ),
    Outpatient(
        "pictures by ones",
        "batch-too-small",
        "single pictures where 70 % are wrong",
        "pictures, 70 % wrong",
        convolutions,
        ADAM,
        600,
        1,
    ),
    Outpatient(
        "sides by 4,096",
        "batch-too-large",
        "two steps an epoch",
        "many sides",
        lambda: perceptron(*SIDES),
        ADAM,
        60,
        4096,
    ),
    Outpatient(
        "pictures by 4,096", "batch-too-large", "two steps an epoch", "pictures, moved", convolutions, ADAM, 60, 4096
    ),
    Outpatient(
        "convolutions, slow Adam",
        "slow-averages",
        "β1 of 0.999 over 150 steps",
        "pictures",
        convolutions,
        partial(Adam, lr=1e-3, betas=(0.999, 0.999)),
    ),
    Outpatient(
        "cancer, slow RMSprop",
        "slow-averages",
        "squares over 10,000 steps in 150",
        "cancer",
        lambda: perceptron(*CANCER),
        partial(RMSprop, lr=1e-4, alpha=0.9999),
    ),
    Outpatient(
        "sides, slow momentum, plain",
        "slow-averages",
        "momentum of 0.999 over 150 steps",
        "sides",
        lambda: perceptron(*SIDES),
        partial(SGD, lr=1e-3, momentum=0.999),
    ),
)
