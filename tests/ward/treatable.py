"""Sick trainings that can be treated: each a sound training with one thing made wrong, on rows enough to see it mended.

What is wrong is known from how each was made, and was written down before any of them was trained. Effects are seen on
2,000 dev rows of the made tables, 1,000 and more of digits, 300 of breast cancer, 100 of wine.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from made_tables import same_sign, shipped, two_sides, waves

from caviar.networks.mlp import MLP


@dataclass(frozen=True)
class Ground:
    """A table, how many of its rows train (the others are dev), and the error that nobody can go below.

    raw: whether columns come in their own units; else they are standardised by the train rows.
    """

    make: Callable[[], Any]
    num_train: int
    optimal_error: float
    raw: bool = False

    def arrays(self) -> tuple[np.ndarray, ...]:
        """(features, targets, dev_features, dev_targets): (row, column) and (row,)."""
        frame = self.make().sample(fraction=1, shuffle=True, seed=0)
        columns = frame.drop("answer").to_numpy().astype(np.float64)
        answers = frame["answer"].to_numpy()
        if answers.dtype.kind != "f":
            answers = np.unique(answers.astype(str), return_inverse=True)[1]
        train, dev = columns[: self.num_train], columns[self.num_train :]
        if not self.raw:
            mean, deviation = train.mean(axis=0), train.std(axis=0)
            train, dev = ((part - mean) / np.where(deviation > 0, deviation, 1) for part in (train, dev))
        return train, answers[: self.num_train], dev, answers[self.num_train :]


def other_units(num_rows: int) -> Any:
    """Waves whose columns are written in thousandths, and from another zero."""
    frame = waves(num_rows)
    return frame.with_columns(x0=1_000 * frame["x0"] + 5_000, x1=0.001 * frame["x1"])


GROUNDS = {
    "signs": Ground(lambda: same_sign(3_000), 1_000, 0.05),
    "sides": Ground(lambda: two_sides(2_300, flipped=0.2), 300, 0.2),
    "waves": Ground(lambda: waves(3_000), 1_000, 0.3),
    "waves, few": Ground(lambda: waves(2_150, num_noise=10), 150, 0.3),
    "waves, other units": Ground(lambda: other_units(3_000), 1_000, 0.3, raw=True),
    "digits": Ground(lambda: shipped("digits"), 797, 0.0),
    "digits, few": Ground(lambda: shipped("digits"), 150, 0.0),
    "wine, as it came": Ground(lambda: shipped("wine"), 78, 0.0, raw=True),
    "cancer, as it came": Ground(lambda: shipped("breast-cancer"), 269, 0.02, raw=True),
}


@dataclass(frozen=True)
class Treatable:
    """A sound training (32-32 ReLU units, Adam at 0.005, 15 epochs in batches of 64) but for what is given here."""

    name: str
    planted: str
    ground: str
    network: MLP = MLP((32, 32))  # noqa: RUF009
    epochs: int = 15
    batch_size: int = 64
    given: dict[str, Any] = field(default_factory=dict)


SIX_SIGMOIDS = MLP((32,) * 6, "sigmoid")
TANH = MLP((32, 32), "tanh")
NORMED = MLP((32, 32), batch_norm=True)
WIDE = MLP((128, 128))


def rate(value: float, **more: Any) -> dict[str, Any]:
    return {"learning_rate": value, **more}


TREATABLE = (
    Treatable("digits, 2 units", "high-bias", "digits", MLP((2,))),
    Treatable("signs, linear", "high-bias", "signs", MLP(())),
    Treatable("waves, linear", "high-bias", "waves", MLP(())),
    Treatable("digits, decayed", "high-bias", "digits", given={"l2": 500.0}),
    Treatable("waves, decayed", "high-bias", "waves", given={"l2": 300.0}),
    Treatable("digits, rate 1e-6", "learning-rate-too-low", "digits", given=rate(1e-6)),
    Treatable("signs, rate 1e-5", "learning-rate-too-low", "signs", given=rate(1e-5)),
    Treatable("waves, rate 1e-5", "learning-rate-too-low", "waves", given=rate(1e-5)),
    Treatable("digits, rate 10", "learning-rate-too-high", "digits", given=rate(10.0)),
    Treatable("signs, rate 1", "learning-rate-too-high", "signs", given=rate(1.0)),
    Treatable("waves, rate 10", "learning-rate-too-high", "waves", given=rate(10.0)),
    Treatable("digits, leaping", "divergence", "digits", given=rate(30.0, optimizer="gradient-descent")),
    Treatable("waves, leaping", "divergence", "waves", given=rate(3.0, optimizer="momentum")),
    Treatable("digits, six sigmoids", "vanishing-gradient", "digits", SIX_SIGMOIDS),
    Treatable("signs, six sigmoids", "vanishing-gradient", "signs", SIX_SIGMOIDS),
    Treatable("digits, tanh from far", "saturated-units", "digits", TANH, given={"init_gain": 30.0}),
    Treatable("signs, tanh from far", "saturated-units", "signs", TANH, given={"init_gain": 30.0}),
    Treatable("digits, ReLU from far", "bad-initialisation", "digits", given={"init_gain": 30.0}),
    Treatable("digits, all zeros", "bad-initialisation", "digits", given={"init_scheme": "zeros"}),
    Treatable("wine, as it came", "input-not-normalised", "wine, as it came", given={"seed": 1}),
    Treatable("cancer, as it came", "input-not-normalised", "cancer, as it came"),
    Treatable("waves, other units", "input-not-normalised", "waves, other units"),
    Treatable("digits, all at once", "batch-too-large", "digits", batch_size=797),
    Treatable("signs, all at once", "batch-too-large", "signs", batch_size=1_000),
    Treatable("digits, norm of pairs", "batch-norm-mismatch", "digits", NORMED, epochs=5, batch_size=2),
    Treatable("signs, dropping", "dropout-without-overfitting", "signs", given={"drop_rate": 0.5}),
    Treatable("digits, dropping", "dropout-without-overfitting", "digits", given={"drop_rate": 0.8}),
    Treatable("signs, two epochs", "not-converged", "signs", epochs=2, given=rate(0.001)),
    Treatable("digits, two epochs", "not-converged", "digits", epochs=2, given=rate(0.001)),
    Treatable(
        "waves, impatient", "early-stopped-too-soon", "waves", epochs=100, given=rate(1e-4, patience=1)
    ),
    Treatable("sides by heart", "high-variance", "sides", WIDE, epochs=40),
    Treatable("waves by heart", "high-variance", "waves, few", WIDE, epochs=60),
    Treatable("digits of few rows", "high-variance", "digits, few", WIDE, epochs=40),
    Treatable(
        "digits, slow momentum", "slow-averages", "digits", given=rate(0.05, optimizer="momentum", beta1=0.9995)
    ),
)  # fmt: skip
