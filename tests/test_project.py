"""The project as a whole: a lazy package, rooms that import only rooms below them, pins that fit what is declared."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import caviar

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = {
    pin.partition("==")[0].lower(): pin.partition("==")[2]
    for pin in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not pin.startswith("#")
}


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after `statement`."""
    script = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    return set(answer.stdout.split())


def test_importing_caviar_loads_nothing_heavy() -> None:
    heavy = {
        "torch",
        "polars",
        "numpy",
        "scipy",
        "sklearn",
        "optuna",
        "pydantic",
        "matplotlib",
        "pandas",
        "typer",
        "rich",
    }
    assert heavy.isdisjoint(modules_after("import caviar"))


def test_an_error_class_costs_no_more_than_itself() -> None:
    assert "pydantic" not in modules_after("import caviar; caviar.DataError")


@pytest.mark.parametrize("name", sorted(caviar.__all__))
def test_every_public_name_leads_to_what_it_names(name: str) -> None:
    value = getattr(caviar, name)
    assert name == "__version__" or value.__name__ == name
    assert name in dir(caviar)
    assert getattr(caviar, name) is value


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'caviar' has no attribute 'fitt'"):
        caviar.fitt  # noqa: B018


def test_search_is_the_function_whatever_is_imported_first() -> None:
    script = (
        "from caviar.search.spaces import Space; import caviar, caviar.search; print(callable(caviar.search), "
        "caviar.search.__name__, Space.__module__)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.split() == ["True", "search", "caviar.search.spaces"]


def test_user_errors_are_value_errors_and_one_family() -> None:
    for error in (caviar.DataError, caviar.SettingsError, caviar.RunError):
        assert issubclass(error, caviar.CaviarError)
        assert issubclass(error, ValueError)


def requirements() -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    return [Requirement(text) for group in (PROJECT["project"]["dependencies"], *extras) for text in group]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_every_dependency_is_pinned_within_its_range_and_open_above(requirement: Requirement) -> None:
    assert requirement.specifier.contains(PINS[requirement.name.lower()])
    assert {specifier.operator for specifier in requirement.specifier} == {">="}, "newer ones are admitted"


def test_constraints_are_plain_pins() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*", pin) for pin in pins), (
        "no addresses, no local builds"
    )
    assert pins == sorted(pins, key=str.lower)


def test_the_order_of_the_rooms_names_every_room() -> None:
    [rooms] = [one for one in PROJECT["tool"]["importlinter"]["contracts"] if one["id"] == "rooms"]
    listed = {room.strip(" ()") for layer in rooms["layers"] for room in layer.split("|")}
    present = {
        path.stem for path in (ROOT / "src/caviar").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert present - {"__init__", "__main__"} <= listed


def test_the_licence_is_whole_and_declared() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
