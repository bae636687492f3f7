"""The verdict: what came out against the reference lines, what holds it back, what to do next. Notes 1.2, 1.3."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from markupsafe import Markup

from caviar.report import wording
from caviar.report.error_lines import ErrorTable, errors_picture, errors_table, reference_errors
from caviar.report.loose_values import mapping_of, mappings_in, text_of, triple_of
from caviar.report.run_files import RunFiles
from caviar.report.run_tables import finite

STOPPED = {
    "budget": "the time budget was used up",
    "target": "the target error was reached",
    "no-gain": "further steps had stopped paying",
    "members": "the members asked for were trained",
    "epochs": "all its epochs were trained",
    "you": "you ended it",
    "diverged": "it diverged",
}


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
    table: ErrorTable


def verdict(run: RunFiles) -> Verdict:
    part, metric = run.judged_part, run.metric
    own, interval = run.number(f"{part}_error"), run.interval(part)
    rows = run.rows(part)
    name = f"{'typical error (RMSE)' if run.is_regression else 'of rows wrong'} on {part}"
    limits = f"95 % interval {wording.between(interval, metric)}" if interval else "no interval recorded"
    standing, style, compared = _standing(run, own, interval)
    present = mappings_in(run.result.get("findings"))
    return Verdict(
        wording.error(own, metric),
        name,
        f"{limits}, {wording.count(rows, 'row') if rows is not None else 'row count not recorded'}"
        + (f", in the units of {run.target}" if run.is_regression else ""),
        standing,
        style,
        [*_in_plain_words(run, own, interval), *compared, _how(run)],
        _cautions(run),
        [
            {
                "title": title_of(finding.get("id")),
                "anchor": f"finding-{text_of(finding.get('id'))}",
                "severity": text_of(finding.get("severity")),
                "meaning": text_of(finding.get("meaning")),
            }
            for finding in present
        ],
        len(mappings_in(run.result.get("unanswered"))),
        text_of(run.result.get("next_action")) or "No next step was recorded.",
        text_of(run.result.get("right_tool")),
        errors_picture(run),
        errors_table(run),
    )


def title_of(identity: object) -> str:
    """A finding's name in words: "high-bias" → "High bias"."""
    words = text_of(identity).replace("-", " ") or "finding without a name"
    return words[:1].upper() + words[1:]


def _standing(run: RunFiles, own: float | None, interval: tuple[float, float] | None) -> tuple[str, str, list[str]]:
    """The badge, its style, and one sentence a reference line."""
    references = reference_errors(run, run.judged_part)
    if own is None or not references:
        return "no reference recorded", "unclear", ["No reference line was recorded to hold this error against."]
    badge, style, sentences = "no boosting to compare with", "unclear", []
    boosting, trivial, human = references.get("boosting"), references.get("trivial"), run.number("human_error")
    low, high = interval or (own, own)
    if boosting is not None:
        badge, style, how = _against_boosting(run, boosting, low, high)
        sentences.append(f"Gradient boosting on the same rows: {wording.error(boosting, run.metric)}{how}")
    if trivial is not None:
        what = f"Always answering {run.trivial_answer} gives "
        what += wording.error(trivial, run.metric)
        if high >= trivial:
            badge, style = "no better than guessing", "bad"
            sentences.append(f"{what}: the network is not measurably better, and has learned little or nothing.")
        else:
            sentences.append(f"{what}. The network avoids {wording.share(1 - own / trivial)} of that.")
    if human is not None:
        sentences.append(f"A person makes {wording.error(human, run.metric)}, as given.")
    return badge, style, sentences


def _against_boosting(run: RunFiles, boosting: float, low: float, high: float) -> tuple[str, str, str]:
    """Badge, style, and the end of the sentence.

    The paired difference on the same rows decides where it was recorded. Otherwise boosting's figure is held against
    the network's interval, which is wider: a figure inside it says nothing.
    """
    paired = triple_of(mapping_of(run.result.get("reference_differences")).get("boosting"))
    if paired is not None:
        gap, least, most = paired
        ends = f"95 % interval {wording.difference_ends(least, most, run.metric)}"
        if most < 0:
            how = f". The network is better by {wording.size(gap, run.metric)} ({ends})."
            return "better than boosting", "good", how
        if least > 0:
            return "boosting is better", "bad", f". It is better by {wording.size(gap, run.metric)} ({ends})."
        return "level with boosting", "unclear", f". No measurable difference ({ends})."
    if high < boosting:
        return "better than boosting", "good", ", above the network's whole interval. The network wins."
    if low > boosting:
        return "boosting is better", "bad", ", below the network's whole interval. Boosting wins."
    return "close to boosting", "unclear", ", within the network's interval."


def _in_plain_words(run: RunFiles, own: float | None, interval: tuple[float, float] | None) -> list[str]:
    if own is None:
        return ["The error of the final model is not in the records."]
    if not run.is_regression:
        limits = f" ({1000 * max(interval[0], 0.0):.0f} to {1000 * interval[1]:.0f})" if interval else ""
        return [f"Of 1,000 new rows like these, expect about {1000 * own:.0f}{limits} to get the wrong {run.target}."]
    misses = _misses(run)
    if misses is None:
        return [f"The root of the mean squared error is {wording.error(own, 'rmse')}, in the units of {run.target}."]
    half, nine = np.quantile(misses, [0.5, 0.9])
    return [
        f"Half of the {run.judged_part} rows are predicted within {wording.error(half, 'rmse')} of the true "
        f"{run.target}, nine in ten within {wording.error(nine, 'rmse')}."
    ]


def _misses(run: RunFiles) -> np.ndarray | None:
    """How far off each row of the judged part is; None without predictions."""
    table = run.predictions
    if table is None or "part" not in table.columns:
        return None
    part = table.filter(pl.col("part") == run.judged_part)
    misses = (finite(part, "prediction") - finite(part, "truth")).abs().drop_nulls().to_numpy()
    return misses if len(misses) else None


def _how(run: RunFiles) -> str:
    size, trained = run.number("ensemble_size"), run.number("members_trained")
    model = "The final model"
    if size:
        model = "One network" if size == 1 else f"An ensemble of {wording.count(size, 'network')}"
    chosen = f" out of {wording.count(trained)} trained" if trained else ""
    if run.is_alone:
        chosen = f" of {run.result.get('structure')}, {wording.count(run.number('epochs'), 'epoch')}"
    seconds = f" in {wording.duration(run.number('seconds'))}" if run.number("seconds") is not None else ""
    stopped = text_of(run.result.get("stopped_because"))
    because = f"; it stopped because {STOPPED.get(stopped, stopped)}" if stopped else ""
    return f"{model}{chosen}{seconds}{because}."


def _cautions(run: RunFiles) -> list[str]:
    cautions = []
    looks = run.number("test_looks")
    if run.judged_part == "dev":
        cautions.append(
            "There is no test error: this is the dev error, on the rows that chose between the networks. "
            "Expect somewhat more on new rows."
        )
    elif looks is not None and looks > 1:
        cautions.append(
            f"Test was looked at {int(looks)} times. Each look that leads to a choice makes its figure less of a "
            "surprise, and less honest."
        )
    return cautions
