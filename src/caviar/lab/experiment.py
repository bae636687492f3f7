"""What an experiment is: a claim of the notes, something small that measures it, a verdict by a rule stated before."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Verdict = Literal["holds", "does not hold", "holds in part"]


@dataclass(frozen=True)
class Row:
    """One figure beside the claimed one.

    `agreement` is the share of repetitions (seeds, functions, tables) in which it agrees, from 0 to 1, or plain True or
    False; None for a figure that is shown and not judged.
    """

    what: str
    claimed: str
    measured: float | str
    agreement: float | None = None

    def __post_init__(self) -> None:
        assert self.agreement is None or 0 <= self.agreement <= 1, self


@dataclass(frozen=True)
class Result:
    """What came out. `rule` says in words when a figure agrees; `picture` is drawn, not yet written."""

    figures: Sequence[Row]
    rule: str
    picture: "Figure"

    @property
    def verdict(self) -> Verdict:
        """All judged figures agree in all repetitions, none in any, or something between."""
        judged = [row.agreement for row in self.figures if row.agreement is not None]
        assert judged, "an experiment without a judged figure proves nothing"
        if all(agreement == 1 for agreement in judged):
            return "holds"
        return "does not hold" if all(agreement == 0 for agreement in judged) else "holds in part"

    def to_json(self) -> dict[str, Any]:
        """Everything but the picture; finite throughout."""
        figures = [asdict(row) | {"agreement": _plain(row.agreement)} for row in self.figures]
        return {"verdict": self.verdict, "rule": self.rule, "figures": figures}


@dataclass(frozen=True)
class Experiment:
    """`run(seed)` trains or computes; the same seed gives the same figures on the same machine and threads."""

    name: str
    section: str
    claim: str
    run: Callable[[int], Result]


def _plain(agreement: float | None) -> float | None:
    return None if agreement is None else float(agreement)
