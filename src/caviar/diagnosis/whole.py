"""One ranked list from all that was looked for: no two findings that contradict each other, causes first. Notes 1.3."""

from collections.abc import Iterable
from dataclasses import replace

from caviar.core.records import Finding
from caviar.diagnosis.charts import with_chart
from caviar.diagnosis.data_diseases import UNDERMINING
from caviar.diagnosis.diagnose import SEVERITY_WEIGHT, VERDICT_ORDER

FIRST = (*UNDERMINING, "requirement-not-met")
SICK_TRAINING = ("high-bias", "not-converged", "early-stopped-too-soon")
TOO_LARGE_STEPS = ("divergence", "exploding-gradient", "learning-rate-too-high")

# What a disease brings about. Treating that would be in vain, so the cause ranks no lower.
BRINGS_ABOUT: dict[str, tuple[str, ...]] = {
    "input-not-normalised": (
        "bad-initialisation",
        "exploding-gradient",
        "dead-relu",
        "saturated-units",
        *SICK_TRAINING,
    ),
    "bad-initialisation": ("learning-rate-too-high", "dead-relu", "saturated-units", *SICK_TRAINING),
    "exploding-gradient": ("divergence", "learning-rate-too-high", *SICK_TRAINING),
    "learning-rate-too-high": ("divergence", "dead-relu", *SICK_TRAINING),
    "learning-rate-too-low": SICK_TRAINING,
    "batch-too-small": ("batch-norm-mismatch", "vanishing-gradient", *SICK_TRAINING),
    "batch-norm-mismatch": ("high-bias",),
    "dead-relu": ("vanishing-gradient", *SICK_TRAINING),
    "saturated-units": ("vanishing-gradient", *SICK_TRAINING),
    "vanishing-gradient": SICK_TRAINING,
    "divergence": SICK_TRAINING,
    "slow-averages": ("not-converged",),
    "dropout-without-overfitting": ("high-bias",),
    "dev-set-too-small": ("dev-overfit",),
}

# Where the first is there, the second cannot be: it is the weaker reading of the same figures.
RULES_OUT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(TOO_LARGE_STEPS, ("learning-rate-too-low", "slow-averages")),
    "divergence": ("learning-rate-too-low", "slow-averages", "not-converged"),
    "early-stopped-too-soon": ("not-converged",),
    "high-variance": ("dropout-without-overfitting",),
}


def whole(findings: Iterable[Finding]) -> list[Finding]:
    """Present ones first, gravest and surest ahead, a cause before what it brings about; then cannot-tell, then absent.

    What makes the errors themselves untrustworthy comes before all, and requirements that are not met.

    Of two that contradict each other the weaker becomes cannot-tell, and more rows are no action where they were
    measured to bring nothing. Each finding's evidence then names the chart of the report that shows it.
    """
    found = _without_futile_rows(_consistent(list(findings)))
    weights = {each.id: _weight(each) for each in found}

    def reach(finding: Finding, seen: tuple[str, ...] = ()) -> float:
        """Its own weight, or the largest of what it brings about; advice to leave something be comes last."""
        if finding.id == "more-data-is-futile":
            return 0.0
        if finding.verdict != "present" or finding.severity == "low":
            return weights[finding.id]
        brought = [each for each in BRINGS_ABOUT.get(finding.id, ()) if each not in seen]
        effects = [each for each in found if each.id in brought and each.verdict == "present"]
        return max([weights[finding.id], *(reach(each, (*seen, finding.id)) for each in effects)])

    def undermines(finding: Finding) -> bool:
        return finding.verdict == "present" and finding.severity == "high" and finding.id in FIRST

    causes = list(BRINGS_ABOUT)
    first = {each.id: causes.index(each.id) for each in found if each.verdict == "present" and each.id in causes}
    ranked = sorted(
        found,
        key=lambda each: (
            VERDICT_ORDER[each.verdict],
            not undermines(each),
            -reach(each),
            first.get(each.id, len(causes)),
        ),
    )
    return [with_chart(each) for each in ranked]


def _weight(finding: Finding) -> float:
    return SEVERITY_WEIGHT[finding.severity] * finding.confidence if finding.verdict == "present" else 0.0


def _consistent(findings: list[Finding]) -> list[Finding]:
    present = [each for each in findings if each.verdict == "present"]
    against = {
        name: stronger
        for stronger in sorted(present, key=_weight)
        for name in RULES_OUT.get(stronger.id, ())
        if stronger.severity != "low"
    }
    return [
        replace(each, verdict="cannot-tell", severity="low", confidence=0.0, actions=(), meaning=_spoken(each, against))
        if each.verdict == "present" and each.id in against
        else each
        for each in findings
    ]


def _spoken(finding: Finding, against: dict[str, Finding]) -> str:
    stronger = against[finding.id].id.replace("-", " ")
    return f"What is seen of it may come from {stronger}: treat that first. {finding.meaning}"


def _without_futile_rows(findings: list[Finding]) -> list[Finding]:
    """More rows as an action only where they were not measured to be futile."""
    if not any(each.id == "more-data-is-futile" and each.verdict == "present" for each in findings):
        return findings
    return [
        replace(each, actions=tuple(action for action in each.actions if "more_data" not in action.change))
        if each.verdict == "present" and each.id in ("high-variance", "high-bias")
        else each
        for each in findings
    ]
