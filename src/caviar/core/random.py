"""Counter-keyed random streams: every draw is a pure function of (seed, purpose, counters).

Batch order, dropout and initialisation each have a purpose of their own, so a draw never depends on how many members
train together, in what order, or what was drawn before. All members of a population share the draws of a step (common
random numbers): members differ by their settings alone, comparisons between them are paired, and the cost is paid once.
"""

import hashlib

import torch
from torch import Tensor


def stream(seed: int, purpose: str, *counters: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A fresh generator for one draw, such as `stream(seed, "dropout", step, layer)`."""
    key = hashlib.blake2b(f"{seed}|{purpose}|{'|'.join(map(str, counters))}".encode(), digest_size=8).digest()
    return torch.Generator(device=device).manual_seed(int.from_bytes(key, "little") >> 1)


def uniform(shape: tuple[int, ...], generator: torch.Generator, dtype: torch.dtype = torch.float32) -> Tensor:
    """Uniform draws in [0, 1); drawn in float32 whatever `dtype`, so that precision does not change the draw."""
    return torch.rand(shape, generator=generator, device=generator.device).to(dtype)


def permutation(num_rows: int, generator: torch.Generator) -> Tensor:
    """A random order of `num_rows` row numbers, shape (row,)."""
    return torch.randperm(num_rows, generator=generator, device=generator.device)
