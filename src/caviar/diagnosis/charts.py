"""Which chart of the report shows what a finding is about, by its anchor in the page."""

from dataclasses import replace

from caviar.core.records import Finding

CHARTS: dict[str, str] = {
    "high-bias": "verdict",
    "high-variance": "verdict",
    "data-mismatch": "verdict",
    "not-converged": "curves-train-loss",
    "early-stopped-too-soon": "curves-train-loss",
    "dropout-without-overfitting": "members-setting-2e-drop-5f-rate",
    "dev-set-too-small": "verdict",
    "dev-overfit": "curves-dev-error",
    "more-data-helps": "more-data",
    "more-data-is-futile": "more-data",
    "bad-initialisation": "inside-loss",
    "divergence": "inside-loss",
    "slow-averages": "inside-loss",
    "learning-rate-too-high": "inside-steps",
    "learning-rate-too-low": "inside-steps",
    "exploding-gradient": "inside-gradients",
    "vanishing-gradient": "inside-gradients",
    "dead-relu": "inside-units",
    "saturated-units": "inside-units",
    "batch-norm-mismatch": "inside-norms",
}


def with_chart(finding: Finding) -> Finding:
    """The finding with "chart" in its evidence, where a chart shows it."""
    anchor = CHARTS.get(finding.id)
    if anchor is None or "chart" in finding.evidence:
        return finding
    return replace(finding, evidence={**finding.evidence, "chart": anchor})
