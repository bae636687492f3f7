"""The final diagnosis: errors, curves and the best member's training; its evidence goes into the folder. Notes 1.3."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from torch import Tensor
from torch.nn import functional

from caviar.core.config import RunConfig
from caviar.core.files import write_json
from caviar.core.records import Finding
from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.diverged_members import with_diverged_members
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.foreign_slopes import checked_gradient, curvature_of
from caviar.diagnosis.health import Health
from caviar.diagnosis.health_record import health_to_json
from caviar.diagnosis.more_data import more_data
from caviar.diagnosis.whole import whole
from caviar.recipe.budget import MORE_DATA_SHARE, Budget
from caviar.recipe.ensemble import Pool
from caviar.recipe.examination import examine_own, health_of_best
from caviar.recipe.journal import Journal
from caviar.recipe.model import network_of
from caviar.recipe.preparation import Prepared
from caviar.recipe.rows_curve import RowsPlan, curve_to_json, errors_by_rows, plan_rows
from caviar.training import Member, TrainingData

MOST_CURVED_ROWS = 1_024
LATE = 1.3  # times its share of the budget, and the error against train rows is given up


def final_findings(
    folder: Path,
    evidence: Evidence,
    pool: Pool,
    prepared: Prepared,
    config: RunConfig,
    budget: Budget,
    journal: Journal,
    members: list[Member],
    *further: Finding,
) -> list[Finding]:
    """Every disease that was looked for, ranked.

    Writes `findings.json`, and what stands behind them: `health.json`, and `more_data.json` where the budget had room.

    Args:
        members: all that the run has trained. further: findings of diseases that are told from other records.
    """
    health = health_of_best(pool, prepared, config, members)
    write_json(folder / "health.json", {"member": pool.members[0].number, **health_to_json(health)})
    inside = [
        _with_the_others(each, members) if each.id == "divergence" else each
        for each in examine_own(with_slopes(health, pool.members[0], prepared.training))
    ]
    rows = _more_rows(folder, evidence, pool, prepared, config, budget, journal, members)
    findings = whole([*diagnose(evidence), *rows, *inside, *further])
    write_json(folder / "findings.json", [finding.to_json() for finding in findings])
    return findings


def _more_rows(
    folder: Path,
    evidence: Evidence,
    pool: Pool,
    prepared: Prepared,
    config: RunConfig,
    budget: Budget,
    journal: Journal,
    members: list[Member],
) -> list[Finding]:
    """What more train rows would bring, where the budget pays for measuring it."""
    num_rows, material = len(prepared.split.train), evidence.material_size
    plan = RowsPlan(**journal.once("more data", lambda: asdict(plan_rows(pool, budget, members, num_rows, material))))
    curve, missing = None, plan.why_not
    if not missing:
        [member] = [each for each in pool.members if each.number == plan.member]
        seconds = float("inf") if budget.seconds is None else LATE * MORE_DATA_SHARE * budget.seconds
        curve = errors_by_rows(member, pool, prepared.training, config.seed, plan, seconds)
        missing = "members trained on a part of the rows diverged, or took much longer than others had"
    if curve is not None:
        write_json(folder / "more_data.json", curve_to_json(curve, member))
    return more_data(curve, evidence.metric, material, evidence.dev_error, missing)


def with_slopes(health: Health, member: Member, data: TrainingData) -> Health:
    """With a check of the best network's gradients, and the curvature of the loss where it stands still."""
    network = network_of(member, data.train_features.shape[1], data.num_outputs)
    batch = (data.train_features[:MOST_CURVED_ROWS], data.train_targets[:MOST_CURVED_ROWS])

    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        if data.task == "regression":
            return functional.mse_loss(outputs.squeeze(1), targets.to(outputs.dtype))
        return functional.cross_entropy(outputs, targets)

    check = checked_gradient(network, batch, loss)
    curved = curvature_of(network, [batch], loss, health.known_nothing)
    found = {"gradient check": check, "curvature": curved}
    return replace(
        health,
        gradient_check=None if isinstance(check, str) else check,
        curvature=None if isinstance(curved, str) else curved,
        unseen=health.unseen | {part: why for part, why in found.items() if isinstance(why, str)},
    )


def _with_the_others(finding: Finding, members: list[Member]) -> Finding:
    rates = np.array([member.settings["learning_rate"] for member in members])
    return with_diverged_members(finding, rates, np.array([member.state == "diverged" for member in members]))
