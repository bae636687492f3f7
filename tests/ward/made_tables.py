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


def two_sides(num_rows: int, *, flipped: float = 0.05, turned: bool = False, seed: int = 0) -> pl.DataFrame:
    """On which side of a plane in five dimensions lies a point? A share of the answers is flipped.

    `turned`: of another plane, at some 50 degrees to the first.
    """
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(num_rows, 5))
    answers = (numbers @ [1, 1, 1, 1, -1 if turned else 1] > 0) ^ (draw.random(num_rows) < flipped)
    return _frame(numbers, np.where(answers, "above", "below"))


def few_above(num_rows: int, seed: int = 0) -> pl.DataFrame:
    """On which side of a plane lies a point, where a ninth of them lie above? No answer is wrong."""
    numbers = np.random.default_rng(seed).normal(size=(num_rows, 5))
    return _frame(numbers, np.where(numbers.sum(axis=1) > 2.7, "above", "below"))


def coin(num_rows: int, seed: int = 0) -> pl.DataFrame:
    """Heads or tails, of which five columns say nothing."""
    draw = np.random.default_rng(seed)
    return _frame(draw.normal(size=(num_rows, 5)), np.where(draw.random(num_rows) < 0.5, "heads", "tails"))


def waves(num_rows: int, *, noise: float = 0.3, num_noise: int = 0, seed: int = 0) -> pl.DataFrame:
    """A sine of two columns' sum times 2, with normal noise of standard deviation `noise`: the optimal RMSE."""
    draw = np.random.default_rng(seed)
    numbers = draw.uniform(-1, 1, size=(num_rows, 2 + num_noise))
    return _frame(numbers, 2 * np.sin(2 * numbers[:, :2].sum(axis=1)) + noise * draw.normal(size=num_rows))


def with_wrong_labels(frame: pl.DataFrame, share: float, seed: int = 0) -> pl.DataFrame:
    """A share of the answers replaced by another of the answers there are."""
    draw = np.random.default_rng(seed)
    classes, places = np.unique(frame["answer"].to_numpy(), return_inverse=True)
    other = (places + draw.integers(1, len(classes), len(places))) % len(classes)
    return frame.with_columns(answer=pl.Series(classes[np.where(draw.random(len(places)) < share, other, places)]))


def with_copies(frame: pl.DataFrame, share: float, seed: int = 0) -> pl.DataFrame:
    """A share of the rows there a second time, all in random order."""
    return pl.concat([frame, frame[: int(share * len(frame))]]).sample(fraction=1, shuffle=True, seed=seed)


def with_leak(frame: pl.DataFrame, noise: float, seed: int = 0) -> pl.DataFrame:
    """A column that holds the place of the answer among the answers, with normal noise."""
    _, places = np.unique(frame["answer"].to_numpy(), return_inverse=True)
    return frame.with_columns(booked=places + noise * np.random.default_rng(seed).normal(size=len(places)))


def cut_class(frame: pl.DataFrame, answer: str, num_rows: int) -> pl.DataFrame:
    """Only some rows of one class left."""
    wanted = frame["answer"].cast(pl.String) == answer
    return pl.concat([frame.filter(~wanted), frame.filter(wanted)[:num_rows]])


def with_rare_answer(frame: pl.DataFrame, num_rows: int) -> pl.DataFrame:
    """The first rows answered otherwise than all others."""
    answers = frame["answer"].to_numpy().astype(object)
    answers[:num_rows] = "between"
    return frame.with_columns(answer=pl.Series(answers.tolist()))


def with_smudges(frame: pl.DataFrame, share: float, seed: int = 0) -> pl.DataFrame:
    """A share of the rows, at random, answered `smudged`."""
    answers = frame["answer"].to_numpy().astype(object)
    answers[np.random.default_rng(seed).random(len(answers)) < share] = "smudged"
    return frame.with_columns(answer=pl.Series(answers.tolist()))


def unforeseen(num_rows: int, share: float, seed: int = 0) -> pl.DataFrame:
    """A rare answer of which five columns say nothing."""
    draw = np.random.default_rng(seed)
    return _frame(draw.normal(size=(num_rows, 5)), np.where(draw.random(num_rows) < share, "late", "in time"))


def drifting(num_rows: int, size: float, seed: int = 0) -> pl.DataFrame:
    """Two sides, with a column `day` along which one of the five others wanders by `size` deviations."""
    frame = two_sides(num_rows, seed=seed)
    day = np.arange(num_rows)
    return frame.with_columns(day=pl.Series(day), x4=pl.col("x4") + size * pl.Series(day / num_rows))


def shipped(name: str, num_rows: int | None = None, seed: int = 0) -> pl.DataFrame:
    """A table that comes with scikit-learn, its target named `answer`; of some rows only, if asked."""
    frame, target = read_builtin(name)
    frame = frame.rename({target: "answer"})
    return frame if num_rows is None else frame.sample(num_rows, seed=seed)


def fading_digits() -> pl.DataFrame:
    """Digits whose pictures fade by two thirds in the course of the days."""
    frame = shipped("digits", 1797)
    day = np.arange(len(frame))
    pixels = pl.all().exclude("answer") * pl.Series(1 - day / len(day) * 2 / 3)
    return frame.with_columns(pixels).with_columns(day=pl.Series(day))


def moved_digits(places: int) -> pl.DataFrame:
    """Digits whose pictures lie some pixels further to the right, in mixed order."""
    frame = shipped("digits", 1797)
    names = [name for name in frame.columns if name != "answer"]
    pictures = np.roll(frame.select(names).to_numpy().reshape(-1, 8, 8), places, axis=2)
    return pl.DataFrame(pictures.reshape(-1, 64), schema=names).with_columns(frame["answer"])


def _frame(numbers: np.ndarray, answers: np.ndarray) -> pl.DataFrame:
    columns = {f"x{place}": column for place, column in enumerate(numbers.T)}
    return pl.DataFrame({**columns, "answer": answers})
