"""From findings to things to try: each action is a cohort of members, and all are tried, not guessed. Notes 1.3."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from caviar.core.records import Finding
from caviar.recipe.plans import MOST_EPOCHS, Shape, regularised
from caviar.search.choices import Choice
from caviar.search.dimensions import Dimension
from caviar.search.spaces import Space

LONGER = 2


@dataclass(frozen=True)
class Candidate:
    """One action: the finding that calls for it, what it changes, and what it should do to the errors."""

    name: str
    finding: str
    action: str
    expected: str
    shape: Shape
    epochs: int
    space: Space
    zoomed: bool = True


def candidates(findings: Sequence[Finding], shapes: Sequence[Shape], epochs: int, space: Space, round_number: int) -> list[Candidate]:
    """What to try in the coming round, the most promising first.

    Args:
        findings: of the best ensemble so far.
        shapes: shapes tried, the best first. epochs: planned length of the best member.
        space: the whole search space; `zoomed` candidates draw from the good region of it.
    """
    verdicts = {finding.id: finding.verdict for finding in findings}
    changes = {name for finding in findings if finding.verdict == "present" for action in finding.actions for name in action.change}
    best, longer = shapes[0], min(LONGER * epochs, 4 * MOST_EPOCHS)
    tried: list[Candidate] = []
    if "regularise" in changes or verdicts.get("high-variance") == "present":
        tried.append(Candidate(
            "regularise", "high-variance", f"stronger dropout, decay and smoothing on {best}",
            "the gap between train and dev error narrows", best, epochs, regularised(space), zoomed=False,
        ))
    if "widen" in changes or verdicts.get("high-bias") == "present":
        wider = best.wider()
        tried.append(Candidate("widen", "high-bias", f"a bigger network: {wider}", "train error falls, dev error with it", wider, epochs, space))
    if "train_longer" in changes or verdicts.get("high-bias") == "present":
        why = "high-bias" if verdicts.get("high-bias") == "present" else "not-converged"
        tried.append(Candidate("train-longer", why, f"{longer} epochs instead of {epochs} on {best}", "train error falls", best, longer, space))
    if "dropout" in changes:
        off: dict[str, Dimension] = {name: Choice((0.0,)) for name in ("drop_rate", "input_drop_rate") if name in space}
        tried.append(Candidate(
            "without-dropout", "dropout-without-overfitting", f"no dropout on {best}", "as good, and faster", best, epochs,
            space.with_dimensions(off), zoomed=False,
        ))
    zoom = Candidate(
        "zoom", "none" if not tried else tried[0].finding, f"a finer search around the best settings of {best}",
        "dev error falls a little", best, epochs, space,
    )
    tried.append(zoom)
    if len(tried) < 3:
        other = shapes[1 + round_number % (len(shapes) - 1)] if len(shapes) > 1 else best.wider()
        tried.append(replace(zoom, name="zoom-second", action=f"a finer search around the best settings of {other}",
                             expected="a different network helps the ensemble", shape=other))
    if len(tried) < 3 and not any(one.name == "train-longer" for one in tried):
        tried.append(Candidate("train-longer", "none", f"{longer} epochs instead of {epochs} on {best}", "train error falls", best, longer, space))
    return tried
