"""Files that are either whole or not there: written beside their place, flushed, then renamed into it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from caviar.core.errors import RunError


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a neighbouring file, then rename it to `path`; a kill leaves the old content or the new."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(draft)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    def write(draft: Path) -> None:
        draft.write_text(text, encoding="utf-8")

    write_atomically(path, write)


def write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Raises RunError when the file is missing or is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{path} is missing: this is no finished run folder, or a file was taken out of it.") from None
    except json.JSONDecodeError as error:
        raise RunError(f"{path} is not readable as JSON ({error}). Take the file from a copy of the run.") from None


def append_json_line(path: Path, value: Any) -> None:
    """Add one line to a `.jsonl` file and flush it; a last line that a kill cut short is taken away first."""
    with path.open("a+b") as lines:
        lines.seek(0)
        whole = lines.read()
        lines.truncate(whole.rfind(b"\n") + 1)
        lines.write(json.dumps(value, ensure_ascii=False, allow_nan=False).encode() + b"\n")
        lines.flush()
        os.fsync(lines.fileno())


def read_json_lines(path: Path) -> list[Any]:
    """All whole lines; a last line that a kill cut short is left out."""
    if not path.exists():
        return []
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entries.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return entries
