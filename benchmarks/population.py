"""Models · epochs per second: a population against the best sequential use of the same cores, in one run.

    python -m benchmarks.population [--quick] [--json] [--rounds 5] [--opponents torch,sklearn,…|all] [--out runs/bench]

Work: 8,000 × 64 rows, 10 classes, two hidden layers, Adam. `plain` has ReLU alone, `full` batch norm and dropout 0.2.
Opponents (benchmarks/arena.py): a plain PyTorch loop with fused Adam and scikit-learn's MLPClassifier, each as one
process of one thread a core, whose throughputs add up; where they are installed, Keras, Lightning and skorch as one
process with all threads; ModelBatch and JAX as populations of as many members as ours. All but the PyTorch loop stand
in the plain rows only. All load the same index batches. They are measured one after the other within a round; the
figures are medians over rounds, and ratios of them.
Beside them: the share of this machine's own 2048³ float32 product rate, counting 6 · rows · Σ n_in · n_out operations
an epoch; and one model alone (K = 1) against the PyTorch loop with one thread or with all, whichever is faster.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

from benchmarks.arena import OPPONENTS, Arena
from benchmarks.machine import command, machine
from benchmarks.verdicts import verdict
from benchmarks.work import BATCHES, MEMBERS, Work, cores

Figures = dict[str, list[float]]  # by name, a value a round


def one_round(work: Work, arena: Arena) -> dict[str, float]:
    """Everybody once."""
    figures = {"population": arena.population(work, MEMBERS)}
    figures["peak_share"] = figures["population"] * work.operations / arena.product_rate()
    figures["single"] = arena.population(work, 1)
    figures["single_torch"] = arena.single_loop(work)
    for name in list(arena.names):
        if work.kind in OPPONENTS[name].kinds:
            try:
                figures[name] = arena.opponent(name, work)
            except Exception as error:  # an optional package that fails is named, and the rest goes on
                if OPPONENTS[name].everywhere:
                    raise
                arena.names.remove(name)
                arena.skipped[name] = f"failed: {type(error).__name__}: {error}"
    return figures


def measure(work: Work, rounds: int, arena: Arena) -> Figures:
    """All rounds, opponents in turn within each."""
    measured = [one_round(work, arena) for _ in range(rounds)]
    return {name: [each[name] for each in measured if name in each] for name in measured[0]}


def row_of(work: Work, figures: Figures, asked: list[str]) -> dict:
    """One row of the table: medians and their ratios, None for an opponent that did not run."""
    median = {name: statistics.median(values) for name, values in figures.items()}

    def ratio(name: str) -> float | None:
        return round(median["population"] / median[name], 2) if name in median else None

    row = {
        "width": work.width,
        "kind": work.kind,
        "models_epochs_per_second": round(median["population"], 1),
        "ratio_torch": ratio("torch"),
        "ratio_sklearn": ratio("sklearn"),
        "peak_share": round(median["peak_share"], 3),
        "single_ratio_torch": round(median["single"] / median["single_torch"], 2),
    }
    return row | {f"ratio_{name}": ratio(name) for name in asked if name not in ("torch", "sklearn")}


def table(work: Work, row: dict, figures: Figures, asked: list[str]) -> str:
    """The row for people: a line an opponent, each with its verdict."""
    lines = [
        f"\n{work.width} wide, batches of {work.batch}, {'batch norm and dropout' if work.full else 'plain'}",
        f"{'population':<34}{row['models_epochs_per_second']:>10.1f} models·epochs/s",
    ]
    for name in asked:
        if work.kind in OPPONENTS[name].kinds:
            rate = f"{statistics.median(figures[name]):>10.1f}" if name in figures else f"{'–':>10}"
            words = verdict(f"ratio_{name}", work.kind, work.width, row[f"ratio_{name}"])
            lines.append(f"{OPPONENTS[name].title:<34}{rate}   {words}")
    share = verdict("peak_share", work.kind, work.width, row["peak_share"])
    single = verdict("single_ratio_torch", work.kind, work.width, row["single_ratio_torch"])
    alone = statistics.median(figures["single_torch"])
    lines += [
        f"{'share of the product rate':<47}{share}",
        f"{'PyTorch loop alone, against K = 1':<34}{alone:>10.1f}   {single}",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    threads, everyone = cores(), list(OPPONENTS)
    asked = everyone if options.opponents == "all" else options.opponents.split(",")
    rows, rounds = [], []
    with Arena(asked, threads, options.seconds).open() as arena:
        for name, reason in arena.skipped.items():
            print(f"skipped: {OPPONENTS[name].title}: {reason}", file=sys.stderr)
        for width in options.widths:
            for full in (False, True):
                work = Work(width, full, BATCHES[width], options.rows)
                figures = measure(work, options.rounds, arena)
                rows.append(row_of(work, figures, asked))
                rounds.append({"width": width, "kind": work.kind} | figures)
                print(json.dumps(rows[-1]) if options.json else table(work, rows[-1], figures, asked), flush=True)
    if options.out:
        titles = {name: OPPONENTS[name].title for name in asked}
        about = {"command": command("population", arguments), "machine": machine(), "members": MEMBERS}
        result = about | {"opponents": titles, "skipped": arena.skipped}
        write(options.out, result | {"rows": rows, "rounds": rounds})


def write(folder: Path, result: dict) -> None:
    """population.json and its picture."""
    from benchmarks.pictures import speed_picture, write_result

    write_result(folder, "population", result, speed_picture(result))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="widths 64 and 128, three rounds, PyTorch and scikit-learn"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a row; writes files only with --out")
    parser.add_argument("--rounds", type=int, help="default 5, with --quick 3")
    parser.add_argument("--opponents", help=f"of {', '.join(OPPONENTS)}, or all, the default: all that are installed")
    parser.add_argument(
        "--widths", type=lambda text: [int(each) for each in text.split(",")], help=f"of {list(BATCHES)}"
    )
    parser.add_argument("--rows", type=int, default=Work.rows)
    parser.add_argument("--seconds", type=float, default=0.4, help="least time behind each figure of a round")
    parser.add_argument("--out", type=Path, help="folder for population.json and the picture; default runs/bench")
    options = parser.parse_args(arguments)
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.opponents = options.opponents or ("torch,sklearn" if options.quick else "all")
    options.widths = options.widths or ([64, 128] if options.quick else list(BATCHES))
    options.out = options.out or (None if options.json or options.quick else Path("runs/bench"))
    unknown = set(options.opponents.split(",")) - {*OPPONENTS, "all"} | set(options.widths) - set(BATCHES)
    if unknown:
        parser.error(f"unknown: {', '.join(map(str, unknown))}")
    return options


if __name__ == "__main__":
    main()
