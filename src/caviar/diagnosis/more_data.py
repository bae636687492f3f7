"""More data helps, or is futile: what twice and ten times the train rows would bring. Notes 1.2, 1.3."""

from typing import Any

from caviar.core.records import Action, Finding
from caviar.diagnosis.disease import NOTHING_MATERIAL, Disease
from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.intervals import Interval, Metric
from caviar.diagnosis.judgement import confidence, judge, severity
from caviar.diagnosis.rows_law import FARTHEST, ErrorsByRows, RowsLaw, rows_law
from caviar.diagnosis.wording import figure, points, spread

HELPS, FUTILE = Disease("more-data-helps", section="1.3"), Disease("more-data-is-futile", section="1.3")
TWICE = 2

OTHER_DATA = Action(
    "Look for other columns, cleaner labels or another kind of model, rather than more rows of this kind",
    "you",
    "What rows cannot bring, better information can",
    {"other_data": True},
)


def more_data(
    curve: ErrorsByRows | None, metric: Metric, material: float | None, dev: ErrorRate | None = None, missing: str = ""
) -> list[Finding]:
    """Both findings, from errors measured on ever more of the train rows and the law through them (rows_law.py).

    More rows help where ten times as many are worth a material part of the error, the interval above zero; how much
    twice as many bring says how severe it is. They are futile where the interval rules a material part out, and there
    is as much left to win.

    Args:
        curve: None where it was not measured, and then `missing` says why.
    """
    if curve is None:
        why = f"The error against the number of train rows is missing: {missing or 'it was not measured'}."
        return [each.cannot_tell(why) for each in (HELPS, FUTILE)]
    if material is None:
        return [each.cannot_tell(NOTHING_MATERIAL) for each in (HELPS, FUTILE)]
    law = rows_law(curve)
    twice, far, now = law.gain(TWICE), law.gain(FARTHEST), law.at(law.num_rows)
    figures = _figures(curve, law, twice, far, material)
    course = f"Trained anew on {curve.sizes[0]:,} to {law.num_rows:,} rows, one network's dev error went from "
    course += f"{figure(float(curve.errors[0].mean()), metric)} to {figure(float(curve.errors[-1].mean()), metric)}"
    brings = f"twice as many would lower it by {_size(twice, metric)}, ten times as many by {_size(far, metric)}"
    enough = points(material, metric)
    verdict = judge(far, material)
    if verdict == "absent" and far.high >= material:
        verdict = "cannot-tell"  # only what rules a material gain out says that rows are futile
    sure = confidence(far, material, verdict)
    if verdict == "cannot-tell":
        wide = f"{course}; {brings}: too uncertain to tell whether that is as much as {enough}."
        return [each.cannot_tell(wide, **figures) for each in (HELPS, FUTILE)]
    if verdict == "present":
        helps = HELPS.present(
            f"{course}, and still falls: {brings}.",
            severity(twice, material),
            sure,
            _collect(law, now, metric),
            **figures,
        )
        return [helps, FUTILE.absent(f"{course}, and more rows help.", sure, **figures)]
    seen = f"{course}, and has levelled off: {brings}, where {enough} would be material"
    nothing_left = dev is not None and dev.estimate < material
    futile = (
        FUTILE.absent("The dev error left is itself less than material.", sure, **figures)
        if nothing_left
        else FUTILE.present(f"{seen}.", "low", sure, OTHER_DATA, **figures)
    )
    return [HELPS.absent(f"{seen}.", sure, **figures), futile]


def _collect(law: RowsLaw, now: Interval, metric: Metric) -> Action:
    then, far = law.at(TWICE * law.num_rows), law.at(FARTHEST * law.num_rows)
    return Action(
        f"Get more train rows: about {law.num_rows:,} more bring the dev error from {figure(now.estimate, metric)} to "
        f"{figure(then.estimate, metric)}",
        "you",
        f"With twice the rows {_range(then, metric)}, with ten times {_range(far, metric)}",
        {"more_data": True},
    )


def _figures(curve: ErrorsByRows, law: RowsLaw, twice: Interval, far: Interval, material: float) -> dict[str, Any]:
    return {
        "measured_rows": curve.sizes.tolist(),
        "repeats": curve.errors.shape[1],
        "twice_difference": twice.estimate,
        "twice_difference_interval": [twice.low, twice.high],
        "ten_times_difference": far.estimate,
        "ten_times_difference_interval": [far.low, far.high],
        "material": material,
    }


def _size(gain: Interval, metric: Metric) -> str:
    return f"{points(gain.estimate, metric)}{spread(gain, metric)}"


def _range(error: Interval, metric: Metric) -> str:
    return f"{figure(error.low, metric)} to {figure(error.high, metric)}"
