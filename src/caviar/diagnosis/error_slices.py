"""Mistakes that gather in a slice of the rows: what work on those rows could bring. Notes C3, error analysis."""

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import NOTHING_MATERIAL, Disease
from caviar.diagnosis.error_analysis import ErrorAnalysis
from caviar.diagnosis.slices import Slice
from caviar.diagnosis.wording import figure, points

DISEASE = Disease("error-slices", section="C3")
FEWEST_MISTAKES = 20
LARGE_SHARE = 0.5  # of the whole error


def error_slices(found: ErrorAnalysis, material: float | None) -> Finding:
    """Present where the error would fall by `material` at least if the worst slice erred like the other rows.

    Only slices by columns count, for what is true or how sure the model was is not known beforehand. Where the model
    expected as many mistakes there as it makes (by its probabilities, scaled up where it is too sure of all rows), the
    rows are hard by what stands in them, and the finding is of low severity; of medium where it expected clearly fewer,
    or where it has no probabilities and half of the error hangs on the slice.
    """
    metric = found.metric
    figures = {f"{found.part}_error": found.error, f"{found.part}_interval": list(found.interval)}
    figures |= {f"{found.part}_rows": found.rows, "slices_looked_at": found.looked_at}
    if found.missing:
        return DISEASE.cannot_tell(f"The raw rows are missing: {found.missing}", **figures)
    if material is None:
        return DISEASE.cannot_tell(NOTHING_MATERIAL, **figures)
    figures["material"] = material
    enough = points(material, metric)
    if not found.slices:
        if metric == "error" and found.mistakes < FEWEST_MISTAKES and found.error >= material:
            return DISEASE.cannot_tell(
                f"{found.mistakes} mistakes on {found.rows:,} {found.part} rows are too few to see where they gather.",
                Action("Give the dev set more rows", "you", "Then slices with many mistakes stand out from chance"),
                **figures,
            )
        return DISEASE.absent(found.nowhere, 0.9, **figures)
    top = found.slices[0]
    ceiling = found.error - top.rest_error
    figures |= _evidence(top, ceiling)
    seen = _seen(found, top)
    if ceiling < material:
        return DISEASE.absent(f"{seen}; a gain of {enough} would be material.", 0.9, **figures)
    unexpected = top.expected_error is not None and top.interval[0] > top.expected_error * _overconfidence(found)
    hangs_on_it = top.expected_error is None and ceiling >= LARGE_SHARE * found.error
    severity: Severity = "medium" if unexpected or hangs_on_it else "low"
    return DISEASE.present(
        f"{seen}.{_why(found, top, unexpected)}", severity, 1 - top.chance, *_actions(top, unexpected), **figures
    )


def _overconfidence(found: ErrorAnalysis) -> float:
    """How many times more mistakes the model makes of all rows than it expects; at least 1."""
    return max(1.0, found.error / found.expected_error) if found.expected_error else 1.0


def _evidence(top: Slice, ceiling: float) -> dict[str, object]:
    found: dict[str, object] = {
        "slice": top.text,
        "slice_error": top.error,
        "slice_interval": list(top.interval),
        "slice_rows": top.rows,
        "share_of_mistakes": top.share_of_mistakes,
        "rest_error": top.rest_error,
        "ceiling_difference": ceiling,
    }
    if top.expected_error is not None:
        found["expected_error"] = top.expected_error
    return found


def _seen(found: ErrorAnalysis, top: Slice) -> str:
    metric = found.metric
    what = "of the mistakes" if metric == "error" else "of the squared error"
    return (
        f"Where {top.text}, the error is {figure(top.error, metric)} on {top.rows:,} rows: "
        f"{100 * top.share_of_rows:.0f} % of the {found.part} rows with {100 * top.share_of_mistakes:.0f} % {what}. "
        f"If they erred like the rest, the {found.part} error would be {figure(top.rest_error, metric)} instead of "
        f"{figure(found.error, metric)}"
    )


def _why(found: ErrorAnalysis, top: Slice, unexpected: bool) -> str:
    if top.expected_error is None or found.expected_error is None:
        return ""
    there, everywhere = figure(top.expected_error, "error"), figure(found.expected_error, "error")
    expected = f"The model itself expected {there} there, and {everywhere} of all rows"
    if unexpected:
        return (
            f" {expected}: something is off with these rows, their labels perhaps, or too few of them were trained on."
        )
    return f" {expected}: it knows that these are the hard ones, by what their columns say."


def _actions(top: Slice, unexpected: bool) -> tuple[Action, ...]:
    look = Action(
        f"Look at the rows where {top.text}: `caviar errors RUN --write-sheet sheet.csv` writes mistakes to tag",
        "you",
        "Whether their labels are right, and what a column would have to say to tell them apart",
    )
    more = Action(
        f"Collect more rows where {top.text}", "you", "At best the error falls to that of the rest", {"more_data": True}
    )
    columns = Action(
        "Collect a column that tells these rows apart", "you", "At best the error falls to that of the rest"
    )
    return (look, columns if top.expected_error is not None and not unexpected else more)
