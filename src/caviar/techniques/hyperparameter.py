"""What the catalogue says of one hyperparameter. Notes 3.1, 3.2."""

from dataclasses import dataclass
from typing import Any, Literal

Scale = Literal["linear", "log", "log of 1 - value", "choice"]

RANKS = {1: "tune first", 2: "tune second", 3: "tune third", 4: "hardly ever tune"}


@dataclass(frozen=True)
class Hyperparameter:
    """One setting that every member may have its own value of.

    `low` and `high` are what is allowed (both included, except `high` where `open_above`); `tune` is the range a search
    draws from, None where a search leaves the default, and `zero_share` the share of its draws that are exactly 0
    (off). `tuned_as` says of what `tune` is the range, where it is not the value itself. `rank` 1 is tuned first, 4
    hardly ever. `raising` and `lowering` say what it does, "" for a choice. `techniques` are those it is a part of, by
    their names in technique_catalog.py.
    """

    name: str
    default: float | str
    rank: Literal[1, 2, 3, 4]
    section: str
    meaning: str
    formula: str
    techniques: tuple[str, ...]
    raising: str = ""
    lowering: str = ""
    low: float = 0.0
    high: float = float("inf")
    open_above: bool = False
    scale: Scale = "linear"
    tune: tuple[float, float] | None = None
    tuned_as: str = ""
    zero_share: float = 0.0
    choices: tuple[str, ...] = ()

    @property
    def written_default(self) -> str:
        return self.default if isinstance(self.default, str) else written(self.default)

    @property
    def allowed(self) -> str:
        """The choices, or the range in words that say whether its upper end belongs to it."""
        if self.choices:
            return ", ".join(self.choices)
        if self.high == float("inf"):
            return f"at least {written(self.low)}"
        return f"{written(self.low)} to {'below ' if self.open_above else ''}{written(self.high)}"

    @property
    def searched(self) -> str:
        """The range a search draws from, with the share of draws that are 0; "" where it keeps the default."""
        if self.tune is None:
            return ""
        low, high = map(written, self.tune)
        of = f" (of {self.tuned_as})" if self.tuned_as else ""
        off = f", {100 * self.zero_share:.0f} % of draws 0 (off)" if self.zero_share else ""
        return f"{low} to {high}{of}{off}"

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values; null stands for no limit."""
        numbers = {"default": self.default, "low": self.low, "high": self.high}
        finite = {name: None if number == float("inf") else number for name, number in numbers.items()}
        lists = {"tune": None if self.tune is None else list(self.tune), "choices": list(self.choices)}
        lists["techniques"] = list(self.techniques)
        return vars(self) | finite | lists | {"rank_in_words": RANKS[self.rank]}


def written(value: float) -> str:
    """Plain where short, such as 0.001; as a power of ten where tiny, such as 1e-8."""
    return "∞ (off)" if value == float("inf") else f"{value:g}".replace("e-0", "e-")
