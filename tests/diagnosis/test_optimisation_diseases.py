"""Gradient noise, inputs, critical points and gradient bugs: present, absent, cannot tell, from figures by hand."""

import numpy as np
import pytest
import torch

from caviar.diagnosis.batch_too_large import batch_too_large
from caviar.diagnosis.batch_too_small import batch_too_small
from caviar.diagnosis.curvature import Curvature
from caviar.diagnosis.gradient_bug import gradient_bug
from caviar.diagnosis.health import BatchNorms, Health, Inputs, Layers
from caviar.diagnosis.input_not_normalised import input_not_normalised
from caviar.diagnosis.minimum import minimum
from caviar.diagnosis.plateau import plateau
from caviar.diagnosis.saddle import saddle
from caviar.diagnosis.sureness import sureness, sureness_of
from caviar.techniques.gradient_check_result import Entry, GradientCheck, TensorCheck

NOTHING = np.empty((0, 0))
FALLING, FLAT = np.linspace(2.3, 1.5, 60), np.full(60, 2.3)


def health(**figures):
    losses = figures.setdefault("losses", FALLING)
    return Health(
        layers=Layers((), *[NOTHING] * 6),
        watched=np.arange(6),
        num_steps=len(losses),
        gradient_norm=np.empty(0),
        learning_rate=np.empty(0),
        loss_steps=np.arange(1, len(losses) + 1),
        **figures,
    )


def batches(rows, agreement, **others):
    return health(batch_rows=rows, agreement=np.array([agreement - 0.01, agreement + 0.01] * 4), **others)


@pytest.mark.parametrize(
    ("rows", "agreement", "verdict", "severity"),
    [
        (4, 0.05, "present", "low"),
        (2, 0.01, "present", "medium"),
        (1, -0.05, "present", "medium"),
        (16, 0.3, "absent", "low"),
        (64, 0.01, "absent", "low"),
    ],
)
def test_a_small_batch_is_too_small_where_noise_is_ten_times_the_signal(rows, agreement, verdict, severity):
    found = batch_too_small(batches(rows, agreement))
    assert (found.verdict, found.severity) == (verdict, severity)


def test_the_noise_is_what_the_agreement_says():
    """Agreement c = B / (B + noise scale), so noise to signal is 1/c − 1 (McCandlish et al., 2018)."""
    draws = np.random.default_rng(0)
    truth = draws.normal(size=20_000)
    one, other = (truth + np.sqrt(15) * draws.normal(size=20_000) for _ in range(2))
    cosine = float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
    found = batch_too_small(health(batch_rows=4, agreement=np.full(6, cosine)))
    assert found.evidence["noise_to_signal"] == pytest.approx(15, rel=0.1)


@pytest.mark.parametrize(("rows", "severity"), [(2, "high"), (4, "medium"), (8, "low")])
def test_batch_norm_makes_a_tiny_batch_worse(rows, severity):
    norms = BatchNorms(("norm",), np.zeros((6, 1)), np.full((6, 1), rows))
    found = batch_too_small(batches(rows, 0.9, batch_norms=norms))
    assert (found.verdict, found.severity) == ("present", severity)


def test_a_batch_of_all_rows_is_not_too_small():
    assert batch_too_small(batches(20, 0.0, num_rows=20)).verdict == "absent"


def test_without_rows_or_pairs_batches_cannot_be_judged():
    assert "rows of a batch are missing" in batch_too_small(health()).meaning
    assert batch_too_small(health(batch_rows=4)).verdict == "cannot-tell"
    assert batch_too_large(health(batch_rows=4096)).verdict == batch_too_large(health()).verdict == "cannot-tell"


@pytest.mark.parametrize(
    ("rows", "agreement", "others", "verdict", "severity"),
    [
        (4096, 0.98, {}, "present", "high"),
        (4096, 0.9, {}, "present", "medium"),
        (4096, 0.98, {"losses": np.linspace(2.3, 0.2, 60)}, "present", "low"),
        (4096, 0.98, {"losses": FLAT}, "absent", "low"),
        (4096, 0.5, {}, "absent", "low"),
        (256, 0.98, {}, "absent", "low"),
        (1800, 0.98, {"num_rows": 1800}, "absent", "low"),
        (4096, 0.98, {"losses": FALLING[:5]}, "cannot-tell", "low"),
    ],
)
def test_a_large_batch_is_too_large_where_batches_agree_and_the_loss_still_falls(
    rows, agreement, others, verdict, severity
):
    found = batch_too_large(batches(rows, agreement, **others))
    assert (found.verdict, found.severity) == (verdict, severity)


def test_the_steps_of_an_epoch_are_told():
    found = batch_too_large(batches(4096, 0.98, num_rows=10_000))
    assert found.evidence["steps_an_epoch"] == 3 and "an epoch has 3 steps" in found.meaning


def columns(mean, deviation, repeated=0.0, rows=500):
    mean, deviation = np.atleast_1d(mean).astype(float), np.atleast_1d(deviation).astype(float)
    return (Inputs("first", rows, mean, deviation, np.broadcast_to(repeated, mean.shape)),)


@pytest.mark.parametrize(
    ("inputs", "verdict", "severity"),
    [
        (columns([0, 0.1], [1, 0.9]), "absent", "low"),
        (columns([0.13, 0.5], [0.31, 0.25]), "absent", "low"),
        (columns([0, 8], [1, 9]), "present", "low"),
        (columns([0, 20], [1, 20]), "present", "medium"),
        (columns([0, 2000], [1, 5]), "present", "high"),
        (columns([0, 5], [1, 0.1]), "present", "low"),
        (columns([0, 0], [1, 0.001]), "present", "medium"),
        (columns([0, 0.001], [1, 0.03], repeated=[0, 0.98]), "absent", "low"),
        (columns([0, -0.04], [1, 0.001], repeated=[0, 0.98]), "absent", "low"),
        (columns([0, -0.04], [1, 0.001], repeated=[0, 0.4]), "present", "medium"),
        (columns([0, 80], [1, 0.1], repeated=[0, 0.98]), "present", "high"),
        (columns([0, 1], [1, 0]), "absent", "low"),
        (columns([0, np.nan], [1, np.nan]), "cannot-tell", "low"),
        (columns(700, 300, rows=10), "cannot-tell", "low"),
        ((), "absent", "low"),
        (None, "cannot-tell", "low"),
    ],
)
def test_columns_far_from_mean_0_and_deviation_1_are_found(inputs, verdict, severity):
    found = input_not_normalised(health(inputs=inputs))
    assert (found.verdict, found.severity) == (verdict, severity)


def test_the_worst_columns_are_named_first_with_their_mean_and_deviation():
    found = input_not_normalised(health(inputs=columns([0, 740, 30], [1, 300, 10])))
    assert list(found.evidence["worst"])[:2] == ["column 1", "column 2"]
    assert "column 1 (mean 740, deviation 300)" in found.meaning and "2 of 3 columns" in found.meaning


def test_a_training_that_came_down_all_the_same_makes_it_less_grave():
    learnt = {"losses": np.linspace(2.3, 0.01, 60), "known_nothing": 2.3}
    assert input_not_normalised(health(inputs=columns(700, 300), **learnt)).severity == "medium"


STUCK = {"loss": 2.3, "rows": 1000, "slope": 0.01, "gain": 1e-3, "smallest": -0.001, "largest": 5.0, "error": 0.0}
KINDS = {
    "saddle": STUCK | {"drop": 0.15, "layers": {"a": 0.1, "b": 0.2}},
    "plateau": STUCK | {"drop": 0.0, "layers": {"a": 1e-9, "b": 1e-7, "c": 0.1}},
    "minimum": STUCK | {"drop": 0.001, "layers": {"a": 0.4, "b": 0.2, "c": 0.1}},
    "moving": STUCK | {"gain": 0.2},
    "low": STUCK | {"loss": 0.2},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_stuck_loss_is_at_a_saddle_on_a_plateau_or_in_a_minimum_and_never_at_two(kind):
    seen = health(curvature=Curvature(**KINDS[kind]), known_nothing=2.303)
    found = {disease(seen).id: disease(seen).verdict for disease in (saddle, plateau, minimum)}
    assert found == {name: "present" if name == kind else "absent" for name in found}


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"curvature": Curvature(**STUCK)}, "knowing nothing would cost is missing"),
        ({"curvature": Curvature(**STUCK | {"rows": 8}), "known_nothing": 2.3}, "Rows are missing"),
        ({"losses": FLAT}, "stays there"),
        ({"losses": FLAT[:5]}, "curvature is missing"),
        ({"unseen": {"curvature": "no second derivative"}, "losses": FLAT}, "no second derivative"),
    ],
)
def test_what_is_missing_to_tell_critical_points_apart_is_said(others, words):
    for disease in (saddle, plateau, minimum):
        found = disease(health(**others))
        assert found.verdict == "cannot-tell" and words in found.meaning


def checked(*pairs):
    entries = [Entry((number,), approx, gradient) for number, (approx, gradient) in enumerate(pairs)]
    return GradientCheck([TensorCheck("layer.weight", (len(pairs),), len(pairs), entries)], [], 1e-5)


@pytest.mark.parametrize(
    ("pairs", "verdict", "severity"),
    [
        ([(1.0, 1.0), (2.0, 2.0)], "absent", "low"),
        ([(1.0, 2.0), (2.0, 4.0)], "present", "high"),
        ([(1.0, 1.00002)], "present", "low"),
        ([(1.0, float("nan"))], "present", "high"),
    ],
)
def test_a_gradient_that_is_not_the_slope_is_a_bug(pairs, verdict, severity):
    found = gradient_bug(health(gradient_check=checked(*pairs)))
    assert (found.verdict, found.severity) == (verdict, severity)
    assert found.evidence["weight"] == "layer.weight"


def test_a_gradient_that_was_not_checked_is_said_to_be_missing():
    assert "caviar.diagnose(model, data, loss) makes it" in gradient_bug(health()).meaning
    assert "a coin is tossed" in gradient_bug(health(unseen={"gradient check": "a coin is tossed"})).meaning


def test_one_is_the_surer_the_further_a_figure_lies_beyond_its_limit():
    sure = [sureness(figure, 10) for figure in (10, 20, 40, 1e9, 0)]
    assert sure == pytest.approx([0.5, 0.8413, 0.9772, 0.99, 0.99], abs=1e-4)
    assert sureness(5, 10) == pytest.approx(sureness(20, 10))
    assert sureness_of(3.0, 1.0, 1.0) == pytest.approx(0.9772, abs=1e-4)
    assert torch.isfinite(torch.tensor(sureness_of(float("inf"), 1.0, 1.0)))
