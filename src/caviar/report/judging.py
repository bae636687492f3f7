"""How the model does by the metric and the requirements that the run was given. One number to judge by: C3."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from caviar.core.errors import CaviarError
from caviar.core.measure_words import shown_ends, shown_requirement, shown_value
from caviar.core.measures import Measure, parse_measure
from caviar.core.requirements import Requirement, parse_requirement
from caviar.report.loose_values import mapping_of, mappings_in, number_of, pair_of, text_of
from caviar.report.run_files import RunFiles
from caviar.report.wording import SPACE


@dataclass(frozen=True)
class Judging:
    """Rows of cells: what and how it came out, on dev, on test, the interval on the last. style: "good" or "bad"."""

    columns: list[str]
    rows: list[list[str]]
    badge: str
    style: str
    notes: list[str]


def judging(run: RunFiles) -> Judging | None:
    """None where the run was given neither a metric nor requirements, or the record cannot be read."""
    record = mapping_of(run.result.get("judging"))
    parts: list[str] = [part for part in ("dev", "test") if part in record]
    try:
        metric = parse_measure(text_of(record.get("metric")))
        required = [
            (parse_requirement(text_of(one.get("requirement"))), one) for one in mappings_in(record["requirements"])
        ]
    except (CaviarError, KeyError):
        return None
    rows = [[str(metric), *_values(record, metric, parts)]]
    for name, theirs in mapping_of(record.get("references")).items():
        values = [number_of(mapping_of(mapping_of(theirs).get(part)).get(str(metric))) for part in parts]
        if any(value is not None for value in values):
            rows.append([name.capitalize(), *(_set(shown_value(value, metric.kind.unit)) for value in values), ""])
    for requirement, one in required:
        holds = [part for part in parts if mapping_of(one.get(part)).get("satisfied") is True]
        told = "satisfied" if holds == parts else f"satisfied on {holds[0]} only" if holds else "not satisfied"
        name = f"{_set(shown_requirement(requirement))}: {told}"
        rows.append([name, *_values(one, requirement.measure, parts)])
    met = record.get("satisfied") is True
    badge = ("satisfies what was required" if met else "does not satisfy what was required") if required else ""
    columns = ["", *parts, f"95 % interval on {parts[-1]}" if parts else ""]
    return Judging(columns, rows, badge, "good" if met else "bad", _notes(record, metric, required))


def _values(record: dict[str, Any], measure: Measure, parts: Sequence[str]) -> list[str]:
    """The value on each part, and the interval on the last."""
    unit = measure.kind.unit
    values = [shown_value(number_of(mapping_of(record.get(part)).get("value")), unit) for part in parts]
    ends = pair_of(mapping_of(record.get(parts[-1])).get("interval")) if parts else None
    return [*map(_set, values), _set(shown_ends(*ends, unit)) if ends and ends[0] < ends[1] else "–"]


def _notes(record: dict[str, Any], metric: Measure, required: list[tuple[Requirement, dict[str, Any]]]) -> list[str]:
    notes = [text_of(record.get("told"))] if record.get("told") else []
    candidates = number_of(record.get("candidates"))
    if candidates is not None:
        satisfying = number_of(record.get("candidates_satisfying")) if required else None
        among = "" if satisfying is None else f", of which {int(satisfying):,} satisfy on dev what was required"
        notes.append(
            f"Chosen on dev among {int(candidates):,} candidates{among}; of those as good by {metric} within its "
            "standard error, the one with the lowest dev loss."
        )
    threshold = mapping_of(record.get("threshold"))
    share, without = number_of(threshold.get("probability")), number_of(record.get("dev_error_without"))
    if share is not None:
        label, shown = text_of(threshold.get("class")), _set(shown_value(share, "share"))
        plain = (
            "" if without is None else f" Without these goals the dev error would be {shown_value(without, 'share')}."
        )
        notes.append(
            f"A row is taken for {label} from a probability of {shown} on. The reference lines are held to the same "
            f"goals, each with a threshold of its own.{plain}"
        )
    whole = number_of(record.get("whole_prediction_ms"))
    if whole is not None:
        notes.append(
            "latency_ms is the model's own time for one encoded row. From a row in memory to its prediction, reading "
            f"and encoding included, it took {_set(shown_value(whole, 'ms'))}."
        )
    return [*notes, "Everything else on this page is told in errors."]


def _set(text: str) -> str:
    """No unit on a line of its own."""
    return text.replace(" ", SPACE)
