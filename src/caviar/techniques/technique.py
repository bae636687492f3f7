"""What the catalogue says of one technique."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Technique:
    """One technique of the notes, and where it stands.

    `formula` is to be read in a terminal, "; " between its lines. `module` is the file below techniques/, without its
    ending; `names` are what to import from it. `section` is that of the notes, "–" where they do not have it.
    """

    name: str
    section: str
    paper: str
    formula: str
    module: str
    names: tuple[str, ...]
    does: str
    when: str

    @property
    def file(self) -> str:
        """Below the package's folder."""
        return f"techniques/{self.module}.py"

    @property
    def use(self) -> str:
        """The line that brings it into anyone's own code."""
        return f"from caviar.techniques.{self.module} import {', '.join(self.names)}"

    def to_json(self) -> dict[str, Any]:
        return vars(self) | {"names": list(self.names), "file": self.file, "use": self.use}
