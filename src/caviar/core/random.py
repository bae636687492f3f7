"""Counter-keyed random streams: every draw is a pure function of (seed, purpose, counters).

Batch order, dropout and initialisation each have a purpose of their own, so a draw never depends on how many members
train together, in what order, or what was drawn before. All members of a population share the draws of a step (common
random numbers): members differ by their settings alone, comparisons between them are paired, and the cost is paid once.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

_GLOBAL_GENERATOR = threading.Lock()


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


@contextmanager
def global_generator(seed: int, device: torch.device) -> Iterator[Callable[[], bool]]:
    """Torch's global generators, seeded for a block whose draws know no other, and put back as they were after it.

    All threads share them, so one block runs at a time.

    Args:
        device: where the block computes; besides the CPU's, that device's generator is seeded.

    Yields:
        A function that tells whether the block has drawn from them so far.
    """
    places = [torch.random] if device.type == "cpu" else [torch.random, torch.get_device_module(device)]

    def states() -> list[Tensor]:
        return [place.get_rng_state() for place in places]

    with _GLOBAL_GENERATOR:
        before = states()
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed every other device too
        for place in places[1:]:
            place.manual_seed(seed)
        seeded = states()
        try:
            yield lambda: not all(map(torch.equal, seeded, states()))
        finally:
            for place, state in zip(places, before, strict=True):
                place.set_rng_state(state)
