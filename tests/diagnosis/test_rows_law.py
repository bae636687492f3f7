"""Error against train rows: the law, what it promises, and the findings that follow."""

import numpy as np
import pytest

from caviar.diagnosis.error_rate import ErrorRate
from caviar.diagnosis.more_data import more_data
from caviar.diagnosis.rows_law import ErrorsByRows, rows_law

ROWS = 1_000


def measured(level, size, exponent, *, seed=0, num_sizes=5, repeats=3, dev_rows=500, noise=0.05):
    """Mistakes of networks whose true error is level + size · (n / N)^(−exponent); dev rows keep their difficulty."""
    draw = np.random.default_rng(seed)
    sizes = np.array([ROWS >> power for power in reversed(range(num_sizes))])
    difficulty = draw.random(dev_rows)
    mistakes = np.empty((num_sizes, repeats, dev_rows))
    for place, rows in enumerate(sizes):
        for repeat in range(repeats):
            error = (level + size * (rows / ROWS) ** -exponent) * (1 + noise * draw.normal())
            same = draw.random(dev_rows) < 0.5
            mistakes[place, repeat] = np.where(same, difficulty, draw.random(dev_rows)) < error
    return ErrorsByRows(sizes, mistakes, "error")


def found(curve, **others):
    return {each.id: each for each in more_data(curve, "error", 0.02, **others)}


@pytest.mark.parametrize(("level", "size", "exponent"), [(0.05, 0.1, 0.5), (0.0, 0.1, 0.5), (0.2, 0.05, 1.0)])
def test_a_noiseless_law_is_found_again(level, size, exponent):
    sizes = np.array([125, 250, 500, 1_000])
    squares = (level + size * (sizes / 1_000.0) ** -exponent) ** 2
    law = rows_law(ErrorsByRows(sizes, np.tile(squares[:, None, None], (1, 2, 5)), "rmse"))
    np.testing.assert_allclose(law.laws[0], [level, size, exponent], atol=1e-6)
    assert law.gain(10).estimate == pytest.approx(size * (1 - 10**-exponent))
    assert law.at(1_000).estimate == pytest.approx(level + size) and law.at(1_000).half_width == pytest.approx(0)


def test_the_interval_holds_what_ten_times_the_rows_bring_in_nine_of_ten_draws():
    true = 0.1 * (1 - 10**-0.5)
    gains = [rows_law(measured(0.05, 0.1, 0.5, seed=seed)).gain(10) for seed in range(30)]
    assert np.mean([gain.low <= true <= gain.high for gain in gains]) >= 0.9


def test_more_data_helps_where_the_error_still_falls():
    findings = found(measured(0.02, 0.12, 0.5))
    helps = findings["more-data-helps"]
    assert helps.verdict == "present" and findings["more-data-is-futile"].verdict == "absent"
    assert helps.actions[0].by == "you" and "about 1,000 more bring the dev error from" in helps.actions[0].text
    low, high = helps.evidence["ten_times_difference_interval"]
    assert 0 < low < 0.12 * (1 - 10**-0.5) < high


def test_more_data_is_futile_where_the_error_has_levelled_off():
    findings = found(measured(0.25, 0.0, 0.5, dev_rows=2_000, noise=0.02))
    assert findings["more-data-is-futile"].verdict == "present" and findings["more-data-is-futile"].severity == "low"
    assert findings["more-data-helps"].verdict == "absent"


def test_more_data_is_not_called_futile_where_nothing_material_is_left():
    dev = ErrorRate.from_rows(np.zeros(500), "error")
    assert found(measured(0.005, 0.0, 0.5), dev=dev)["more-data-is-futile"].verdict == "absent"


def test_too_wide_an_interval_is_no_answer():
    verdicts = {each.verdict for each in found(measured(0.2, 0.03, 0.5, num_sizes=3, repeats=2, noise=0.2)).values()}
    assert verdicts == {"cannot-tell"}


def test_a_curve_that_was_not_measured_is_said_to_be_missing():
    for finding in found(None, missing="the budget had no room").values():
        assert finding.verdict == "cannot-tell" and "the budget had no room" in finding.meaning
