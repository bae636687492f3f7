"""Made tables whose optimal error is known by their making, and shipped ones cut to size, as polars frames."""

import numpy as np
import polars as pl

from caviar.data.builtin import read_builtin


def same_sign(num_rows: int, *, flipped: float = 0.05, num_noise: int = 0, seed: int = 0) -> pl.DataFrame:
    """Have two numbers the same sign? A share of the answers is flipped: no model's error is below it.

    No sum of functions of one column each answers it. `num_noise` columns have nothing to say.
    """
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(num_rows, 2 + num_noise))
    answers = (numbers[:, 0] * numbers[:, 1] > 0) ^ (draw.random(num_rows) < flipped)
    return _frame(numbers, np.where(answers, "same", "other"))


def two_sides(num_rows: int, *, flipped: float = 0.05, seed: int = 0) -> pl.DataFrame:
    """On which side of a plane in five dimensions lies a point? A share of the answers is flipped."""
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(num_rows, 5))
    answers = (numbers.sum(axis=1) > 0) ^ (draw.random(num_rows) < flipped)
    return _frame(numbers, np.where(answers, "above", "below"))


def waves(num_rows: int, *, noise: float = 0.3, num_noise: int = 0, seed: int = 0) -> pl.DataFrame:
    """A sine of two columns' sum times 2, with normal noise of standard deviation `noise`: the optimal RMSE."""
    draw = np.random.default_rng(seed)
    numbers = draw.uniform(-1, 1, size=(num_rows, 2 + num_noise))
    return _frame(numbers, 2 * np.sin(2 * numbers[:, :2].sum(axis=1)) + noise * draw.normal(size=num_rows))


def shipped(name: str, num_rows: int | None = None, seed: int = 0) -> pl.DataFrame:
    """A table that comes with scikit-learn, its target named `answer`; of some rows only, if asked."""
    frame, target = read_builtin(name)
    frame = frame.rename({target: "answer"})
    return frame if num_rows is None else frame.sample(num_rows, seed=seed)


def _frame(numbers: np.ndarray, answers: np.ndarray) -> pl.DataFrame:
    columns = {f"x{place}": column for place, column in enumerate(numbers.T)}
    return pl.DataFrame({**columns, "answer": answers})
