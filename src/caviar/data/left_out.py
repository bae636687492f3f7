"""A column that gives the network no input, and why."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl


@dataclass(frozen=True)
class LeftOut:
    """No inputs. Its column need not be there in a later table. `kind` is the kind the column was read as."""

    name: ClassVar[str] = "left out"
    summary: ClassVar[str] = "left out"
    input_names: ClassVar[tuple[str, ...]] = ()
    column: str
    why: str
    kind: str

    def write(self, cells: pl.Series, inputs: np.ndarray) -> None:
        """Nothing to fill."""

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind}

    @classmethod
    def from_json(cls, column: str, why: str, value: dict[str, Any]) -> "LeftOut":
        return cls(column, why, value["kind"])
