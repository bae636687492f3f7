"""`learning_curve`: the error against the number of train rows, all sizes in one population. Notes 1.2, 1.3."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import polars as pl
import torch
from scipy.stats import t as student

from caviar.api.cross_validation import last_errors
from caviar.api.member_settings import differing, repeated
from caviar.api.tables import aligned
from caviar.api.work import Work, prepare_work, refuse
from caviar.core.errors import SettingsError
from caviar.core.progress import Progress
from caviar.techniques.row_weights import subsets
from caviar.training import Member

LEVEL = 0.95


class LearningCurve:
    """Dev errors of S settings, each trained on Z sizes of R random training sets.

    Attributes:
        sizes: (size,) train rows.
        errors: (setting, size, repeat) dev error after the last epoch, NaN where the member diverged: shares of wrong
            rows (or labels), or RMSEs or quantile losses in the target's units. train_losses: likewise, on batches.
        mean, low, high: (setting, size) over the repeats, with the ends of the 95 % interval of the mean by Student's
            t: what other training sets of that size and other first weights would change; NaN with one repeat.
        members: (setting · repeat · size) records. notices: what was chosen, repaired or left out.
    """

    def __init__(self, work: Work, members: list[Member], sizes: list[int], repeats: int):
        shape = (work.settings.num_members, repeats, len(sizes))
        losses = np.array([member.curves[-1][0] if member.state == "finished" else np.nan for member in members])
        self.sizes, self.members, self.notices = np.array(sizes), tuple(members), tuple(work.notices)
        self.errors = last_errors(members).reshape(shape).transpose(0, 2, 1)
        self.train_losses = losses.reshape(shape).transpose(0, 2, 1)
        self.mean = self.errors.mean(2)
        self.low, self.high = (np.full_like(self.mean, np.nan) for _ in range(2))
        if repeats > 1:
            reach = student.ppf((1 + LEVEL) / 2, repeats - 1) * self.errors.std(2, ddof=1) / np.sqrt(repeats)
            self.low, self.high = np.maximum(self.mean - reach, 0.0), self.mean + reach
        self._differing, self._answers, self._structure = differing(work.settings), work.answers, work.structure

    def to_frame(self) -> pl.DataFrame:
        """A row a setting and size: `setting`, what differs, `rows`, `error`, `low`, `high`, `train_loss`."""
        num_settings, num_sizes = self.mean.shape
        columns: dict[str, Any] = {"setting": np.repeat(np.arange(num_settings), num_sizes)}
        columns |= {
            name: [value for value in values for _ in range(num_sizes)] for name, values in self._differing.items()
        }
        columns |= {"rows": np.tile(self.sizes, num_settings), "error": self.mean.ravel()}
        columns |= {"low": self.low.ravel(), "high": self.high.ravel()}
        return pl.DataFrame(columns | {"train_loss": self.train_losses.mean(2).ravel()}, strict=False)

    def __repr__(self) -> str:
        table = self.to_frame()
        shares = ("error", "low", "high") if self._answers.is_share else ()
        title = f"{self._structure}: {self._answers.error_name} on dev rows against train rows, means of "
        title += f"{self.errors.shape[2]} training sets"
        return "\n".join([title, *aligned(table.columns, table.iter_rows(), shares)])


def learning_curve(
    network: Any,
    data: Any,
    sizes: Sequence[int | float] | None = None,
    *,
    repeats: int = 3,
    epochs: int = 30,
    batch_size: int | None = None,
    optimizer: Any = None,
    seed: int = 0,
    loss: str | None = None,
    target: str | None = None,
    class_weights: Any = None,
    row_weights: Any = None,
    device: str | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> LearningCurve:
    """Error against training-set size in one population run: members = settings × repeats × sizes.

    Would more rows help? Where the curve still falls at its end, yes. A member of a smaller size gives the other rows
    the weight 0. So every size passes over its rows once an epoch, in batches that are smaller in proportion. The
    preprocessing of a table is fitted on all train rows; batch norm's statistics are those of whole batches.

    Args:
        network, data, epochs, batch_size, and all others: as in `train`; K of the lists is the number of settings.
        sizes: train rows, or shares of them as floats in (0, 1]; by default a 16th, an 8th, …, all.
        repeats: R, how many training sets of each size: each repeat draws its own nested sets, with the classes in
            proportion, and its own first weights, by seed, seed + 1, …. All R members of full size see all rows.

    Raises:
        SettingsError, DataError: before any training.
    """
    refuse(
        settings,
        patience="would choose the epoch by the dev rows that the sizes are compared on",
        members="has no place here: repeats says how many members each size has",
        seeds="has no place here: seed and repeats make them",
    )
    if isinstance(repeats, bool) or not isinstance(repeats, int) or repeats < 1:
        raise SettingsError(f"repeats must be a whole number of at least 1; got {repeats!r}.")
    work = prepare_work(
        network,
        data,
        whole=False,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        seed=seed,
        loss=loss,
        target=target,
        class_weights=class_weights,
        row_weights=row_weights,
        device=device,
        members=None,
        progress=progress,
        patience=inf,
        settings=settings,
    )
    num_settings, num_rows = work.settings.num_members, len(work.data.train_targets)
    counts = _checked_sizes(sizes, num_rows)
    drawn = [subsets(num_rows, counts, seed + repeat, work.rows.strata) for repeat in range(repeats)]
    weights = torch.cat(drawn).repeat(num_settings, 1)  # (setting · repeat · size, row)
    own = work.data.train_weights
    if own is not None:
        weights = weights * (own if own.dim() == 1 else own.repeat_interleave(repeats * len(counts), dim=0))
    if not (weights.sum(1) > 0).all():
        raise SettingsError("row_weights leave some of the sizes no row of a weight above 0. Give larger sizes.")
    members = repeated(work.settings, repeats * len(counts))
    members.seeds = np.tile(seed + np.repeat(np.arange(repeats), len(counts)), num_settings)
    trained = work.run(members, replace(work.data, train_weights=weights), keep_weights=False)
    return LearningCurve(work, trained, counts, repeats)


def _checked_sizes(sizes: Sequence[int | float] | None, num_rows: int) -> list[int]:
    if sizes is None:
        return sorted({max(2, num_rows >> power) for power in range(5)})
    counts = []
    for size in np.asarray(sizes).tolist() if len(sizes) else []:
        count = round(size * num_rows) if isinstance(size, float) and 0 < size <= 1 else size
        if count != int(count) or not 1 <= count <= num_rows:
            raise SettingsError(
                f"sizes must be numbers of train rows from 1 to {num_rows:,}, or shares above 0 and up to 1.0; got "
                f"{size!r}."
            )
        counts.append(int(count))
    if not counts:
        raise SettingsError("sizes is an empty list. Give at least one, or leave it out.")
    return counts
