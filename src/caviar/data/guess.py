"""What a column may be found to hold, and the shares of its cells that decide."""

from dataclasses import dataclass

from caviar.data.records import Kind

MOSTLY = 0.95  # share of cells that decides a kind; the others count as missing
NEARLY_ALL_DISTINCT = 0.95


@dataclass(frozen=True)
class Guess:
    """The kind of a column, why, and how its cells are written. `remark` is worth telling beyond the reason."""

    kind: Kind
    reason: str
    form: str = ""
    remark: str = ""
    suspicious: bool = False

    @property
    def used(self) -> bool:
        return self.kind in ("number", "category", "boolean", "date")
