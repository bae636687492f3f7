"""How a model does by the metric and the requirements that were asked for, on the terminal. C3."""

from collections.abc import Iterator, Sequence
from typing import Any

from caviar.cli.output import Line
from caviar.core.measure_words import shown_ends, shown_requirement, shown_value
from caviar.core.measures import Unit, parse_measure
from caviar.core.requirements import parse_requirement


def judged(judging: dict[str, Any]) -> Iterator[Line]:
    """The entry `judging` of a run's result: a table of metric and requirements, then what to know of it."""
    parts = [part for part in ("dev", "test") if part in judging]
    yield Line("What was required" if _is_default(judging) else f"Judged by {judging['metric']}", tone="strong")
    yield from table(rows(judging, parts), parts)
    yield from (Line(text, "  - ", tone) for text, tone in _notes(judging))


def rows(judging: dict[str, Any], parts: Sequence[str]) -> list[list[str]]:
    """Cells: what; its value on each part; its interval on the last; whether it is satisfied."""
    found = []
    if not _is_default(judging):
        unit = parse_measure(judging["metric"]).kind.unit
        found.append([judging["metric"], *_values(judging, unit, parts), ""])
        for name, theirs in judging.get("references", {}).items():
            if judging["metric"] in theirs[parts[0]]:
                values = [shown_value(theirs[part][judging["metric"]], unit) for part in parts]
                found.append([f"  {name}", *values, "", ""])
    for one in judging["requirements"]:
        requirement = parse_requirement(one["requirement"])
        holds = [part for part in parts if one[part]["satisfied"]]
        told = (
            "satisfied"
            if holds == list(parts)
            else "NOT satisfied"
            if not holds
            else f"NOT satisfied on {_other(holds)}"
        )
        values = _values(one, requirement.measure.kind.unit, parts)
        found.append([shown_requirement(requirement), *values, told])
    return found


def table(found: list[list[str]], parts: Sequence[str]) -> Iterator[Line]:
    """The cells of `rows` in columns, named where there is more than one part."""
    lines = [["", *parts, "", ""], *found] if len(parts) > 1 else found
    if not lines:
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        name, *figures = [f"{cell:>{width}}" for cell, width in zip(line[:-2], widths, strict=False)]
        words = [f"{cell:<{width}}" for cell, width in zip(line[-2:], widths[-2:], strict=True) if width]
        told = "   ".join([f"{line[0]:<{len(name)}}", *figures, *words])
        yield Line(f"  {told}".rstrip(), tone="warning" if "NOT" in line[-1] else "")


def _is_default(judging: dict[str, Any]) -> bool:
    """Whether the metric is the one that the verdict shows anyway."""
    return judging["metric"] in ("error", "rmse")


def _other(holds: list[str]) -> str:
    return "test" if holds == ["dev"] else "dev"


def _values(record: dict[str, Any], unit: Unit, parts: Sequence[str]) -> list[str]:
    """The value on each part, and the interval on the last."""
    ends = record[parts[-1]]["interval"]
    told = "" if ends is None or ends[0] == ends[1] else f"(95 % interval {shown_ends(ends[0], ends[1], unit)})"
    return [*(shown_value(record[part]["value"], unit) for part in parts), told]


def _notes(judging: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What to know of the figures, each with its tone."""
    if judging["told"]:
        yield judging["told"], ""
    if not judging["satisfied"]:
        told = f"None of {judging['candidates']:,} candidates satisfies what was required: this one comes closest."
        yield told, "warning"
    elif judging["satisfied_on_test"] is False:
        told = "Satisfied on dev, where it was chosen, but not on test: ask for more than you need, or bring more rows."
        yield told, "warning"
    if (threshold := judging["threshold"]) is not None:
        shown = [shown_value(value, "share") for value in (threshold["probability"], judging["dev_error_without"])]
        told = f"The model takes a row for {threshold['class']!r} from a probability of {shown[0]} on, wherever it "
        told += f"predicts. Without these goals its dev error would be {shown[1]}. "
        yield told + "The reference lines are held to the same goals, each with a threshold of its own.", ""
    if judging["whole_prediction_ms"] is not None:
        whole = shown_value(judging["whole_prediction_ms"], "ms")
        told = "latency_ms is the model's own time for one encoded row. From a row in memory to its prediction, "
        yield told + f"reading and encoding included, it takes {whole} here.", ""
    if not _is_default(judging):
        yield f"The diagnosis below is told in the errors above, not in {judging['metric']}.", ""
