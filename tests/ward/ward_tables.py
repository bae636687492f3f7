"""The tables that Caviar's own networks of the ward train on."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from made_tables import (
    coin,
    cut_class,
    drifting,
    fading_digits,
    few_above,
    moved_digits,
    same_sign,
    shipped,
    two_sides,
    unforeseen,
    waves,
    with_copies,
    with_leak,
    with_rare_answer,
    with_smudges,
    with_wrong_labels,
)


@dataclass(frozen=True)
class Rows:
    """A table, the share of it that is dev (there is no test part), and the optimal error where it is known.

    time: the column by which dev lies after train; None: cut at random. dev: a table of another origin instead.
    """

    make: Callable[[], pl.DataFrame]
    dev_share: float = 0.5
    optimal_error: float | None = None
    time: str | None = None
    dev: Callable[[], pl.DataFrame] | None = None


ROWS = {
    "same sign": Rows(lambda: same_sign(3000), optimal_error=0.05),
    "same sign, few rows": Rows(lambda: same_sign(2400, num_noise=20), 0.9, 0.05),
    "two sides": Rows(lambda: two_sides(3000), optimal_error=0.05),
    "signs, few dev rows": Rows(lambda: same_sign(1060), 60 / 1060, 0.05),
    "two sides, noisy": Rows(lambda: two_sides(3000, flipped=0.15), optimal_error=0.15),
    "two sides, few dev rows": Rows(lambda: two_sides(1060, flipped=0.15), 60 / 1060, 0.15),
    "few above": Rows(lambda: few_above(3000), optimal_error=0.0),
    "waves": Rows(lambda: waves(3000), optimal_error=0.3),
    "waves, noisy": Rows(lambda: waves(3000, noise=1.0), optimal_error=1.0),
    "waves, few rows": Rows(lambda: waves(1500, num_noise=10), 0.9, 0.3),
    "digits": Rows(lambda: shipped("digits"), 0.4),
    "digits, few rows": Rows(lambda: shipped("digits"), 0.9),
    "digits, few dev rows": Rows(lambda: shipped("digits", 540), 0.1),
    "digits, 40 dev rows": Rows(lambda: shipped("digits", 400), 0.1),
    "two sides, many rows": Rows(lambda: two_sides(12_000, flipped=0.15), optimal_error=0.15),
    "a coin, many rows": Rows(lambda: coin(12_000), optimal_error=0.5),
    "waves, many rows": Rows(lambda: waves(12_000, noise=1.0), optimal_error=1.0),
    "breast-cancer": Rows(lambda: shipped("breast-cancer"), 0.4),
    "breast-cancer, few dev rows": Rows(lambda: shipped("breast-cancer"), 0.1),
    "wine": Rows(lambda: shipped("wine"), 0.4),
    "wine, few dev rows": Rows(lambda: shipped("wine"), 0.1),
    "iris": Rows(lambda: shipped("iris"), 0.4),
    "diabetes": Rows(lambda: shipped("diabetes"), 0.4),
    "diabetes, few dev rows": Rows(lambda: shipped("diabetes"), 0.1),
    "a coin": Rows(lambda: coin(600), 0.1, optimal_error=0.5),
    "sides, 10 % wrong": Rows(lambda: with_wrong_labels(two_sides(3000, flipped=0), 0.1)),
    "sides, 30 % wrong": Rows(lambda: with_wrong_labels(two_sides(3000, flipped=0), 0.3)),
    "digits, 10 % wrong": Rows(lambda: with_wrong_labels(shipped("digits"), 0.1), 0.4),
    "digits, 30 % wrong": Rows(lambda: with_wrong_labels(shipped("digits"), 0.3), 0.4),
    "sides, half twice": Rows(lambda: with_copies(two_sides(2000), 0.5)),
    "digits, a third twice": Rows(lambda: with_copies(shipped("digits"), 0.33), 0.4),
    "sides, leaking": Rows(lambda: with_leak(two_sides(3000), 0.05)),
    "digits, leaking": Rows(lambda: with_leak(shipped("digits"), 0.02), 0.4),
    "late in 4 %": Rows(lambda: unforeseen(3000, 0.04)),
    "late in 10 %": Rows(lambda: unforeseen(3000, 0.1)),
    "digits, 1 % smudged": Rows(lambda: with_smudges(shipped("digits"), 0.01), 0.4),
    "digits, six nines": Rows(lambda: cut_class(shipped("digits"), "9", 6), 0.4),
    "sides, six between": Rows(lambda: with_rare_answer(two_sides(3000), 6)),
    "sides, drifting": Rows(lambda: drifting(3000, 2.0), 0.3, time="day"),
    "sides, leaping": Rows(lambda: drifting(3000, 4.0), 0.3, time="day"),
    "digits, fading": Rows(fading_digits, 0.3, time="day"),
    "sides, others in dev": Rows(lambda: two_sides(2000), dev=lambda: two_sides(600, seed=1, turned=True)),
    "digits, moved in dev": Rows(
        lambda: moved_digits(0)[:1300], dev=lambda: moved_digits(1)[1300:]
    ),
    "sides, a country": Rows(lambda: two_sides(3000).with_columns(country=pl.lit("NL")), optimal_error=0.05),
    "digits, counted": Rows(lambda: shipped("digits").with_row_index("row_id"), 0.4),
    "waves, a unit": Rows(lambda: waves(3000).with_columns(unit=pl.lit("cm")), optimal_error=0.3),
    "sides, counted": Rows(lambda: two_sides(3000).with_row_index("visit_no"), optimal_error=0.05),
}  # fmt: skip
