"""The recipe's diary: each step's finding, action and measured effect, and dev error's picture. Notes 1.3."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from caviar.report import wording
from caviar.report.drawing import LETTER, Plot, at_two_widths
from caviar.report.loose_values import mapping_of, number_of, text_of
from caviar.report.run_files import RunFiles
from caviar.report.scales import scale_of


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
    return Diary(entries, _picture(run, [entry.number for entry in entries], effects))


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
    )


def _finding(step: dict[str, object]) -> str:
    """The finding that called for the step; the first steps have none."""
    finding = text_of(step.get("finding"))
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


def _picture(run: RunFiles, numbers: list[str], effects: list[Effect]) -> Markup:
    """Kept steps are joined; one that was undone hangs beside the line, hollow. Whiskers: the change's interval."""
    levels, current = [], None
    for effect in effects:
        if effect.after is not None and effect.kept is not False:
            current = effect.after
        levels.append(np.nan if current is None else current)
    ends = [
        end for effect in effects for end in (effect.before, effect.after, *(_limits(effect) or ())) if end is not None
    ]
    measured = [place for place, effect in enumerate(effects) if effect.after is not None]
    if not measured:
        return Markup("")
    scale = scale_of([max(end, 0.0) for end in ends], factor=1.0 if run.is_regression else 100.0, kind="linear")
    label = (
        "Dev error after each step: "
        + "; ".join(
            f"step {numbers[place]} {wording.error(effects[place].after, run.metric)}"
            + (" (undone)" if effects[place].kept is False else "")
            for place in measured
        )
        + "."
    )
    title = f"dev RMSE, units of {wording.shorten(run.target, 20)}" if run.is_regression else "dev error, %"

    def draw(name: str, width: float) -> Plot:
        plot = Plot(name, width, 240 if width < 500 else 260, label, StepAxis(numbers), scale, "step", title)
        xs = np.asarray(plot.x(np.arange(len(effects))))
        plot.path(xs, plot.y(levels), "falling")
        afters = np.array([np.nan if effect.after is None else effect.after for effect in effects])
        for place in measured:
            effect, x, y = effects[place], float(xs[place]), float(plot.y(afters[place]))
            style = "undone" if effect.kept is False else "kept-step"
            if effect.kept is False and place and np.isfinite(levels[place - 1]):
                plot.path(np.array([xs[place - 1], x]), plot.y([levels[place - 1], afters[place]]), "aside")
            if (limits := _limits(effect)) is not None:
                low, high = plot.y(np.clip(limits, scale.low, scale.high))
                plot.line(x, low, x, high, f"whisker {style}")
            plot.add("circle", cx=x, cy=y, r=5, class_=style)
        _write_figures(plot, run, effects, xs, afters)
        return plot

    return at_two_widths(draw, "steps", wide=880)


def _write_figures(plot: Plot, run: RunFiles, effects: list[Effect], xs: np.ndarray, afters: np.ndarray) -> None:
    """The dev errors beside their steps: last and first kept one, lowest, then what finds room between these."""
    kept = [place for place, effect in enumerate(effects) if effect.after is not None and effect.kept is not False]
    first = [kept[-1], kept[0], min(kept, key=lambda place: afters[place])] if kept else []
    taken: list[tuple[float, float]] = []
    for place in dict.fromkeys([*first, *kept, *np.flatnonzero(np.isfinite(afters)).tolist()]):
        words = wording.error(float(afters[place]), run.metric)
        start = min(float(xs[place]) + 7, plot.width - LETTER * len(words))
        end = start + LETTER * len(words)
        if all(end + 4 < before or start > after + 4 for before, after in taken):
            taken.append((start, end))
            beside = start > xs[place]
            plot.text(start, float(plot.y(afters[place])) - (7 if beside else 12), words, "halo strong")


@dataclass(frozen=True)
class StepAxis:
    """Steps side by side, with half a step of room at either end."""

    numbers: list[str]

    def place(self, values: np.ndarray) -> np.ndarray:
        return (np.asarray(values, dtype=np.float64) + 0.5) / len(self.numbers)

    def marks(self, most: int) -> list[tuple[float, str]]:
        every = -(-len(self.numbers) // max(most, 1))
        return [
            ((place + 0.5) / len(self.numbers), number)
            for place, number in enumerate(self.numbers)
            if place % every == 0
        ]


def _limits(effect: Effect) -> tuple[float, float] | None:
    """The interval of the change, laid from where the step began."""
    if effect.before is None or effect.low is None or effect.high is None:
        return None
    return effect.before + effect.low, effect.before + effect.high
