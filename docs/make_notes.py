"""`make docs`: write docs/notes/, a page for each group of sections of the notes.

The words come from notes_words.md beside this file, techniques and hyperparameters from the catalogue, findings from
the diagnosis, claims and figures from the records that `caviar lab run` left in docs/lab/.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from make_catalog import linked, table  # noqa: E402

from caviar.diagnosis.diagnose import DISEASES  # noqa: E402
from caviar.diagnosis.training_diseases import TRAINING_DISEASES  # noqa: E402
from caviar.lab.experiment import Experiment  # noqa: E402
from caviar.lab.registry import EXPERIMENTS  # noqa: E402
from caviar.techniques.catalog import HYPERPARAMETERS  # noqa: E402
from caviar.techniques.hyperparameter import RANKS, Hyperparameter  # noqa: E402
from caviar.techniques.technique import Technique  # noqa: E402
from caviar.techniques.technique_catalog import TECHNIQUES  # noqa: E402

WORDS, RECORDS, TARGET = DOCS / "notes_words.md", DOCS / "lab", DOCS / "notes"
MADE = "Made by `make docs` from `docs/notes_words.md`, the catalogue and the records in `docs/lab/`; change it there."
SETTING_HEADER = ("name", "default", "allowed", "searched", "scale", "rank", "raising it", "lowering it")
FIGURE_HEADER = ("figure", "claimed", "measured", "agrees")
WEEKS = {"1": "Practical aspects", "2": "Optimisation", "3": "Tuning, batch norm, softmax"}
INDEX = f"""\
# The notes, section by section

{MADE}

Each page says in a student's words what the notes say, shows the formulas, the short files that hold the techniques,
the hyperparameters, and what came out when the claims were measured: a verdict by a rule stated before, never assumed.
The words are the notes'; where the measured figures say otherwise, the table does. `caviar lab run NAME` measures a
claim again, `caviar catalog NAME` shows a technique in a terminal. What the notes do not have (losses of regression,
row weights) stands in the [catalogue](../catalog.md) with all the rest.

"""


@dataclass(frozen=True)
class Page:
    """One page: its file's name, title, and the words of each of its sections, by number."""

    name: str
    title: str
    words: dict[str, str]

    def __contains__(self, section: str) -> bool:
        """Whether any of the sections, such as "1.4, 1.5", is one of the page's."""
        return any(one in self.words for one in sections(section))

    def is_home(self, section: str) -> bool:
        """Whether the first of the sections is one of the page's: what has several is told at length on one page."""
        return any(one in self.words for one in sections(section)[:1])


def sections(text: str) -> list[str]:
    """The sections one by one: "1.4, 1.5" and "2.3 to 2.5"."""
    found = []
    for part in text.split(", "):
        first, _, last = part.partition(" to ")
        week, _, number = first.partition(".")
        most = int(last.partition(".")[2]) if last else None
        found += [f"{week}.{each}" for each in range(int(number), most + 1)] if most else [first]
    return found


def read_pages(text: str) -> list[Page]:
    """The pages of notes_words.md: "# file name: title" begins one, "## section: heading" each of its sections."""
    pages = []
    for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        head, *rest = re.split(r"^## ", part, flags=re.MULTILINE)
        name, _, title = head.strip().partition(": ")
        words = {one.partition(":")[0]: f"## {one.strip().replace(':', '', 1)}\n" for one in rest}
        pages.append(Page(name, title, words))
    return pages


def page_text(page: Page, records: dict[str, dict[str, Any]]) -> str:
    """The whole page, Markdown."""
    techniques = [one for one in TECHNIQUES.values() if page.is_home(one.section)]
    own = {one.name for one in techniques}
    settings = [one for one in HYPERPARAMETERS.values() if one.section in page or own & set(one.techniques)]
    experiments = [one for one in EXPERIMENTS.values() if page.is_home(one.section)]
    parts = [f"# {page.title}\n", f"{MADE} [All sections](index.md).\n", *page.words.values()]
    if techniques:
        parts += ["## Techniques\n", *map(technique_part, techniques)]
    if settings:
        parts += ["## Hyperparameters\n", table(SETTING_HEADER, map(setting_cells, settings))]
    findings = [line for section, line in finding_lines() if section in page]
    if findings:
        parts += ["## Findings\n", "What the diagnosis looks for here:\n", "".join(findings)]
    if experiments:
        parts += ["## Measured\n", *(measured_part(one, records.get(one.name)) for one in experiments)]
    return "\n".join(parts)


def technique_part(one: Technique) -> str:
    formula = one.formula.replace("; ", "\n")
    return (
        f"### {one.name}\n\n{capital(one.does)}. When: {one.when}.\n\n```text\n{formula}\n```\n\n"
        f"[`{one.module}.py`](../../src/caviar/{one.file}) · `{one.use}` · {linked(one.paper)}\n"
    )


def setting_cells(one: Hyperparameter) -> tuple[str, ...]:
    allowed = ", ".join(f"`{choice}`" for choice in one.choices) or one.allowed
    scale = "–" if one.scale == "choice" else one.scale
    told = (one.written_default, allowed, one.searched or "–", scale, RANKS[one.rank])
    return (f"`{one.name}`", *told, one.raising or "–", one.lowering or "–")


def finding_lines() -> Iterator[tuple[str, str]]:
    """Section and line of each finding; the first sentence of its disease's file says what it is."""
    for disease in (*DISEASES, *TRAINING_DISEASES):
        module = sys.modules[disease.__module__]
        told = str(module.__doc__).partition(" Notes")[0].replace("\n", " ")
        link = f"../../src/caviar/diagnosis/{Path(str(module.__file__)).name}"
        yield module.DISEASE.section, f"- [`{module.DISEASE.id}`]({link}) · {told}\n"


def measured_part(one: Experiment, record: dict[str, Any] | None) -> str:
    """One experiment: claim, verdict, figures, picture, rule, and how to measure it again."""
    file = f"[`{one.name.replace('-', '_')}.py`](../../src/caviar/lab/{one.name.replace('-', '_')}.py)"
    claim = f"### {one.name}\n\nThe claim: {one.claim}.\n"
    if record is None:
        return f"{claim}\nNot measured yet: `caviar lab run {one.name} --out docs/lab`. {file}\n"
    figures = table(FIGURE_HEADER, map(figure_cells, record["figures"]))
    again = f"`caviar lab run {one.name} --seed {record['seed']}`"
    rule = f"The rule: {record['rule'].removesuffix('.')}."
    return (
        f"{claim}\n**Measured: it {record['verdict']}.**\n\n{figures}\n"
        f"![{capital(one.claim)}](../lab/{one.name}.svg)\n\n{rule}\n\n"
        f"Again: {again} · {file} · {record['seconds']:.3g} s on {machine(record['environment'])}.\n"
    )


def figure_cells(figure: dict[str, Any]) -> tuple[str, ...]:
    agreement = figure["agreement"]
    words = {None: "not judged", 1: "yes", 0: "**no**"}
    agrees = words.get(agreement) or f"in {100 * agreement:.0f} % of the repetitions"
    return (figure["what"], figure["claimed"] or "–", str(figure["measured"]), agrees)


def machine(environment: dict[str, Any]) -> str:
    threads = f"{environment['threads']} thread{'s' * (environment['threads'] != 1)}"
    versions = ", ".join(f"{name} {environment[name]}" for name in ("python", "torch", "numpy", "scikit-learn"))
    return f"{environment['cpu']}, {environment['cores']} cores, {threads}; {versions}"


def index_text(pages: Iterable[Page], records: dict[str, dict[str, Any]]) -> str:
    """The list of pages by week, with every experiment and its verdict."""
    parts, pages = [INDEX], list(pages)
    verdicts = {name: records[name]["verdict"] if name in records else "not measured yet" for name in EXPERIMENTS}
    for week, title in WEEKS.items():
        rows = []
        for page in (one for one in pages if one.name.startswith(f"{week}.")):
            techniques = ", ".join(f"`{one.name}`" for one in TECHNIQUES.values() if page.is_home(one.section))
            claims = [
                f"`{one.name}`: {verdicts[one.name]}" for one in EXPERIMENTS.values() if page.is_home(one.section)
            ]
            link = f"[{page.title}]({page.name}.md)"
            rows.append((", ".join(page.words), link, techniques or "–", "<br>".join(claims) or "–"))
        parts.append(f"## {title}\n\n{table(('notes', 'page', 'techniques', 'claims measured'), rows)}\n")
    kinds = ("holds", "holds in part", "does not hold")
    counts = ", ".join(f"{list(verdicts.values()).count(kind)} × *{kind}*" for kind in kinds)
    return "".join(parts) + f"Of {len(EXPERIMENTS)} claims {len(records)} are measured: {counts}.\n"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def read_records(folder: Path) -> dict[str, dict[str, Any]]:
    """By name, the records of the experiments there are."""
    paths = {name: folder / f"{name}.json" for name in EXPERIMENTS}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items() if path.exists()}


def notes_pages() -> dict[str, str]:
    """File name → text, for all pages and the index."""
    pages, records = read_pages(WORDS.read_text(encoding="utf-8")), read_records(RECORDS)
    texts = {f"{page.name}.md": page_text(page, records) for page in pages}
    return {"index.md": index_text(pages, records)} | texts


def main() -> None:
    """Write the pages, and take away those that are no more."""
    TARGET.mkdir(exist_ok=True)
    texts = notes_pages()
    for stale in set(TARGET.glob("*.md")) - {TARGET / name for name in texts}:
        stale.unlink()
    for name, text in texts.items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
