"""Inputs of every size, as a network is fed them."""

import numpy as np
import pytest

from caviar.diagnosis.input_not_normalised import input_not_normalised
from caviar.diagnosis.input_scales import InputScales

DRAW = np.random.default_rng(0)
NORMAL = DRAW.normal(size=(500, 6))
RARE_CODES = (DRAW.random((500, 6)) < 0.01).astype(float)


@pytest.mark.parametrize(
    "features",
    [NORMAL, NORMAL * [1, 2, 0.5, 1, 1, 3], DRAW.random((500, 3, 8, 8)), np.hstack([NORMAL, RARE_CODES])],
    ids=["normalised", "of about one size", "pixels up to 1", "with rare codes"],
)
def test_inputs_of_about_one_size_are_fine(features):
    assert input_not_normalised(InputScales.of(features)).verdict == "absent"


@pytest.mark.parametrize(
    ("features", "severity", "told"),
    [
        (DRAW.integers(0, 256, (200, 3, 8, 8)), "high", "far beyond 1"),
        (NORMAL * 30, "medium", "far beyond 1"),
        (NORMAL * 1e-3, "medium", "tiny"),
        (NORMAL * [1, 1, 1, 1, 1, 0.004], "medium", "times as much"),
        (NORMAL + 9, "absent", ""),
        (NORMAL * 0.5 + 9, "medium", "off 0"),
        (NORMAL * [1, 1, 1, 1, 1, 5e4], "high", "far beyond 1"),
    ],
    ids=["pixels up to 255", "thirty times", "tiny", "one is tiny", "off a little", "off centre", "one is huge"],
)
def test_inputs_of_other_sizes_are_told_by_how(features, severity, told):
    finding = input_not_normalised(InputScales.of(features))
    if severity == "absent":
        assert finding.verdict == "absent"
    else:
        assert (finding.verdict, finding.severity) == ("present", severity) and told in finding.meaning


def test_what_normalises_them_first_is_named_and_missing_inputs_are_said_to_be():
    assert "BatchNorm1d" in input_not_normalised(InputScales.of(NORMAL * 1e4, "BatchNorm1d")).meaning
    assert input_not_normalised(None).verdict == "cannot-tell"
    assert input_not_normalised(InputScales.of(np.ones((5, 2)))).verdict == "cannot-tell"
