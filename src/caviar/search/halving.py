"""Successive halving: train many a little, keep the better ones, train those longer. Notes 3.3.

Jamieson & Talwalkar, 2016 (arXiv:1502.07943); Li et al., 2018 (Hyperband, jmlr.org/papers/v18/16-558.html). A *rung* is
an epoch at which the losers are dropped; from one to the next the members fall and the epochs rise by the factor `eta`.
"""

from collections.abc import Sequence

import numpy as np

from caviar.core.errors import SettingsError


def rungs(
    num_members: int, num_epochs: int, eta: float = 3, min_epochs: int = 1, least: int = 1
) -> list[tuple[int, int]]:
    """When to drop losers, and how many members to keep: [(epoch, keep), …], epochs rising, members falling.

    The last survivors train to `num_epochs`. Epochs are counted back from there (num_epochs / eta, / eta², …), so few
    members are dropped late, on good evidence, and only many members bring early cuts. Where the epochs leave room for
    fewer rungs than the members would need, more survive; no rung cuts by more than `eta`.

    Args:
        num_members: members at the start, at least 1.
        num_epochs: epochs a survivor trains in all, at least 1.
        eta: one in `eta` members survives a rung; at least 1.5, usually 2 or 3.
        min_epochs: no member is dropped before it has trained this long.
        least: never keep fewer than this, such as the size of the ensemble that is wanted.

    Returns:
        An empty list where there is nothing to drop, or no epoch to drop it at.
    """
    for name, value, low in (
        ("num_members", num_members, 1),
        ("num_epochs", num_epochs, 1),
        ("min_epochs", min_epochs, 1),
        ("least", least, 1),
    ):
        if value < low:
            raise SettingsError(f"{name} must be at least {low}, got {value}.")
    if not eta >= 1.5:
        raise SettingsError(f"eta must be at least 1.5 (2 or 3 as a rule), got {eta}.")
    shares = eta ** -np.arange(1.0, 64.0)
    keeps = {max(least, int(keep)) for keep in num_members * shares + 1e-9}
    epochs = {round(epoch) for epoch in (num_epochs * shares).tolist()}
    falling = sorted((keep for keep in keeps if keep < num_members), reverse=True)
    rising = sorted(epoch for epoch in epochs if min_epochs <= epoch < num_epochs)
    return list(zip(rising[-len(falling) :] if falling else [], falling, strict=False))


def member_epochs(num_members: int, num_epochs: int, schedule: Sequence[tuple[int, int]]) -> int:
    """Epochs that all members together train under such a schedule: what it costs."""
    spent, alive, done = 0, num_members, 0
    for epoch, keep in (*schedule, (num_epochs, 0)):
        spent += alive * (epoch - done)
        alive, done = keep, epoch
    return spent


def survivors(scores: np.ndarray, keep: int, protected: np.ndarray | Sequence[int] | None = None) -> np.ndarray:
    """The row numbers that stay, ascending: the `keep` lowest scores.

    Scores that are no finite number (diverged members) never stay, unless no score is finite. Equal scores stay in the
    order of their rows, so the answer is the same every time.

    Args:
        scores: (member,), lower is better.
        keep: how many stay, at least 1; fewer where fewer are finite.
        protected: row numbers that stay whatever their score, if it is finite; they count, and may exceed `keep`.

    Returns:
        (survivor,) int64.
    """
    scores = np.asarray(scores, dtype=np.float64)
    if keep < 1:
        raise SettingsError(f"keep must be at least 1, got {keep}.")
    sound = np.isfinite(scores)
    if not sound.any():
        sound[:] = True
    safe = np.zeros(len(scores), dtype=bool)
    safe[np.asarray([] if protected is None else protected, dtype=np.int64)] = True
    order = np.lexsort((np.where(np.isfinite(scores), scores, 0.0), ~safe, ~sound))
    num_kept = min(max(keep, int((safe & sound).sum())), int(sound.sum()))
    return np.sort(order[:num_kept])
