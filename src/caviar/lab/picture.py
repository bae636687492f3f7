"""One picture an experiment: drawn without a window, written as SVG, the same bytes for the same figures."""

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from caviar.core.files import write_atomically


def blank_picture(title: str, x: str, y: str) -> tuple[Figure, Axes]:
    """A figure with one frame, its title and its axes' names."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.grid(alpha=0.3)
    return figure, axes


def write_picture(figure: Figure, path: Path) -> None:
    """Write `figure` as SVG, whole or not at all."""
    # ids that do not change, text that stays text
    with matplotlib.rc_context({"svg.hashsalt": "caviar", "svg.fonttype": "none"}):
        write_atomically(path, lambda draft: figure.savefig(draft, format="svg", metadata={"Date": None}))
