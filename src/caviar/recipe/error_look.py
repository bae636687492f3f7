"""Look at the mistakes of a finished run, and read back what a person made of them. Notes C3."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caviar.core.files import write_json
from caviar.diagnosis.corrections import Corrections, corrections, save_corrections
from caviar.diagnosis.error_analysis import ErrorAnalysis, analyse
from caviar.diagnosis.judged_rows import read_judged_rows
from caviar.diagnosis.mistake_sheet import MOST_MISTAKES, read_sheet, write_sheet
from caviar.diagnosis.tags import TagTable, tag_table
from caviar.recipe.folder import note_test_look

ERROR_TAGS = "error_tags.json"


@dataclass(frozen=True)
class ErrorLook:
    """The analysis, and what a sheet said: None each where there was none. `sheet_rows`: mistakes written to one."""

    run: str
    analysis: ErrorAnalysis
    tags: TagTable | None = None
    corrections: Corrections | None = None
    sheet_rows: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            **self.analysis.to_json(),
            "tags": None if self.tags is None else self.tags.to_json(),
            "corrections": None if self.corrections is None else self.corrections.to_json(),
            "sheet_rows": self.sheet_rows,
        }


def look_at_errors(
    folder: Path,
    part: str = "dev",
    *,
    tags: Path | None = None,
    new_sheet: Path | None = None,
    most: int = MOST_MISTAKES,
) -> ErrorLook:
    """Analyse the mistakes on a part; a look at test rows is counted in the run.

    Args:
        tags: a sheet that a person filled in. Its tags and corrected labels are saved in the run's folder.
        new_sheet: where to write a sheet of mistakes to be filled in. most: how many it holds at most.

    Raises:
        RunError: no finished run. SettingsError: no such part, or a sheet that cannot be written there.
        DataError: a sheet that does not fit the run.
    """
    rows = read_judged_rows(folder, part)
    sheet = None if tags is None else read_sheet(tags, rows)
    written = None if new_sheet is None else write_sheet(new_sheet, rows, most)
    table = None if sheet is None else tag_table(rows, sheet)
    corrected = None if sheet is None else corrections(rows, sheet)
    if sheet is not None and corrected is not None:
        save_corrections(folder, rows, sheet)
    if table is not None:
        write_json(folder / ERROR_TAGS, {"part": part, **table.to_json()})
    if part == "test":
        note_test_look(folder, "errors", len(rows), rows.error.estimate)
    return ErrorLook(str(folder), analyse(rows), table, corrected, written)
