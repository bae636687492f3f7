"""Look for every disease, and say what to do next. Notes 1.2, 1.3."""

from collections.abc import Callable

from caviar.core.records import Action, Finding
from caviar.diagnosis.data_diseases import DATA_DISEASES, UNDERMINING
from caviar.diagnosis.data_mismatch import data_mismatch
from caviar.diagnosis.dev_overfit import dev_overfit
from caviar.diagnosis.dev_set_too_small import dev_set_too_small
from caviar.diagnosis.dropout_without_overfitting import dropout_without_overfitting
from caviar.diagnosis.early_stopped_too_soon import early_stopped_too_soon
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.high_bias import high_bias
from caviar.diagnosis.high_variance import high_variance
from caviar.diagnosis.not_converged import not_converged

# A new disease is one file, from Evidence to Finding, and one line here.
DISEASES: tuple[Callable[[Evidence], Finding], ...] = (
    high_bias,
    high_variance,
    data_mismatch,
    not_converged,
    early_stopped_too_soon,
    dropout_without_overfitting,
    dev_set_too_small,
    dev_overfit,
)

VERDICT_ORDER = {"present": 0, "cannot-tell": 1, "absent": 2}
SEVERITY_WEIGHT = {"low": 1, "medium": 2, "high": 3}


def diagnose(evidence: Evidence) -> list[Finding]:
    """A finding for every disease: the present ones first, gravest and surest ahead; then cannot-tell; then absent.

    Those of the data are looked for where there are data; grave ones that make the errors untrustworthy come first.
    """
    diseases = DISEASES if evidence.data is None else (*DISEASES, *DATA_DISEASES)

    def rank(finding: Finding) -> tuple[int, bool, float]:
        weight = SEVERITY_WEIGHT[finding.severity] * finding.confidence if finding.verdict == "present" else 0.0
        undermines = weight > 0 and finding.severity == "high" and finding.id in UNDERMINING
        return VERDICT_ORDER[finding.verdict], not undermines, -weight

    return sorted((disease(evidence) for disease in diseases), key=rank)


def next_action(findings: list[Finding], *, has_run: bool = True, exhausted: bool = False) -> str:
    """What to do next in plain words, from findings in the order of `diagnose`; small ones do not take the lead.

    Findings without an action, such as a column that was left out already, ask for nothing.

    Args:
        has_run: whether there is a run that Caviar could go on with; to bare figures it can only say what to do.
        exhausted: whether Caviar has tried what it can, and stopped as that no longer paid: it is not told again.
    """
    if exhausted:
        return _without_caviar(findings)
    present = [finding for finding in findings if finding.verdict == "present" and finding.actions]
    grave = [finding for finding in present if finding.severity != "low"]
    if grave:
        return f"{_title(grave[0])}: {_instruction(grave[0].actions, has_run)}."
    small = (
        f" A small thing to try. {_title(present[0])}: {_instruction(present[0].actions, has_run)}." if present else ""
    )
    for finding in findings:
        if finding.verdict == "cannot-tell" and finding.actions:
            return f"Nothing found that holds it back much; but {finding.id} is open. {finding.actions[0].text}.{small}"
    left = "the error left is less than material, or more than these rows can show"
    return f"Nothing found that holds it back much: {left}.{small}"


def _without_caviar(findings: list[Finding]) -> str:
    """What is left for the user, where Caviar's own steps have stopped paying."""
    for finding in findings:
        if finding.verdict == "present" and finding.severity != "low":
            for action in finding.actions:
                if action.by == "you":
                    told = f"{_title(finding)}: {_lowered(action.text)}"
                    return f"{told}; what Caviar can do was tried until it stopped paying."
    return "Nothing found that you could do; what Caviar can do was tried until it stopped paying."


def _title(finding: Finding) -> str:
    return finding.id.replace("-", " ").capitalize()


def verdict_words(findings: list[Finding]) -> str:
    """The notes' four cases in a few words, such as "high variance", and data mismatch; and which part stays open."""
    verdicts = {finding.id: finding.verdict for finding in findings}
    high = [part for part in ("bias", "variance") if verdicts.get(f"high-{part}") == "present"]
    unsure = [part for part in ("bias", "variance") if verdicts.get(f"high-{part}") == "cannot-tell"]
    mismatch = ["data mismatch"] if verdicts.get("data-mismatch") == "present" else []
    words = " and ".join([*(f"high {part}" for part in high), *mismatch])
    if not unsure:
        return words or "neither high bias nor high variance"
    return f"{words or 'nothing high for certain'}; {' and '.join(unsure)}: cannot tell"


def _instruction(actions: tuple[Action, ...], has_run: bool) -> str:
    """What Caviar can try with more time, or else what only the user can do."""
    budget = "give Caviar a larger --budget to " if has_run else ""
    ways = [f"{budget}{_lowered(each.text)}" for each in actions if each.by == "caviar"][:1]
    ways += [_lowered(each.text) for each in actions if each.by == "you"][:1]
    return "; or ".join(ways)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]
