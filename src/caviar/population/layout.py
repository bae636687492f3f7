"""Where each weight tensor of a network lies in a row of the population's matrix."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Slot:
    """The matrix's columns start to stop hold the tensor `name`; `penalised` tells weights from biases, γ and β."""

    name: str
    shape: tuple[int, ...]
    start: int
    stop: int
    penalised: bool


class Layout:
    """The parameters of one network, laid end to end in the module's own order: row k of the matrix is member k.

    Frozen ones (`requires_grad` False) are no part of it: they don't train.
    """

    def __init__(self, network: nn.Module):
        slots, start = [], 0
        for name, parameter in network.named_parameters():
            if not parameter.requires_grad:
                continue
            stop = start + parameter.numel()
            slots.append(Slot(name, tuple(parameter.shape), start, stop, penalised=parameter.dim() > 1))
            start = stop
        self.slots = tuple(slots)
        self.num_parameters = start
        self.penalised_spans = _joined_spans(self.slots)

    def views(self, matrix: Tensor) -> dict[str, Tensor]:
        """Each tensor of all members as a view (member, *shape) of the matrix (member, parameter)."""
        return {slot.name: matrix[:, slot.start : slot.stop].view(-1, *slot.shape) for slot in self.slots}

    def row(self, network: nn.Module) -> Tensor:
        """A network's parameters as one row, (parameter,)."""
        parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        return torch.cat([parameter.detach().reshape(-1) for parameter in parameters])


def _joined_spans(slots: tuple[Slot, ...]) -> list[slice]:
    """The column ranges that L1, L2 and decay act on, neighbours joined."""
    spans: list[slice] = []
    for slot in slots:
        if slot.penalised and spans and spans[-1].stop == slot.start:
            spans[-1] = slice(spans[-1].start, slot.stop)
        elif slot.penalised:
            spans.append(slice(slot.start, slot.stop))
    return spans
