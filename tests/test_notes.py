"""The pages of the notes are as catalogue, diagnosis and measured records stand, and leave no section out."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from caviar.lab.registry import EXPERIMENTS
from caviar.techniques.technique_catalog import TECHNIQUES

DOCS = Path(__file__).parent.parent / "docs"
RECORDS = sorted((DOCS / "lab").glob("*.json"))
SECTIONS = [
    *(f"1.{number}" for number in range(1, 15)),
    *(f"2.{number}" for number in range(1, 11)),
    *(f"3.{number}" for number in range(1, 12)),
]
MOST_BYTES = 3_000_000


@pytest.fixture(scope="module")
def maker() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "make_notes.py"))


@pytest.fixture(scope="module")
def pages(maker: dict[str, Any]) -> dict[str, str]:
    texts: dict[str, str] = maker["notes_pages"]()
    return texts


def test_the_committed_pages_are_what_make_docs_writes(pages: dict[str, str]) -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / "notes").iterdir()}
    assert committed == pages, "run `make docs`"


def test_every_section_of_the_notes_stands_on_one_page(pages: dict[str, str]) -> None:
    found = re.findall(r"^## (\d\.\d+) ", "\n".join(pages.values()), re.MULTILINE)
    assert sorted(found) == sorted(SECTIONS)


def test_every_technique_of_the_notes_and_every_claim_is_told_on_one_page(pages: dict[str, str]) -> None:
    headings = re.findall(r"^### (\S+)$", "\n".join(pages.values()), re.MULTILINE)
    of_the_notes = [one.name for one in TECHNIQUES.values() if one.section != "–"]
    assert sorted(headings) == sorted([*of_the_notes, *EXPERIMENTS])


def test_the_index_leads_to_every_page(pages: dict[str, str]) -> None:
    links = re.findall(r"\]\(([^/)]+\.md)\)", pages["index.md"])
    assert sorted([*links, "index.md"]) == sorted(pages)


def test_links_and_pictures_are_there(pages: dict[str, str]) -> None:
    links = {link for text in pages.values() for link in re.findall(r"\]\(([^)<:]+)\)", text)}
    assert len(links) > len(TECHNIQUES)
    assert [link for link in sorted(links) if not (DOCS / "notes" / link).is_file()] == []


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_of_its_experiment_as_it_stands(path: Path) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    experiment = EXPERIMENTS[path.stem]
    told = (record["name"], record["section"], record["claim"])
    again = f"measure it again: caviar lab run {path.stem} --out docs/lab"
    assert told == (experiment.name, experiment.section, experiment.claim), again
    assert path.with_suffix(".svg").is_file()


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in (DOCS / "lab").iterdir()) < MOST_BYTES


def test_figures_that_disagree_are_shown_as_such(maker: dict[str, Any]) -> None:
    figure = {"what": "|a| at t = 1", "claimed": "", "measured": 0.25}
    cells = [maker["figure_cells"](figure | {"agreement": agreement}) for agreement in (None, 1.0, 0.0, 0.8)]
    assert [cell[3] for cell in cells] == ["not judged", "yes", "**no**", "in 80 % of the repetitions"]
    assert cells[0][:3] == ("|a| at t = 1", "–", "0.25")


def test_a_claim_without_a_record_says_how_to_measure_it(maker: dict[str, Any]) -> None:
    part = maker["measured_part"](EXPERIMENTS["softmax"], None)
    assert "Not measured yet: `caviar lab run softmax --out docs/lab`" in part and "Measured" not in part


def test_ranges_of_sections_are_counted_out(maker: dict[str, Any]) -> None:
    assert maker["sections"]("1.12 to 1.14") == ["1.12", "1.13", "1.14"]
    assert maker["sections"]("2.3, 2.6, 3.2") == ["2.3", "2.6", "3.2"]
    assert maker["sections"]("1.8, C2.10") == ["1.8", "C2.10"]


def test_references_become_links(maker: dict[str, Any]) -> None:
    linked = maker["linked"]
    assert linked("Polyak, 1964, doi 10.1016/0041-5553(64)90137-5") == (
        "Polyak, 1964, [doi 10.1016/0041-5553(64)90137-5](<https://doi.org/10.1016/0041-5553(64)90137-5>)"
    )
    assert linked("arXiv 1412.6980; arXiv 1502.03167, algorithm 2") == (
        "[arXiv 1412.6980](https://arxiv.org/abs/1412.6980); "
        "[arXiv 1502.03167](https://arxiv.org/abs/1502.03167), algorithm 2"
    )
    page = "jmlr.org/papers/v15/srivastava14a.html"
    assert linked(f"Srivastava et al., 2014, {page}") == f"Srivastava et al., 2014, [{page}](https://{page})"
