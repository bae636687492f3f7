"""What may be wrong between the parts of a split: other distributions, rows that occur twice, a small dev set. Notes 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import chi2, kstwobign

from caviar.core.records import Notice
from caviar.data.split_sizes import smallest_error_difference, smallest_rmse_difference

if TYPE_CHECKING:
    from caviar.data.tables import Table

MATERIAL = 0.05
CHANCE = 0.01


def distribution_notices(first: Table, second: Table, names: tuple[str, str]) -> list[Notice]:
    """Warn of the columns (target included) whose cells are distributed otherwise in `second` than in `first`.

    Numbers and dates: Kolmogorov–Smirnov; categories and booleans: χ² on the counts; missing cells: χ² as well. A column
    is named where its p-value is below 0.01 / (number of tests), Bonferroni's correction for many columns, and the
    difference is material: 0.05 or more (largest gap between the cumulative shares, half the sum of differences of shares).
    """
    kinds = {column.name: column.kind for column in first.columns if column.used}
    if first.target is not None:
        kinds[first.target] = "number" if first.task == "regression" else "category"
    tests = [(name, *_difference(first.frame[name], second.frame[name], kind)) for name, kind in kinds.items()]
    tests += [(name, *_shares_differ(first.frame[name].is_null(), second.frame[name].is_null()))
              for name in kinds if first.frame[name].null_count() + second.frame[name].null_count()]
    far: dict[str, float] = {}
    for name, difference, p_value in tests:
        if difference >= MATERIAL and p_value * len(tests) < CHANCE:
            far[name] = max(difference, far.get(name, 0.0))
    if not far:
        return []
    ranked = sorted(far, key=lambda name: -far[name])
    shown = ", ".join(f"{name!r} ({far[name]:.0%} apart)" for name in ranked[:5]) + (" …" if len(ranked) > 5 else "")
    return [Notice("warning", f"{names[1]} is distributed otherwise than {names[0]} in {len(far)} of {len(kinds)} columns: {shown}. "
                   f"Errors on {names[1]} then mix what the network cannot do with what it has not seen.", tuple(ranked))]


def duplicate_notices(parts: dict[str, Table]) -> list[Notice]:
    """Count the rows of a later part whose feature cells all occur, together, in a row of an earlier part."""
    features = [column.name for column in parts["train"].columns if column.used]
    if not features:
        return []
    hashes = {name: part.frame.select(features).hash_rows(seed=0).to_numpy() for name, part in parts.items()}
    notices = []
    for earlier, later in (("train", "dev"), ("train", "test"), ("dev", "test")):
        if earlier not in parts or later not in parts:
            continue
        twice = int(np.isin(hashes[later], hashes[earlier]).sum())
        if twice:
            share = twice / len(hashes[later])
            harm = "The error there may look better than it is." if share >= 0.01 else "Too few to matter much."
            notices.append(Notice("warning" if share >= 0.01 else "info", f"{twice:,} rows of {later} ({share:.1%}) have exactly the "
                                  f"feature values of a row in {earlier}. {harm} Drop duplicates, or keep them together with --group."))
    return notices


def dev_size_notice(dev: Table) -> Notice:
    """State the smallest difference the dev set can resolve; a warning above 2 points of error (regression: 5 % of RMSE)."""
    rows = len(dev.frame)
    if dev.task == "regression":
        difference, limit, what = smallest_rmse_difference(rows), 0.05, "their RMSE differs by {:.1%}"
    else:
        difference, limit, what = smallest_error_difference(rows), 0.02, "their errors differ by {:.1%} of the rows (at 10% error)"
    text = f"A dev set of {rows:,} rows tells two models apart when {what.format(difference)} or more"
    if difference <= limit:
        return Notice("info", text + ".")
    return Notice("warning", text + ": it is small for comparing models. More rows, or a larger dev share, would sharpen it.")


def _difference(first: pl.Series, second: pl.Series, kind: str) -> tuple[float, float]:
    """(size in [0, 1], p-value) of the difference between two columns, missing cells aside."""
    if kind in ("number", "date"):
        return _cumulatives_differ(_numbers(first), _numbers(second))
    return _shares_differ(first.drop_nulls(), second.drop_nulls())


def _numbers(cells: pl.Series) -> np.ndarray:
    return cells.drop_nulls().to_physical().cast(pl.Float64).to_numpy()


def _cumulatives_differ(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Two-sample Kolmogorov–Smirnov: the largest gap D, and P(K ≥ D · √(nm / (n + m))) for the limiting K."""
    if not len(first) or not len(second):
        return 0.0, 1.0
    first, second = np.sort(first), np.sort(second)
    points = np.concatenate([first, second])
    gap = float(np.abs(np.searchsorted(first, points, side="right") / len(first)
                       - np.searchsorted(second, points, side="right") / len(second)).max())
    return gap, float(kstwobign.sf(gap * np.sqrt(len(first) * len(second) / (len(first) + len(second)))))


def _shares_differ(first: pl.Series, second: pl.Series) -> tuple[float, float]:
    """χ² test that two columns hold the same mixture; values expected fewer than five times are counted together."""
    if not len(first) or not len(second):
        return 0.0, 1.0
    cells = pl.concat([first.cast(pl.String), second.cast(pl.String)])
    codes = cells.cast(pl.Categorical).to_physical().to_numpy()
    _, codes = np.unique(codes, return_inverse=True)
    sizes = np.array([len(first), len(second)])
    counts = np.stack([np.bincount(codes[:len(first)], minlength=codes.max() + 1),
                       np.bincount(codes[len(first):], minlength=codes.max() + 1)])
    rare = counts.sum(axis=0) * sizes.min() / sizes.sum() < 5
    if rare.any():
        counts = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    if counts.shape[1] < 2:
        return 0.0, 1.0
    expected = np.outer(sizes, counts.sum(axis=0)) / sizes.sum()
    statistic = float((np.square(counts - expected) / expected).sum())
    shares = counts / sizes[:, None]
    return float(np.abs(shares[0] - shares[1]).sum() / 2), float(chi2.sf(statistic, counts.shape[1] - 1))
