"""Does an epoch's cost grow linearly in K, in rows and in parameters? Two decades of each.

    python -m benchmarks.linear_cost [--json] [--rounds 3] [--out runs/bench]

Two hidden layers, plain, Adam; what does not vary stays at K = 8, 4,000 rows and width 32 (3,466 parameters). The
exponent is the slope of log seconds against log size over the upper decade, by least squares; 1 is linear. Below it
lie the costs of a step that do not grow, and the products of wider layers, which run nearer to the machine's peak.
"""

import argparse
import json
import statistics
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import engine
from benchmarks.machine import command, machine
from benchmarks.work import Work

BASE, MEMBERS = Work(width=32, batch=64, rows=4_000), 8
DECADE = 10.01  # a decade and a little, so that both its ends belong to it
LINEAR = 1.1  # the largest exponent that still passes for linear


@dataclass(frozen=True)
class Sweep:
    """One quantity that varies: cases are (its size, the work, K)."""

    title: str
    axis: str
    cases: tuple[tuple[int, Work, int], ...]


def sweeps() -> tuple[Sweep, ...]:
    counts, rows, widths = (1, 4, 16, 40, 130, 400), (500, 1_600, 5_000, 16_000, 50_000), (12, 36, 90, 190, 300)
    wider = [replace(BASE, width=width) for width in widths]
    return (
        Sweep("Members", "members, K", tuple((count, BASE, count) for count in counts)),
        Sweep("Rows", "train rows", tuple((each, replace(BASE, rows=each), MEMBERS) for each in rows)),
        Sweep("Parameters", "parameters of a member", tuple((w.parameters, w, MEMBERS) for w in wider)),
    )


def measure(sweep: Sweep, rounds: int, least_seconds: float) -> dict:
    """Median seconds per epoch of each case, sizes in turn within a round."""
    times = [
        [engine.epoch_seconds(work, members, least_seconds) for _, work, members in sweep.cases] for _ in range(rounds)
    ]
    sizes = [size for size, _, _ in sweep.cases]
    seconds = [statistics.median(column) for column in zip(*times, strict=True)]
    return {
        "title": sweep.title,
        "axis": sweep.axis,
        "sizes": sizes,
        "seconds": [float(f"{each:.3g}") for each in seconds],
        **upper_decade(sizes, seconds),
    }


def upper_decade(sizes: list[int], seconds: list[float]) -> dict:
    """The line of least squares through log seconds against log size within a decade of the largest size.

    exponent: its slope. fit: the two ends of the line, (sizes, seconds).
    """
    upper = [place for place, size in enumerate(sizes) if size * DECADE >= sizes[-1]]
    ends = [sizes[upper[0]], sizes[-1]]
    slope, level = np.polyfit(np.log([sizes[each] for each in upper]), np.log([seconds[each] for each in upper]), 1)
    fitted = np.exp(level + slope * np.log(ends))
    return {"exponent": round(float(slope), 3), "fit": [ends, [float(f"{each:.3g}") for each in fitted]]}


def table(measured: dict) -> str:
    points = zip(measured["sizes"], measured["seconds"], strict=True)
    verdict = "no more than linear" if measured["exponent"] <= LINEAR else "more than linear"
    lines = [f"\n{measured['axis']:<24}seconds per epoch", *(f"{size:<24,}{each:.3g}" for size, each in points)]
    return "\n".join([*lines, f"{'exponent, upper decade':<24}{measured['exponent']:.2f}, {verdict}"])


def main(arguments: list[str] | None = None, chosen: tuple[Sweep, ...] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a sweep; writes files only with --out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3, help="least time behind each figure of a round")
    parser.add_argument("--out", type=Path, help="folder for linear_cost.json and the picture; default runs/bench")
    options = parser.parse_args(arguments)
    measured = []
    for sweep in chosen or sweeps():
        measured.append(measure(sweep, options.rounds, options.seconds))
        print(json.dumps(measured[-1]) if options.json else table(measured[-1]), flush=True)
    if folder := options.out or (None if options.json else Path("runs/bench")):
        from benchmarks.pictures import cost_picture, write_result

        result = {"command": command("linear_cost", arguments), "machine": machine(), "sweeps": measured}
        write_result(folder, "linear_cost", result, cost_picture(result))


if __name__ == "__main__":
    main()
