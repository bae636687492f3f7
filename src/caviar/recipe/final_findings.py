"""The final diagnosis: errors, curves and the best member's training; its evidence goes into the folder. Notes 1.3."""

from pathlib import Path

import numpy as np

from caviar.core.config import RunConfig
from caviar.core.files import write_json
from caviar.core.records import Finding
from caviar.diagnosis.diagnose import diagnose
from caviar.diagnosis.diverged_members import with_diverged_members
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.health_record import health_to_json
from caviar.diagnosis.training_diseases import examine
from caviar.diagnosis.whole import whole
from caviar.recipe.ensemble import Pool
from caviar.recipe.examination import health_of_best
from caviar.recipe.preparation import Prepared
from caviar.training import Member


def final_findings(
    folder: Path, evidence: Evidence, pool: Pool, prepared: Prepared, config: RunConfig, members: list[Member]
) -> list[Finding]:
    """Every disease that was looked for, ranked. Writes `findings.json`, and `health.json` behind them.

    Args:
        members: all that the run has trained.
    """
    pool.seen.clear()  # between rounds it is looked at in haste
    health = health_of_best(pool, prepared, config, members)
    write_json(folder / "health.json", {"member": pool.members[0].number, **health_to_json(health)})
    inside = [_with_the_others(each, members) if each.id == "divergence" else each for each in examine(health)]
    findings = whole([*diagnose(evidence), *inside])
    write_json(folder / "findings.json", [finding.to_json() for finding in findings])
    return findings


def _with_the_others(finding: Finding, members: list[Member]) -> Finding:
    rates = np.array([member.settings["learning_rate"] for member in members])
    return with_diverged_members(finding, rates, np.array([member.state == "diverged" for member in members]))
