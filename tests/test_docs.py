"""Pages that are made from the code are as the code stands."""

import re
import runpy
from pathlib import Path

import pytest

from caviar.search.space_file import read_space
from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.techniques.technique_catalog import TECHNIQUES

DOCS = Path(__file__).parent.parent / "docs"
README = (DOCS.parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page() -> str:
    made: str = runpy.run_path(str(DOCS / "make_catalog.py"))["catalog_page"]()
    return made


def test_the_committed_catalogue_is_what_make_docs_writes(page: str) -> None:
    assert (DOCS / "catalog.md").read_text(encoding="utf-8") == page, "run `make docs`"


def test_the_page_on_watching_is_what_make_docs_writes_and_its_script_prints_it(capsys) -> None:
    made = runpy.run_path(str(DOCS / "make_watch.py"))["page_of"]
    page = (DOCS / "watch.md").read_text(encoding="utf-8")
    assert made(page, DOCS / "watch") == page, "run `make docs`"
    runpy.run_path(str(DOCS / "watch" / "example.py"))
    named = re.findall(r"^  ([a-z-]+ \((?:low|medium|high))", (DOCS / "watch" / "example.txt").read_text("utf-8"), re.M)
    assert re.findall(r"^  ([a-z-]+ \((?:low|medium|high))", capsys.readouterr().out, re.M) == named


@pytest.mark.parametrize(
    ("part", "name", "num_cells"),
    [("Techniques", name, 7) for name in TECHNIQUES] + [("Hyperparameters", name, 11) for name in HYPERPARAMETERS],
)
def test_every_technique_and_hyperparameter_has_one_row_of_its_table(
    page: str, part: str, name: str, num_cells: int
) -> None:
    table = page.partition(f"## {part}\n")[2].partition("\n## ")[0]
    [row] = [line for line in table.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(row.strip("| ").split(" | ")) == num_cells


def test_the_techniques_files_that_the_page_links_to_are_there(page: str) -> None:
    links = re.findall(r"\]\((\.\./[^)]+)\)", page)
    assert len(links) == len(TECHNIQUES)
    assert all((DOCS / link).is_file() for link in links)


def readme_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_readme_s_population_trains_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    [block] = [block for block in readme_blocks("python") if "cross_validate" in block]
    exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "3 members of 64-64 relu batch-norm" in printed and "5-fold cross-validation" in printed


def test_the_readme_s_next_step_is_taken_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    [block] = [block for block in readme_blocks("python") if "next_step" in block]
    exec(compile("import caviar\n" + block, "README.md", "exec"), {})
    assert "kept: high-bias → a bigger network" in capsys.readouterr().out


def test_the_readme_s_space_is_one(tmp_path: Path) -> None:
    [block] = readme_blocks("yaml")
    (tmp_path / "space.yaml").write_text(block, encoding="utf-8")
    assert list(read_space(tmp_path / "space.yaml")) == ["learning_rate", "drop_rate", "optimizer", "init_gain"]
