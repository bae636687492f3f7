"""Half precision is for matrix products; logarithms, sums and squares of outputs need at least single precision."""

import torch
from torch import Tensor


def at_least_single(values: Tensor) -> Tensor:
    """bfloat16 and float16 as float32, any shape; float32 and float64 as they are. Differentiable."""
    return values.to(torch.promote_types(values.dtype, torch.float32))
