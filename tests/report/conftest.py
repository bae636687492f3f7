"""One small example run of each kind, and its report, for the whole room."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from example_kinds import KINDS
from example_run import write_example_run
from report_page import Page

from caviar.report import write_report


@pytest.fixture(scope="session")
def example_folders(tmp_path_factory) -> dict[str, Path]:
    """By kind: "binary", "multiclass", "regression"; not to be changed."""
    return {
        kind: write_example_run(
            tmp_path_factory.mktemp(kind) / KINDS[kind].name, kind, num_members=60, num_epochs=12, seed=4
        )
        for kind in KINDS
    }


@pytest.fixture(scope="session")
def pages(example_folders) -> dict[str, Page]:
    """The parsed reports of the examples."""
    return {kind: Page(write_report(folder)) for kind, folder in example_folders.items()}


@pytest.fixture
def own_copy(example_folders, tmp_path) -> Callable[[str], Path]:
    """A copy of an example that a test may change."""
    return lambda kind: Path(shutil.copytree(example_folders[kind], tmp_path / kind))


@pytest.fixture
def little_run(tmp_path) -> Path:
    """A run of a dozen members and few epochs, to be written many times over."""
    return write_example_run(tmp_path / "little", num_members=12, num_epochs=4)
