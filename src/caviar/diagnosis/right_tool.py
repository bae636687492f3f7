"""An honest word on whether a network is the right tool for these rows. Notes 1.2."""

from typing import Literal

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.intervals import Metric, paired_difference
from caviar.diagnosis.wording import figure, points, spread

CHOSEN_HERE = " The network was chosen on these rows and boosting was not: the test rows have the last word."
CUT_SHORT = " Boosting was cut short for lack of time, and may do better."


def right_tool(
    network: ErrorRate,
    boosting: ErrorRate,
    trivial_error: float,
    metric: Metric,
    part: Literal["dev", "test"] = "dev",
    *,
    boosting_cut_short: bool = False,
) -> str:
    """The network against boosting and the trivial predictor on the same rows, in one or two sentences.

    Args:
        network, boosting: both with `per_row` errors, of the same rows in the same order: the comparison is paired.
        trivial_error: error of the majority class or the mean on these rows.
        part: which rows. The network was chosen on dev and boosting was not, so there its lead is qualified.
        boosting_cut_short: whether a time limit kept boosting from its full number of trees, which qualifies its loss.
    """
    assert network.per_row is not None and boosting.per_row is not None, "a paired comparison needs errors row by row"
    gap = paired_difference(network.per_row, boosting.per_row, metric)
    lead = gap if gap.estimate > 0 else gap.negated
    size = f"{points(lead.estimate, metric)}{spread(lead, metric)} on the same {len(network.per_row):,} {part} rows"
    ours, theirs = figure(network.estimate, metric), figure(boosting.estimate, metric)
    if gap.low > 0:
        verdict = (
            f"Boosting ({theirs}) is better than the network ({ours}) by {size}: use it, or average the two, "
            "unless you need a network for something else."
        )
    elif gap.high < 0:
        verdict = f"The network ({ours}) is better than boosting ({theirs}) by {size}."
        verdict += (CHOSEN_HERE if part == "dev" else "") + (CUT_SHORT if boosting_cut_short else "")
    else:
        verdict = (
            f"No measurable difference between the network ({ours}) and boosting ({theirs}): {size}. Boosting "
            "trains faster; take the network for what else it can do."
        )
    if network.interval.high < trivial_error:
        return verdict
    trivially = f"the trivial predictor ({figure(trivial_error, metric)})"
    if network.estimate < trivial_error:
        rows = len(network.per_row)
        return f"{rows:,} {part} rows are too few to tell whether the network ({ours}) beats {trivially}. {verdict}"
    return f"The network ({ours}) is no better than {trivially}: it has learned little or nothing. {verdict}"
