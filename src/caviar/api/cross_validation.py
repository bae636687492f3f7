"""`cross_validate`: every setting's error on rows that it has not seen, all folds in one population."""

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import polars as pl
import torch

from caviar.api.member_settings import differing, repeated
from caviar.api.tables import aligned
from caviar.api.work import Work, prepare_work, refuse
from caviar.core.progress import Progress
from caviar.techniques.row_weights import folds as fold_weights
from caviar.training import Cohort, Member


class CrossValidation:
    """The errors of S settings on F held-out folds.

    Attributes:
        errors: (setting, fold) after the last epoch, NaN where the member diverged: shares of wrong rows (or labels),
            or RMSEs or quantile losses in the target's units.
        mean, standard_error: (setting,) over the folds; the latter is their deviation / √F.
        best: the number of the setting with the lowest mean.
        members: (setting · fold) records, a setting's folds one after the other.
        notices: what was chosen, repaired or left out.
    """

    def __init__(self, work: Work, members: list[Member], errors: np.ndarray, outputs: torch.Tensor):
        self.errors, self.members, self.notices = errors, tuple(members), tuple(work.notices)
        self.mean = errors.mean(1)
        self.standard_error = errors.std(1, ddof=1) / np.sqrt(errors.shape[1])
        self.best = int(np.nanargmin(self.mean)) if np.isfinite(self.mean).any() else 0
        self._differing, self._answers, self._structure = differing(work.settings), work.answers, work.structure
        self._outputs = outputs

    def predictions(self, setting: int | None = None) -> pl.DataFrame:
        """For every row, in order, what the member says that has not trained on it; by default of the best setting.

        Columns are those of `TrainedPopulation.predict`; NaN where the member diverged.
        """
        return self._answers.frame(self._outputs[self.best if setting is None else setting])

    def to_frame(self) -> pl.DataFrame:
        """A row a setting: `setting`, what differs, `error` (the mean), `standard_error`, and `fold.1`, …, each."""
        columns: dict[str, Any] = {"setting": list(range(len(self.mean))), **self._differing}
        columns |= {"error": self.mean, "standard_error": self.standard_error}
        columns |= {f"fold.{fold}": column for fold, column in enumerate(self.errors.T, start=1)}
        return pl.DataFrame(columns, strict=False)

    def __repr__(self) -> str:
        table = self.to_frame().select("setting", *self._differing, "error", "standard_error")
        shares = ("error", "standard_error") if self._answers.is_share else ()
        title = f"{self._structure}, {self.errors.shape[1]}-fold cross-validation: {self._answers.error_name}"
        return "\n".join([title, *aligned(table.columns, table.iter_rows(), shares)])


def cross_validate(
    network: Any,
    data: Any,
    folds: int = 5,
    *,
    epochs: int = 30,
    batch_size: int | None = None,
    optimizer: Any = None,
    seed: int = 0,
    loss: str | None = None,
    target: str | None = None,
    class_weights: Any = None,
    row_weights: Any = None,
    device: str | None = None,
    members: int | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> CrossValidation:
    """k-fold cross-validation of every setting in one population run: members = settings × folds.

    The member of a fold sees the fold's rows in no loss: their weight is 0 in training, and theirs alone is not when it
    is judged, after the last epoch (no epoch is chosen by the held-out rows, so there is no `patience`). What is shared
    by all folds: the preprocessing of a table (means, deviations, categories) is fitted on all rows, on their features
    only, and so are the mean and deviation by which a regression target is standardised; batch norm's statistics are
    those of whole batches, features of held-out rows included. Labels of held-out rows reach no member.
    Stone, 1974, doi 10.1111/j.2517-6161.1974.tb00994.x. Notes 1.1.

    Args:
        network, epochs, batch_size, and all others: as in `train`; K of the lists is the number of settings.
        data: a table, of which all rows take part; of a Split the train rows; or (features, targets).
        folds: F, from 2 to the number of rows; in each, the classes in proportion.

    Raises:
        SettingsError, DataError: before any training.
    """
    refuse(settings, patience="would choose the epoch by the held-out rows, and flatter the error")
    work = prepare_work(
        network,
        data,
        whole=True,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        seed=seed,
        loss=loss,
        target=target,
        class_weights=class_weights,
        row_weights=row_weights,
        device=device,
        members=members,
        progress=progress,
        patience=inf,
        settings=settings,
    )
    num_settings, num_rows = work.settings.num_members, len(work.data.train_targets)
    trained_on = fold_weights(num_rows, folds, seed, work.rows.strata)  # (fold, row)
    own = work.data.train_weights
    weights = trained_on.repeat(num_settings, 1)  # (setting · fold, row)
    if own is not None:
        weights = weights * (own if own.dim() == 1 else own.repeat_interleave(folds, dim=0))
    data_of_folds = replace(work.data, train_weights=weights, dev_weights=1 - trained_on.repeat(num_settings, 1))
    outputs = torch.full((num_settings, num_rows, work.data.num_outputs), torch.nan)
    held_out = trained_on == 0

    def keep_outputs(cohort: Cohort) -> None:
        with cohort.population.evaluated():
            for rows, piece in cohort.population.predict(cohort.data.dev_features):
                for member, own_outputs in zip(cohort.alive, piece.cpu().float(), strict=True):
                    setting, fold = divmod(member.number, folds)
                    chosen = held_out[fold, rows]
                    outputs[setting, rows][chosen] = own_outputs.T[chosen]

    trained = work.run(repeated(work.settings, folds), data_of_folds, keep_weights=False, at_end=keep_outputs)
    errors = last_errors(trained).reshape(num_settings, folds)
    return CrossValidation(work, trained, errors, outputs)


def last_errors(members: list[Member]) -> np.ndarray:
    """Dev errors after the last epoch, (member,); NaN for a diverged one. Raises KeyboardInterrupt after Ctrl-C."""
    if any(member.state == "stopped" for member in members):
        raise KeyboardInterrupt
    return np.array([member.curves[-1][2] if member.state == "finished" else np.nan for member in members])
