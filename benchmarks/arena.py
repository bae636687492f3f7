"""Who is measured, and in which processes. Cheap to import, as every process starts with it."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

from benchmarks.work import MEMBERS, Work


@dataclass(frozen=True)
class Opponent:
    """A function of opponents.py or frameworks.py, and the package that it needs.

    everywhere: a process of one thread on every core, throughputs added; otherwise one process with all threads.
    """

    title: str
    function: str
    package: str
    everywhere: bool = False
    kinds: tuple[str, ...] = ("plain",)

    @property
    def missing(self) -> str | None:
        """Why it cannot run here."""
        installed = find_spec(self.package) is not None
        return None if installed else f"{self.package} is not installed; pip install -e '.[bench]' brings it"


OPPONENTS = {
    "torch": Opponent("PyTorch loop, a process a core", "opponents.torch_loop", "torch", True, ("plain", "full")),
    "sklearn": Opponent("scikit-learn, a process a core", "opponents.sklearn_loop", "sklearn", True),
    "keras": Opponent("Keras on torch, all threads", "frameworks.keras_fit", "keras"),
    "lightning": Opponent("Lightning, all threads", "frameworks.lightning_fit", "lightning"),
    "skorch": Opponent("skorch, all threads", "frameworks.skorch_fit", "skorch"),
    "lightning_rows": Opponent("Lightning, usual loader", "frameworks.lightning_fit_row_by_row", "lightning"),
    "skorch_rows": Opponent("skorch, usual loader", "frameworks.skorch_fit_row_by_row", "skorch"),
    "modelbatch": Opponent(f"ModelBatch, K = {MEMBERS}", "opponents.modelbatch_population", "modelbatch"),
    "jax": Opponent(f"JAX vmap and jit, K = {MEMBERS}", "opponents.jax_population", "jax"),
}


class Arena:
    """Processes to measure in: ours, one a core for sequential opponents, one for those that use all cores.

    Each first imports what its users import first.
    """

    def __init__(self, names: list[str], threads: int, least_seconds: float):
        self.skipped = {name: OPPONENTS[name].missing for name in names if OPPONENTS[name].missing}
        self.names = [name for name in names if name not in self.skipped]
        self.threads, self.least_seconds = threads, least_seconds

    @contextlib.contextmanager
    def open(self) -> Iterator["Arena"]:
        with (
            processes(1, "caviar") as self.ours,
            processes(self.threads, "torch") as self.each_core,
            processes(1, "torch") as self.apart,
        ):
            yield self

    def population(self, work: Work, members: int) -> float:
        """Models · epochs per second of ours."""
        return self.ours.submit(call, "engine.population", work, members, self.least_seconds).result()

    def product_rate(self) -> float:
        """Operations per second of the machine."""
        return self.ours.submit(call, "machine.product_rate").result()

    def opponent(self, name: str, work: Work) -> float:
        """Models · epochs per second of an opponent on all cores."""
        one = OPPONENTS[name]
        pool, count, threads = (self.each_core, self.threads, 1) if one.everywhere else (self.apart, 1, self.threads)
        arguments = (one.function, work, threads, self.least_seconds)
        runs = [pool.submit(call, *arguments) for _ in range(count)]
        return sum(run.result() for run in runs)

    def single_loop(self, work: Work) -> float:
        """Of one plain PyTorch loop alone on the machine, with one thread or with all, whichever is faster."""
        return max(
            self.each_core.submit(call, OPPONENTS["torch"].function, work, threads, self.least_seconds).result()
            for threads in sorted({1, self.threads})
        )


def processes(count: int, first_import: str) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, get_context("spawn"), initializer=import_module, initargs=(first_import,))


def call(name: str, *arguments: Any) -> float:
    """In the other process: a function of one of the benchmarks' modules, such as "machine.product_rate"."""
    module, _, function = name.partition(".")
    return getattr(import_module(f"benchmarks.{module}"), function)(*arguments)
