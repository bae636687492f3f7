"""How long `caviar --help` and `import caviar` take, beside a bare interpreter and a bare typer, in one run.

The commands take turns, so that a busy moment of the machine hits all of them alike. Run it with `make bench`.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 9
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import typer'": ["-c", "import typer"],
    "python -c 'import caviar'": ["-c", "import caviar"],
    "caviar --help": ["-m", "caviar", "--help"],
    "caviar fit --help": ["-m", "caviar", "fit", "--help"],
}


def seconds_of(arguments: list[str]) -> float:
    """Wall-clock seconds of one fresh interpreter."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the median and the slowest of each command, and its ratio to the bare interpreter."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds_of(arguments))
    bare = statistics.median(times["python -c pass"])
    print(f"{'start-up, seconds':<28}{'median':>8}{'slowest':>9}{'ratio':>7}")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:<28}{median:>8.3f}{max(measured):>9.3f}{median / bare:>7.1f}")


if __name__ == "__main__":
    main()
