"""Do two parts come from one distribution? Checked against slow sums by hand and scipy."""

from math import exp

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2_contingency
from small_tables import small_table

from caviar.data import part_distributions
from caviar.data.part_distributions import cumulatives_differ, distribution_notices, shares_differ


def test_gap_between_cumulative_shares_is_the_largest_one_by_hand() -> None:
    gap, _ = cumulatives_differ(pl.Series([1.0, 2.0, 3.0, 4.0]), pl.Series([3.0, 4.0, 5.0, 6.0]))
    assert gap == 0.5  # at 2: 2/4 of the first, none of the second


def test_chance_of_a_gap_is_kolmogorovs_series() -> None:
    generator = np.random.default_rng(0)
    first, second = generator.standard_normal(80), generator.standard_normal(50) + 0.4
    gap, chance = cumulatives_differ(pl.Series(first), pl.Series(second))
    largest = max(abs(np.mean(first <= point) - np.mean(second <= point)) for point in [*first, *second])
    assert gap == pytest.approx(largest)
    scaled = largest * np.sqrt(80 * 50 / 130)
    assert chance == pytest.approx(2 * sum((-1) ** (k - 1) * exp(-2 * k * k * scaled * scaled) for k in range(1, 50)))


def test_dates_and_ties_are_compared_like_numbers() -> None:
    days = pl.Series([1, 1, 2, 2]).cast(pl.Datetime("us"))
    assert cumulatives_differ(days, days) == (0.0, 1.0)


def test_shares_are_compared_by_chi_squared() -> None:
    first, second = ["a"] * 40 + ["b"] * 60, ["a"] * 30 + ["b"] * 20 + ["c"] * 50
    difference, chance = shares_differ(pl.Series(first), pl.Series(second))
    assert difference == pytest.approx((0.1 + 0.4 + 0.5) / 2)  # |0.4 − 0.3| + |0.6 − 0.2| + |0 − 0.5|
    assert chance == pytest.approx(chi2_contingency([[40, 60, 0], [30, 20, 50]], correction=False).pvalue)


def test_rare_values_are_counted_together() -> None:
    first, second = ["a"] * 90 + [f"r{row}" for row in range(10)], ["a"] * 80 + [f"s{row}" for row in range(20)]
    _, chance = shares_differ(pl.Series(first), pl.Series(second))
    assert chance == pytest.approx(chi2_contingency([[90, 10], [80, 20]], correction=False).pvalue)


@pytest.mark.parametrize(("first", "second"), [([], []), ([], ["a"]), (["a"], ["a"])])
def test_nothing_to_compare_is_no_difference(first: list[str], second: list[str]) -> None:
    assert shares_differ(pl.Series(first, dtype=pl.String), pl.Series(second, dtype=pl.String)) == (0.0, 1.0)


def test_equal_distributions_are_hardly_ever_called_different_however_many_columns() -> None:
    generator = np.random.default_rng(0)
    for _ in range(5):
        parts = {
            name: small_table(
                {f"x{column}": generator.standard_normal(300) for column in range(60)}
                | {"c": generator.choice(list("abcdef"), 300).tolist(), "y": np.arange(300.0)}
            )
            for name in ("train", "dev")
        }
        assert distribution_notices(parts, "train", "dev") == []


def test_columns_that_differ_are_named_the_most_different_first() -> None:
    generator = np.random.default_rng(0)

    def part(shift: float, missing: float, share: float) -> dict:
        cells = generator.standard_normal(2_000)
        holes = np.where(generator.random(2_000) < missing, np.nan, generator.standard_normal(2_000))
        return {
            "same": cells,
            "moved": generator.standard_normal(2_000) + shift,
            "holes": pl.Series(holes).fill_nan(None),
            "y": cells,
            "category": np.where(generator.random(2_000) < share, "a", "b").tolist(),
        }

    parts = {"dev": small_table(part(0, 0.1, 0.5)), "test": small_table(part(2, 0.4, 0.6))}
    (notice,) = distribution_notices(parts, "dev", "test")
    assert notice.columns == ("moved", "holes", "category")
    assert notice.level == "warning"
    assert "test is distributed otherwise than dev in 3 of 5 columns: 'moved' (6" in notice.text


def test_target_is_compared_too() -> None:
    parts = {
        "train": small_table({"x": [1.0] * 400, "y": ["a", "b"] * 200}),
        "dev": small_table({"x": [1.0] * 400, "y": ["a", "a", "a", "b"] * 100}),
    }
    (notice,) = distribution_notices(parts, "train", "dev")
    assert notice.columns == ("y",)


def test_difference_that_is_certain_but_tiny_is_not_told() -> None:
    steps = np.arange(20_000) / 20_000
    parts = {"train": small_table({"x": steps, "y": steps}), "dev": small_table({"x": steps + 0.04, "y": steps})}
    assert cumulatives_differ(parts["train"].frame["x"], parts["dev"].frame["x"])[1] < 1e-10
    assert distribution_notices(parts, "train", "dev") == []


def test_large_parts_are_compared_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(part_distributions, "MOST_ROWS", 100)
    monkeypatch.setattr(
        part_distributions,
        "cumulatives_differ",
        lambda first, second: (seen.extend((len(first), len(second))), (0.0, 1.0))[1],
    )
    table = small_table({"x": np.arange(500.0), "y": np.arange(500.0)})
    distribution_notices({"train": table, "dev": table}, "train", "dev")
    assert seen == [100] * 4
