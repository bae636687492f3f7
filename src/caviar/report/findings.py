"""Every disease that was looked for, with its verdict, the evidence behind it and its chart beside it. Notes 1.2."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from caviar.report import wording
from caviar.report.curves import Panel
from caviar.report.loose_values import mapping_of, mappings_in, number_of, pair_of, text_of
from caviar.report.run_files import RunFiles
from caviar.report.verdict import title_of

VERDICTS = {"present": "present", "cannot-tell": "cannot tell", "absent": "absent"}
ERROR_LIKE = (
    "error",
    "bias",
    "variance",
    "mismatch",
    "optimism",
    "material",
    "difference",
)  # how names of errors and their differences end
SHARES = ("fall", "drop_rate", "share", "share_of_mistakes")  # how names of shares end


@dataclass(frozen=True)
class FindingCard:
    """One disease, ready for the page; `style` is its verdict's id, `anchor` its own.

    `chart` is the anchor of the chart that shows it, "" for none, and `picture` a copy of it for a present one.
    """

    title: str
    style: str
    verdict: str
    severity: str
    meaning: str
    confidence: str
    evidence: list[tuple[str, str]]
    actions: list[tuple[str, str, str]]
    section: str
    anchor: str = ""
    chart: str = ""
    picture: str = ""
    caption: str = ""


def findings(run: RunFiles, charts: Mapping[str, Panel] | None = None) -> list[FindingCard]:
    """Present first, then cannot tell, then absent, each in the order written: gravest first, causes before effects.

    From result.json where findings.json is missing.

    Args:
        charts: the page's pictures, by anchor.
    """
    entries = run.findings or [*mappings_in(run.result.get("findings")), *mappings_in(run.result.get("unanswered"))]
    order = list(VERDICTS)
    ranked = sorted(entries, key=lambda entry: order.index(_verdict(entry)))
    return [_card(run, entry, charts or {}) for entry in ranked]


def _verdict(entry: dict[str, Any]) -> str:
    verdict = text_of(entry.get("verdict"))
    return verdict if verdict in VERDICTS else "cannot-tell"


def _card(run: RunFiles, entry: dict[str, Any], charts: Mapping[str, Panel]) -> FindingCard:
    verdict = _verdict(entry)
    sure = number_of(entry.get("confidence"))
    evidence = mapping_of(entry.get("evidence"))
    chart = text_of(evidence.get("chart"))
    chart = chart if chart in charts else ""
    anchor = f"finding-{text_of(entry.get('id'))}"
    shown = chart and verdict == "present"
    actions = [
        (
            text_of(action.get("text")),
            {"caviar": "Caviar can", "you": "you can"}.get(text_of(action.get("by")), ""),
            text_of(action.get("expected")),
        )
        for action in mappings_in(entry.get("actions"))
    ]
    return FindingCard(
        title_of(entry.get("id")),
        verdict,
        VERDICTS[verdict],
        text_of(entry.get("severity")) if verdict == "present" else "",
        text_of(entry.get("meaning")),
        wording.share(sure) if sure is not None and verdict != "cannot-tell" else "",
        [
            (name.replace("_", " "), _figure(run, name, value))
            for name, value in evidence.items()
            if name != "chart" and not isinstance(value, dict)
        ],
        [action for action in actions if action[0]],
        text_of(entry.get("section")),
        anchor,
        chart,
        _copied(charts[chart].picture, chart, anchor) if shown else "",
        charts[chart].caption if shown else "",
    )


def _copied(picture: Markup, name: str, place: str) -> Markup:
    """The same picture with ids of its own, as no two in a page may be alike."""
    text = str(picture)
    for before in ('id="', "url(#"):
        text = text.replace(f"{before}{name}", f"{before}{place}-{name}")
    return Markup(text)


def _figure(run: RunFiles, name: str, value: Any) -> str:
    """Errors and their differences in the run's unit, shares in per cent, everything else as it is."""
    stem = name.removesuffix("_interval")
    if stem.endswith(SHARES):
        if (ends := pair_of(value)) is not None:
            return wording.between(ends, "error")
        number = number_of(value)
        return text_of(value) if number is None else wording.share(number)
    is_error = name.endswith("_interval") or stem.endswith(ERROR_LIKE)
    if (pair := pair_of(value)) is not None:
        return (
            wording.between(pair, run.metric) if is_error else f"{wording.number(pair[0])} to {wording.number(pair[1])}"
        )
    number = number_of(value)
    if number is None:
        return wording.cell(value) if value is None or isinstance(value, bool | str) else text_of(value)
    return wording.error(number, run.metric) if is_error and not isinstance(value, int) else wording.number(number)
