"""Ctrl-C in the middle of long work: say how to go on, then leave with the exit code for it."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from caviar.cli.progress import Quiet


class Stopped(Exception):  # noqa: N818 - a person's wish, no error
    """The user stopped the work; the message says how to go on with it."""


@contextmanager
def resumable(progress: Quiet, folder: Path | str | None = None) -> Iterator[None]:
    """Turn Ctrl-C into `Stopped`. The run's folder is the one that `progress` was told of, else `folder`.

    Raises:
        Stopped: at Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        known = progress.folder or folder
        if known:
            told = f"go on with: caviar resume {shlex.quote(str(known))}"
        else:
            told = "go on with: caviar resume RUN, where RUN is the newest folder in runs/"
        raise Stopped(f"Stopped. What was learnt is kept; {told}") from None
