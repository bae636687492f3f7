"""How low the error could go: a proxy of the optimal (Bayes) error. Notes 1.2."""

from dataclasses import dataclass

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.wording import figure


@dataclass(frozen=True, eq=False)
class Reachable:
    """The reachable error, as well as it is known.

    `bound` is True where it is known only from above: a difference to it is then the least that a bias can be. `name`
    and `words` say whose error it is.
    """

    name: str
    words: str
    error: ErrorRate
    bound: bool


def reachable_error(evidence: Evidence) -> tuple[Reachable | None, str]:
    """The human error where it is a proxy, else the reference's dev error as a bound from above.

    The text, which starts with a blank, says why a given human error was set aside; it is empty where none was.

    Whoever is clearly better than the human, the network on train or the reference on dev, shows that the human error
    is not the optimal one. A reference measured on rows of another distribution bounds nothing: where dev rows are
    such, its train-dev error takes the place. None where nothing is known.
    """
    bound = _bound(evidence)
    note = ""
    if evidence.human_error is not None:
        words = f"the human error of {figure(evidence.human_error, evidence.metric)}"
        better = _who_beats(evidence.human_error, evidence.train_error, bound)
        if better is None:
            return Reachable("human", words, ErrorRate(evidence.human_error), bound=False), ""
        note = f" {words.capitalize()} is no proxy of the optimal error: {better} is below it."
    if bound is None or evidence.reference is None:
        return None, note
    whose, error = bound
    words = f"{whose} of {figure(error.estimate, evidence.metric)}"
    return Reachable(evidence.reference.name, words, error, bound=True), note


def _bound(evidence: Evidence) -> tuple[str, ErrorRate] | None:
    """The reference's error on rows like the train rows that it was not trained on, and whose it is."""
    reference = evidence.reference
    if reference is None:
        return None
    if evidence.same_distribution is not False:
        return f"{reference.name}'s dev error", reference.dev_error
    if reference.train_dev_error is not None:
        return f"{reference.name}'s train-dev error", reference.train_dev_error
    return None


def _who_beats(human_error: float, train_error: ErrorRate | None, bound: tuple[str, ErrorRate] | None) -> str | None:
    """Whose error is below the human one by more than chance."""
    if train_error is not None and train_error.interval.high < human_error:
        return "the train error"
    if bound is not None and bound[1].interval.high < human_error:
        return bound[0]
    return None
