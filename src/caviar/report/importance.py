"""What mattered: how much of the differences between members each hyperparameter explains. Notes 3.1."""

from markupsafe import Markup

from caviar.report import wording
from caviar.report.drawing import LETTER, Drawing, at_two_widths
from caviar.report.loose_values import mapping_of, number_of
from caviar.report.run_files import RunFiles

MOST_BARS = 20


def importance(run: RunFiles) -> Markup | None:
    """Horizontal bars, the longest first; None where no importance was recorded."""
    found = {name: number_of(value) for name, value in mapping_of(run.result.get("importance")).items()}
    known = {name: value for name, value in found.items() if value is not None}
    ranked = sorted(known.items(), key=lambda pair: -pair[1])[:MOST_BARS]
    if not ranked:
        return None
    label = (
        "Importance: "
        + ", ".join(f"{wording.setting_name(name)} {wording.share(value)}" for name, value in ranked)
        + "."
    )
    names = [wording.shorten(wording.setting_name(name), 24) for name, _ in ranked]
    longest = max(max(value for _, value in ranked), 1e-9)

    def draw(name: str, width: float) -> Drawing:
        left, right = 8 + LETTER * max(map(len, names)), width - 44
        drawing = Drawing(name, width, 26 * len(ranked) + 4, label)
        for row, (words, (_, value)) in enumerate(zip(names, ranked, strict=True)):
            y = 26 * row + 4
            length = max(value, 0.0) / longest * (right - left)
            drawing.text(0, y + 14, words)
            drawing.add("rect", x=left, y=y + 1, width=max(length, 1.0), height=18, rx=2, class_="bar")
            drawing.text(left + length + 6, y + 14, wording.share(value), "strong")
        return drawing

    return at_two_widths(draw, "importance", narrow=340, wide=640)
