"""Throughput against K, and memory at its peak, on one device.

    python -m benchmarks.devices --device cpu|cuda|mps [--members 1,4,…,4096] [--width 64] [--plain] [--out runs/bench]

Two hidden layers with batch norm and dropout (`--plain` without), 8,000 × 64 rows, Adam. K goes up, so that
on a CPU the largest resident size so far is the peak of that K (benchmarks/accelerator.py has the other devices).
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks import engine
from benchmarks.accelerator import device_name, forget_peak, peak_bytes, present
from benchmarks.machine import command, machine
from benchmarks.work import BATCHES, Work

DEVICES = ("cpu", "cuda", "mps")
MEMBERS = tuple(4**power for power in range(7))  # 1 to 4,096


def measure(work: Work, members: int, device: str, least_seconds: float) -> dict:
    """One row of the table."""
    forget_peak(device)
    seconds = engine.epoch_seconds(work, members, least_seconds, device)
    rate = float(f"{members / seconds:.4g}")
    return {"members": members, "models_epochs_per_second": rate, "peak_bytes": peak_bytes(device)}


def main(arguments: list[str] | None = None) -> None:
    options = parsed(arguments)
    if not present(options.device):
        sys.exit(f"Device {options.device!r} is not here: PyTorch finds none. Use --device cpu, or another machine.")
    work = Work(options.width, not options.plain, BATCHES.get(options.width, 128), options.rows)
    if not options.json:
        print(f"{device_name(options.device)}, {work.width} wide, {work.kind}\n")
        print(f"{'K':>6}{'models·epochs/s':>18}{'peak MiB':>12}")
    rows = []
    for members in options.members:
        rows.append(row := measure(work, members, options.device, options.seconds))
        words = f"{members:>6}{row['models_epochs_per_second']:>18.1f}{row['peak_bytes'] / 2**20:>12.0f}"
        print(json.dumps(row) if options.json else words, flush=True)
    if folder := options.out or (None if options.json else Path("runs/bench")):
        from benchmarks.pictures import device_picture, write_result

        about = {
            "device": options.device,
            "device_name": device_name(options.device),
            "width": work.width,
            "kind": work.kind,
        }
        result = {"command": command("devices", arguments), "machine": machine()} | about | {"rows": rows}
        write_result(folder, f"devices_{options.device}", result, device_picture(result))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=DEVICES, default="cpu")
    parser.add_argument("--members", type=lambda text: sorted(map(int, text.split(","))), default=list(MEMBERS))
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--plain", action="store_true", help="without batch norm and dropout")
    parser.add_argument("--rows", type=int, default=Work.rows)
    parser.add_argument("--seconds", type=float, default=0.5, help="least time behind each figure")
    parser.add_argument("--json", action="store_true", help="one JSON object a row; writes files only with --out")
    parser.add_argument("--out", type=Path, help="folder for devices_<device>.json and the picture; default runs/bench")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
