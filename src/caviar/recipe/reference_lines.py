"""The two lines that a run measures its networks against, the same again after a kill. Notes 1.2."""

from caviar.diagnosis.references import FittedReference, boosting, trivial
from caviar.recipe.journal import Journal
from caviar.recipe.preparation import Prepared


def fit_references(
    prepared: Prepared, seed: int, journal: Journal, seconds: float | None
) -> dict[str, FittedReference]:
    """Trivial and boosting; boosting is rebuilt after a kill, with as many iterations as before.

    Args:
        seconds: for fitting boosting; None for no limit.
    """
    fitted: list[FittedReference] = []

    def fit() -> int:
        fitted.append(boosting(prepared.split, prepared.coder, seed, time_limit=seconds))
        return fitted[0].iterations

    iterations = journal.once("boosting", fit)
    again = fitted[0] if fitted else boosting(prepared.split, prepared.coder, seed, iterations=iterations)
    return {"trivial": trivial(prepared.split, prepared.coder), "boosting": again}
