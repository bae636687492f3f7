"""Mini-batches as row numbers, in an order that depends on (seed, epoch) alone. Notes 2.1, 2.2."""

import torch
from torch import Tensor

from caviar.core.random import permutation, stream


def default_batch_size(num_rows: int) -> int:
    """The notes' rule: all rows below 2,000; from there a power of two that grows from 64 to 512 with the rows."""
    if num_rows < 2_000:
        return num_rows
    size = 64
    while size < 512 and num_rows / size > 200:
        size *= 2
    return size


def epoch_batches(num_rows: int, batch_size: int, seed: int, epoch: int) -> list[Tensor]:
    """All rows once, shuffled; the last batch may be smaller, and a lone last row joins the batch before it."""
    order = permutation(num_rows, stream(seed, "batch order", epoch))
    batches = list(order.split(batch_size))
    if len(batches) > 1 and len(batches[-1]) == 1:
        batches[-2:] = [torch.cat(batches[-2:])]
    return batches
