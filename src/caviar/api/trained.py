"""What `train` gives back: the members' records, any member as an ordinary module, predictions, tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import torch
from torch import Tensor, nn

from caviar.api.member_settings import differing
from caviar.api.rows import Rows
from caviar.api.tables import aligned
from caviar.core.errors import SettingsError
from caviar.core.records import Notice
from caviar.population.settings import Settings
from caviar.training import Member, Plan, TrainingData

ROWS_AT_ONCE = 8_192
SHOWN = 10
POINT = ("train_loss", "dev_loss", "dev_error", "learning_rate")


class TrainedPopulation:
    """K trained members, each with the weights of its best epoch.

    Attributes:
        members: (member,) records (training/member.py): settings, curves, state, best epoch.
        errors: (member,) dev error at the best epoch, NaN where there is none: the share of wrong rows (or labels), or
            the RMSE or quantile loss in the target's units.
        best: the number of the best member. Classifiers with the same error are told apart by their dev loss.
        notices: what was chosen, repaired or left out.
        rows, data, plan: what they were trained on, and for how long; `next_step` goes on from there.
    """

    def __init__(
        self,
        members: Sequence[Member],
        settings: Settings,
        rows: Rows,
        data: TrainingData,
        notices: Sequence[Notice],
        plan: Plan | None = None,
    ):
        self.members = tuple(members)
        self.notices = tuple(notices)
        self.errors = np.array([member.dev_error for member in members])
        self.best = min(range(len(members)), key=lambda row: members[row].score)
        self._differing = differing(settings)
        self.rows, self.data, self.plan = rows, data, plan

    def __len__(self) -> int:
        return len(self.members)

    def member(self, row: int) -> nn.Module:
        """Member `row` as an ordinary module on the CPU, in test mode, with an ordinary `state_dict`.

        Raises:
            SettingsError: there is no such member, or it diverged before its first epoch was over.
        """
        if not -len(self) <= row < len(self):
            raise SettingsError(f"members are numbered from 0 to {len(self) - 1}; got {row}.")
        record = self.members[row]
        if record.weights is None:
            raise SettingsError(f"member {row} left no weights: it {record.state} before its first epoch was over.")
        network: nn.Module = record.structure.build(tuple(self.data.train_features.shape[1:]), self.data.num_outputs)
        network = network.cpu().float()
        own = dict(network.named_parameters()) | dict(network.named_buffers())
        with torch.no_grad():
            for name, tensor in record.weights.items():
                own[name].copy_(tensor)
        return network.eval()

    def predict(self, rows: Any, member: int | None = None) -> pl.DataFrame:
        """Predictions of a member, by default of the best, for new rows in their order.

        Args:
            rows: as the training rows came: a file, DataFrame or Table, whose target is not needed, or an array.

        Returns:
            `prediction`, and `probability.<label>` for each class; numbers are in the target's units.
        """
        outputs = outputs_of(self.member(self.best if member is None else member), self.rows.read(rows))
        return self.rows.answers.frame(outputs)

    @property
    def curves(self) -> pl.DataFrame:
        """`member`, `epoch` (from 1), `train_loss` (on batches, as trained), `dev_loss`, `dev_error`, `learning_rate`.

        A row a member and epoch.
        """
        points = [
            (member.number, epoch, *point)
            for member in self.members
            for epoch, point in enumerate(member.curves, start=1)
        ]
        whole = {"member": pl.Int64, "epoch": pl.Int64}
        return pl.DataFrame(points, schema=whole | dict.fromkeys(POINT, pl.Float64), orient="row")

    def to_frame(self) -> pl.DataFrame:
        """A row a member: `member`, the settings that differ, `dev_error`, `dev_loss`, `best_epoch`, `state`."""
        columns: dict[str, Any] = {"member": [member.number for member in self.members], **self._differing}
        columns |= {"dev_error": self.errors, "dev_loss": [member.dev_loss for member in self.members]}
        columns["best_epoch"] = [member.best_epoch for member in self.members]
        columns["state"] = [member.state for member in self.members]
        return pl.DataFrame(columns, strict=False)

    def __repr__(self) -> str:
        first, answers = self.members[0], self.rows.answers
        one = len(self) == 1
        lines = [
            f"{len(self):,} member{'s' * (not one)} of {first.structure}, {first.planned_epochs} epochs; "
            f"{answers.error_name} on {len(self.data.dev_targets):,} dev rows"
        ]
        order = sorted(range(len(self)), key=lambda row: self.members[row].score)[:SHOWN]
        table = self.to_frame().select("member", *self._differing, "dev_error", "best_epoch", "state")[order]
        lines += aligned(table.columns, table.iter_rows(), ("dev_error",) if answers.is_share else ())
        if len(self) > SHOWN:
            lines.append(f"… and {len(self) - SHOWN:,} more, in to_frame()")
        return "\n".join(lines)


@torch.no_grad()
def outputs_of(network: nn.Module, features: Tensor) -> Tensor:
    """A network's outputs, (row, output), for rows of any number."""
    device = next(network.parameters()).device
    pieces = [network(piece.to(device)).cpu() for piece in features.split(ROWS_AT_ONCE) if len(piece)]
    if not pieces:
        return torch.empty(0, 1)
    outputs = torch.cat(pieces)
    return outputs.unsqueeze(1) if outputs.dim() == 1 else outputs
