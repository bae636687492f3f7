"""Look at an ensemble as a doctor would: errors in test mode, curves, references. Notes 1.2."""

from collections.abc import Sequence

import numpy as np

from caviar.core.config import RunConfig
from caviar.core.records import Finding
from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.error_rate import ErrorRate, metric_of
from caviar.diagnosis.evidence import Evidence, MemberHistory, StoppedBy
from caviar.diagnosis.health import Health
from caviar.diagnosis.input_not_normalised import NORMALISED
from caviar.diagnosis.label_check import LabelCheck
from caviar.diagnosis.references import FittedReference
from caviar.diagnosis.training_diseases import examine
from caviar.diagnosis.whole import whole
from caviar.recipe.ensemble import Ensemble, Pool
from caviar.recipe.model import Model, model_of
from caviar.recipe.observation import observe
from caviar.recipe.preparation import Prepared
from caviar.training import Member

MOST_TRAIN_ROWS = 20_000  # looked at between rounds; the final diagnosis looks at all
STOPPED_BY: dict[str, StoppedBy] = {
    "finished": "end",
    "stopped": "end",
    "early-stopped": "early-stopping",
    "budget": "budget",
    "dropped": "dropped",
    "diverged": "dropped",
}


def history_of(member: Member) -> MemberHistory:
    """A member's curves for the diagnosis."""
    curves = np.array(member.curves).reshape(-1, 4)
    return MemberHistory(
        train_loss=curves[:, 0],
        dev_error=curves[:, 2],
        planned_epochs=member.planned_epochs,
        best_epoch=member.best_epoch,
        stopped_by=STOPPED_BY[member.state],
        drop_rate=float(max(np.max(member.settings["drop_rate"]), member.settings["input_drop_rate"])),
    )


def gather_evidence(
    model: Model,
    ensemble: Ensemble,
    pool: Pool,
    prepared: Prepared,
    config: RunConfig,
    references: dict[str, FittedReference],
    num_candidates: int,
    all_train_rows: bool,
    label_check: LabelCheck | None = None,
) -> Evidence:
    """Everything the diseases look at, for this ensemble."""
    features, raw = prepared.training.train_features, prepared.coder.raw(prepared.split.train)
    if not all_train_rows and len(raw) > MOST_TRAIN_ROWS:
        drawn = np.random.default_rng(config.seed).permutation(len(raw))[:MOST_TRAIN_ROWS]
        features, raw = features[drawn], raw[drawn]
    compared = [pool.row_errors(pool.outputs(member)) for member in pool.members]
    return Evidence.from_rows(
        prepared.coder.task,
        model.row_errors(features, raw),
        ensemble.row_errors,
        train_rows=len(prepared.split.train),
        trivial_error=references["trivial"].dev_error.estimate,
        reference=references["boosting"],
        human_error=config.human_error,
        material=config.material,
        num_candidates=num_candidates,
        candidate_errors=np.stack(compared),
        train_dev_error=_train_dev_error(model, prepared),
        same_distribution=_same_distribution(config),
        histories=tuple(history_of(member) for member in ensemble.members),
        data=prepared.data_evidence,
        label_check=label_check,
    )


def _train_dev_error(model: Model, prepared: Prepared) -> ErrorRate | None:
    if prepared.train_dev is None:
        return None
    return ErrorRate.from_rows(model.row_errors(*prepared.train_dev), metric_of(prepared.coder.task))


def _same_distribution(config: RunConfig) -> bool | None:
    """A dev file may be of another origin; rows cut by time may have changed with it, which nobody knows."""
    if config.dev is not None:
        return False
    return True if config.time is None else None


def health_of_best(pool: Pool, prepared: Prepared, config: RunConfig, members: Sequence[Member] = ()) -> Health:
    """The best member's training seen from inside (observation.py); `members`: all that trained, if more than it.

    A member that was seen before is not watched again while it stays the best.
    """
    best = pool.members[0]
    if best.number not in pool.seen:
        steps = sum(len(each.curves) * -(-len(prepared.split.train) // max(1, each.batch_size)) for each in members)
        pool.seen[best.number] = observe(best, prepared.training, config.seed, steps)
    return pool.seen[best.number]


def examine_own(health: Health) -> list[Finding]:
    """The diseases of training in a run of Caviar's own, whose preprocessing normalises the inputs."""
    return [NORMALISED if each.id == NORMALISED.id else each for each in examine(health)]


def findings_of(
    ensemble: Ensemble,
    pool: Pool,
    prepared: Prepared,
    config: RunConfig,
    references: dict[str, FittedReference],
    num_candidates: int,
    label_check: LabelCheck | None = None,
) -> list[Finding]:
    """The diagnosis between rounds: of the ensemble's errors, and of the best member's training."""
    model = model_of(prepared, ensemble.members, ensemble.weights)
    evidence = gather_evidence(model, ensemble, pool, prepared, config, references, num_candidates, False, label_check)
    return whole([*diagnose(evidence), *examine_own(health_of_best(pool, prepared, config))])
