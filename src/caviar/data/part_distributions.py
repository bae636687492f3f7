"""Do two parts come from one distribution? A test for each column, corrected for their number. Notes 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import chi2, kstwobign

from caviar.core.records import Notice
from caviar.data.wording import listed

if TYPE_CHECKING:
    from caviar.data.records import Table

MATERIAL = 0.05
CHANCE = 0.01
MOST_ROWS = 20_000


def distribution_notices(parts: dict[str, Table], first: str, second: str) -> list[Notice]:
    """Warn of the columns that are distributed otherwise in one part than in the other."""
    far, num_columns = distances(parts, first, second)
    if not far:
        return []
    shown = listed(f"{name!r} ({size:.0%} apart)" for name, size in far.items())
    return [
        Notice(
            "warning",
            f"{second} is distributed otherwise than {first} in {len(far)} of {num_columns} columns: "
            f"{shown}. What {second} measures is then partly the difference between them. Check where they come "
            "from.",
            tuple(far),
        )
    ]


def distances(parts: dict[str, Table], first: str, second: str) -> tuple[dict[str, float], int]:
    """How far apart two parts are, by column (target included), the farthest first; and how many columns were compared.

    Numbers and dates: Kolmogorov–Smirnov; categories and true/false: χ² on the counts; whether a cell is missing: χ². A
    column is named where p < 0.01 / number of tests (Bonferroni's correction for many columns) and the difference is
    material, 0.05 or more: the largest gap between the cumulative shares, or half the sum of the differences of shares.
    Beyond 20,000 rows a part, that many drawn with a fixed seed are compared.
    """
    frames = [_sample(parts[name].frame) for name in (first, second)]
    table = parts[first]
    kinds = {column.name: column.kind for column in table.columns if column.used}
    if table.target is not None:
        kinds[table.target] = "number" if table.task == "regression" else "category"
    tests = []
    for name, kind in kinds.items():
        cells = [frame[name] for frame in frames]
        compare = cumulatives_differ if kind in ("number", "date") else shares_differ
        tests.append((name, *compare(*(part.drop_nulls() for part in cells))))
        if any(part.null_count() for part in cells):
            tests.append((name, *shares_differ(*(part.is_null() for part in cells))))
    far: dict[str, float] = {}
    for name, difference, chance in tests:
        if difference >= MATERIAL and chance * len(tests) < CHANCE:
            far[name] = max(difference, far.get(name, 0.0))
    return dict(sorted(far.items(), key=lambda found: -found[1])), len(kinds)


def cumulatives_differ(first: pl.Series, second: pl.Series) -> tuple[float, float]:
    """Two-sample Kolmogorov–Smirnov: the largest gap D, and the chance P(K ≥ D · √(nm / (n + m))) of one as large."""
    if not len(first) or not len(second):
        return 0.0, 1.0
    ordered = [np.sort(cells.to_physical().cast(pl.Float64).to_numpy()) for cells in (first, second)]
    shares = [np.searchsorted(cells, np.concatenate(ordered), side="right") / len(cells) for cells in ordered]
    gap = float(np.abs(shares[0] - shares[1]).max())
    return gap, float(kstwobign.sf(gap * np.sqrt(len(first) * len(second) / (len(first) + len(second)))))


def shares_differ(first: pl.Series, second: pl.Series) -> tuple[float, float]:
    """χ² test that two columns hold one mixture; values expected fewer than five times in a part are counted together.

    Returns half the sum of the differences of shares, and the chance of χ² as large.
    """
    if not len(first) or not len(second):
        return 0.0, 1.0
    _, codes = np.unique(pl.concat([first, second]).rank("dense").to_numpy(), return_inverse=True)
    counts = np.stack([np.bincount(part, minlength=codes.max() + 1) for part in np.split(codes, [len(first)])])
    sizes = counts.sum(axis=1)
    rare = counts.sum(axis=0) * sizes.min() / sizes.sum() < 5
    counts = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    counts = counts[:, counts.any(axis=0)]
    expected = np.outer(sizes, counts.sum(axis=0)) / sizes.sum()
    statistic = float((np.square(counts - expected) / expected).sum())
    shares = counts / sizes[:, None]
    difference = float(np.abs(shares[0] - shares[1]).sum() / 2)
    return difference, float(chi2.sf(statistic, counts.shape[1] - 1)) if counts.shape[1] > 1 else 1.0


def _sample(frame: pl.DataFrame) -> pl.DataFrame:
    if len(frame) <= MOST_ROWS:
        return frame
    return frame[np.sort(np.random.default_rng(0).choice(len(frame), MOST_ROWS, replace=False))]
