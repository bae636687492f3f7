"""A diagnosis of bare figures: errors somebody measured or read, without the model or the rows. Notes 1.2, C3."""

import math
from dataclasses import dataclass
from typing import Any

from caviar.core.errors import SettingsError
from caviar.core.records import Finding
from caviar.diagnosis.diagnose import diagnose, next_action, verdict_words
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import Interval, Metric, difference
from caviar.diagnosis.wording import figure

MEASURED = ("train_error", "train_dev_error", "dev_error", "test_error")
GIVEN = ("human_error", "trivial_error")


@dataclass(frozen=True)
class BareFigures:
    """Errors as shares of mistakes in [0, 1] (`metric` "error"), or as RMSE in the target's units ("rmse").

    Args:
        train_error, dev_error: in test mode: no dropout, augmentation or label smoothing. Both must be given.
        train_dev_error: on rows like train's that were not trained on, where dev rows are of another kind.
        test_error: on rows like dev's that no choice has touched.
        human_error: a proxy of the optimal error, taken as exact.
        trivial_error: of always answering the majority class or the mean; 5 % of it is material for "rmse".
        rows: behind each measured error; gives the intervals. None: the figures count as exact.
        material: the smallest part worth acting on; None: 2 points.

    Raises:
        SettingsError: a figure or a number of rows that cannot be, or none where one is needed.
    """

    train_error: float | None = None
    dev_error: float | None = None
    train_dev_error: float | None = None
    test_error: float | None = None
    human_error: float | None = None
    trivial_error: float | None = None
    rows: int | None = None
    material: float | None = None
    metric: Metric = "error"

    def __post_init__(self) -> None:
        if self.metric not in ("error", "rmse"):
            raise SettingsError(f"metric must be 'error' (a share of mistakes) or 'rmse'; got {self.metric!r}.")
        if absent := [part for part in ("train", "dev") if getattr(self, f"{part}_error") is None]:
            missing = " and ".join(f"the {part} error (--{part}-error)" for part in absent)
            raise SettingsError(
                f"a diagnosis needs a train and a dev error: variance is the gap between them. Missing: {missing}."
            )
        for name in (*MEASURED, *GIVEN, "material"):
            self._check(name)
        rows = self.rows
        if rows is not None and (not isinstance(rows, int | float) or rows < 1 or rows != int(rows)):
            raise SettingsError(f"rows must be a whole number of at least 1, the rows behind each error; got {rows!r}.")

    def _check(self, name: str) -> None:
        """A finite number that is not negative; as a share of mistakes at most 1."""
        value, words = getattr(self, name), name.replace("_", " ").replace("train dev", "train-dev")
        if value is None:
            return
        if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise SettingsError(f"{words} must be a number of at least 0; got {value!r}.")
        if self.metric == "error" and value > 1:
            raise SettingsError(
                f"{words} must lie between 0 and 1 (0 % and 100 %); got {value:g}. For {value:g} % write "
                f"{value / 100:g}, or {value:g}% on the command line. An error in the target's units needs "
                "the metric 'rmse'."
            )

    @property
    def evidence(self) -> Evidence:
        """What the diseases look at. A train-dev error says that dev rows are of another kind; else nobody said."""

        def measured(value: float | None) -> ErrorRate | None:
            return None if value is None else ErrorRate.from_figure(value, self.rows, self.metric)

        return Evidence(
            self.metric,
            train_error=measured(self.train_error),
            dev_error=measured(self.dev_error),
            train_dev_error=measured(self.train_dev_error),
            test_error=measured(self.test_error),
            human_error=self.human_error,
            trivial_error=self.trivial_error,
            material=self.material,
            same_distribution=None if self.train_dev_error is None else False,
        )

    def findings(self) -> list[Finding]:
        """Every disease, looked for in the figures alone, by the rules of a run's diagnosis and in its order."""
        return diagnose(self.evidence)

    def summary(self) -> dict[str, Any]:
        """The whole answer in plain values: `figures`, `parts`, the `verdict` in words, `findings`, `next_action`."""
        evidence, findings = self.evidence, self.findings()
        return {
            "metric": self.metric,
            "material": evidence.material_size,
            "figures": _figures(evidence, self),
            "parts": _parts(evidence, {finding.id: finding.verdict for finding in findings}),
            "verdict": verdict_words(findings) + _until(findings, self.metric),
            "findings": [finding.to_json() for finding in findings],
            "next_action": next_action(findings, has_run=False),
        }


def _until(findings: list[Finding], metric: Metric) -> str:
    """Up to where bias would be high, where nothing says how low the error could go."""
    bars = [finding.evidence["high_below_error"] for finding in findings if "high_below_error" in finding.evidence]
    return f" (bias is high if less than {figure(bars[0], metric)} is reachable)" if bars else ""


def _figures(evidence: Evidence, given: BareFigures) -> dict[str, dict[str, Any]]:
    """Each error with its 95 % interval [low, high] and its rows, both None where they are not known."""
    found: dict[str, dict[str, Any]] = {}
    for name in MEASURED:
        error: ErrorRate | None = getattr(evidence, name)
        if error is not None:
            interval = None if error.is_bare else [error.low, error.high]
            found[name] = {"error": error.estimate, "interval": interval, "rows": error.rows}
    for name in GIVEN:
        if getattr(given, name) is not None:
            found[name] = {"error": getattr(given, name), "interval": None, "rows": None}
    return found


def _parts(evidence: Evidence, verdicts: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Bias, variance, mismatch and the gap to test, as far as figures give them: size, interval, verdict."""
    human = evidence.human_error
    train, dev, test = evidence.train_error, evidence.dev_error, evidence.test_error
    train_dev = evidence.train_dev_error
    held_out, name = (dev, "dev") if train_dev is None else (train_dev, "train-dev")
    exact = None if human is None else ErrorRate(human)
    found: dict[str, dict[str, Any]] = {}
    for part, formula, first, second, finding in (
        ("bias", "train − human", train, exact, "high-bias"),
        ("variance", f"{name} − train", held_out, train, "high-variance"),
        ("mismatch", "dev − train-dev", dev, train_dev, "data-mismatch"),
        ("test_gap", "test − dev", test, dev, "dev-overfit"),
    ):
        if first is not None and second is not None:
            size: Interval = difference(first.interval, second.interval)
            interval = None if size.low == size.high else [size.low, size.high]
            found[part] = {
                "formula": formula, "size": size.estimate, "interval": interval, "verdict": verdicts[finding]
            }  # fmt: skip
    return found
