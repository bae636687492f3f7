"""The list of techniques holds together: files, names to import, settings, sections; and it is quick to load."""

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import caviar.techniques
from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.techniques.hyperparameter import RANKS
from caviar.techniques.optimisers import OPTIMISERS
from caviar.techniques.technique_catalog import TECHNIQUES

NO_TECHNIQUES = {"__init__", "catalog", "hyperparameter", "technique", "technique_catalog", "precision", "losses"}
NO_TECHNIQUES |= {"checked_loss", "double_precision", "numerical_gradient", "gradient_check_result", "fused_update"}
"""The lists themselves, what techniques share, the parts of the gradient check, the optimisers' compiled form."""


@pytest.mark.parametrize("name", TECHNIQUES)
def test_what_a_technique_says_to_import_is_there(name: str) -> None:
    entry = TECHNIQUES[name]
    module = importlib.import_module(f"caviar.techniques.{entry.module}")
    assert all(hasattr(module, one) for one in entry.names)
    assert (Path(caviar.__file__).parent / entry.file).samefile(module.__file__)


@pytest.mark.parametrize("name", TECHNIQUES)
def test_what_a_technique_says_to_import_is_had_from_the_package_itself(name: str) -> None:
    entry = TECHNIQUES[name]
    module = importlib.import_module(f"caviar.techniques.{entry.module}")
    assert all(getattr(caviar.techniques, one) is getattr(module, one) for one in entry.names)
    assert set(entry.names) <= set(dir(caviar.techniques)) & set(caviar.techniques.__all__)


@pytest.mark.parametrize("module", sorted({one.module for one in TECHNIQUES.values()}))
def test_the_examples_in_a_file_of_techniques_give_what_they_say(module: str) -> None:
    torch.manual_seed(0)
    tried = doctest.testmod(importlib.import_module(f"caviar.techniques.{module}"))
    assert not tried.failed


def test_every_file_of_techniques_is_entered() -> None:
    [folder] = caviar.techniques.__path__
    files = {path.stem for path in Path(folder).glob("*.py")} - NO_TECHNIQUES
    assert files == {one.module for one in TECHNIQUES.values()}


@pytest.mark.parametrize("name", TECHNIQUES)
def test_a_technique_is_told_in_full_and_its_formula_fits_a_terminal(name: str) -> None:
    entry = TECHNIQUES[name]
    assert re.fullmatch(r"–|\d\.\d+((, | to )\d\.\d+)*", entry.section)
    assert re.search(r"\b(17|18|19|20)\d\d\b", entry.paper)
    assert entry.does and entry.when
    assert all(len(line) <= 70 for line in entry.formula.split("; "))


@pytest.mark.parametrize("name", TECHNIQUES)
def test_a_techniques_file_names_the_sections_and_papers_that_the_catalogue_names(name: str) -> None:
    entry = TECHNIQUES[name]
    source = (Path(caviar.__file__).parent / entry.file).read_text(encoding="utf-8")
    sections, years = re.findall(r"\d\.\d+", entry.section), re.findall(r" (1[789]\d\d|20\d\d)\b", entry.paper)
    papers = re.findall(r"(?:arXiv|doi) [^\s,;]*[^\s,;)]", entry.paper)
    assert not [one for one in (*sections, *years, *papers) if one not in source]


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_a_hyperparameter_belongs_to_techniques_that_are_there_and_says_what_it_does(name: str) -> None:
    entry = HYPERPARAMETERS[name]
    assert entry.techniques and set(entry.techniques) <= set(TECHNIQUES)
    assert entry.formula and entry.rank in RANKS
    assert bool(entry.raising) == bool(entry.lowering) == (not entry.choices)


def test_sections_of_the_notes_come_in_their_order() -> None:
    first = [one.section.partition(",")[0].partition(" ")[0] for one in TECHNIQUES.values() if one.section != "–"]
    weeks = [int(section.partition(".")[0]) for section in first]
    assert weeks == sorted(weeks)


def test_techniques_that_an_optimiser_is_chosen_by_are_techniques() -> None:
    assert {"gradient-descent", "momentum", "nesterov", "rmsprop", "adam"} <= set(OPTIMISERS) & set(TECHNIQUES)


def test_the_list_loads_without_torch() -> None:
    script = "import sys, caviar.techniques.technique_catalog; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout == "False\n"
