"""The machine that a benchmark ran on: what it is, and how fast it multiplies matrices."""

import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.work import cores

PACKAGES = ["caviar", "torch", "numpy", "numba", "scikit-learn", "keras", "lightning", "skorch", "modelbatch", "jax"]


def command(module: str, arguments: list[str] | None) -> str:
    """What to type to measure the same again, but for the folder."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if "--out" in words:
        place = words.index("--out")
        del words[place : place + 2]
    return " ".join(["python -m", f"benchmarks.{module}", *words])


def machine() -> dict:
    """Processor, cores, system, and the versions of what is installed of `PACKAGES`."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    system = f"{platform.system()} {platform.machine()}"
    return {"processor": processor(), "cores": cores(), "system": system, "versions": versions}


def processor() -> str:
    """Its name as the system tells it."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def product_rate() -> float:
    """Operations per second of a 2048³ float32 product with all threads: the best of three."""
    import torch

    torch.set_num_threads(cores())
    left, right = torch.randn(2048, 2048), torch.randn(2048, 2048)
    seconds = []
    for _ in range(4):  # the first warms up
        started = time.perf_counter()
        left @ right
        seconds.append(time.perf_counter() - started)
    return float(2 * 2048**3 / min(seconds[1:]))
