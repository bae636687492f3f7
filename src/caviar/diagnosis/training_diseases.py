"""Every disease of training that shows from inside, looked for in what was collected. Notes 1.10 to 3.7."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from caviar.core.records import Finding
from caviar.diagnosis.bad_initialisation import bad_initialisation
from caviar.diagnosis.batch_norm_mismatch import batch_norm_mismatch
from caviar.diagnosis.batch_too_large import batch_too_large
from caviar.diagnosis.batch_too_small import batch_too_small
from caviar.diagnosis.dead_relu import dead_relu
from caviar.diagnosis.diagnose import SEVERITY_WEIGHT, VERDICT_ORDER
from caviar.diagnosis.divergence import divergence
from caviar.diagnosis.exploding_gradient import exploding_gradient
from caviar.diagnosis.gradient_bug import gradient_bug
from caviar.diagnosis.health import Health
from caviar.diagnosis.input_not_normalised import input_not_normalised
from caviar.diagnosis.learning_rate_too_high import learning_rate_too_high
from caviar.diagnosis.learning_rate_too_low import learning_rate_too_low
from caviar.diagnosis.minimum import minimum
from caviar.diagnosis.plateau import plateau
from caviar.diagnosis.saddle import saddle
from caviar.diagnosis.saturated_units import saturated_units
from caviar.diagnosis.slow_averages import slow_averages
from caviar.diagnosis.vanishing_gradient import vanishing_gradient

# A new disease is one file, from Health to Finding, and one line here; causes stand before what they bring about.
TRAINING_DISEASES: tuple[Callable[[Health], Finding], ...] = (
    gradient_bug,
    input_not_normalised,
    bad_initialisation,
    exploding_gradient,
    learning_rate_too_high,
    learning_rate_too_low,
    dead_relu,
    saturated_units,
    vanishing_gradient,
    divergence,
    saddle,
    plateau,
    minimum,
    batch_too_small,
    batch_norm_mismatch,
    batch_too_large,
    slow_averages,
)


def examine(health: Health) -> list[Finding]:
    """A finding for every disease: the present ones first, gravest ahead; then cannot-tell; then absent."""
    return ranked([_plain(disease(health)) for disease in TRAINING_DISEASES])


def ranked(findings: list[Finding]) -> list[Finding]:
    """Present ones first, by severity; among equals the order they come in, causes first."""

    def rank(finding: Finding) -> tuple[int, int]:
        weight = SEVERITY_WEIGHT[finding.severity] if finding.verdict == "present" else 0
        return VERDICT_ORDER[finding.verdict], -weight

    return sorted(findings, key=rank)


def _plain(finding: Finding) -> Finding:
    """With evidence that JSON can hold: what is not a finite number becomes None."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(each) for name, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return None if isinstance(value, float) and not np.isfinite(value) else value

    return replace(finding, evidence=plain(finding.evidence))
