"""What a run may spend: a time, or a number of members. Time spent before a kill counts."""

import time

CLOSING_SHARE, CLOSING_LEAST, CLOSING_MOST = 0.06, 2.0, 10.0
MORE_DATA_SHARE = 0.06  # for the error against train rows (rows_curve.py)


class Budget:
    """Counts seconds and members from the start of the run.

    A time budget keeps a reserve for the end (test rows, report), so that the whole command ends about in time. A
    member budget knows no clock: the same command then makes the same decisions everywhere.
    """

    def __init__(self, seconds: float | None, members: int | None, spent_seconds: float = 0.0):
        assert (seconds is None) != (members is None), "a budget is a time or a number of members"
        self.seconds, self.members = seconds, members
        self.members_trained = 0
        self._started = time.monotonic() - spent_seconds

    @property
    def elapsed(self) -> float:
        """Seconds since the start, those before a kill included."""
        return time.monotonic() - self._started

    def resume_at(self, spent_seconds: float) -> None:
        """Go on from a recorded moment: what was spent until then is spent, the gap between kill and resume is not."""
        self._started = min(self._started, time.monotonic() - spent_seconds)

    @property
    def reserve(self) -> float:
        """Seconds kept for the end of the run."""
        if self.seconds is None:
            return 0.0
        closing = min(max(CLOSING_LEAST, CLOSING_SHARE * self.seconds), CLOSING_MOST)
        return closing + MORE_DATA_SHARE * self.seconds

    @property
    def training_left(self) -> float:
        """Seconds left to train in; infinite for a member budget."""
        return float("inf") if self.seconds is None else self.seconds - self.reserve - self.elapsed

    @property
    def members_left(self) -> float:
        """Members left to train; infinite for a time budget."""
        return float("inf") if self.members is None else self.members - self.members_trained

    def out_of_time(self) -> bool:
        return self.training_left <= 0

    @property
    def used_up(self) -> str | None:
        """Why nothing more can be trained, "budget" or "members"; None while there is room."""
        if self.out_of_time():
            return "budget"
        return "members" if self.members_left <= 0 else None
