"""Ctrl-C as a wish to end soon, not as an exception in the middle of a step."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """For a while, the first Ctrl-C is only noted, and told by the function that this yields; the second one stops."""
    pressed, before = threading.Event(), signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()  # the only one that may set handlers
    if not main or before in (None, signal.SIG_IGN):  # None: a handler that Python did not set, and could not restore
        yield pressed.is_set
        return

    def note(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)
