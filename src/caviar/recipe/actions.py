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
    answers = _answers(shapes[0], epochs, space)
    tried = [replace(one, finding=called_for[change]) for change, one in answers.items() if change in called_for]
    tried += _finer_searches(shapes, epochs, space)
    tried.append(answers["train_longer"])
    fresh: dict[str, Candidate] = {}
    for one in tried:
        if (one.name, one.action) not in without_gain:
            fresh.setdefault(one.action, one)
    return list(fresh.values())[:MOST_CANDIDATES]


def _answers(best: Shape, epochs: int, space: Space) -> dict[str, Candidate]:
    """What Caviar can do about a finding, by the change that the finding's action asks for."""
    wider, longer = best.wider(), min(LONGER * epochs, 4 * MOST_EPOCHS)
    off: dict[str, Dimension] = {name: Choice((0.0,)) for name in ("drop_rate", "input_drop_rate") if name in space}
    stronger, narrows = (
        f"stronger dropout, decay and smoothing on {best}",
        "the gap between train and dev error narrows",
    )
    more, falls = f"{longer} epochs instead of {epochs} on {best}", "train error falls"
    bigger, both_fall = f"a bigger network: {wider}", "train error falls, dev error with it"
    none, as_good, without = f"no dropout on {best}", "as good, and faster", space.with_dimensions(off)
    return {
        "regularise": Candidate(
            "regularise", "none", stronger, narrows, best, epochs, regularised(space), zoomed=False
        ),
        "widen": Candidate("widen", "none", bigger, both_fall, wider, epochs, space),
        "train_longer": Candidate("train-longer", "none", more, falls, best, longer, space),
        "dropout": Candidate("without-dropout", "none", none, as_good, best, epochs, without, zoomed=False),
    }


def _finer_searches(shapes: Sequence[Shape], epochs: int, space: Space) -> list[Candidate]:
    """Zooming in, which always makes sense: on the best shape, then on the others and on a wider one."""
    found = []
    for shape in (*shapes, shapes[0].wider()):
        best = shape == shapes[0]
        name = "zoom" if best else "zoom-other"
        expected = "dev error falls a little" if best else "another kind of network helps the ensemble"
        action = f"a finer search around the best settings of {shape}"
        found.append(Candidate(name, "none", action, expected, shape, epochs, space))
    return found
