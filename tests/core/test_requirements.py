"""Metrics and requirements as text: read back as written, refused by name where they cannot be."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.core.errors import SettingsError
from caviar.core.measures import METRICS, Measure, parse_measure
from caviar.core.requirements import Requirement, parse_requirement, parse_requirements

LABELS = st.text(min_size=1, max_size=12)


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    kind = draw(st.sampled_from(sorted(METRICS.values(), key=lambda kind: kind.name)))
    named = kind.of_class == "must" or (kind.of_class == "may" and draw(st.booleans()))
    return Measure(kind.name, draw(LABELS) if named else None)


@st.composite
def requirements(draw: st.DrawFn) -> Requirement:
    measure = draw(measures())
    low, high = max(measure.kind.low, -1e9), min(measure.kind.high, 1e12)
    bound = draw(st.floats(low, high, exclude_min=True, exclude_max=True, allow_subnormal=False))
    return Requirement(measure, draw(st.sampled_from(["<=", ">=", "<", ">"])), bound)


@given(measures())
def test_a_metric_reads_back_as_it_is_written(measure: Measure) -> None:
    assert parse_measure(str(measure)) == measure


@given(requirements(), st.sampled_from(["", " "]))
def test_a_requirement_reads_back_as_it_is_written(requirement: Requirement, room: str) -> None:
    assert parse_requirement(str(requirement)) == requirement
    spaced = f"{requirement.measure}{room}{requirement.relation}{room}{requirement.bound!r}{room}"
    assert parse_requirement(spaced) == requirement


@given(LABELS, st.integers(1, 99))
def test_per_cent_are_shares_whatever_the_class_is_called(label: str, per_cent: int) -> None:
    assert parse_requirement(f"recall[{label}]>={per_cent}%") == Requirement(
        Measure("recall", label), ">=", per_cent / 100
    )


@given(st.text())
def test_any_other_text_is_refused_as_a_wrong_setting(text: str) -> None:
    with contextlib.suppress(SettingsError):
        assert parse_requirement(text).measure.name in METRICS


def test_a_class_may_hold_relations_and_brackets() -> None:
    assert parse_requirement("recall[<=50K]>=0.8").measure.label == "<=50K"
    assert parse_requirement("f1[a[1]>=2]<0.5").measure.label == "a[1]>=2"
    assert parse_requirement("parameters<=10,000").bound == 10_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("recal[yes]>=0.8", "'recal' is no metric. Did you mean 'recall'.*There is, for classes: error, .*size_mb"),
        ("recall>=0.8", r"recall is of one class: write recall\[CLASS\]"),
        ("error[yes]<=0.1", r"error is not of one class: leave out \[yes\]"),
        ("recall[yes]>=80", r"is impossible: recall\[yes\] is between 0 and 1. For 80 % write recall\[yes\]>=80%"),
        ("recall[yes]>1", "is impossible"),
        ("error<0", "is impossible"),
        ("rmse<=-1", "rmse is at least 0"),
        ("r2>=1.5", "r2 is at most 1"),
        ("latency_ms<=0", "latency_ms is above 0"),
        ("latency_ms<=5%", "is no share, so it takes no per cent"),
        ("f1=0.8", "must be a metric, one of <=, >=, <, > and a number.*got 'f1=0.8'"),
        ("f1>=nan", "must be a metric"),
        ("", "must be a metric"),
    ],
)
def test_what_cannot_be_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        parse_requirement(text)


def test_requirements_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(SettingsError, match="exclude each other"):
        parse_requirements(["error<=0.1", "error>0.1"])
    assert len(parse_requirements(["error<=0.1", "error>=0.1", "accuracy>=0.5"])) == 3


def test_shares_fall_short_by_their_difference_and_others_relative_to_the_bound() -> None:
    recall, latency = parse_requirement("recall[a]>=0.8"), parse_requirement("latency_ms<2")
    assert recall.shortfall(0.8) == 0 and recall.shortfall(0.7) == pytest.approx(0.1)
    assert latency.shortfall(1.9) == 0 and latency.shortfall(3) == pytest.approx(0.5)
    assert latency.shortfall(2) > 0, "a strict bound is not met by its own value"
    assert recall.shortfall(None) == float("inf") and not recall.holds(None)


def test_a_metric_settles_on_the_data_or_is_refused() -> None:
    assert parse_measure("f1").for_task("binary", ("no", "yes"), "yes") == Measure("f1", "yes")
    assert parse_measure("f1").for_task("multiclass", ("a", "b", "c"), "c") == Measure("f1")
    with pytest.raises(SettingsError, match=r"mae is not for this target, as classes are predicted. There is: error"):
        parse_measure("mae").for_task("binary", ("no", "yes"), "yes")
    with pytest.raises(SettingsError, match=r"auc is not for this target, as numbers are predicted. There is: rmse"):
        parse_measure("auc").for_task("regression", (), "")
    with pytest.raises(SettingsError, match=r"recall\[yess\] names a class.*It has 2: no, yes. Did you mean 'yes'"):
        parse_measure("recall[yess]").for_task("binary", ("no", "yes"), "yes")
