"""Wishes to a training run from another process: small files in its folder, read at the end of each epoch.

A request file is whole or not there, and is taken away once what came of it stands in the run's log (nudge_log.py). A
lock, which the system takes back from a process however it ends, tells whether anyone is there to read.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from caviar.core.errors import RunError
from caviar.core.files import read_json, write_json

FOLDER, LOCK = "requests", "requests/lock"


def send(folder: Path, kind: str, **content: Any) -> str:
    """Leave a request in the run's folder; returns its name. Later ones have names that sort behind."""
    inbox = folder / FOLDER
    inbox.mkdir(exist_ok=True)
    name = f"{time.time_ns():020d}-{os.getpid()}"
    write_json(inbox / f"{name}.json", {"kind": kind, **content})
    return name


def pending(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Requests that wait, (name, content), the oldest first."""
    return [(path.stem, read_json(path)) for path in sorted((folder / FOLDER).glob("[0-9]*.json"))]


def withdraw(folder: Path, name: str) -> None:
    """Take a request away, answered or not."""
    (folder / FOLDER / f"{name}.json").unlink(missing_ok=True)


@contextmanager
def training_here(folder: Path) -> Iterator[None]:
    """Hold the run for as long as this lasts.

    Raises:
        RunError: another process trains this run.
    """
    (folder / FOLDER).mkdir(exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if not _locked(lock.fileno()):
            raise RunError(f"{folder} is in training already, in another process. Wait for it, or stop it first.")
        yield


def is_training(folder: Path) -> bool:
    """Whether a process trains this run now."""
    path = folder / LOCK
    if not path.exists():
        return False
    with path.open("r+") as lock:
        return not _locked(lock.fileno())


def _locked(descriptor: int) -> bool:
    """Take the lock, which goes again when the file is closed; False where another holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
