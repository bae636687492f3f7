"""From findings to things to try: each action is a cohort of members, and all are tried, not guessed. Notes 1.3."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from caviar.core.records import Finding
from caviar.recipe.plans import MOST_EPOCHS, Shape, regularised
from caviar.search.choices import Choice
from caviar.search.dimensions import Dimension
from caviar.search.spaces import Space

LONGER = 2
MOST_CANDIDATES = 3


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


def candidates(
    findings: Sequence[Finding],
    shapes: Sequence[Shape],
    epochs: int,
    space: Space,
    without_gain: Set[tuple[str, str]] = frozenset(),
) -> list[Candidate]:
    """What to try in the coming round, at most MOST_CANDIDATES, the most promising first.

    Args:
        findings: of the best ensemble so far.
        shapes: shapes tried, the best first. epochs: planned length of the best member.
        space: the whole search space; `zoomed` candidates draw from the good region of it.
        without_gain: (name, action) of candidates that were tried and brought nothing; they are not tried again.
    """
    called_for: dict[str, str] = {}
    for finding in findings:
        if finding.verdict == "present":
            for action in finding.actions:
                for change in action.change:
                    called_for.setdefault(change, finding.id)
    best, wider, longer = shapes[0], shapes[0].wider(), min(LONGER * epochs, 4 * MOST_EPOCHS)
    off: dict[str, Dimension] = {name: Choice((0.0,)) for name in ("drop_rate", "input_drop_rate") if name in space}
    answers = {
        "regularise": Candidate(
            "regularise",
            "",
            f"stronger dropout, decay and smoothing on {best}",
            "the gap between train and dev error narrows",
            best,
            epochs,
            regularised(space),
            zoomed=False,
        ),
        "widen": Candidate(
            "widen", "", f"a bigger network: {wider}", "train error falls, dev error with it", wider, epochs, space
        ),
        "train_longer": Candidate(
            "train-longer",
            "",
            f"{longer} epochs instead of {epochs} on {best}",
            "train error falls",
            best,
            longer,
            space,
        ),
        "dropout": Candidate(
            "without-dropout",
            "",
            f"no dropout on {best}",
            "as good, and faster",
            best,
            epochs,
            space.with_dimensions(off),
            zoomed=False,
        ),
    }
    tried = [replace(one, finding=called_for[change]) for change, one in answers.items() if change in called_for]
    tried.append(
        Candidate(
            "zoom",
            "none",
            f"a finer search around the best settings of {best}",
            "dev error falls a little",
            best,
            epochs,
            space,
        )
    )
    tried += [
        Candidate(
            "zoom-other",
            "none",
            f"a finer search around the best settings of {other}",
            "another kind of network helps the ensemble",
            other,
            epochs,
            space,
        )
        for other in [*shapes[1:], wider]
    ]
    tried.append(replace(answers["train_longer"], finding="none"))
    fresh: dict[str, Candidate] = {}
    for one in tried:
        if (one.name, one.action) not in without_gain:
            fresh.setdefault(one.action, one)
    return list(fresh.values())[:MOST_CANDIDATES]
