"""A requirement that no model satisfies: told by how much, and what would help."""

from caviar.core.requirements import parse_requirement
from caviar.diagnosis.requirement_not_met import Required, requirement_not_met


def required(text: str, value: float | None, reached: float | None) -> Required:
    return Required(parse_requirement(text), value, reached)


def test_satisfied_requirements_are_no_disease() -> None:
    finding = requirement_not_met([required("recall[yes]>=0.8", 0.8, 0.9)], 50)
    assert (finding.id, finding.verdict) == ("requirement-not-met", "absent")
    assert "recall[yes] >= 80 % (80.0 %)" in finding.meaning


def test_a_missed_bound_is_told_with_its_distance_and_what_was_reached() -> None:
    finding = requirement_not_met([required("latency_ms<=0.5", 0.75, 0.75)], 50)
    assert (finding.verdict, finding.severity, finding.section) == ("present", "high", "C3")
    assert "latency_ms <= 0.5 was asked for; on dev it is 0.750 ms, 0.250 ms too much." in finding.meaning
    [action] = finding.actions
    assert action.text == "Allow more than latency_ms <= 0.5: the least that any candidate has is 0.750 ms"


def test_requirements_that_hold_alone_but_not_together_say_so() -> None:
    both = [required("recall[yes]>=0.8", 0.7, 0.9), required("precision[yes]>=0.8", 0.85, 0.9)]
    finding = requirement_not_met(both, 50)
    assert "10.0 points too little" in finding.meaning and "precision" not in finding.meaning
    assert "some candidates satisfy recall[yes] >= 80 % alone, up to 90.0 %" in finding.actions[0].text
    assert finding.evidence["required"]["precision[yes]>=0.8"] == {"dev": 0.85, "nearest": 0.9, "satisfied": True}


def test_what_better_networks_could_mend_calls_for_more_of_them_and_more_rows() -> None:
    finding = requirement_not_met([required("recall[yes]>=0.9", 0.7, 0.8)], 50)
    assert [action.by for action in finding.actions] == ["caviar", "you"]
    assert finding.actions[1].text.endswith(
        "the most that any candidate has is 80.0 %; or bring more rows of class 'yes'"
    )
    unmeasured = requirement_not_met([required("recall[yes]>=0.9", None, None)], 1)
    assert "could not be measured on dev" in unmeasured.meaning
