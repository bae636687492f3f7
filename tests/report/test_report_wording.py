"""Figures as the report writes them."""

import pytest

from caviar.report import wording


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1_234_567, "1,234,567"),
        (123.456, "123"),
        (12345.6, "12,346"),
        (0.00123456, "0.00123"),
        (-3.14159, "−3.14"),
        (4.5e-7, "4.5 × 10⁻⁷"),
        (1.5e30, "1.5 × 10³⁰"),
        (float("inf"), "∞"),
        (float("nan"), "–"),
        (None, "–"),
    ],
)
def test_numbers(value, shown):
    assert wording.number(value).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0 %"), (0.004, "0.4 %"), (0.5, "50 %"), (0.997, "99.7 %"), (0.99999, "99.9 %"), (1, "100 %")],
)
def test_shares_say_all_only_of_all(value, shown):
    assert wording.share(value) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.42, "0.4 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (7500, "2 h 5 min")]
)
def test_durations(seconds, shown):
    assert wording.duration(seconds) == shown.replace(" ", "\u00a0")


def test_errors_are_per_cent_for_classes_and_three_figures_in_units_for_regression():
    assert wording.error(0.0249, "error") == "2.5\u00a0%"
    assert wording.error(48_123.0, "rmse") == "48,100"
    assert wording.between((0.014, 0.039), "error") == "1.4 to 3.9\u00a0%"
    assert wording.error(None, "error") == "not recorded"


def test_differences_have_signs_and_no_plus_before_nought():
    assert wording.difference(-0.011, "error") == "−1.1\u00a0points"
    assert wording.difference(0.01, "error") == "+1.0\u00a0point"
    assert wording.difference(1e-9, "error") == "0.0\u00a0points"
    assert wording.difference_ends(-0.018, 0.004, "error") == "−1.8 to +0.4"
    assert wording.difference_ends(-1800.0, 400.0, "rmse") == "−1,800 to +400"


def test_prose_is_escaped_and_options_do_not_break():
    assert wording.prose("give --budget <5m> 2.5 %") == "give <code>--budget</code> &lt;5m&gt; 2.5\u00a0%"
    assert wording.prose("a--b well-known") == "a--b well-known"


def test_names_in_words():
    assert wording.setting_name("setting.input_drop_rate") == "input drop rate"
    assert wording.setting_name("num_parameters") == "parameters"
    assert wording.shorten("a long name", 7) == "a long…"
    assert wording.count(1, "row") == "1\u00a0row"
    assert wording.count(12_000, "row") == "12,000\u00a0rows"
