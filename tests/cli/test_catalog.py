"""`caviar catalog`: lists both kinds, shows one, and knows a name that is nearly right."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from caviar.cli.catalog import formula
from caviar.techniques.catalog import HYPERPARAMETERS
from caviar.techniques.hyperparameter import Hyperparameter
from caviar.techniques.technique import Technique
from caviar.techniques.technique_catalog import TECHNIQUES

Command = Callable[..., Any]


def test_without_a_name_every_entry_has_a_line_under_its_heading(caviar_command: Command) -> None:
    answer = caviar_command("catalog")
    assert (answer.code, answer.err) == (0, "")
    parts = answer.out.split("\n\n")
    headings = [part.splitlines()[0] for part in parts]
    ranks = ["tune first", "tune second", "tune third", "hardly ever tune"]
    assert headings == [
        "Techniques, in the order of the notes",
        *(f"Hyperparameters: {rank}" for rank in ranks),
        "`caviar catalog NAME` shows one, with its formula.",
    ]
    names = [[line.split()[0] for line in part.splitlines()[1:]] for part in parts]
    assert names[0] == list(TECHNIQUES)
    assert names[1] == ["learning_rate"]
    for rank in (1, 2, 3, 4):
        assert names[rank] == [one.name for one in HYPERPARAMETERS.values() if one.rank == rank]


def test_the_learning_rate_is_shown_with_all_that_is_known_of_it(caviar_command: Command) -> None:
    answer = caviar_command("catalog", "learning_rate")
    assert answer.code == 0
    assert answer.out == (
        "learning_rate (hyperparameter): α, the size of a step\n"
        "  Formula:   W ← W − α · g\n"
        "             Adam: W ← W − α · v̂ / (√ŝ + ε)\n"
        "  Default:   0.001\n"
        "  Allowed:   at least 0\n"
        "  Searched:  0.001 to 0.03\n"
        "  Scale:     log\n"
        "  Rank:      1, tune first\n"
        "  Notes:     3.1, 3.2\n"
        "  Raising:   faster, then unstable\n"
        "  Lowering:  slower, then stuck\n"
        "  Part of:   gradient-descent, momentum, nesterov, rmsprop, adam\n"
    )


def test_a_technique_is_shown_with_formula_file_and_settings(caviar_command: Command) -> None:
    out = caviar_command("catalog", "dropout").out
    assert "  Formula:   a′ = a · [u ≥ rate] / (1 − rate)\n" in out
    assert "  File:      techniques/dropout.py\n" in out
    assert "  Use:       from caviar.techniques.dropout import dropout\n" in out
    assert "  Settings:  drop_rate, input_drop_rate\n" in out


@pytest.mark.parametrize("name", ["batch-norm", "batch_norm", "Batch-Norm"])
def test_hyphen_underscore_and_case_are_all_the_same(caviar_command: Command, name: str) -> None:
    assert caviar_command("catalog", name).out.startswith("batch-norm (technique): ")


def test_a_name_that_both_have_shows_both(caviar_command: Command) -> None:
    out = caviar_command("catalog", "augmentation").out
    assert "augmentation (technique): " in out
    assert "\naugmentation (hyperparameter): " in out


def test_ranges_say_what_their_ends_are(caviar_command: Command) -> None:
    assert "  Searched:  1e-6 to 0.001 (of λ/m), 60 % of draws 0 (off)\n" in caviar_command("catalog", "l2").out
    assert "  Allowed:   0 to below 1\n" in caviar_command("catalog", "drop_rate").out
    clip_norm = caviar_command("catalog", "clip_norm").out
    assert "  Default:   ∞ (off)\n" in clip_norm
    assert "  Searched:  no\n" in clip_norm
    assert "  Allowed:   constant, inverse-time, " in caviar_command("catalog", "schedule").out


@pytest.mark.parametrize("name", [*TECHNIQUES, *HYPERPARAMETERS])
def test_every_entry_can_be_shown_in_words_and_as_json(caviar_command: Command, name: str) -> None:
    told = caviar_command("catalog", name)
    assert told.code == 0 and told.out.count("Formula:") >= 1
    value = json.loads(caviar_command("catalog", name, "--json").out)
    assert name in [one["name"] for one in value["techniques"] + value["hyperparameters"]]


@pytest.mark.parametrize("one", [*TECHNIQUES.values(), *HYPERPARAMETERS.values()], ids=lambda one: one.name)
def test_formulas_fit_into_80_columns(one: Technique | Hyperparameter) -> None:
    assert max(len(line.label + line.text) for line in formula(one.formula)) <= 80


def test_json_has_everything_and_null_for_no_limit(caviar_command: Command) -> None:
    value = json.loads(caviar_command("catalog", "--json").out)
    assert [one["name"] for one in value["techniques"]] == list(TECHNIQUES)
    [clip_norm] = [one for one in value["hyperparameters"] if one["name"] == "clip_norm"]
    assert (clip_norm["default"], clip_norm["low"], clip_norm["high"]) == (None, 0, None)
    [rate] = json.loads(caviar_command("catalog", "learning_rate", "--json").out)["hyperparameters"]
    assert (rate["default"], rate["tune"], rate["rank"], rate["rank_in_words"]) == (1e-3, [1e-3, 3e-2], 1, "tune first")


def test_an_unknown_name_exits_with_2_and_names_the_nearest(caviar_command: Command) -> None:
    answer = caviar_command("catalog", "learnin_rate")
    assert answer == (2, "", "'learnin_rate' is neither a technique nor a hyperparameter. Did you mean "
                      "'learning_rate'? `caviar catalog` lists both.\n")  # fmt: skip
    assert "Did you mean 'recalibration'?" in caviar_command("catalog", "recalibrate", "--json").err
