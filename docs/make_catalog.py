"""`make docs`: write docs/catalog.md from src/caviar/techniques/catalog.py, the one list of hyperparameters."""

from pathlib import Path

from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.techniques.hyperparameter import Hyperparameter

TARGET = Path(__file__).parent / "catalog.md"
RANKS = {1: "tune first", 2: "tune next", 3: "tune later", 4: "hardly ever"}
OPENING = """\
# Hyperparameters

Made by `make docs` from `src/caviar/techniques/catalog.py`; change it there. Every network of a population may have its
own value of each. *Searched* is the range that a search draws from, on its scale; beside it stands the share of draws
that are exactly 0 (off). A search leaves the others at their default. For `l2` the searched range is that of λ/m, where
m is the number of train rows. Sections are those of the course notes.
"""
HEADER = ("name", "default", "allowed", "searched", "scale", "rank", "notes", "what it is", "raising it")


def catalog_page() -> str:
    """The whole page, Markdown: the settings to tune first stand first."""
    ranked = sorted(HYPERPARAMETERS.values(), key=lambda one: one.rank)
    rows = [HEADER, ("---",) * len(HEADER), *map(cells, ranked)]
    return OPENING + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def cells(one: Hyperparameter) -> tuple[str, ...]:
    """One hyperparameter's row of the table."""
    scale = "–" if one.scale == "choice" else one.scale
    words = (one.section, one.meaning, one.raising or "–")
    return (
        f"`{one.name}`",
        default(one),
        allowed(one),
        searched(one),
        scale,
        RANKS[one.rank],
        *(word.replace("|", "\\|") for word in words),
    )


def default(one: Hyperparameter) -> str:
    return f"`{one.default}`" if isinstance(one.default, str) else number(one.default)


def allowed(one: Hyperparameter) -> str:
    """The choices, or the range in words that say whether its upper end belongs to it."""
    if one.choices:
        return ", ".join(f"`{choice}`" for choice in one.choices)
    if one.high == float("inf"):
        return f"at least {number(one.low)}"
    return f"{number(one.low)} to {'below ' if one.open_above else ''}{number(one.high)}"


def searched(one: Hyperparameter) -> str:
    if one.tune is None:
        return "–"
    low, high = map(number, one.tune)
    off = f", {100 * one.zero_share:.0f} % off" if one.zero_share else ""
    return f"{low} to {high}{off}"


def number(value: float) -> str:
    """Plain where short, such as 0.001; as a power of ten where tiny, such as 1e-8."""
    if value == float("inf"):
        return "∞ (off)"
    return f"{value:g}".replace("e-0", "e-")


if __name__ == "__main__":
    TARGET.write_text(catalog_page(), encoding="utf-8")
