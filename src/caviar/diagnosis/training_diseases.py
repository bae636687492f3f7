"""Every disease of training that shows from inside, looked for in what was collected. Notes 1.10, 1.11, 2.1 to 2.9, 3.7."""

from collections.abc import Callable

from caviar.core.records import Finding
from caviar.diagnosis.bad_initialisation import bad_initialisation
from caviar.diagnosis.batch_norm_mismatch import batch_norm_mismatch
from caviar.diagnosis.dead_relu import dead_relu
from caviar.diagnosis.diagnose import SEVERITY_WEIGHT, VERDICT_ORDER
from caviar.diagnosis.divergence import divergence
from caviar.diagnosis.exploding_gradient import exploding_gradient
from caviar.diagnosis.health import Health
from caviar.diagnosis.learning_rate_too_high import learning_rate_too_high
from caviar.diagnosis.learning_rate_too_low import learning_rate_too_low
from caviar.diagnosis.saturated_units import saturated_units
from caviar.diagnosis.slow_averages import slow_averages
from caviar.diagnosis.vanishing_gradient import vanishing_gradient

# A new disease is one file, from Health to Finding, and one line here; causes stand before what they bring about.
TRAINING_DISEASES: tuple[Callable[[Health], Finding], ...] = (
    bad_initialisation,
    dead_relu,
    saturated_units,
    exploding_gradient,
    vanishing_gradient,
    learning_rate_too_high,
    learning_rate_too_low,
    divergence,
    batch_norm_mismatch,
    slow_averages,
)


def examine(health: Health) -> list[Finding]:
    """A finding for every disease: the present ones first, gravest ahead; then cannot-tell; then absent."""
    return ranked([disease(health) for disease in TRAINING_DISEASES])


def ranked(findings: list[Finding]) -> list[Finding]:
    """Present ones first, by severity; among equals the order they come in, causes first."""

    def rank(finding: Finding) -> tuple[int, int]:
        weight = SEVERITY_WEIGHT[finding.severity] if finding.verdict == "present" else 0
        return VERDICT_ORDER[finding.verdict], -weight

    return sorted(findings, key=rank)
