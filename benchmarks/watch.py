"""What `caviar.watch` costs: seconds a step with it and without, in one run, as a ratio.

    python -m benchmarks.watch [--steps 2048] [--rounds 5] [--json] [--out docs/watch]

A plain PyTorch loop with Adam over 8,192 rows of 64 features (or of 1×28×28 pictures) in batches of 128, drawn anew
every epoch, one thread; the losses are handed over. Three sides train equal networks on equal batches in short turns,
so that a busy moment of the machine hits all alike: unwatched, unwatched once more as a control, and watched. The turns
of each side are one run of `--steps` steps, so the watcher's plan is that of a real run. A turn's time is the
processor's, the least over rounds, which other people's work disturbs least. The figure is (time watched / mean time
unwatched) over all turns of the run, its watched steps included; the control, which should be 1, says how far it can be
trusted.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from benchmarks.machine import command, machine
from caviar.diagnosis.watch import watch, watched_steps

ASKED = 1.05
TURN = 32
NUM_ROWS, BATCH = 8192, 128


def networks() -> dict[str, tuple[nn.Module, tuple[int, ...]]]:
    """Name → a network, and the shape of a row."""

    def perceptron(width: int, norm: bool = False) -> nn.Module:
        layers: list[nn.Module] = []
        for num_inputs in (64, width):
            layers += [nn.Linear(num_inputs, width), *([nn.BatchNorm1d(width)] if norm else []), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(width, 10))

    pictures = nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(256, 10),
    )  # fmt: skip
    return {
        "32-32": (perceptron(32), (64,)),
        "64-64": (perceptron(64), (64,)),
        "64-64 batch norm": (perceptron(64, norm=True), (64,)),
        "128-128": (perceptron(128), (64,)),
        "256-256 batch norm": (perceptron(256, norm=True), (64,)),
        "small convolutions": (pictures, (1, 28, 28)),
    }


def run(network: nn.Module, shape: tuple[int, ...], num_steps: int, watched: bool) -> Iterator[float]:
    """Train in turns of 32 steps; yields the processor seconds of each."""
    torch.manual_seed(0)
    features, labels = torch.randn(NUM_ROWS, *shape), torch.randint(0, 10, (NUM_ROWS,))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    watcher = watch(network, optimiser) if watched else None
    order = torch.Generator().manual_seed(0)
    batches: list[torch.Tensor] = []
    for _ in range(num_steps // TURN):
        started = time.process_time()
        for _ in range(TURN):
            batches = batches or list(torch.randperm(NUM_ROWS, generator=order).split(BATCH))
            rows = batches.pop()
            loss = functional.cross_entropy(network(features[rows]), labels[rows])
            if watcher is not None:
                watcher.loss(loss)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        yield time.process_time() - started
    if watcher is not None:
        watcher.close()


def one_round(name: str, num_steps: int) -> list[list[float]]:
    """Processor seconds of each turn of a whole run, the sides taking turns: unwatched, control, watched."""
    sides = [run(*networks()[name], num_steps, watched) for watched in (False, False, True)]
    seconds: list[list[float]] = [[] for _ in sides]
    for turn in range(num_steps // TURN):
        for place in range(len(sides)):
            side = (turn + place) % len(sides)
            seconds[side].append(next(sides[side]))
    return seconds


def measured(name: str, num_steps: int, num_rounds: int) -> dict:
    """The ratio of the least times, that of the control, and the median of the single rounds' ratios."""
    one_round(name, 2 * TURN)
    rounds = [one_round(name, num_steps) for _ in range(num_rounds)]
    turns = range(num_steps // TURN)
    plain, control, with_ = (sum(min(one[side][turn] for one in rounds) for turn in turns) for side in range(3))
    single = [2 * sum(one[2]) / (sum(one[0]) + sum(one[1])) for one in rounds]
    return {
        "network": name,
        "ratio": round(2 * with_ / (plain + control), 4),
        "control": round(control / plain, 4),
        "median_of_rounds": round(statistics.median(single), 4),
        "asked": ASKED,
        "step_ms": round(1000 * (plain + control) / 2 / num_steps, 3),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=2048, help=f"of a run, a multiple of {TURN}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", action="append", help="a network; again for more; default all")
    parser.add_argument("--out", type=Path, help="a folder for watch.json, from which `make docs` writes docs/watch.md")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    plan = watched_steps()
    watched = sum(1 for _ in iter(lambda: next(plan) <= options.steps, False))
    rows = []
    for name in options.only or networks():
        row = measured(name, options.steps, options.rounds)
        rows.append(row)
        met = "met" if row["ratio"] < ASKED else "short"
        figures = f"{row['step_ms']:>8.3f} ms a step, watched {row['ratio']:.3f}× (asked < {ASKED}×: {met}), "
        figures += f"control {row['control']:.3f}×"
        print(json.dumps(row) if options.json else f"{name:<22}{figures}", flush=True)
    if options.out is not None:
        result = {"command": command("watch", arguments), "machine": machine(), "steps": options.steps}
        result |= {"watched": watched, "rounds": options.rounds, "rows": rows}
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "watch.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
