"""What `caviar.watch` costs: seconds a step with it and without, in one run, as a ratio.

    python -m benchmarks.watch [--steps 2048] [--rounds 3] [--json]

A plain PyTorch loop with Adam, batches of 128 rows of 64 features (or of 1×28×28 pictures), one thread; the losses are
handed over. Both sides train equal networks on equal batches in short turns, so that a busy moment of the machine hits
both alike; the turns of each side are one run of `--steps` steps, so the watcher's plan is that of a real run. The
figure is the median over rounds of (time watched / time unwatched) over the whole run, its watched steps included.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional

from caviar.diagnosis.watch import watch, watched_steps

ASKED = 1.05
TURN = 64


def networks() -> dict[str, tuple[nn.Module, tuple[int, ...]]]:
    """Name → a network, and the shape of a row."""

    def perceptron(width: int, norm: bool = False) -> nn.Module:
        layers: list[nn.Module] = []
        for num_inputs in (64, width):
            layers += [nn.Linear(num_inputs, width), *([nn.BatchNorm1d(width)] if norm else []), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(width, 10))

    pictures = nn.Sequential(
        nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(512, 10),
    )  # fmt: skip
    return {
        "64-64": (perceptron(64), (64,)),
        "256-256 batch norm": (perceptron(256, norm=True), (64,)),
        "512-512": (perceptron(512), (64,)),
        "small convolutions": (pictures, (1, 28, 28)),
    }


def run(network: nn.Module, shape: tuple[int, ...], num_steps: int, watched: bool) -> Iterator[float]:
    """Train in turns of 64 steps; yields the processor seconds of each."""
    torch.manual_seed(0)
    features, labels = torch.randn(128, *shape), torch.randint(0, 10, (128,))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    watcher = watch(network, optimiser) if watched else None
    for _ in range(num_steps // TURN):
        started = time.process_time()
        for _ in range(TURN):
            loss = functional.cross_entropy(network(features), labels)
            if watcher is not None:
                watcher.loss(loss)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        yield time.process_time() - started
    if watcher is not None:
        watcher.close()


def one_round(name: str, num_steps: int) -> tuple[float, float]:
    """Processor seconds of a whole run (without, with), the two taking turns."""
    totals = [0.0, 0.0]
    sides = [run(*networks()[name], num_steps, watched) for watched in (False, True)]
    for turn in range(num_steps // TURN):
        for side in (0, 1) if turn % 2 else (1, 0):
            totals[side] += next(sides[side])
    return totals[0], totals[1]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2048, help=f"of a run, a multiple of {TURN}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    plan = watched_steps()
    watched = sum(1 for _ in iter(lambda: next(plan) <= options.steps, False))
    for name in networks():
        one_round(name, TURN)
        rounds = [one_round(name, options.steps) for _ in range(options.rounds)]
        ratio = statistics.median(with_ / without for without, with_ in rounds)
        step = statistics.median(without for without, _ in rounds) / options.steps
        row = {"network": name, "ratio": round(ratio, 4), "asked": ASKED, "step_ms": round(1000 * step, 3)}
        row |= {"steps": options.steps, "watched": watched}
        if options.json:
            print(json.dumps(row), flush=True)
        else:
            met = "met" if ratio < ASKED else "short"
            print(
                f"{name:<22}{row['step_ms']:>8.3f} ms a step, watched {ratio:.3f}× (asked < {ASKED}×: {met})",
                flush=True,
            )


if __name__ == "__main__":
    main()
