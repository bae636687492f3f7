"""A trial as a step of the diary, and told in lines for people."""

from collections.abc import Sequence
from typing import Any

from caviar.core.records import Step
from caviar.recipe.trials import Trial, Tried
from caviar.recipe.ways import Candidate


def trial_step(
    number: int,
    stage: str,
    chosen: Sequence[Candidate],
    trial: Trial | None,
    seconds: float,
    num_members: int,
    **more: Any,
) -> Step:
    """The step of a trial: it is told by the action that was kept, or else by all that were tried.

    Its effect is that of the action that was kept, or else of the one that came nearest; `more` is written beside it.
    """
    kept = trial is not None and trial.winner is not None
    effect: dict[str, Any] = {"kept": kept}
    lead = list(chosen)
    if trial is not None:
        effect |= {"dev_error_before": trial.dev_error, "train_error_before": trial.train_error}
        one = trial.leader
        if kept and one is not None:
            lead = [one.candidate]
        if one is not None and one.effect is not None:
            effect |= {"dev_error_after": one.dev_error, "train_error_after": one.train_error}
            effect |= {"difference": one.effect.estimate, "low": one.effect.low, "high": one.effect.high}
            effect |= {"covers": "seeds and dev rows"}
        effect["trial"] = trial.to_json()
    findings = dict.fromkeys(one.finding for one in lead if one.finding != "none")
    return Step(
        number,
        stage,
        ", ".join(findings) or "none",
        "; ".join(one.action for one in lead),
        "; ".join(dict.fromkeys(one.expected for one in lead)),
        effect | more,
        round(seconds, 2),
        num_members,
    )


def shown_error(error: float, is_regression: bool) -> str:
    """An error as it is told."""
    return f"RMSE {error:,.4g}" if is_regression else f"error {error:.2%}"


def trial_lines(stage: str, trial: Trial | None, is_regression: bool) -> list[str]:
    """A trial, told: the control, then each candidate with its effect."""
    if trial is None:
        return [f"{stage}: the budget ended before the trial did; nothing was judged."]
    num = len(trial.tried)
    actions = "1 action" if num == 1 else f"{num} actions"
    first = (
        f"{stage}: {actions} tried at once from {trial.num_seeds} seeds each "
        f"({trial.num_seeds * (1 + num)} members); without any, dev {shown_error(trial.dev_error, is_regression)}"
    )
    verdicts = ["kept" if place == trial.winner else "undone" for place in range(num)]
    return [
        first,
        *(f"  {word}: {_told(one, is_regression)}" for word, one in zip(verdicts, trial.tried, strict=True)),
    ]


def _told(one: Tried, is_regression: bool) -> str:
    found = "" if one.candidate.finding == "none" else f"{one.candidate.finding} → "
    if one.effect is None or one.dev_error is None:
        return f"{found}{one.candidate.action}: {one.why}"
    change = [one.effect.estimate, one.effect.low, one.effect.high]
    shown = [f"{each:+,.4g}" if is_regression else f"{100 * each:+.2f}" for each in change]
    unit = "" if is_regression else " points"
    return (
        f"{found}{one.candidate.action}: dev {shown_error(one.dev_error, is_regression)}, "
        f"{shown[0]}{unit} [{shown[1]}, {shown[2]}]; {one.why}"
    )
