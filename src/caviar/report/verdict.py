"""The verdict: what came out against the reference lines, what holds it back, what to do next. Notes 1.2, 1.3."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from markupsafe import Markup

from caviar.report import wording
from caviar.report.drawing import LETTER, Drawing, at_two_widths
from caviar.report.run_files import PARTS, RunFiles, floats_of, mapping_of, mappings_in, number_of, text_of
from caviar.report.scales import Scale

SEVERITIES = ("high", "medium", "low")
STOPPED = {"budget": "the time budget was used up", "target": "the target error was reached",
           "no-gain": "further steps had stopped paying", "members": "the members asked for were trained"}


@dataclass(frozen=True)
class ErrorLine:
    """One error on the verdict's picture and in its table; `interval` is None where only the figure is known."""

    who: str
    part: str
    style: str
    error: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Verdict:
    """The verdict in words, ready for the page."""

    figure: str
    figure_name: str
    limits: str
    standing: str
    standing_style: str
    got: list[str]
    caution: list[str]
    held_back: list[dict[str, str]]
    unanswered: int
    next_action: str
    right_tool: str
    picture: Markup
    parts: list[dict[str, str]]
    table: list[tuple[str, list[str]]]


def verdict(run: RunFiles) -> Verdict:
    part, metric = run.judged_part, run.metric
    own, interval = run.number(f"{part}_error"), run.interval(part)
    rows = run.rows(part)
    name = f"{'typical error (RMSE)' if run.is_regression else 'of rows wrong'} on {part}"
    limits = f"95 % interval {wording.between(interval, metric)}" if interval else "no interval recorded"
    standing, style, compared = _standing(run, own, interval)
    present = sorted(mappings_in(run.result.get("findings")), key=severity_rank)
    columns = [{"part": each, "rows": wording.count(run.rows(each), "row") if run.rows(each) is not None else ""} for each in PARTS]
    return Verdict(
        wording.error(own, metric), name, f"{limits}, {wording.count(rows, 'row') if rows is not None else 'row count not recorded'}",
        standing, style, [*_in_plain_words(run, own, interval), *compared, _how(run)], _cautions(run),
        [{"title": title_of(finding.get("id")), "severity": text_of(finding.get("severity")),
          "meaning": text_of(finding.get("meaning"))} for finding in present],
        len(mappings_in(run.result.get("unanswered"))),
        text_of(run.result.get("next_action")) or "No next step was recorded.", text_of(run.result.get("right_tool")),
        _picture(run), columns, _table(run))


def title_of(identity: object) -> str:
    """"high-bias" → "High bias"."""
    words = text_of(identity).replace("-", " ") or "finding without a name"
    return words[:1].upper() + words[1:]


def reference_name(run: RunFiles, name: str) -> str:
    named = {"boosting": "Gradient boosting", "trivial": "Always the mean" if run.is_regression else "Always the commonest class"}
    return named.get(name, title_of(name))


def reference_part(run: RunFiles) -> str:
    """The part that `reference_errors` was measured on."""
    return text_of(run.result.get("reference_part")) or run.judged_part


def reference_errors(run: RunFiles, part: str) -> dict[str, float]:
    """The reference lines' errors on one part, by name, as far as they were recorded."""
    field = "reference_errors" if part == reference_part(run) else f"reference_{part}_errors"
    found = {name: number_of(value) for name, value in mapping_of(run.result.get(field)).items()}
    return {name: value for name, value in found.items() if value is not None}


def severity_rank(finding: dict[str, object]) -> int:
    severity = finding.get("severity")
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _standing(run: RunFiles, own: float | None, interval: tuple[float, float] | None) -> tuple[str, str, list[str]]:
    """The badge, its style, and one sentence a reference line. Without an interval two figures are compared as they are."""
    references = reference_errors(run, run.judged_part)
    if own is None or not references:
        return "no reference recorded", "unclear", ["No reference line was recorded to hold this error against."]
    low, high = interval or (own, own)
    metric, sentences, badge = run.metric, [], ("", "unclear")
    boosting, trivial = references.get("boosting"), references.get("trivial")
    if boosting is not None:
        theirs = wording.error(boosting, metric)
        if high < boosting:
            badge = "better than boosting", "good"
            sentences.append(f"Gradient boosting on the same rows: {theirs}, above the network's whole interval. The network wins.")
        elif low > boosting:
            badge = "boosting is better", "bad"
            sentences.append(f"Gradient boosting on the same rows: {theirs}, below the network's whole interval. Boosting wins.")
        else:
            badge = "level with boosting", "unclear"
            sentences.append(f"Gradient boosting on the same rows: {theirs}, within the network's interval: too close to call.")
    if trivial is not None:
        what = "the mean" if run.is_regression else "the commonest class"
        theirs = wording.error(trivial, metric)
        if own >= trivial:
            badge = "no better than guessing", "bad"
            sentences.append(f"Always answering {what} gives {theirs}: the network has learned nothing that helps.")
        else:
            saved = f" The network avoids {wording.share(1 - own / trivial)} of that." if trivial > 0 else ""
            sentences.append(f"Always answering {what} gives {theirs}.{saved}")
    human = run.number("human_error")
    if human is not None:
        sentences.append(f"A person makes {wording.error(human, metric)}, as given.")
    return badge[0] or "no boosting to compare with", badge[1], sentences


def _in_plain_words(run: RunFiles, own: float | None, interval: tuple[float, float] | None) -> list[str]:
    if own is None:
        return ["The error of the final model is not in the records."]
    if not run.is_regression:
        per = 1000 if own < 0.1 else 100
        limits = f" ({per * interval[0]:.0f} to {per * interval[1]:.0f})" if interval else ""
        return [f"Of {per:,} new rows like these, expect about {per * own:.0f}{limits} to get the wrong {run.target}."]
    misses = _misses(run)
    if misses is None:
        return [f"The root of the mean squared error is {wording.error(own, 'rmse')}, in the units of {run.target}."]
    half, nine = np.quantile(misses, [0.5, 0.9])
    return [f"Half of the {run.judged_part} rows are predicted within {wording.error(half, 'rmse')} of the true {run.target}, "
            f"nine in ten within {wording.error(nine, 'rmse')}."]


def _misses(run: RunFiles) -> np.ndarray | None:
    """How far off each row of the judged part is; None without predictions."""
    table = run.predictions
    if table is None or "part" not in table.columns:
        return None
    part = table.filter(pl.col("part").cast(pl.String) == run.judged_part)
    misses = (floats_of(part, "prediction") - floats_of(part, "truth")).abs().drop_nulls().to_numpy()
    return misses if len(misses) else None


def _how(run: RunFiles) -> str:
    size, trained = run.number("ensemble_size"), run.number("members_trained")
    model = "One network" if size == 1 else f"An ensemble of {wording.count(size, 'network')}" if size else "The final model"
    chosen = f" out of {wording.count(trained)} trained" if trained else ""
    seconds = f" in {wording.duration(run.number('seconds'))}" if run.number("seconds") is not None else ""
    stopped = text_of(run.result.get("stopped_because"))
    because = f"; it stopped because {STOPPED.get(stopped, stopped)}" if stopped else ""
    return f"{model}{chosen}{seconds}{because}."


def _cautions(run: RunFiles) -> list[str]:
    cautions = []
    looks = run.number("test_looks")
    if run.judged_part == "dev":
        cautions.append("There is no test error: this is the dev error, on the rows that chose between the networks. "
                        "Expect somewhat more on new rows.")
    elif looks is not None and looks > 1:
        cautions.append(f"Test was looked at {int(looks)} times. Each look that leads to a choice makes its figure less of a surprise, "
                        "and less honest.")
    return cautions


def _lines(run: RunFiles) -> list[ErrorLine]:
    """Every error known, the network's first; part by part from the judged one."""
    parts = [run.judged_part, *[part for part in ("test", "dev", "train") if part != run.judged_part]]
    lines = [ErrorLine("Network", part, "own" if part == run.judged_part else "own-other", value, run.interval(part))
             for part in parts if (value := run.number(f"{part}_error")) is not None]
    for name in ("boosting", "trivial"):
        value = reference_errors(run, run.judged_part).get(name)
        if value is not None:
            lines.append(ErrorLine({"boosting": "Boosting", "trivial": "Trivial"}[name], run.judged_part, name, value, None))
    if (human := run.number("human_error")) is not None:
        lines.append(ErrorLine("Human", "as given", "human", human, None))
    return lines


def _picture(run: RunFiles) -> Markup:
    """Every error on one axis from 0, the network's with their intervals; what lies far out is an arrow."""
    lines, metric = _lines(run), run.metric
    if not lines:
        return Markup("")
    values = [line.error if line.interval is None else max(line.interval[1], line.error) for line in lines]
    near = max((value for line, value in zip(lines, values, strict=True) if line.style != "trivial"), default=values[0])
    end = max(values) if max(values) <= 3 * near else near
    axis = Scale(0.0, 1.06 * end or 1.0, factor=1.0 if run.is_regression else 100.0)
    label = "Errors: " + "; ".join(f"{line.who} on {line.part} {wording.error(line.error, metric)}"
                                   + (f", {wording.between(line.interval, metric)}" if line.interval else "") for line in lines)

    def draw(name: str, width: float) -> Drawing:
        named = [f"{line.who}, {line.part}" for line in lines]
        shown = [wording.error(line.error, metric) for line in lines]
        left = 18 + LETTER * max(map(len, named))
        right = width - 8 - 1.1 * LETTER * max(map(len, shown))
        drawing = Drawing(name, width, 26 * len(lines) + 34, label)
        foot = 26 * len(lines) + 6
        for place, text in axis.marks(5 if width < 500 else 8):
            x = left + place * (right - left)
            drawing.line(x, 4, x, foot, "grid")
            drawing.text(x, foot + 14, text, "tick", "middle")
        drawing.text(right, foot + 27, "RMSE" if run.is_regression else "error, %", "title", "end")
        for row, line in enumerate(lines):
            y = 17 + 26 * row
            low, high = line.interval or (line.error, line.error)
            xs = left + np.minimum(axis.place(np.array([low, line.error, high])), 1.0) * (right - left)
            drawing.text(0, y + 4, named[row], "strong" if line.style == "own" else "")
            if line.error > axis.high:
                drawing.path(np.array([right - 9, right, right - 9]), np.array([y - 5, y, y + 5]), f"arrow {line.style}")
                drawing.line(left, y, right - 2, y, f"far {line.style}")
            else:
                drawing.line(xs[0], y, xs[2], y, f"whisker {line.style}")
                _mark(drawing, float(xs[1]), y, line.style)
            drawing.text(width, y + 4, shown[row], "strong" if line.style == "own" else "", "end")
        return drawing

    return at_two_widths(draw, "verdict", narrow=330, wide=560)


def _mark(drawing: Drawing, x: float, y: float, style: str) -> None:
    """Each kind of line has a shape of its own, so that colour is never the only sign."""
    if style in ("own", "own-other"):
        drawing.add("circle", cx=x, cy=y, r=6 if style == "own" else 4.5, class_=f"mark {style}")
    elif style == "boosting":
        drawing.add("path", d=f"M{x:.1f} {y - 6}l6 6-6 6-6-6z", class_=f"mark {style}")
    elif style == "human":
        drawing.add("path", d=f"M{x:.1f} {y - 6}l6 11h-12z", class_=f"mark {style}")
    else:
        drawing.add("rect", x=x - 5, y=y - 5, width=10, height=10, class_=f"mark {style}")


def _table(run: RunFiles) -> list[tuple[str, list[str]]]:
    """Rows of (who, error on train, dev and test)."""
    def cells(errors: dict[str, float | None], limits: bool) -> list[str]:
        return ["–" if errors.get(part) is None else wording.error(errors[part], run.metric)
                + (f" ({wording.between(run.interval(part), run.metric)})" if limits and run.interval(part) else "") for part in PARTS]

    table = [("The network", cells({part: run.number(f"{part}_error") for part in PARTS}, True))]
    by_part = {part: reference_errors(run, part) for part in PARTS}
    for name in dict.fromkeys(name for part in PARTS for name in by_part[part]):
        table.append((reference_name(run, name), cells({part: by_part[part].get(name) for part in PARTS}, False)))
    return table
