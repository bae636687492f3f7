"""Early stopping, for each member by itself (Prechelt, 1998, doi 10.1007/3-540-49430-8_3). Notes 1.8.

    stop when epoch − argmin(dev score) ≥ patience

It costs no tuning, but ties fitting J to not overfitting: one knob with two effects (orthogonalisation).
"""

import torch
from torch import Tensor


class EarlyStopping:
    """Remembers each member's best dev score and how long ago it was; the caller keeps the best weights.

    >>> stopping = EarlyStopping(1, patience=torch.tensor([2.0]))
    >>> for epoch, dev_error in enumerate([0.5, 0.3, 0.4, 0.35], start=1):
    ...     better, stop = stopping.update(epoch, torch.tensor([dev_error]))
    ...     print(epoch, "keep these weights" if better else "stop" if stop else "wait")
    1 keep these weights
    2 keep these weights
    3 wait
    4 stop

    Attributes:
        best_score, best_epoch: (member,); the score starts at infinity, the epoch at 0.
    """

    def __init__(self, num_members: int, patience: Tensor):
        """`patience`: (member,) epochs without a better score after which a member stops; infinity never stops."""
        self.patience = patience
        self.best_score = torch.full((num_members,), float("inf"), dtype=torch.float64)
        self.best_epoch = torch.zeros(num_members, dtype=torch.int64)

    def update(self, epoch: int, score: Tensor) -> tuple[Tensor, Tensor]:
        """Take in the scores after `epoch` (counted from 1), (member,); NaN is never better.

        Returns:
            better: (member,) bool, whose weights are to be kept now; stop: (member,) bool, who has run out of patience.
        """
        better = score < self.best_score
        self.best_score = torch.where(better, score, self.best_score)
        self.best_epoch = torch.where(better, epoch, self.best_epoch)
        return better, epoch - self.best_epoch >= self.patience

    def keep(self, members: Tensor) -> None:
        """Go on with these members only (row numbers)."""
        self.patience = self.patience[members]
        self.best_score = self.best_score[members]
        self.best_epoch = self.best_epoch[members]
