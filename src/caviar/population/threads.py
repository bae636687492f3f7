"""Chunks of a population side by side, one CPU thread each.

Two threads that share the work of every operation wait for each other hundreds of times a step, and lose a core
whenever another program wants one. Members don't mix, so each thread can have members of its own instead, and meet the
others once an epoch. As many chunks as threads is the rule: smaller ones were measured not to pay (docs/population.md).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from threading import Event
from typing import Any, TypeVar

import torch

from caviar.population.population import Population

Result = TypeVar("Result")
SMALL_NETWORK = 20_000
"""Parameters: PyTorch's operations on a lone network of fewer are done before a second thread would have woken up."""


def in_threads(
    chunks: Sequence[Population], work: Callable[[Population, slice, Callable[[], bool]], Result]
) -> list[Result]:
    """Run `work` on every chunk at once; returns their results in order.

    Args:
        chunks: from `Population.chunks`.
        work: called with the chunk, the columns (members) that it stands for, and `stopped`, which turns true when
            another chunk failed or the user interrupted: then it should return soon.

    While they run, PyTorch divides its threads among them. A lone chunk has all of them where its network is large.
    """
    stop, threads = Event(), torch.get_num_threads()
    ends = [sum(map(len, chunks[: place + 1])) for place in range(len(chunks))]
    columns = [slice(end - len(chunk), end) for chunk, end in zip(chunks, ends, strict=True)]
    small = chunks[0].layout.num_parameters < SMALL_NETWORK
    inside = 1 if small else max(1, threads // len(chunks))
    torch.set_num_threads(inside)
    try:
        if len(chunks) == 1:
            return [work(chunks[0], columns[0], stop.is_set)]
        futures = [
            _threads(len(chunks)).submit(_with_threads, inside, work, chunk, span, stop.is_set)
            for chunk, span in zip(chunks, columns, strict=True)
        ]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            wait(futures)
            raise
    finally:
        torch.set_num_threads(threads)


def _with_threads(inside: int, work: Callable[..., Result], *arguments: Any) -> Result:
    torch.set_num_threads(inside)  # OpenMP keeps the number for each thread that asks, so each of ours has to be told
    return work(*arguments)


@cache
def _threads(number: int) -> ThreadPoolExecutor:
    """Threads that stay: a new one would have to be given its memory in every epoch."""
    return ThreadPoolExecutor(number, thread_name_prefix="chunk")
