"""Pages that are made from the code are as the code stands."""

import runpy
from pathlib import Path

import pytest

from caviar.techniques.catalog import HYPERPARAMETERS

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def page() -> str:
    made: str = runpy.run_path(str(DOCS / "make_catalog.py"))["catalog_page"]()
    return made


def test_the_committed_catalogue_is_what_make_docs_writes(page: str) -> None:
    assert (DOCS / "catalog.md").read_text(encoding="utf-8") == page, "run `make docs`"


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_every_hyperparameter_has_one_row_of_nine_cells(page: str, name: str) -> None:
    [row] = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(row.strip("| ").split(" | ")) == 9
