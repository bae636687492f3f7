"""What may be said to a network in training: the grammar, the ranges, and what is refused by name."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.core.config import TrainConfig
from caviar.core.errors import SettingsError
from caviar.population.settings import Settings
from caviar.recipe.nudges import FIXED, NUDGEABLE, Nudge, nudged, parse_nudge
from caviar.techniques.catalog import HYPERPARAMETERS

CONFIG = TrainConfig.checked(data="wine")
VALUES: dict[str, Any] = Settings(1, drop_rate=0.2).member(0) | {"epochs": 100}
NUMBERS = [name for name in NUDGEABLE if name == "epochs" or not HYPERPARAMETERS[name].choices]
amounts = st.floats(min_value=0, max_value=1e12, allow_subnormal=False)


def after(*texts: str, config: TrainConfig = CONFIG, task: Any = "multiclass") -> dict[str, Any]:
    return nudged(VALUES, [parse_nudge(text) for text in texts], config, task)


@given(st.sampled_from(NUMBERS), st.sampled_from(["to", "times", "plus", "minus"]), amounts)
def test_a_nudge_reads_back_as_it_was_written(name: str, how: Any, amount: float) -> None:
    nudge = Nudge(name, "plus", -amount) if how == "minus" else Nudge(name, how, amount)
    assert parse_nudge(str(nudge)) == nudge


@given(st.text())
def test_any_text_is_a_nudge_or_refused_as_the_user_s_mistake(text: str) -> None:
    try:
        nudge = parse_nudge(text)
    except SettingsError:
        return
    assert nudge.name in NUDGEABLE


@given(st.sampled_from(NUMBERS), st.text(st.sampled_from("x+-.e0123456789infa "), min_size=1, max_size=8))
def test_a_value_that_is_let_through_is_one_that_the_settings_take(name: str, value: str) -> None:
    try:
        changed = after(f"{name}={value}")
    except SettingsError:
        return
    if name == "epochs":
        assert isinstance(changed[name], int) and changed[name] >= 1
    else:
        Settings(1, **changed)
        assert math.isfinite(changed[name]) or name == "clip_norm"


@pytest.mark.parametrize(
    ("texts", "changed"),
    [
        (["learning_rate=0.01"], {"learning_rate": 0.01}),
        (["learning-rate=x0.5"], {"learning_rate": 0.0005}),
        (["drop_rate=-0.05"], {"drop_rate": pytest.approx(0.15)}),
        (["weight_decay=+1e-2"], {"weight_decay": 0.01}),
        (["learning_rate=x0.5", "learning_rate=x0.5"], {"learning_rate": 0.00025}),
        (["schedule=constant", "epochs=+20"], {"schedule": "constant", "epochs": 120}),
        (["clip_norm=1", "clip_norm=inf"], {"clip_norm": math.inf}),
    ],
)
def test_values_factors_and_amounts_do_what_they_say(texts: list[str], changed: dict[str, Any]) -> None:
    assert after(*texts) == changed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("learning_rate", "a name and a value"),
        ("=0.1", "a name and a value"),
        ("learning_rate=", "a name and a value"),
        ("lerning_rate=0.1", "Did you mean 'learning_rate'"),
        ("learning_rate=fast", "must be given a number, a factor such as x0.5"),
        ("learning_rate=-1", "learning_rate must be at least 0 .*; learning_rate=-1.0 of 0.001 is -0.999"),
        ("learning_rate=inf", "learning_rate must be finite"),
        ("drop_rate=x5", "drop_rate must be at least 0 and below 1; drop_rate=x5.0 of 0.2 is 1"),
        ("drop_rate=1", "drop_rate must be at least 0 and below 1; got 1"),
        ("schedule=cosines", "schedule must be one of .* Did you mean 'cosine'"),
        ("epochs=12.5", "epochs must be a whole number of at least 1; got 12.5"),
        ("epochs=x0", "epochs must be a whole number"),
        ("clip_norm=x0.5", r"clip_norm is off \(infinite\), so clip_norm=x0.5 would leave it so. Give a value"),
        ("weight_decay=x2", "weight_decay is 0, so weight_decay=x2.0 would leave it so. Give a value"),
    ],
)
def test_a_bad_name_value_or_range_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        after(text)


@pytest.mark.parametrize("name", FIXED)
def test_what_cannot_be_nudged_is_refused_with_why_and_what_can_be(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        after(f"{name}=2")
    assert str(caught.value).startswith(f"{name} {FIXED[name]}: it cannot be nudged. What can be: learning_rate, ")


def test_every_hyperparameter_can_be_nudged_or_has_a_reason_why_not() -> None:
    assert set(HYPERPARAMETERS) <= set(NUDGEABLE) | set(FIXED)
    assert set(VALUES) >= set(NUDGEABLE)


def test_a_nudge_without_effect_is_refused() -> None:
    with pytest.raises(SettingsError, match="the network has no hidden layer"):
        after("drop_rate=0.1", config=TrainConfig.checked(data="wine", hidden=()))
    with pytest.raises(SettingsError, match="there are no labels"):
        after("label_smoothing=0.1", task="regression")
