"""What the catalogue says of one hyperparameter. Notes 3.1, 3.2."""

from dataclasses import dataclass
from typing import Literal

Scale = Literal["linear", "log", "log of 1 - value", "choice"]


@dataclass(frozen=True)
class Hyperparameter:
    """One setting that every member may have its own value of.

    `low` and `high` are what is allowed (both included, except `high` where `open_above`); `tune` is the range a search
    draws from, None where a search leaves the default, and `zero_share` the share of its draws that are exactly 0
    (off). For l2, `tune` is λ/m. `rank` 1 is tuned first, 4 hardly ever.
    """

    name: str
    default: float | str
    rank: Literal[1, 2, 3, 4]
    section: str
    meaning: str
    raising: str
    low: float = 0.0
    high: float = float("inf")
    open_above: bool = False
    scale: Scale = "linear"
    tune: tuple[float, float] | None = None
    zero_share: float = 0.0
    choices: tuple[str, ...] = ()
