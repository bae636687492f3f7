"""What the population is asked to reach, and the words for whether it does."""

WIDTHS = (32, 64, 128, 256)
FRAMEWORK = (25.0, 15.0, 8.0, 2.5)
SINGLE = (1.5, 1.5, 1.0, 1.0)
# (figure, kind) → the least value at each of WIDTHS; None where nothing is asked
FLOORS: dict[tuple[str, str], tuple[float | None, ...]] = {
    ("ratio_torch", "plain"): (7.0, 4.0, 2.2, 1.1),
    ("ratio_torch", "full"): (6.0, 5.0, 2.5, 1.4),
    ("ratio_sklearn", "plain"): (6.0, 4.0, 2.5, 1.5),
    ("ratio_keras", "plain"): FRAMEWORK,
    ("ratio_lightning", "plain"): FRAMEWORK,
    ("ratio_skorch", "plain"): FRAMEWORK,
    ("peak_share", "full"): (None, 0.25, 0.35, 0.55),
    ("single_ratio_torch", "plain"): SINGLE,
    ("single_ratio_torch", "full"): SINGLE,
}


def floor(figure: str, kind: str, width: int) -> float | None:
    """The least value asked; None where nothing is."""
    asked = FLOORS.get((figure, kind))
    return asked[WIDTHS.index(width)] if asked and width in WIDTHS else None


def met(figure: str, kind: str, width: int, value: float | None) -> bool | None:
    """Whether the floor is reached; None where nothing is asked or nothing was measured."""
    asked = floor(figure, kind, width)
    return None if asked is None or value is None else value >= asked


def written(figure: str, value: float) -> str:
    """A share in per cent, a ratio with its sign."""
    return f"{100 * value:.1f} %" if figure == "peak_share" else f"{value:.2f}×"


def verdict(figure: str, kind: str, width: int, value: float | None) -> str:
    """Such as "asked ≥ 4.0×: 2.71×, short"; the bare value where nothing is asked."""
    asked = floor(figure, kind, width)
    measured = "not measured" if value is None else written(figure, value)
    if asked is None:
        return measured
    least = f"{100 * asked:.0f} %" if figure == "peak_share" else f"{asked:.1f}×"
    judged = "" if value is None else ", met" if met(figure, kind, width, value) else ", short"
    return f"asked ≥ {least}: {measured}{judged}"
