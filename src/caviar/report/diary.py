"""The recipe's diary: each step's finding, action and measured effect, in words. Notes 1.3."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from caviar.report import wording
from caviar.report.loose_values import mapping_of, mappings_in, number_of, text_of
from caviar.report.path import path_picture
from caviar.report.run_files import RunFiles


@dataclass(frozen=True)
class Effect:
    """What a step did to dev error; `low` and `high` bound the change (95 %), None where no interval was measured."""

    before: float | None
    after: float | None
    difference: float | None
    low: float | None
    high: float | None
    kept: bool | None


@dataclass(frozen=True)
class TriedEntry:
    """One of the actions that a step tried at once, in words; `finding` is "" for a probe."""

    finding: str
    action: str
    measured: str
    why: str
    kept: bool


@dataclass(frozen=True)
class Entry:
    """A step in words."""

    number: str
    stage: str
    finding: str
    action: str
    expected: str
    measured: str
    kept: bool | None
    cost: str
    tried: list["TriedEntry"]
    told: str


@dataclass(frozen=True)
class Diary:
    entries: list[Entry]
    picture: Markup


def diary(run: RunFiles) -> Diary | None:
    """None where steps.jsonl has no step."""
    if not run.steps:
        return None
    effects = [_effect(step.get("effect")) for step in run.steps]
    entries = [
        _entry(run, place, step, effect) for place, (step, effect) in enumerate(zip(run.steps, effects, strict=True))
    ]
    return Diary(entries, path_picture(run, [entry.number for entry in entries]))


def _effect(value: object) -> Effect:
    effect = mapping_of(value)
    kept = effect.get("kept")
    before, after = number_of(effect.get("dev_error_before")), number_of(effect.get("dev_error_after"))
    gap = number_of(effect.get("difference"))
    if gap is None and before is not None and after is not None:
        gap = after - before
    return Effect(
        before,
        after,
        gap,
        number_of(effect.get("low")),
        number_of(effect.get("high")),
        kept if isinstance(kept, bool) else None,
    )


def _entry(run: RunFiles, place: int, step: dict[str, object], effect: Effect) -> Entry:
    number = number_of(step.get("number"))
    trained, seconds = number_of(step.get("members_trained")), number_of(step.get("seconds"))
    stage = text_of(step.get("stage")) or "step"
    cost = [
        wording.count(trained, "member") if trained else "",
        wording.duration(seconds) if seconds is not None else "",
    ]
    return Entry(
        str(place + 1 if number is None else int(number)),
        stage[:1].upper() + stage[1:],
        _finding(step),
        text_of(step.get("action")),
        text_of(step.get("expected")),
        _measured(run, effect),
        effect.kept,
        ", ".join(part for part in cost if part),
        _tried(run, step),
        _trial_told(run, step),
    )


def _trial(step: dict[str, object]) -> dict[str, Any]:
    return mapping_of(mapping_of(step.get("effect")).get("trial"))


def _tried(run: RunFiles, step: dict[str, object]) -> list[TriedEntry]:
    """The actions of a trial, each with its effect."""
    entries = []
    for one in mappings_in(_trial(step).get("candidates")):
        error, gap = number_of(one.get("dev_error")), number_of(one.get("difference"))
        low, high = number_of(one.get("low")), number_of(one.get("high"))
        measured = "" if error is None else f"dev error {wording.error(error, run.metric)}"
        if gap is not None and low is not None and high is not None:
            ends = wording.difference_ends(low, high, run.metric)
            measured += f", {wording.difference(gap, run.metric)} ({ends})"
        fair = number_of(one.get("difference_without_luck"))
        if fair is not None and len(_trial(step)["candidates"]) > 1:
            measured += f"; without the luck of being picked {wording.difference(fair, run.metric)}"
        entries.append(
            TriedEntry(
                _named(one.get("finding")),
                text_of(one.get("action")),
                measured,
                text_of(one.get("why")),
                one.get("kept") is True,
            )
        )
    return entries


def _trial_told(run: RunFiles, step: dict[str, object]) -> str:
    """How the actions of a trial were compared."""
    trial = _trial(step)
    seeds, control = number_of(trial.get("seeds")), number_of(mapping_of(trial.get("control")).get("dev_error"))
    if seeds is None or control is None:
        return ""
    return (
        f"Each from {wording.count(seeds, 'seed')}, as networks without any of them: dev error "
        f"{wording.error(control, run.metric)}. In brackets: 95 % interval over seeds and dev rows, for all at once."
    )


def _finding(step: dict[str, object]) -> str:
    """The finding that called for the step; the first steps have none."""
    return _named(step.get("finding"))


def _named(value: object) -> str:
    finding = text_of(value)
    return "" if finding == "none" else finding


def _measured(run: RunFiles, effect: Effect) -> str:
    if effect.after is None:
        return "dev error was not measured"
    after = wording.error(effect.after, run.metric)
    if effect.before is None or effect.difference is None:
        return f"dev error {after}"
    limits = "no interval"
    if effect.low is not None and effect.high is not None:
        limits = f"95 % interval {wording.difference_ends(effect.low, effect.high, run.metric)}"
    return (
        f"dev error {wording.error(effect.before, run.metric)} → {after}, "
        f"{wording.difference(effect.difference, run.metric)} ({limits})"
    )
