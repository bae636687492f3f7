"""The one list of hyperparameters: range, scale, default, rank (what to tune first), section of the notes, effect.

Settings are checked against it, default search spaces and documentation are made from it. Notes 3.1, 3.2.
"""

from dataclasses import dataclass
from typing import Literal

from caviar.techniques.initialisers import INITIALISERS
from caviar.techniques.optimisers import OPTIMISERS
from caviar.techniques.schedules import SCHEDULES

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


HYPERPARAMETERS: dict[str, Hyperparameter] = {
    one.name: one
    for one in (
        Hyperparameter(
            "learning_rate",
            1e-3,
            1,
            "3.1, 3.2",
            "α, the size of a step",
            "faster, then unstable; lowering: slower, then stuck",
            0.0,
            scale="log",
            tune=(1e-3, 3e-2),
        ),
        Hyperparameter(
            "optimizer",
            "adam",
            2,
            "2.6 to 2.8",
            "which moments the update uses",
            "",
            scale="choice",
            choices=tuple(OPTIMISERS),
        ),
        Hyperparameter(
            "beta1",
            0.9,
            2,
            "2.3, 2.6, 3.2",
            "momentum β: gradients are averaged over about 1 / (1 − β) steps",
            "smoother, slower to turn",
            0.0,
            1.0,
            open_above=True,
            scale="log of 1 - value",
            tune=(0.8, 0.98),
        ),
        Hyperparameter(
            "beta2",
            0.999,
            4,
            "2.7, 2.8",
            "average of squared gradients over about 1 / (1 − β2) steps",
            "steadier step sizes, slower to adapt",
            0.0,
            1.0,
            open_above=True,
            scale="log of 1 - value",
        ),
        Hyperparameter(
            "epsilon", 1e-8, 4, "2.8", "keeps the division by √s safe", "nearer to plain momentum", 0.0, scale="log"
        ),
        Hyperparameter(
            "schedule", "cosine", 3, "2.9", "how the learning rate falls", "", scale="choice", choices=tuple(SCHEDULES)
        ),
        Hyperparameter(
            "decay",
            0.0,
            3,
            "2.9",
            "the schedule's constant; for cosine and linear the last factor",
            "depends on the schedule",
            0.0,
        ),
        Hyperparameter("warmup_epochs", 0.0, 4, "2.9", "epochs in which the rate rises from 0", "gentler start", 0.0),
        Hyperparameter(
            "l2",
            0.0,
            2,
            "1.4, 1.5",
            "λ of λ/2m ‖W‖²: pulls weights towards 0 through the gradient",
            "less variance, more bias",
            0.0,
            scale="log",
            tune=(1e-6, 1e-3),
            zero_share=0.6,
        ),
        Hyperparameter(
            "l1",
            0.0,
            3,
            "1.4",
            "λ of λ/m ‖W‖₁: makes weights exactly small, so sparse",
            "fewer weights in use",
            0.0,
            scale="log",
        ),
        Hyperparameter(
            "weight_decay",
            0.0,
            2,
            "1.4",
            "decoupled decay: W shrinks by α · decay a step",
            "less variance, more bias",
            0.0,
            scale="log",
            tune=(1e-3, 2.0),
            zero_share=0.25,
        ),
        Hyperparameter(
            "drop_rate",
            0.0,
            2,
            "1.6, 1.7",
            "share of hidden units silenced in a step",
            "less variance, more bias",
            0.0,
            1.0,
            open_above=True,
            tune=(0.02, 0.5),
            zero_share=0.15,
        ),
        Hyperparameter(
            "input_drop_rate",
            0.0,
            3,
            "1.6, 1.7",
            "share of inputs silenced in a step",
            "leans on no single input",
            0.0,
            1.0,
            open_above=True,
            tune=(0.01, 0.25),
            zero_share=0.3,
        ),
        Hyperparameter(
            "label_smoothing",
            0.0,
            3,
            "3.9",
            "share of each label spread over all classes",
            "less certain outputs",
            0.0,
            1.0,
            open_above=True,
            tune=(0.01, 0.15),
            zero_share=0.5,
        ),
        Hyperparameter(
            "clip_norm", float("inf"), 3, "1.10", "longest gradient allowed", "less clipping", 0.0, scale="log"
        ),
        Hyperparameter(
            "init_scheme", "he", 3, "1.11", "variance of the first weights", "", scale="choice", choices=INITIALISERS
        ),
        Hyperparameter(
            "init_gain",
            1.0,
            3,
            "1.11",
            "factor on the initialiser's standard deviation",
            "larger first activations",
            0.0,
            scale="log",
            tune=(0.5, 1.5),
        ),
    )
}
