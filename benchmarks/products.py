"""Products of the sizes that a training step has, on one core: ours, and BLAS called from compiled code or by PyTorch.

    python -m benchmarks.products [--json] [--rounds 7] [--out runs/bench]

Float32; billions of multiplications and additions a second, the best of interleaved rounds. `layer` is W · A (the
forward pass), `weights` dZ · Aᵀ and `inputs` Wᵀ · dZ (the backward pass) of a layer from `inputs` to `outputs` units.
BLAS is SciPy's, called by Numba without a way back through Python. PyTorch is called from Python, as a plain loop does.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401  (Numba's BLAS: loaded before its threads are limited)
import torch
from numba import njit
from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks.machine import command, machine
from caviar.core.compiled import Array, compiled
from caviar.core.products import product, product_with_turned

SIZES = ((32, 32, 64), (64, 64, 128), (128, 128, 128), (256, 256, 256), (784, 256, 128), (512, 512, 512))
OPERATIONS = 3e8  # behind each figure of a round
ROUNDS = 7
Timed = Callable[[int], None]


@compiled
def ours(layer: Array, a: Array, dz: Array, memory: Array, out: Array, which: int, times: int) -> None:
    for _ in range(times):
        if which == 0:
            product(layer, False, a, out)
        elif which == 1:
            product_with_turned(dz, a, memory, out)
        else:
            product(layer, True, dz, out)


@njit(nogil=True)  # type: ignore[untyped-decorator]
def blas(layer: Array, a: Array, dz: Array, out: Array, which: int, times: int) -> None:
    for _ in range(times):
        if which == 0:
            np.dot(layer, a, out)
        elif which == 1:
            np.dot(dz, a.T, out)
        else:
            np.dot(layer.T, dz, out)


def pytorch(left: torch.Tensor, right: torch.Tensor, out: torch.Tensor, times: int) -> None:
    for _ in range(times):
        torch.mm(left, right, out=out)


def runners(inputs: int, outputs: int, batch: int) -> dict[str, dict[str, Timed]]:
    """By product and by who computes it."""
    random = np.random.default_rng(0)
    layer, a, dz = (
        random.normal(size=shape).astype(np.float32) for shape in ((outputs, inputs), (inputs, batch), (outputs, batch))
    )
    operands = {"layer": (layer, a), "weights": (dz, a.T), "inputs": (layer.T, dz)}
    memory, found = np.empty(a.size, np.float32), {}
    for which, (name, (left, right)) in enumerate(operands.items()):
        out = np.empty((len(left), right.shape[1]), np.float32)
        tensors = (torch.from_numpy(left), torch.from_numpy(right), torch.from_numpy(out))
        found[name] = {
            "caviar": partial(ours, layer, a, dz, memory, out, which),
            "blas": partial(blas, layer, a, dz, out, which),
            "pytorch": partial(pytorch, *tensors),
        }
    return found


def measure(sizes: tuple[int, int, int], rounds: int) -> list[dict]:
    """A row a product: who, and how many billion operations a second."""
    inputs, outputs, batch = sizes
    operations, rows = 2 * inputs * outputs * batch, []
    times = max(1, int(OPERATIONS / operations))
    for name, timed in runners(*sizes).items():
        best = dict.fromkeys(timed, float("inf"))
        for run in timed.values():
            run(1)
        for _ in range(rounds):
            for who, run in timed.items():
                started = time.perf_counter()
                run(times)
                best[who] = min(best[who], time.perf_counter() - started)
        rates = {who: round(operations * times / seconds / 1e9, 1) for who, seconds in best.items()}
        rows.append({"inputs": inputs, "outputs": outputs, "batch": batch, "product": name, **rates})
    return rows


def main(arguments: list[str] | None = None) -> None:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a row")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="only so many, the smallest first")
    parser.add_argument("--out", type=Path, help="folder for products.json")
    options = parser.parse_args(arguments)
    threads, rows = torch.get_num_threads(), []
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            for sizes in SIZES[: options.sizes]:
                for row in measure(sizes, options.rounds):
                    rows.append(row)
                    print(json.dumps(row) if options.json else line(row), flush=True)
    finally:
        torch.set_num_threads(threads)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        kernels = sorted({one["architecture"] for one in threadpool_info() if "scipy.libs" in one["filepath"]})
        about = {"command": command("products", arguments), "machine": machine(), "blas_kernels": kernels}
        (options.out / "products.json").write_text(
            json.dumps(about | {"rows": rows}, indent=2) + "\n", encoding="utf-8"
        )


def line(row: dict) -> str:
    size = f"{row['inputs']} to {row['outputs']}, {row['batch']} rows"
    rates = "".join(f"{who} {row[who]:>6.1f}   " for who in ("caviar", "blas", "pytorch"))
    return f"{size:<24}{row['product']:<9}{rates}GF/s"


if __name__ == "__main__":
    main()
