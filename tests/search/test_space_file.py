"""A space as people write it: bounds on the catalogue's scale, choices, one value; mistakes are named."""

import math
from pathlib import Path

import pytest
import yaml

from caviar.core.errors import SettingsError
from caviar.recipe.plans import default_space
from caviar.search.space_file import read_space, space_of, written
from caviar.search.spaces import Choice, LogUniform, OneMinusLogUniform, OrZero, Space, Uniform


def read(text: str, folder: Path) -> Space:
    path = folder / "space.yaml"
    path.write_text(text, encoding="utf-8")
    return read_space(path)


def test_bounds_choices_and_values_become_dimensions(tmp_path: Path) -> None:
    space = read(
        """
        learning_rate: {low: 1e-4, high: 1E-1}
        beta1: {low: 0.8, high: 0.99}
        drop_rate: {low: 0, high: 0.5, scale: linear}
        weight_decay: {low: 0.001, high: 1, zero_share: 0.3}
        optimizer: {choices: [adam, momentum], weights: [3, 1]}
        clip_norm: [1.0, .inf]
        init_gain: 1.0
        """,
        tmp_path,
    )
    assert dict(space) == {
        "learning_rate": LogUniform(1e-4, 1e-1),
        "beta1": OneMinusLogUniform(0.8, 0.99),
        "drop_rate": Uniform(0, 0.5),
        "weight_decay": OrZero(LogUniform(0.001, 1), 0.3),
        "optimizer": Choice(("adam", "momentum"), (0.75, 0.25)),
        "clip_norm": Choice((1.0, math.inf)),
        "init_gain": Choice((1.0,)),
    }


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_what_is_written_reads_back_as_the_same_space_but_for_rounding(task: str, tmp_path: Path) -> None:
    space = default_space(task, 1_234).with_dimensions({"clip_norm": Choice((1.0, math.inf)), "l1": Choice((0.0,))})
    again = read(yaml.safe_dump(written(space), sort_keys=False), tmp_path)
    assert list(again) == list(space)
    for name, dimension in space.items():
        assert type(again[name]) is type(dimension)
        if not isinstance(dimension, Choice):
            assert again[name].from_unit(1.0) == pytest.approx(dimension.from_unit(1.0), rel=1e-3)
    assert dict(space_of(space.to_json())) == dict(space)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lerning_rate: 1", "'lerning_rate' is unknown. Did you mean 'learning_rate'"),
        ("learning_rate: {low: 1, high: 0.1}", "'learning_rate': log-uniform: low must be less than high"),
        ("learning_rate: {low: 0, high: 0.1}", "low must be above 0"),
        ("learning_rate: {low: 0.1}", "must be low and high"),
        ("learning_rate: {low: 0.1, hihg: 1}", "must be low and high"),
        ("learning_rate: {low: 0.1, high: 1, scale: cubic}", "scale must be one of linear, log"),
        ("learning_rate: fast", "no values of learning_rate"),
        ("drop_rate: {low: 0.1, high: 1.5}", "drop_rate must be at least 0 and below 1; got 1.5"),
        ("optimizer: {low: 1, high: 2}", "'optimizer'"),
        ("optimizer: [adam, adm]", "Did you mean 'adam'"),
        ("optimizer: []", "at least one value"),
        ("- learning_rate", "must map names"),
        ("", "must map names"),
        ("a: [", "cannot be read as YAML"),
    ],
)
def test_a_mistake_is_named_with_what_must_hold(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        read(text, tmp_path)
    assert words in str(error.value)


def test_a_file_that_is_not_there_is_answered_with_an_example(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"learning_rate: \{low: 1e-4, high: 1e-1\}"):
        read_space(tmp_path / "nowhere.yaml")
