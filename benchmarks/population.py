"""Models · epochs per second: a population against the best sequential use of the same cores, in one run.

    python -m benchmarks.population [--quick] [--json] [--rounds 5]

Work: 8,000 × 64 rows, 10 classes, two hidden layers, Adam. `plain` has ReLU alone, `full` batch norm and dropout 0.2.
Opponents, each as two processes of one thread, whose throughputs add up: a plain PyTorch loop with fused Adam, and
scikit-learn's MLPClassifier (which has neither batch norm nor dropout, so it stands in the plain rows only). All are
measured one after the other within a round; the figures are medians over rounds, and ratios of them.
Beside them: the share of this machine's own 2048³ float32 product rate, counting 6 · rows · Σ n_in · n_out operations
an epoch; and one model alone (K = 1) against the PyTorch loop with all threads.
"""

import argparse
import json
import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

ROWS, INPUTS, CLASSES = 8_000, 64, 10
BATCHES = {32: 64, 64: 128, 128: 128, 256: 256}
MEMBERS = 32
LEARNING_RATE = 1e-3


def made_rows():
    """The same rows in every process: (features, labels)."""
    import torch

    generator = torch.Generator().manual_seed(0)
    features = torch.randn(ROWS, INPUTS, generator=generator)
    labels = (features @ torch.randn(INPUTS, CLASSES, generator=generator)).argmax(1)
    return features, labels


def torch_loop(width: int, full: bool, threads: int, epochs: int = 1) -> float:
    """Seconds per epoch of one plain PyTorch model: index batches, fused Adam, nothing measured on the way."""
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    features, labels = made_rows()
    layers: list[nn.Module] = []
    for num_in in (INPUTS, width):
        layers.append(nn.Linear(num_in, width, bias=not full))
        layers += [nn.BatchNorm1d(width), nn.ReLU(), nn.Dropout(0.2)] if full else [nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(width, CLASSES))
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)
    loss_function = nn.CrossEntropyLoss()

    def epoch() -> None:
        for rows in torch.randperm(ROWS).split(BATCHES[width]):
            optimiser.zero_grad()
            loss_function(model(features[rows]), labels[rows]).backward()
            optimiser.step()

    epoch()
    started = time.perf_counter()
    for _ in range(epochs):
        epoch()
    return (time.perf_counter() - started) / epochs


def sklearn_loop(width: int, full: bool, threads: int, epochs: int = 2) -> float:
    """Seconds per epoch of scikit-learn's MLPClassifier; `threads` limits its BLAS."""
    import warnings

    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    warnings.simplefilter("ignore")
    features, labels = (each.numpy() for each in made_rows())
    times = []
    with threadpool_limits(threads):
        for count in (1, 1 + epochs):
            model = MLPClassifier(
                (width, width), batch_size=BATCHES[width], max_iter=count, learning_rate_init=LEARNING_RATE
            )
            started = time.perf_counter()
            model.fit(features, labels)
            times.append(time.perf_counter() - started)
    return (times[1] - times[0]) / epochs


def population(width: int, full: bool, members: int, epochs: int = 1) -> float:
    """Seconds per epoch of a whole population; its dev set is one row, since the opponents measure none."""
    from caviar.networks.mlp import MLP
    from caviar.population.settings import Settings
    from caviar.training import Cohort, Member, Plan, TrainingData

    features, labels = made_rows()
    data = TrainingData("multiclass", CLASSES, features, labels, features[:1], labels[:1])
    settings = Settings(members, learning_rate=LEARNING_RATE, drop_rate=0.2 if full else 0.0, schedule="constant")
    structure = MLP((width, width), "relu", batch_norm=full)
    cohort = Cohort(
        [Member(row, structure, settings.member(row), 0, 1_000) for row in range(members)],
        data,
        Plan(1_000, BATCHES[width], seed=0),
    )
    cohort.train_epoch()
    started = time.perf_counter()
    for _ in range(epochs):
        cohort.train_epoch()
    return (time.perf_counter() - started) / epochs


def product_rate() -> float:
    """Operations per second of a 2048³ float32 product with all threads."""
    import torch

    left, right = torch.randn(2048, 2048), torch.randn(2048, 2048)
    left @ right
    best = min(_timed(lambda: left @ right) for _ in range(3))
    return float(2 * 2048**3 / best)


def _timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def operations(width: int) -> int:
    """Of one model's epoch: forward, and backward to weights and activations."""
    return 6 * ROWS * (INPUTS * width + width * width + width * CLASSES)


def measure(width: int, full: bool, rounds: int, pool: ProcessPoolExecutor, threads: int) -> dict:
    """One row of the table."""
    import torch

    torch.set_num_threads(threads)
    figures: dict[str, list[float]] = {}
    for _ in range(rounds):
        seconds = population(width, full, MEMBERS, epochs=2)
        figures.setdefault("population", []).append(MEMBERS / seconds)
        figures.setdefault("peak_share", []).append(MEMBERS / seconds * operations(width) / product_rate())
        figures.setdefault("single", []).append(1 / population(width, full, 1, epochs=2))
        for name, loop in (("torch", torch_loop), ("sklearn", sklearn_loop)):
            if name == "sklearn" and full:
                continue
            both = [pool.submit(loop, width, full, 1) for _ in range(threads)]
            figures.setdefault(name, []).append(sum(1 / each.result() for each in both))
        figures.setdefault("single_torch", []).append(1 / pool.submit(torch_loop, width, full, threads).result())
    median = {name: statistics.median(values) for name, values in figures.items()}
    return {
        "width": width,
        "kind": "full" if full else "plain",
        "models_epochs_per_second": round(median["population"], 1),
        "ratio_torch": round(median["population"] / median["torch"], 2),
        "ratio_sklearn": round(median["population"] / median["sklearn"], 2) if not full else None,
        "peak_share": round(median["peak_share"], 3),
        "single_ratio_torch": round(median["single"] / median["single_torch"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="widths 64 and 128, three rounds")
    parser.add_argument("--json", action="store_true", help="one JSON object a row")
    parser.add_argument("--rounds", type=int, help="default 5, with --quick 3")
    options = parser.parse_args()
    threads = len(os.sched_getaffinity(0))
    rows = []
    with ProcessPoolExecutor(threads, mp_context=get_context("spawn")) as pool:
        for width in (64, 128) if options.quick else BATCHES:
            for full in (False, True):
                rows.append(measure(width, full, options.rounds or (3 if options.quick else 5), pool, threads))
                if options.json:
                    print(json.dumps(rows[-1]), flush=True)
    if not options.json:
        print(f"K = {MEMBERS}, {threads} threads; ratios of models · epochs per second, medians\n")
        print("\t".join(rows[0]))
        for row in rows:
            print("\t".join("–" if value is None else str(value) for value in row.values()))


if __name__ == "__main__":
    main()
