"""Dev error against train rows: what was measured, and the law beyond it with its band. Notes 1.3."""

import numpy as np
from markupsafe import Markup

from caviar.report import wording
from caviar.report.curves import Panel
from caviar.report.drawing import Plot, short
from caviar.report.loose_values import mapping_of, number_of
from caviar.report.run_files import RunFiles
from caviar.report.scales import Scale

WIDTH, HEIGHT = 440, 270


def more_rows(run: RunFiles) -> Panel | None:
    """The curve, or None where it was not measured."""
    record = run.more_data
    sizes, errors = _numbers(record.get("sizes")), record.get("errors")
    band = {name: _numbers(mapping_of(record.get("band")).get(name)) for name in ("rows", "error", "low", "high")}
    measured = [_numbers(each) for each in errors] if isinstance(errors, list) else []
    if not len(sizes) or len(measured) != len(sizes) or len({len(each) for each in band.values()}) != 1:
        return None
    if not len(band["rows"]) or min(band["rows"].min(), sizes.min()) <= 0:
        return None
    every = np.concatenate([*measured, band["low"], band["high"]])
    low, high = max(0.0, float(every.min()) * 0.9), float(every.max()) * 1.05
    axis = Scale(low, high, factor=1.0 if run.is_regression else 100.0)
    y_title = f"RMSE, units of {wording.shorten(run.target, 20)}" if run.is_regression else "dev error, %"
    last = float(sizes[-1])
    label = f"Dev error against train rows, measured up to {last:,.0f} and extrapolated tenfold."
    x_axis = Scale(float(band["rows"].min()), float(band["rows"].max()), "log")
    plot = Plot("more-data", WIDTH, HEIGHT, label, x_axis, axis, "train rows (log scale)", y_title)
    _fill(plot, band)
    plot.path(plot.x(band["rows"]), plot.y(band["error"]), "falling")
    for size, repeats in zip(sizes, measured, strict=True):
        plot.dots(np.full(len(repeats), float(plot.x(size))), plot.y(repeats), "cloud")
        plot.add("circle", cx=float(plot.x(size)), cy=float(plot.y(repeats.mean())), r=4, class_="kept-step")
    x = float(plot.x(last))
    plot.line(x, plot.top, x, plot.bottom, "aside")
    plot.text(x - 4, plot.top + 10, "all rows now", "halo faint-text", "end")
    structure = record.get("structure")
    caption = f"One network{f' ({structure})' if isinstance(structure, str) else ''}, trained anew on parts of the "
    caption += "train rows: small dots are repeats, large ones their means. Line: the law a + b·n^(−c) through them; "
    caption += "shaded: the 95 % interval of what other numbers of rows would change."
    return Panel(plot.svg(), "More rows: dev error against train rows", caption)


def _fill(plot: Plot, band: dict[str, np.ndarray]) -> None:
    xs = plot.x(np.concatenate([band["rows"], band["rows"][::-1]]))
    ys = plot.y(np.concatenate([band["low"], band["high"][::-1]]))
    corners = Markup("L").join(f"{short(x)} {short(y)}" for x, y in zip(xs, ys, strict=True))
    plot.add("path", class_="band", d=f"M{corners}Z")


def _numbers(value: object) -> np.ndarray:
    """The numbers of a list; empty where one is none."""
    numbers = [number_of(each) for each in value] if isinstance(value, list) else []
    return np.array([each for each in numbers if each is not None] if None not in numbers else [])
