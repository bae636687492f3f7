"""A diagnosis on the terminal: the figures, what was found, what was ruled out, what stays open, what to do next."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from caviar.cli.figures import counted, shown_error, shown_interval
from caviar.cli.output import Line

if TYPE_CHECKING:
    from caviar.diagnosis.intervals import Interval, Metric

_NAMES = {
    "train_error": "Train", "train_dev_error": "Train-dev", "dev_error": "Dev", "test_error": "Test",
    "human_error": "A person", "trivial_error": "Trivial",
    "bias": "Bias", "variance": "Variance", "mismatch": "Mismatch", "test_gap": "Gap to test",
}  # fmt: skip
_WHO = {"caviar": "Caviar can", "you": "you can"}
_OF_CURVES = ("not-converged", "early-stopped-too-soon", "dropout-without-overfitting")


def of_run(summary: dict[str, Any]) -> list[Line]:
    """The saved diagnosis of a run."""
    return [Line(summary["run"], tone="strong"), *_findings(summary, summary["findings"], sure=True)]


def of_figures(summary: dict[str, Any]) -> list[Line]:
    """The diagnosis of bare figures, after the figures and the parts that they make."""
    from caviar.diagnosis.wording import points, spread

    metric = summary["metric"]
    figures = [
        (name, "", shown_error(one["error"], metric), _within(one, metric) + _of_rows(one))
        for name, one in summary["figures"].items()
    ]
    parts = [
        (name, f" = {one['formula']}", points(one["size"], metric), spread(_interval(one), metric))
        for name, one in summary["parts"].items()
    ]
    lines = [*_table(figures), Line(), *_table(parts)]
    counted_rows = any(one["rows"] for one in summary["figures"].values())
    if not counted_rows:
        told = "No --rows came with the figures: they count as exact, and how sure this is cannot be said."
        lines += [Line(), Line(told, tone="warning")]
    unseen = [one for one in summary["findings"] if one["id"] in _OF_CURVES and one["verdict"] == "cannot-tell"]
    lines += _findings(summary, [one for one in summary["findings"] if one not in unseen], sure=counted_rows)
    if unseen:
        names = ", ".join(one["id"] for one in unseen)
        lines += [Line(), Line(f"{names}: they show in the curves and settings of a run alone.", "Not looked for: ")]
    return lines


def _table(rows: list[tuple[str, str, str, str]]) -> list[Line]:
    """Name, formula, figure and what stands behind it, in columns."""
    names = [_NAMES[name] + formula for name, formula, _, _ in rows]
    wide, figure_wide = max(map(len, names)), max(len(row[2]) for row in rows)
    return [Line(f"{name:<{wide}}   {row[2]:>{figure_wide}}{row[3]}") for name, row in zip(names, rows, strict=True)]


def _within(one: dict[str, Any], metric: str) -> str:
    return "" if one["interval"] is None else f"   (95 % interval {shown_interval(one['interval'], metric)})"


def _interval(part: dict[str, Any]) -> "Interval":
    from caviar.diagnosis.intervals import Interval

    low, high = part["interval"] or (part["size"], part["size"])
    return Interval(part["size"], low, high)


def _of_rows(one: dict[str, Any]) -> str:
    return "" if one["rows"] is None else f" on {counted(one['rows'], 'row')}"


def _findings(summary: dict[str, Any], findings: list[dict[str, Any]], *, sure: bool) -> Iterator[Line]:
    by_verdict: dict[str, list[dict[str, Any]]] = {"present": [], "absent": [], "cannot-tell": []}
    for finding in findings:
        by_verdict[finding["verdict"]].append(finding)
    yield Line()
    yield Line(summary["verdict"], "Verdict: ", "good")
    yield Line(summary["next_action"], "Next:    ")
    for verdict, heading in (
        ("present", "What holds it back"),
        ("cannot-tell", "What cannot be told"),
        ("absent", "What was looked for and is not there"),
    ):
        if by_verdict[verdict]:
            yield Line()
            yield Line(heading, tone="strong")
        for finding in by_verdict[verdict]:
            yield from _finding(finding, summary["metric"], sure)


def _finding(finding: dict[str, Any], metric: "Metric", sure: bool) -> Iterator[Line]:
    """Its name, how grave and how sure, what was seen, on which figures, and what to do about it."""
    from caviar.diagnosis.evidence_words import evidence_words

    standing = ""
    if finding["verdict"] == "present":
        confidence = f", {min(99, round(100 * finding['confidence']))} % sure" if sure else ""
        standing = f" ({finding['severity']}{confidence})"
    yield Line(finding["meaning"], f"  {finding['id']}{standing}: ")
    if figures := evidence_words(finding["evidence"], metric):
        yield Line("; ".join(figures), "      figures: ")
    for action in finding["actions"]:
        yield Line(f"{action['text']}. {action['expected']}.", f"      {_WHO[action['by']]}: ")
