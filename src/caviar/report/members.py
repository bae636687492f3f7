"""The members of a run as columns of arrays, thinned where there are more than a picture can show."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from caviar.report.run_tables import finite

MOST_DRAWN = 3_000
BEST_KEPT = 500
MOST_STAGES = 4  # as many colours; later stages share the last


@dataclass(frozen=True)
class Members:
    """What every picture of the population needs, (member,) each.

    `errors` is NaN where a member has no dev error; `stages` holds places in `stage_names`, which are at most four;
    `best` is the row with the lowest dev error, None where no member has one.
    """

    table: pl.DataFrame
    numbers: list[int]
    errors: np.ndarray
    stages: np.ndarray
    stage_names: list[str]
    chosen: np.ndarray
    best: int | None
    num_all: int

    @classmethod
    def of(cls, table: pl.DataFrame) -> "Members":
        """From members.parquet; at most 3,000 members: the ensemble, the 500 best and a random draw of the others."""
        drawn = table if len(table) <= MOST_DRAWN else _thinned(table)
        errors = finite(drawn, "dev_error").fill_null(np.nan).to_numpy()
        names = drawn["stage"].fill_null("no stage").to_list() if "stage" in drawn.columns else ["member"] * len(drawn)
        stages = [name.partition(":")[0] for name in names]  # "round 2: zoom" is part of round 2
        kinds = list(dict.fromkeys(stages))
        best = int(np.nanargmin(errors)) if np.isfinite(errors).any() else None
        return cls(
            drawn,
            drawn["member"].to_list(),
            errors,
            np.minimum([kinds.index(stage) for stage in stages], MOST_STAGES - 1),
            [*kinds[: MOST_STAGES - 1], ", ".join(kinds[MOST_STAGES - 1 :])] if len(kinds) >= MOST_STAGES else kinds,
            flags_of(drawn, "in_ensemble"),
            best,
            len(table),
        )

    def __len__(self) -> int:
        return len(self.table)

    @property
    def marked(self) -> np.ndarray:
        """The members with a mark of their own: the ensemble's and the best."""
        return self.chosen | (np.arange(len(self)) == self.best)


def flags_of(table: pl.DataFrame, column: str) -> np.ndarray:
    """A column of yes and no; nothing, or no such column, is no."""
    if column not in table.columns:
        return np.zeros(len(table), dtype=bool)
    return table[column].to_numpy().astype(bool)


def _thinned(table: pl.DataFrame) -> pl.DataFrame:
    order = finite(table, "dev_error").fill_null(np.inf).arg_sort().to_numpy()
    first = np.union1d(np.flatnonzero(flags_of(table, "in_ensemble")), order[:BEST_KEPT])
    rest = np.random.default_rng(0).permutation(np.setdiff1d(np.arange(len(table)), first))
    return table[np.sort([*first.tolist(), *rest[: max(MOST_DRAWN - len(first), 0)].tolist()])]
