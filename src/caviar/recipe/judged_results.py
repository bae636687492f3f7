"""What a judged run writes down: metric and requirements on dev and test, beside the reference lines. C3."""

from collections.abc import Mapping
from typing import Any

from caviar.core.measures import Measure
from caviar.core.records import Finding
from caviar.diagnosis.intervals import Interval
from caviar.diagnosis.metrics import Answers
from caviar.diagnosis.references import FittedReference
from caviar.diagnosis.requirement_not_met import Required, requirement_not_met
from caviar.recipe.goals import Goals
from caviar.recipe.judging import Judged
from caviar.recipe.model import Model
from caviar.recipe.preparation import Prepared
from caviar.recipe.resources import resources_of
from caviar.recipe.thresholds import choose_threshold

Values = Mapping[Measure, Interval | None]


def judged_references(
    goals: Goals, references: dict[str, FittedReference], prepared: Prepared
) -> dict[str, FittedReference]:
    """The reference lines under the same goals: each with the threshold that suits these, where the model has one."""
    if not goals.wants_threshold:
        return references
    split, targets = prepared.split, prepared.coder.raw(prepared.split.dev)
    return {
        name: one.with_threshold(split, choose_threshold(one.outputs(split.dev)[:, 1], targets, goals))
        for name, one in references.items()
    }


def requirements_finding(goals: Goals, judged: Judged, model: Model, prepared: Prepared) -> list[Finding]:
    """Whether the final model satisfies on dev what was required; nothing where nothing was."""
    if not goals.requirements:
        return []
    dev = prepared.training.dev_features, prepared.coder.raw(prepared.split.dev)
    values = goals.values(model.answers(*dev), judged.resources)
    required = [
        Required(each, values[each.measure], reached)
        for each, reached in zip(goals.requirements, judged.reached, strict=True)
    ]
    return [requirement_not_met(required, judged.num_candidates)]


def judging_record(
    goals: Goals,
    judged: Judged,
    model: Model,
    prepared: Prepared,
    references: dict[str, FittedReference],
    dev_error_without: float,
    whole_ms: float | None,
) -> dict[str, Any]:
    """The entry `judging` of result.json. Looks at the test rows, if there are any, so it comes once, at the end.

    Args:
        references: as of `judged_references`. dev_error_without: of the model that would be there without goals.
        whole_ms: milliseconds for one row from a table in memory to its prediction; None where nobody asked for times.
    """
    parts = {name: part for name, part in prepared.parts().items() if name in ("dev", "test")}
    values = {
        name: goals.measured(model.answers(prepared.features(part), prepared.coder.raw(part)), judged.resources)
        for name, part in parts.items()
    }
    theirs = {
        name: {
            part: {str(measure): value for measure, value in goals.rows_alone(one.answers(rows)).items()}
            for part, rows in parts.items()
        }
        for name, one in references.items()
    }
    on_dev, on_test = satisfied(goals, values["dev"]), satisfied(goals, values["test"]) if "test" in values else None
    return {
        "metric": str(goals.measure),
        **{part: value_record(each[goals.measure]) for part, each in values.items()},
        "requirements": [
            {
                "requirement": str(one),
                "metric": str(one.measure),
                **{
                    part: value_record(each[one.measure]) | {"satisfied": one.holds(figure(each[one.measure]))}
                    for part, each in values.items()
                },
            }
            for one in goals.requirements
        ],
        "satisfied": on_dev,
        "satisfied_on_test": on_test,
        "threshold": model.threshold_record(),
        "references": theirs,
        "candidates": judged.num_candidates,
        "candidates_satisfying": judged.num_satisfying,
        "dev_error_without": dev_error_without,
        "whole_prediction_ms": whole_ms,
        "told": goals.told,
    }


def evaluation_record(goals: Goals, model: Model, answers: Answers) -> dict[str, Any]:
    """The goals on some rows; time and space are measured now."""
    values = goals.measured(answers, resources_of(model) if goals.need_resources else {})
    required = [
        {
            "requirement": str(one),
            "metric": str(one.measure),
            "rows": value_record(values[one.measure]) | {"satisfied": one.holds(figure(values[one.measure]))},
        }
        for one in goals.requirements
    ]
    record = {"metric": str(goals.measure), "rows": value_record(values[goals.measure]), "requirements": required}
    return record | {"satisfied": satisfied(goals, values), "told": goals.told}


def satisfied(goals: Goals, values: Values) -> bool:
    """Whether these values satisfy every requirement."""
    return all(one.holds(figure(values[one.measure])) for one in goals.requirements)


def figure(interval: Interval | None) -> float | None:
    """The estimate alone."""
    return None if interval is None else interval.estimate


def value_record(interval: Interval | None) -> dict[str, Any]:
    """A value with its 95 % interval, both null where it could not be measured."""
    if interval is None:
        return {"value": None, "interval": None}
    return {"value": interval.estimate, "interval": [interval.low, interval.high]}
