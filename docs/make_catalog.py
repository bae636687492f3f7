"""`make docs`: write docs/catalog.md from the one list of hyperparameters and the one of techniques.

They are src/caviar/techniques/catalog.py and src/caviar/techniques/technique_catalog.py.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.techniques.hyperparameter import RANKS, Hyperparameter
from caviar.techniques.technique import Technique
from caviar.techniques.technique_catalog import TECHNIQUES

TARGET = Path(__file__).parent / "catalog.md"
OPENING = """\
# Techniques and hyperparameters

Made by `make docs` from `technique_catalog.py` and `catalog.py` in `src/caviar/techniques/`; change it there.
`caviar catalog` shows the same in a terminal. Sections are those of the course notes.

## Techniques

In the order of the notes. Each stands alone in a short file; `from caviar.techniques import dropout, clip_gradients`
brings them into any PyTorch code.

"""
TECHNIQUE_HEADER = ("name", "notes", "formula", "what it does", "when", "file", "paper")
SECOND_OPENING = """
## Hyperparameters

Every network of a population may have its own value of each. *Searched* is the range that a search draws from, on its
scale; beside it stands the share of draws that are exactly 0 (off). A search leaves the others at their default. m is
the number of train rows.

"""
HEADER = ("name", "default", "allowed", "searched", "scale", "rank", "notes", "what it is", "formula", "raising it",
          "lowering it")  # fmt: skip


def catalog_page() -> str:
    """The whole page, Markdown: techniques by section, then the settings, those to tune first standing first."""
    ranked = sorted(HYPERPARAMETERS.values(), key=lambda one: one.rank)
    techniques = table(TECHNIQUE_HEADER, map(technique_cells, TECHNIQUES.values()))
    return OPENING + techniques + SECOND_OPENING + table(HEADER, map(cells, ranked))


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Markdown rows; a | inside a cell is escaped."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def technique_cells(one: Technique) -> tuple[str, ...]:
    """One technique's row of the table."""
    file = f"[`{one.module}.py`](../src/caviar/{one.file})"
    return (f"`{one.name}`", one.section, one.formula, one.does, one.when, file, linked(one.paper))


def linked(paper: str) -> str:
    """The reference with each DOI, arXiv number and address as a link."""
    paper = re.sub(r"doi (10\.[^ ;]+)", r"[doi \1](<https://doi.org/\1>)", paper)
    paper = re.sub(r"arXiv (\d{4}\.\d{5}|\d{4}\.\d{4})", r"[arXiv \1](https://arxiv.org/abs/\1)", paper)
    return re.sub(r"(?<![/\w.])((?:jmlr\.org|proceedings\.mlr\.press)/\S+\.html)", r"[\1](https://\1)", paper)


def cells(one: Hyperparameter) -> tuple[str, ...]:
    """One hyperparameter's row of the table."""
    allowed = ", ".join(f"`{choice}`" for choice in one.choices) or one.allowed
    default = f"`{one.default}`" if isinstance(one.default, str) else one.written_default
    return (
        f"`{one.name}`",
        default,
        allowed,
        one.searched or "–",
        "–" if one.scale == "choice" else one.scale,
        RANKS[one.rank],
        one.section,
        one.meaning,
        one.formula,
        one.raising or "–",
        one.lowering or "–",
    )


if __name__ == "__main__":
    TARGET.write_text(catalog_page(), encoding="utf-8")
