"""A regression row by row: predicted against true, what is left over, and whether the 80 % intervals hold 80 %."""

import numpy as np

from caviar.diagnosis.intervals import wilson
from caviar.report import wording
from caviar.report.curves import Panel
from caviar.report.drawing import Plot
from caviar.report.scales import Scale, scale_of

MOST_DOTS = 2_500
NUM_GROUPS = 5
PROMISED = 0.8


def truth_panel(truth: np.ndarray, predicted: np.ndarray, target: str) -> Panel:
    """Predicted (x) against true (y), (row,) each, on one scale for both."""
    kept = _drawn(len(truth))
    scale = scale_of(np.concatenate([truth, predicted]), kind="linear")
    with np.errstate(all="ignore"):  # constant or enormous values have no correlation
        correlation = float(np.corrcoef(truth, predicted)[0, 1]) if len(truth) > 1 else np.nan
    followed = f" Correlation {correlation:.2f}." if np.isfinite(correlation) else ""
    plot = Plot(
        "predicted-true",
        350,
        330,
        f"True against predicted {target} of {wording.count(len(truth), 'row')}.{followed}",
        scale,
        scale,
        f"predicted {wording.shorten(target, 24)}",
        f"true {wording.shorten(target, 24)}",
        y_most=6,
    )
    plot.dots(plot.x(predicted[kept]), plot.y(truth[kept]), "cloud")
    plot.line(plot.left, plot.bottom, plot.right, plot.top, "diagonal")
    return Panel(
        plot.svg(),
        "Predicted against true",
        f"{_rows_shown(len(truth), kept)}; perfect predictions lie on the dashed line.{followed}",
    )


def residual_panel(truth: np.ndarray, predicted: np.ndarray, target: str) -> Panel:
    """True − predicted (y) against predicted (x); the line joins the median of ten groups of equal size."""
    kept = _drawn(len(truth))
    residuals = truth - predicted
    reach = float(np.quantile(np.abs(residuals), 0.995)) or 1.0
    plot = Plot(
        "residuals",
        350,
        330,
        f"Residuals of {wording.count(len(truth), 'row')} against the predicted "
        f"{target}: mean "
        f"{_figure(float(residuals.mean()))}, 99.5 % within {_figure(reach)}.",
        scale_of(predicted, kind="linear"),
        Scale(-1.08 * reach, 1.08 * reach),
        f"predicted {wording.shorten(target, 24)}",
        "true − predicted",
        y_most=6,
    )
    inside = np.abs(residuals[kept]) <= 1.08 * reach
    plot.dots(plot.x(predicted[kept][inside]), plot.y(residuals[kept][inside]), "cloud")
    plot.line(plot.left, float(plot.y(0.0)), plot.right, float(plot.y(0.0)), "diagonal")
    groups = np.array_split(np.argsort(predicted, kind="stable"), min(10, max(1, len(predicted) // 20)))
    if len(groups) > 1:
        plot.path(
            plot.x([float(np.median(predicted[group])) for group in groups]),
            plot.y([float(np.median(residuals[group])) for group in groups]),
            "middle-line",
        )
    outside = int((np.abs(residuals) > 1.08 * reach).sum())
    beyond = (
        f" {wording.count(outside, 'row')} lie beyond the picture."
        if outside > 1
        else " One row lies beyond the picture." * outside
    )
    return Panel(
        plot.svg(),
        "Residuals",
        f"{_rows_shown(len(truth), kept)}. Above 0 the truth was higher than "
        "predicted; the line joins "
        f"the medians of groups of rows. Mean {_figure(float(residuals.mean()))}.{beyond}",
    )


def coverage_panel(truth: np.ndarray, predicted: np.ndarray, low: np.ndarray, high: np.ndarray, target: str) -> Panel:
    """Share of rows whose truth lies in its 80 % interval, in five groups from small to large predictions."""
    inside = (truth >= low) & (truth <= high)
    held = wilson(float(inside.sum()), len(inside))
    groups = [group for group in np.array_split(np.argsort(predicted, kind="stable"), NUM_GROUPS) if len(group)]
    found = [wilson(float(inside[group].sum()), len(group)) for group in groups]
    least = min(0.5, *[each.low for each in found])
    scale = Scale(np.floor(10 * least) / 10, 1.0, factor=100.0)
    label = (
        f"Coverage of the 80 % intervals: {wording.share(held.estimate)} of {wording.count(len(truth), 'row')}, "
        f"{wording.between((held.low, held.high), 'error')}."
    )
    plot = Plot(
        "coverage",
        350,
        330,
        label,
        Groups([float(predicted[group].max()) for group in groups]),
        scale,
        f"predicted {wording.shorten(target, 24)}, up to",
        "truth within its interval, %",
        y_most=6,
    )
    y = float(plot.y(PROMISED))
    plot.line(plot.left, y, plot.right, y, "diagonal")
    for place, interval in enumerate(found):
        x = float(plot.x(place))
        bottom, top = plot.y([interval.low, interval.high])
        plot.line(x, bottom, x, top, "whisker own")
        plot.add("circle", cx=x, cy=float(plot.y(interval.estimate)), r=5, class_="mark own")
        words = wording.share(interval.estimate)
        plot.text(x, max(float(top) - 7, plot.top + 8), words, "halo strong", "middle")
    width = float(np.median(high - low))
    return Panel(
        plot.svg(),
        "80 % intervals",
        f"{wording.share(held.estimate)} of {wording.count(len(truth), 'row')} lie within their interval "
        f"({wording.between((held.low, held.high), 'error')}); 80 % were promised (dashed). Groups of equal "
        "size by "
        f"prediction. Median width {_figure(width)}.",
    )


class Groups:
    """Groups side by side along an axis, each labelled with where it ends."""

    def __init__(self, ends: list[float]):
        self.ends = ends

    def place(self, values: np.ndarray) -> np.ndarray:
        return (np.asarray(values, dtype=np.float64) + 0.5) / len(self.ends)

    def marks(self, most: int) -> list[tuple[float, str]]:
        return [
            ((place + 0.5) / len(self.ends), wording.number(float(f"{end:.2g}"))) for place, end in enumerate(self.ends)
        ]


def _figure(value: float) -> str:
    """A quantity in the target's units."""
    return wording.error(value, "rmse")


def _drawn(rows: int) -> np.ndarray:
    """Which rows are drawn: all, or a random 2,500 of them."""
    return np.arange(rows) if rows <= MOST_DOTS else np.sort(np.random.default_rng(0).permutation(rows)[:MOST_DOTS])


def _rows_shown(rows: int, kept: np.ndarray) -> str:
    return (
        wording.count(rows, "row")
        if len(kept) == rows
        else f"{len(kept):,} of {wording.count(rows, 'row')}, drawn at random"
    )
