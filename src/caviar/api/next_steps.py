"""`next_step`: what holds a trained network back, what can be done about it, and what that does, measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from caviar.api.rows import Rows
from caviar.api.trained import TrainedPopulation
from caviar.core.errors import SettingsError
from caviar.core.progress import Progress
from caviar.core.records import Finding, Step, Task
from caviar.diagnosis.array_boosting import array_boosting
from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.evidence import Evidence, Reference
from caviar.diagnosis.training_diseases import examine
from caviar.diagnosis.whole import whole
from caviar.population.settings import Settings
from caviar.recipe.examination import history_of
from caviar.recipe.next_step import take_step
from caviar.recipe.observation import MOST_STEPS, SHARE, observe
from caviar.recipe.plans import Shape
from caviar.recipe.row_figures import row_figures
from caviar.recipe.setups import Setup
from caviar.recipe.standardising import Standards
from caviar.training import Member, TrainingData

DIAGNOSED = ("softmax", "logistic", "squared", "huber")  # losses whose errors the fit diseases know

WATCHED_WHOLE = round(MOST_STEPS / SHARE)  # the trial to come trains it many times over: watching it once costs little


@dataclass(frozen=True)
class NextStep:
    """A step, the findings that called for it, and the networks to go on with.

    Attributes:
        step: finding, action and measured effect, as in a run's diary; `step.effect["trial"]` has every candidate.
        findings: all diseases, as of `diagnose`. kept: whether the action paid.
        trained: the members trained by what was kept, or from the setup as it was where nothing paid; `next_step`
            takes them for the step after this one.
    """

    step: Step
    findings: list[Finding]
    trained: TrainedPopulation
    told: tuple[str, ...]

    @property
    def kept(self) -> bool:
        return bool(self.step.effect["kept"])

    def __repr__(self) -> str:
        return "\n".join(self.told)


def next_step(
    trained: TrainedPopulation,
    *,
    findings: Sequence[Finding] | None = None,
    human_error: float | None = None,
    material: float | None = None,
    seeds: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> NextStep:
    """Diagnose the best member, try all that the findings call for at once, and keep what pays.

        tiny = caviar.train(caviar.MLP(hidden=(2,)), "digits", epochs=20, learning_rate=0.01)
        after = caviar.next_step(tiny)             # high-bias → a bigger network: dev error falls by …
        again = caviar.next_step(after.trained)    # and the step after it

    Errors and curves are looked at, and the training itself, on the same batches once more. Each action is then trained
    from several seeds, and so are the settings as they are; an effect is the difference between
    the two on the same dev rows, its interval covers other seeds and other rows, for all actions at once.

    Args:
        trained: what `train` gave. The members to compare are trained anew on its rows.
        findings: of the best member, the gravest first, such as `diagnose` and `watch` give; by default it is examined
            here, by its errors, its curve, and its training seen from inside.
        human_error: the error a careful person makes; else boosting on the same rows tells what is reachable.
        material: the smallest part of the error worth acting on; as of `fit`.
        seeds: at least 3; more make the intervals narrower. By default 3, then 6, then 12, until an action surely
            lowers the dev error; intervals allow for the repeated look. seed: of batches, dropout and first weights.

    Raises:
        SettingsError: no trained population, too few seeds, or weights of dev rows.
    """
    if not isinstance(trained, TrainedPopulation) or trained.plan is None:
        raise SettingsError(
            f"next_step goes on from what caviar.train gave; got {type(trained).__name__}. A run of fit has taken its "
            "steps: see steps.jsonl and the report in its folder."
        )
    data, member, plan = trained.data, trained.members[trained.best], trained.plan
    if data.dev_weights is not None:
        raise SettingsError("next_step judges by dev rows that count alike. Train without weights of dev rows.")
    if data.train_weights is not None and data.train_weights.dim() == 2:
        data = replace(data, train_weights=data.train_weights[trained.best])
    if findings is None:
        health = observe(member, data, plan.seed, WATCHED_WHOLE)
        findings = whole([*_examined(member, data, human_error, material, seed), *examine(health)])
    setup = replace(Setup.of(member, Shape(member.structure, plan.batch_size), plan.patience), raw=trained.rows.raw)
    taken = take_step(setup, findings, data, num_seeds=seeds, seed=seed, device=plan.device, progress=progress)
    now = replace(
        plan, epochs=taken.setup.epochs, batch_size=taken.setup.shape.batch_size, patience=taken.setup.patience
    )
    settings = Settings.of_members([one.settings for one in taken.members])
    rows = trained.rows
    if taken.standards is not None:
        rows, data = _standardised(rows, taken.standards), taken.standards.data(data)
    after = TrainedPopulation(taken.members, settings, rows, data, trained.notices, now)
    return NextStep(taken.step, list(findings), after, tuple(taken.told))


def _standardised(rows: Rows, standards: Standards) -> Rows:
    """The same rows, and new ones read, as networks on standardised rows see them."""
    answers = replace(
        rows.answers,
        mean=rows.answers.mean + rows.answers.std * standards.target_mean,
        std=rows.answers.std * standards.target_deviation,
    )
    return replace(
        rows,
        data=standards.data(rows.data),
        answers=answers,
        raw=False,
        read=lambda source: standards.features(rows.read(source)),
    )


def _examined(
    member: Member, data: TrainingData, human_error: float | None, material: float | None, seed: int
) -> list[Finding]:
    """The diseases that errors and curves show; none where the loss has no error that they know."""
    if data.loss_function.name not in DIAGNOSED:
        return []
    task: Task = "regression" if data.loss_function.root else "binary" if data.num_outputs <= 2 else "multiclass"
    train, dev = (row_figures(member, data, *rows)[0] for rows in _rows(data))
    nothing = replace(member, weights=None)
    trivial = row_figures(nothing, data, *_rows(data)[1])[0].mean()
    evidence = Evidence.from_rows(
        task,
        train,
        dev,
        trivial_error=float(np.sqrt(trivial) if task == "regression" else trivial),
        reference=_reference(data, task, seed) if human_error is None else None,
        human_error=human_error,
        material=material,
        num_candidates=1,
        histories=(history_of(replace(member, state="budget") if member.state == "stopped" else member),),
    )
    return diagnose(evidence)


def _rows(data: TrainingData) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    return (data.train_features, data.train_targets), (data.dev_features, data.dev_targets)


def _reference(data: TrainingData, task: Task, seed: int) -> Reference | None:
    """Boosting, where the rows are plain numbers."""
    if data.train_features.dim() != 2 or not data.train_features.is_floating_point():
        return None
    train, dev = ((features.numpy(), targets.numpy()) for features, targets in _rows(data))
    return array_boosting(train, dev, task, unit=data.unit, seed=seed)
