"""The choice of the final model among made candidates, and of the decision threshold on made rows."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.core.measures import parse_measure
from caviar.core.requirements import parse_requirement
from caviar.diagnosis.metrics import of_counts
from caviar.recipe.ensemble import Ensemble
from caviar.recipe.goals import Goals, rarest_class
from caviar.recipe.judging import Candidate, best_of
from caviar.recipe.thresholds import choose_threshold, cuts_of


def goals(metric: str, *required: str) -> Goals:
    measure, requirements = parse_measure(metric), tuple(map(parse_requirement, required))
    return Goals("binary", ("no", "yes"), measure, requirements, True)


def candidate(asked: Goals, values: dict[str, float | None], loss: float = 1.0, num_members: int = 1) -> Candidate:
    members: Any = tuple(object() for _ in range(num_members))
    ensemble = Ensemble(members, (1 / num_members,) * num_members, np.zeros(1), loss, 0.0)
    found = {parse_measure(name): value for name, value in values.items()}
    return Candidate(ensemble, found, asked.shortfall(found), asked.badness(found), {})


def exact(candidate: Candidate) -> float:
    return 0.0


def test_a_worse_model_that_satisfies_wins_over_a_better_one_that_does_not() -> None:
    asked = goals("f1[yes]", "latency_ms<=1", "recall[yes]>=0.8")
    better = candidate(asked, {"f1[yes]": 0.9, "latency_ms": 1.1, "recall[yes]": 0.9})
    worse = candidate(asked, {"f1[yes]": 0.7, "latency_ms": 1.0, "recall[yes]": 0.8})
    assert best_of([better, worse], exact) is worse


def test_where_none_satisfies_the_one_that_violates_least_wins() -> None:
    asked = goals("error", "recall[yes]>=0.8", "latency_ms<=1")
    far = candidate(asked, {"error": 0.1, "recall[yes]": 0.7, "latency_ms": 1.5})
    near = candidate(asked, {"error": 0.4, "recall[yes]": 0.75, "latency_ms": 1.1})
    unmeasured = candidate(asked, {"error": 0.0, "recall[yes]": None, "latency_ms": 0.1})
    assert best_of([far, unmeasured, near], exact) is near


def test_the_best_by_the_metric_wins_whichever_end_is_good() -> None:
    for metric, values, best in (("f1[yes]", [0.5, 0.9, 0.7], 1), ("log_loss", [0.5, 0.9, 0.7], 0)):
        asked = goals(metric)
        offered = [candidate(asked, {metric: value}) for value in values]
        assert best_of(offered, exact) is offered[best]


def test_ties_go_to_the_lower_loss_and_then_to_fewer_members() -> None:
    asked = goals("error")
    made = [candidate(asked, {"error": 0.2}, loss, size) for loss, size in ((0.6, 1), (0.5, 3), (0.5, 2))]
    assert best_of(made, exact) is made[2]


def test_what_is_as_good_within_a_standard_error_is_chosen_by_the_loss() -> None:
    asked = goals("f1[yes]")
    lucky, sound = candidate(asked, {"f1[yes]": 0.66}, loss=0.6), candidate(asked, {"f1[yes]": 0.63}, loss=0.4)
    assert best_of([lucky, sound], lambda best: 0.05) is sound
    assert best_of([lucky, sound], lambda best: 0.02) is lucky


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=30))
def test_cuts_decide_rows_in_every_possible_way(rows: list[tuple[int, bool]]) -> None:
    probabilities = np.array([place / 8 for place, _ in rows])
    targets = np.array([int(second) for _, second in rows])
    cuts, counts = cuts_of(probabilities, targets)
    assert (np.diff(cuts) > 0).all() and len(cuts) == len(set(probabilities)) + 1
    for cut, found in zip(cuts, counts, strict=True):
        decided = (probabilities >= cut).astype(int)
        expected = [[np.sum((targets == true) & (decided == said)) for said in (0, 1)] for true in (0, 1)]
        assert found.tolist() == expected


def rows(num_rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are right on average, of a second class that has 3 rows in 10."""
    generator = np.random.default_rng(seed)
    probabilities = generator.beta(0.9, 2.1, size=num_rows)
    return probabilities, (generator.random(num_rows) < probabilities).astype(int)


def figures(name: str, threshold: float, probabilities: np.ndarray, targets: np.ndarray) -> float:
    decided = (probabilities >= threshold).astype(int)
    counts = np.array([[np.sum((targets == true) & (decided == said)) for said in (0, 1)] for true in (0, 1)])
    return float(of_counts(name, counts, 1))


@pytest.mark.parametrize("seed", range(4))
def test_the_threshold_satisfies_requirements_with_something_to_spare(seed: int) -> None:
    probabilities, targets = rows(200, seed)
    threshold = choose_threshold(probabilities, targets, goals("error", "recall[yes]>=0.8"))
    recall = figures("recall", threshold, probabilities, targets)
    assert 0.8 < recall < 0.97
    assert figures("error", threshold, probabilities, targets) < 0.5, "more is not given away than is needed"


def test_what_is_required_mostly_holds_on_new_rows_of_the_same_model() -> None:
    probabilities, targets = rows(20_000, 1_000)
    asked = goals("error", "recall[yes]>=0.8")
    thresholds = [choose_threshold(*rows(150, seed), asked) for seed in range(60)]
    assert np.mean([figures("recall", each, probabilities, targets) >= 0.8 for each in thresholds]) > 0.7


def test_a_threshold_for_f1_lies_below_a_half_where_the_class_is_rare() -> None:
    probabilities, targets = rows(4_000, 0)
    threshold = choose_threshold(probabilities, targets, goals("f1[yes]"))
    best = max(figures("f1", cut, probabilities, targets) for cut in np.linspace(0.01, 0.99, 99))
    assert 0.2 < threshold < 0.4
    assert best - 0.02 < figures("f1", threshold, probabilities, targets)


def test_thresholds_vary_less_from_sample_to_sample_than_the_best_ones() -> None:
    chosen, best = [], []
    for seed in range(40):
        probabilities, targets = rows(150, seed)
        chosen.append(choose_threshold(probabilities, targets, goals("f1[yes]")))
        cuts, counts = cuts_of(probabilities, targets)
        best.append(cuts[of_counts("f1", counts, 1).argmax()])
    assert np.std(chosen) < 0.9 * np.std(best)


def test_recall_alone_takes_no_row_needlessly() -> None:
    probabilities = np.array([0.05, 0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    targets = np.array([0, 0, 0, 0, 1, 1, 1])
    assert choose_threshold(probabilities, targets, goals("recall[yes]")) == pytest.approx(0.5)


def test_where_no_threshold_satisfies_the_nearest_is_taken() -> None:
    probabilities, targets = rows(300, 0)
    asked = goals("error", "recall[yes]>=0.8", "precision[yes]>=0.8")
    short = [
        max(0, 0.8 - figures("recall", cut, probabilities, targets))
        + max(0, 0.8 - figures("precision", cut, probabilities, targets))
        for cut in cuts_of(probabilities, targets)[0]
    ]
    threshold = choose_threshold(probabilities, targets, asked)
    found = [figures(name, threshold, probabilities, targets) for name in ("recall", "precision")]
    assert sum(max(0, 0.8 - value) for value in found) == pytest.approx(min(short))


def test_the_rarest_class_is_the_one_with_the_fewest_rows_and_the_last_of_equals() -> None:
    assert rarest_class(("a", "b", "c"), [5, 2, 9]) == "b"
    assert rarest_class(("a", "b"), [5, 5]) == "b"
    assert rarest_class((), []) == ""
