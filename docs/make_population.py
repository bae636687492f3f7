"""`make docs`: write the measured parts of docs/population.md from the JSON that the benchmarks left beside it.

Each stands between `<!-- NAME -->` and `<!-- end -->`; the words around it are written by hand.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent))

from benchmarks.verdicts import floor, met, written  # noqa: E402

PAGE, FIGURES = DOCS / "population.md", DOCS / "population"
KINDS = {"plain": "plain", "full": "batch norm and dropout"}
SOURCES = {
    "machine": "population",
    "speed-plain": "population",
    "speed-full": "population",
    "speed-picture": "population",
    "products": "products",
    "cost": "linear_cost",
    "devices-cpu": "devices_cpu",
    "devices-cuda": "devices_cuda",
}
"""Marker → the JSON that what stands there is made from."""
MODULES = {
    "population": "population",
    "products": "products",
    "linear_cost": "linear_cost",
    "devices_cpu": "devices --device cpu",
}
MODULES |= {"devices_cuda": "devices --device cuda"}
SPEED_WORDS = (
    "How many times faster than each opponent, by width, and the share of the product rate; dashes are the floors"
)
PRODUCTS = {"layer": "W · A", "weights": "dZ · Aᵀ", "inputs": "Wᵀ · dZ"}
COST_WORDS = "Seconds per epoch against members, rows and parameters"


def page_of(text: str, folder: Path) -> str:
    """The page with every table as the folder's JSON has it."""
    for marker, source in SOURCES.items():
        path = folder / f"{source}.json"
        if path.exists():
            table = TABLES[marker](json.loads(path.read_text(encoding="utf-8")))
        else:
            table = f"Not measured yet: `python -m benchmarks.{MODULES[source]} --out docs/population`."
        begin, end = f"<!-- {marker} -->\n", "<!-- end -->"
        whole = f"{begin}\n{table}\n\n{end}"
        text, count = re.subn(f"{begin}.*?{end}", lambda _, whole=whole: whole, text, flags=re.DOTALL)
        assert count == 1, f"docs/population.md needs one place for {marker}"
    return text


def markdown(rows: list[list[str]]) -> str:
    """The first row is the head."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ["---"] * len(rows[0]), *rows[1:]])


def machine_line(result: dict) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"`{result['command']}` on {machine['processor']}, {machine['cores']} cores, {machine['system']}; {versions}."
    )


def speed_table(result: dict, kind: str) -> str:
    """A row an opponent, a column a width; floors in brackets, and the words where one is missed."""
    rows = {row["width"]: row for row in result["rows"] if row["kind"] == kind}
    titles = {f"ratio_{name}": f"against {title}" for name, title in result["opponents"].items()}
    titles["single_ratio_torch"] = "K = 1 against one PyTorch loop"
    titles["peak_share"] = "share of the product rate"
    table = [["", *(f"{width} wide" for width in rows)]]
    table.append(["models · epochs per second", *(f"{row['models_epochs_per_second']:,.0f}" for row in rows.values())])
    for figure, title in titles.items():
        if any(row.get(figure) is not None for row in rows.values()):
            table.append([title, *(speed_cell(figure, kind, width, row[figure]) for width, row in rows.items())])
    missed = "; ".join(f"{result['opponents'][name]} ({why})" for name, why in result["skipped"].items())
    return markdown(table) + (f"\n\nNot measured: {missed}." if missed and kind == "plain" else "")


def speed_cell(figure: str, kind: str, width: int, value: float | None) -> str:
    """Such as "2.71× (asked 4×: short)"."""
    if value is None:
        return "–"
    asked = floor(figure, kind, width)
    if asked is None:
        return written(figure, value)
    least = f"{100 * asked:g} %" if figure == "peak_share" else f"{asked:g}×"
    return f"{written(figure, value)} (asked {least}{'' if met(figure, kind, width, value) else ': short'})"


def cost_table(result: dict) -> str:
    rows = [["what grows", "from", "to", "seconds per epoch, from", "to", "exponent, upper decade"]]
    for one in result["sweeps"]:
        ends = (
            f"{one['sizes'][0]:,}",
            f"{one['sizes'][-1]:,}",
            f"{one['seconds'][0]:.3g}",
            f"{one['seconds'][-1]:.3g}",
        )
        rows.append([one["axis"], *ends, f"{one['exponent']:.2f}"])
    return f"{machine_line(result)}\n\n{markdown(rows)}\n\n![{COST_WORDS}](population/linear_cost.svg)"


def product_table(result: dict) -> str:
    rows = [
        [
            "inputs, units, rows",
            "product",
            "compiled steps",
            f"SciPy's BLAS ({', '.join(result['blas_kernels'])})",
            "PyTorch",
        ]
    ]
    for row in result["rows"]:
        rates = (f"{row[who]:,.0f}" for who in ("caviar", "blas", "pytorch"))
        rows.append([f"{row['inputs']}, {row['outputs']}, {row['batch']}", PRODUCTS[row["product"]], *rates])
    return f"{machine_line(result)}\n\n{markdown(rows)}"


def device_table(result: dict) -> str:
    rows = [["K", "models · epochs per second", "memory at its peak, MiB"]]
    rows += [
        [f"{row['members']:,}", f"{row['models_epochs_per_second']:,.4g}", f"{row['peak_bytes'] / 2**20:,.0f}"]
        for row in result["rows"]
    ]
    about = f"{result['device_name']}, {result['width']} wide, {KINDS[result['kind']]}: {machine_line(result)}"
    picture = f"![Throughput and memory against K](population/devices_{result['device']}.svg)"
    return f"{about}\n\n{markdown(rows)}\n\n{picture}"


TABLES: dict[str, Callable[[dict], str]] = {
    "machine": machine_line,
    "speed-plain": lambda result: speed_table(result, "plain"),
    "speed-full": lambda result: speed_table(result, "full"),
    "speed-picture": lambda result: f"![{SPEED_WORDS}](population/population.svg)",
    "products": product_table,
    "cost": cost_table,
    "devices-cpu": device_table,
    "devices-cuda": device_table,
}


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page_of(text, FIGURES), encoding="utf-8")


if __name__ == "__main__":
    main()
