"""What ails a babysat network now."""

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from caviar.core.records import Finding, Severity
from caviar.diagnosis.cohort_observer import CohortObserver
from caviar.diagnosis.curves import fall_at_end, level_of_proof
from caviar.diagnosis.diagnose import SEVERITY_WEIGHT
from caviar.diagnosis.health import Health
from caviar.recipe.examination import examine_own, history_of
from caviar.training import Cohort, Member

LOOKS = 10  # at all train rows, spread over the planned epochs
OF_ERRORS = ("high-bias", "high-variance", "data-mismatch")


class StandingFindings:
    """The diseases that are present, brought up to date after each epoch.

    Args:
        diagnose: findings about a member that ended now, from its errors on train and dev rows.
    """

    def __init__(self, diagnose: Callable[[Member], list[Finding]]):
        self.diagnose = diagnose
        self.health: Health | None = None
        self.of_training: list[Finding] = []
        self.of_errors: list[Finding] = []
        self._told: dict[str, Severity] = {}
        self._since = 0

    @property
    def present(self) -> list[Finding]:
        return [each for each in (*self.of_training, *self.of_errors) if each.verdict == "present"]

    def update(self, cohort: Cohort, observer: CohortObserver, since: int) -> list[str]:
        """Look again; returns a line for each disease that has come up or got graver.

        `since`: the epoch after which the settings last changed. What they do now is judged; all is news again.
        """
        if since != self._since:
            self._since, self._told = since, {}
        self.health = observer.health(cohort, since)
        self.of_training = examine_own(self.health)
        every = max(1, cohort.plan.epochs // LOOKS)
        if cohort.alive and cohort.epoch % every == 0 and cohort.members[0].best_epoch:
            self.of_errors = self._of_errors(cohort)
        return [
            f"Epoch {cohort.epoch}: {each.id} ({each.severity}): {each.meaning}"
            for each in self.present
            if self._is_news(each)
        ]

    def _is_news(self, finding: Finding) -> bool:
        before = self._told.get(finding.id)
        if before is not None and SEVERITY_WEIGHT[finding.severity] <= SEVERITY_WEIGHT[before]:
            return False
        self._told[finding.id] = finding.severity
        return True

    def _of_errors(self, cohort: Cohort) -> list[Finding]:
        """Bias and variance of the best weights so far; no bias while the train loss is still falling."""
        member = as_it_stands(cohort)
        falling = level_of_proof(fall_at_end(history_of(member).train_loss)) != "absent"
        return [
            each for each in self.diagnose(member) if each.id in OF_ERRORS and not (each.id == "high-bias" and falling)
        ]


def as_it_stands(cohort: Cohort) -> Member:
    """The first member as if its training ended now: with its best weights so far."""
    weights: dict[str, Tensor] = {name: tensor[0].clone() for name, tensor in cohort.best.items()}
    return replace(cohort.members[0], state="budget", weights=weights)
