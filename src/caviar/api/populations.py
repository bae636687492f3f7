"""`train`: many members of one network on one data set, as one program."""

from math import inf
from typing import Any

from caviar.api.trained import TrainedPopulation
from caviar.api.work import mirrored, prepare_work
from caviar.core.progress import Progress


def train(
    network: Any,
    data: Any,
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
    patience: float = inf,
    flip: bool = False,
    **settings: Any,
) -> TrainedPopulation:
    """Train a population: K members of one network, each with its own settings, on the same batches.

        runs = caviar.train(caviar.MLP(hidden=(64, 64)), "digits", optimizer=caviar.Adam(learning_rate=[1e-3, 1e-2]))

    Each member's path is the one that a plain PyTorch loop with its settings would take. K is the length of the lists
    among the settings, of which all must agree; with none, `members`, or else 1.

    Args:
        network: `caviar.MLP(…)`, `caviar.LeNet(…)`, `caviar.Residual(…)`, or a `torch.nn.Module` of your own,
            (row, …) → (row, output) or (row,). Every member starts from fresh weights; a module of your own is asked
            for them by its layers' `reset_parameters`, unless `init_scheme` says otherwise.
        data: a file, built-in name, DataFrame or Table, which are split and preprocessed as in `fit` (test rows are
            left aside); the parts of a Table, `table.split()`; or arrays taken as they are: (features, targets), of
            which a stratified share becomes dev rows, or (features, targets, dev_features, dev_targets). Pictures are
            (row, channel, height, width); whole numbers, int32 or int64, stay tokens for a module of your own. Targets
            are class numbers (row,), floats (row,), or (row, label) of 0, 1 and NaN for missing.
        epochs: passes over the train rows, at least 1; schedules refer to it, and the default one is the cosine.
        batch_size: by default the notes' rule (2.2), and 64 below 2,000 rows.
        optimizer: `caviar.Adam(…)` or another, of which each value may be a list; or a list of optimisers, whose
            members stand one after the other.
        seed: of the split, the order of batches, dropout, and the first weights, alike for all members; where neither
            lists nor `seeds` make members differ, their first weights come from seed, seed + 1, ….
        loss: "softmax", "logistic" (two classes, one output), "squared", "huber", "quantile" or "multi-label"; by
            default softmax, squared error or multi-label, as the targets are.
        target: the column to predict, for a file or DataFrame.
        class_weights: "balanced", one number a class, or a mapping from labels, on the training loss alone.
        row_weights: of the rows that were given, at least 0, (row,) or (member, row); "bootstrap", a resample for each
            member; or a function of the number of train rows that returns (member, row), such as
            `lambda rows: caviar.techniques.row_weights.folds(rows, 5, seed=0)`. Batch norm takes its statistics from
            all rows of a batch, also those of weight 0: from their features, never from their labels.
        device: "cpu", "cuda" or "mps"; by default a CUDA card where there is one, else the CPU.
        members: K, for members that differ by their first weights only.
        progress: told where the work stands (core/progress.py).
        patience: epochs without a better dev error after which a member stops.
        flip: whether `augmentation` may mirror pictures left to right; not for digits or text.
        settings: any of techniques/catalog.py (docs/catalog.md), and `seeds`; a number or word for all members, or a
            list with one for each. `drop_rate` may be (member, layer).

    Returns:
        The trained members. Ctrl-C ends training early, and gives what was reached.

    Raises:
        SettingsError, DataError: what must hold, what came, and what to do; before any training.
    """
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
        members=members,
        progress=progress,
        patience=patience,
        settings=settings,
    )
    if flip:
        work.data = mirrored(work.data, work.settings)
    trained = work.run(work.settings, work.data, keep_weights=True)
    return TrainedPopulation(trained, work.settings, work.rows, work.data, work.notices, work.plan)
