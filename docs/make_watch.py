"""`make docs`: write the script, its output and the measured cost of docs/watch.md from the files in docs/watch.

`python docs/watch/example.py > docs/watch/example.txt` makes the output anew, `python -m benchmarks.watch --out
docs/watch` the figures.
"""

import json
import re
from pathlib import Path

DOCS = Path(__file__).parent
PAGE, FOLDER = DOCS / "watch.md", DOCS / "watch"


def page_of(text: str, folder: Path) -> str:
    """The page with each marked part as the folder's files have it."""
    measured = folder / "watch.json"
    parts = {
        "script": f"```python\n{(folder / 'example.py').read_text(encoding='utf-8').rstrip()}\n```",
        "output": f"```text\n{(folder / 'example.txt').read_text(encoding='utf-8').rstrip()}\n```",
        "cost": cost_table(json.loads(measured.read_text(encoding="utf-8")))
        if measured.exists()
        else "Not measured yet: `python -m benchmarks.watch --out docs/watch`.",
    }
    for marker, part in parts.items():
        begin, end = f"<!-- {marker} -->\n", "<!-- end -->"
        whole = f"{begin}\n{part}\n\n{end}"
        text, count = re.subn(f"{begin}.*?{end}", lambda _, whole=whole: whole, text, flags=re.DOTALL)
        assert count == 1, f"docs/watch.md needs one place for {marker}"
    return text


def cost_table(result: dict) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{name} {machine['versions'][name]}" for name in ("python", "caviar", "torch"))
    lines = [
        f"`{result['command']}` on {machine['processor']}, {machine['cores']} cores, {machine['system']}; {versions}. "
        f"Batches of 128 rows, {result['steps']:,} steps of which {result['watched']} are watched, one thread, least "
        f"times of {result['rounds']} rounds. The control is the same loop unwatched once more: what it is off 1 by is "
        "the machine's unrest, not the watcher's.",
        "",
        "| network | a step, ms | watched | control |",
        "| --- | --- | --- | --- |",
    ]
    for row in result["rows"]:
        asked = f"asked < {row['asked']:.2f}×{'' if row['ratio'] < row['asked'] else ': short'}"
        lines.append(
            f"| {row['network']} | {row['step_ms']:.3f} | {row['ratio']:.3f}× ({asked}) | {row['control']:.3f}× |"
        )
    return "\n".join(lines)


def main() -> None:
    PAGE.write_text(page_of(PAGE.read_text(encoding="utf-8"), FOLDER), encoding="utf-8")


if __name__ == "__main__":
    main()
