"""Versions and machine, as far as they decide whether the same bits come out again."""

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

PACKAGES = ("caviar", "torch", "numpy", "polars", "scikit-learn", "optuna")


def environment(threads: int) -> dict[str, Any]:
    """The version of each of `PACKAGES`, and python, platform, cpu, cores, threads and device."""
    return {name: importlib.metadata.version(name) for name in PACKAGES} | {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "device": "cpu",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
