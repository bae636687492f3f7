"""A babysat network that is done, with what results.py asks of a finished run."""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from caviar.core.config import TrainConfig
from caviar.diagnosis.references import FittedReference
from caviar.recipe.budget import Budget
from caviar.recipe.ensemble import Ensemble, Pool
from caviar.recipe.journal import Journal
from caviar.recipe.nudge_log import NudgeLog, changes_told
from caviar.recipe.nudges import NUDGEABLE
from caviar.recipe.preparation import Prepared
from caviar.training import Member


@dataclass
class Babysat:
    """The run's one member, and what was said to it."""

    folder: Path
    config: TrainConfig
    prepared: Prepared
    budget: Budget
    journal: Journal
    log: NudgeLog
    references: dict[str, FittedReference]
    pool: Pool
    ensemble: Ensemble
    members: list[Member]
    stopped_because: str
    mode: str = "train"
    record_seconds: float = 0.0
    space: tuple[str, ...] = field(default=tuple(name for name in NUDGEABLE if name != "epochs"))

    @property
    def trainer(self) -> "Babysat":
        return self

    def annotated(self, history: pl.DataFrame) -> pl.DataFrame:
        """The path's epochs with the nudges that act from each on; then, as further members, what rewinds undid.

        Columns: those of any run, and `nudged`, such as "learning_rate 0.01 → 0.005".
        """
        nudges: dict[int, list[str]] = {}
        for event in self.log.nudges():
            nudges.setdefault(event.epoch + 1, []).append(changes_told(event.changes))
        words = {epoch: ", ".join(told) for epoch, told in nudges.items()}
        column = pl.Series("nudged", [words.get(epoch) for epoch in history["epoch"]], dtype=pl.String)
        frames = [history.with_columns(column)]
        for number, rewind in enumerate(self.log.rewinds, start=1):
            frames.append(
                pl.DataFrame(
                    [
                        (number, f"undone by rewind {number}", epoch, *point, None)
                        for epoch, point in enumerate(rewind.undone, start=rewind.to_epoch + 1)
                    ],
                    schema=frames[0].schema,
                    orient="row",
                )
            )
        return pl.concat(frames)
