"""What every disease has: a name, its section of the notes, and three ways to answer. Notes 1.2."""

from dataclasses import dataclass
from typing import Any

from caviar.core.records import Action, Finding, Severity

NOTHING_MATERIAL = "Nothing says how large a part is material: the trivial predictor's error is missing."


@dataclass(frozen=True)
class Disease:
    """Makes the findings of one disease. Each file of a disease holds one, and a pure function of Evidence."""

    id: str
    section: str

    def present(
        self, meaning: str, severity: Severity, confidence: float, *actions: Action, **evidence: Any
    ) -> Finding:
        """It is there: what was seen, how grave, how sure in [0, 1], and what to do."""
        return Finding(self.id, "present", severity, confidence, meaning, evidence, actions, self.section)

    def absent(self, meaning: str, confidence: float, **evidence: Any) -> Finding:
        """It was looked for and is not there."""
        return Finding(self.id, "absent", "low", confidence, meaning, evidence, section=self.section)

    def cannot_tell(self, meaning: str, *actions: Action, **evidence: Any) -> Finding:
        """It may be there: `meaning` says what is missing, `actions` what would settle it."""
        return Finding(self.id, "cannot-tell", "low", 0.0, meaning, evidence, actions, self.section)
