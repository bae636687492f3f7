"""Look at the labels through networks that were not trained on them: folds as members of one population.

Notes 1.1, C3; confident learning: arXiv 1911.00068.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import torch
from torch import Tensor

from caviar.core.files import write_atomically
from caviar.diagnosis.confident_learning import DoubtedLabels, doubt_labels
from caviar.diagnosis.label_check import Doubt, LabelCheck
from caviar.population.settings import Settings
from caviar.recipe.budget import Budget
from caviar.recipe.cohorts import CohortTrainer
from caviar.recipe.plans import Shape
from caviar.recipe.preparation import Prepared
from caviar.techniques.row_weights import folds as fold_weights
from caviar.training import Cohort, Member, Plan, TrainingData

BUDGET_SHARE = 0.1
FOLDS, FEWEST_FOLDS = 5, 3
MOST_MODELS = 3
OVERRUN = 2.0  # how much longer than estimated it may take
NUM_EXAMPLES = 8
FILE = "label_issues.csv"


@dataclass(frozen=True)
class Trained:
    """Members of one shape and one planned length, the best first, whose settings the folds train with."""

    shape: Shape
    members: tuple[Member, ...]

    def seconds(self, num_models: int, num_folds: int, more_rows: float) -> float:
        """What the folds will take, by what these members took on 1 / `more_rows` of the rows."""
        each = [one.seconds / max(1, len(one.curves)) * one.best_epoch for one in self.members[:num_models]]
        return num_folds * more_rows * sum(each)


def check_labels(trainer: CohortTrainer, prepared: Prepared, folder: Path) -> LabelCheck | None:
    """Predict every train and dev row by networks that were not trained on it, and doubt what they contradict.

    Takes up to a tenth of the budget, of time or of members; these members compete for nothing and are not counted.
    All rows in doubt go to `label_issues.csv` in the run's folder. Test rows are not looked at. None for regression.
    What is shared by the folds is the preprocessing, batch norm's statistics, and the settings, found on these rows.
    """
    if prepared.coder.task == "regression":
        return None

    def check() -> LabelCheck:
        best = _best(trainer)
        if best is None:
            return LabelCheck("no network with a hidden layer was trained")
        more_rows = 1 + len(prepared.training.dev_targets) / len(prepared.training.train_targets)
        plan = _affordable(best, trainer.budget, more_rows, trainer.pace)
        if isinstance(plan, str):
            return LabelCheck(plan)
        num_models, num_folds = plan
        stop_at = time.monotonic() + OVERRUN * trainer.pace * best.seconds(num_models, num_folds, more_rows)
        by_clock = trainer.budget.seconds is not None
        return look_at_labels(
            replace(best, members=best.members[:num_models]),
            num_folds,
            prepared,
            trainer.seed,
            folder,
            lambda: by_clock and (time.monotonic() > stop_at or trainer.budget.out_of_time()),
        )

    trainer.progress.update("labels", 0, trainer.best_dev_error, None)
    return LabelCheck.from_json(trainer.journal.once("labels", lambda: check().to_json()))


def _best(trainer: CohortTrainer) -> Trained | None:
    """The best member, and the next of its shape and length."""
    ranked = sorted(
        (pair for pair in trainer.shaped_members() if pair[0].structure.hidden and np.isfinite(pair[0].score)),
        key=lambda pair: (pair[0].score, pair[0].number),
    )
    if not ranked:
        return None
    first, shape = ranked[0]
    alike = [one for one, other in ranked if other == shape and one.planned_epochs == first.planned_epochs]
    return Trained(shape, tuple(alike[:MOST_MODELS]))


def _affordable(best: Trained, budget: Budget, more_rows: float, pace: float) -> tuple[int, int] | str:
    """How many models in how many folds a tenth of the budget pays for; or why it does not."""
    choices = [(number, FOLDS) for number in range(len(best.members), 0, -1)] + [(1, FEWEST_FOLDS)]
    if budget.members is not None:
        for number, folds in choices:
            if number * folds <= BUDGET_SHARE * budget.members:
                return number, folds
        return f"{FEWEST_FOLDS} folds are more than a tenth of the {budget.members} members of this budget"
    assert budget.seconds is not None
    allowed = min(BUDGET_SHARE * budget.seconds, budget.training_left) / OVERRUN
    for number, folds in choices:
        if pace * best.seconds(number, folds, more_rows) <= allowed:
            return number, folds
    needed = OVERRUN * pace * best.seconds(1, FEWEST_FOLDS, more_rows)
    return (
        f"they take about {needed:.0f} s, and up to a tenth of the budget of {budget.seconds:.0f} s, or what is left "
        "of it, may go there"
    )


def look_at_labels(
    best: Trained,
    num_folds: int,
    prepared: Prepared,
    seed: int,
    folder: Path | None = None,
    out_of_time: Callable[[], bool] = lambda: False,
) -> LabelCheck:
    """Train the folds, doubt labels, and write those in doubt to the folder, if there is one."""
    parts = {name: part for name, part in prepared.parts().items() if name != "test"}
    rows = [(prepared.features(part), torch.tensor(prepared.coder.raw(part))) for part in parts.values()]
    features, targets = (torch.cat(each) for each in zip(*rows, strict=True))
    probabilities = held_out_probabilities(best, prepared.training, features, targets, num_folds, seed, out_of_time)
    if probabilities is None:
        return LabelCheck("the time for it ran out, or a fold diverged")
    found = doubt_labels(probabilities, targets.numpy())
    listed = _listed(found, prepared, targets.numpy())
    if len(listed) and folder is not None:
        write_atomically(folder / FILE, listed.write_csv)
    return LabelCheck(
        rows=found.rows,
        mistakes=found.mistakes,
        surest=found.surest,
        contradicted=found.contradicted,
        contradicted_of_half=found.contradicted_of_half,
        confused_share=found.confused_share,
        doubted=len(found.doubted),
        file=FILE,
        folds=num_folds,
        members=len(best.members) * num_folds,
        examples=tuple(
            Doubt(row["part"], row["row"], row["given"], row["suggested"], row["confidence"])
            for row in listed.head(NUM_EXAMPLES).iter_rows(named=True)
        ),
    )


def held_out_probabilities(
    best: Trained,
    like: TrainingData,
    features: Tensor,
    targets: Tensor,
    num_folds: int,
    seed: int,
    out_of_time: Callable[[], bool] = lambda: False,
) -> np.ndarray | None:
    """(row, class): each row's mean over the models that were trained without its fold; None where a fold failed.

    Members = models × folds train as one population; a held-out row has weight 0 in its fold's loss. Each is asked
    after as many epochs as were best for its settings, or, where the time runs out in the second half, when it does; no
    epoch is chosen here.

    Args:
        like: task, classes and loss. features, targets: the rows, (row, …) and (row,) class numbers.
    """
    trained_on = fold_weights(len(targets), num_folds, seed, targets)  # (fold, row)
    held_out = trained_on == 0
    glance = min(len(targets), best.shape.batch_size)  # every epoch asks dev rows, and here nothing is chosen by them
    data = replace(
        like,
        train_features=features,
        train_targets=targets,
        dev_features=features[:glance],
        dev_targets=targets[:glance],
        train_weights=trained_on.repeat(len(best.members), 1),
        dev_weights=None,
    )
    ends = [one.best_epoch for one in best.members for _ in range(num_folds)]
    first = best.members[0]
    members = [
        Member(
            number,
            first.structure,
            Settings.of_members([one.settings]).member(0),
            first.num_parameters,
            first.planned_epochs,
        )
        for number, one in enumerate(one for one in best.members for _ in range(num_folds))
    ]
    cohort = Cohort(members, data, Plan(first.planned_epochs, min(best.shape.batch_size, len(targets)), seed))
    total = np.zeros((len(targets), like.num_outputs))
    asked = np.zeros(len(targets))
    for epoch in range(1, max(ends) + 1):
        stopped = not cohort.alive or not cohort.train_epoch(out_of_time)
        if stopped and 2 * epoch <= max(ends):
            return None
        last = [end == epoch or (stopped and end > epoch) for end in ends]
        due = [(row, one) for row, one in enumerate(cohort.alive) if last[one.number]]
        if not due:
            continue
        with cohort.population.evaluated():
            for rows, piece in cohort.population.predict(features):
                for row, one in due:
                    chosen = held_out[one.number % num_folds, rows]
                    places = np.arange(rows.start, rows.stop)[chosen.numpy()]
                    total[places] += torch.softmax(piece[row].T[chosen].double(), dim=1).numpy()
                    asked[places] += 1
        if stopped:
            break
    if not asked.all():
        return None
    return total / asked[:, None]


def _listed(found: DoubtedLabels, prepared: Prepared, given: np.ndarray) -> pl.DataFrame:
    """A line a row in doubt: file, part, row from 1 below the header, given and suggested label, confidence."""
    names, files, numbers = [], [], []
    for name, part in prepared.parts().items():
        if name == "test":
            continue
        own = part.row_numbers()
        if name in prepared.split.rows:
            own = prepared.table.row_numbers()[prepared.split.rows[name]]
        names += [name] * len(part)
        files += [part.source] * len(part)
        numbers.append(own + 1)
    classes, places = np.asarray(prepared.coder.classes), found.doubted
    return pl.DataFrame(
        {
            "file": np.asarray(files)[places],
            "part": np.asarray(names)[places],
            "row": np.concatenate(numbers)[places],
            "given": classes[given[places]],
            "suggested": classes[found.suggested],
            "confidence": found.confidence.round(4),
        }
    )
