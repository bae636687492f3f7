"""The end of a run: judge the final model, look at test once, and write everything down."""

import shlex
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from caviar.core.files import read_json_lines, write_atomically, write_json
from caviar.core.records import Finding
from caviar.diagnosis.diagnose import diagnose, next_action
from caviar.diagnosis.error_analysis import ERROR_ANALYSIS, analyse
from caviar.diagnosis.error_rate import ErrorRate, metric_of
from caviar.diagnosis.error_slices import error_slices
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.intervals import Metric, paired_difference
from caviar.diagnosis.judged_rows import CELLS, PREDICTIONS, read_judged_rows
from caviar.diagnosis.right_tool import right_tool
from caviar.diagnosis.whole import whole
from caviar.recipe.babysat import Babysat
from caviar.recipe.examination import gather_evidence
from caviar.recipe.final_findings import final_findings
from caviar.recipe.folder import note_test_look
from caviar.recipe.goals import goals_of
from caviar.recipe.histories import write_histories
from caviar.recipe.judged_results import judged_references, judging_record, requirements_finding
from caviar.recipe.judging import judge, time_the_whole
from caviar.recipe.loop import Recipe
from caviar.recipe.model import Model, model_of
from caviar.recipe.population_search import PopulationSearch
from caviar.search.importance import importance
from caviar.techniques.catalog import HYPERPARAMETERS

Finished = Recipe | PopulationSearch | Babysat
PARTS = ("train", "train_dev", "dev", "test")
MOST_NAMED = 10


def conclude(
    recipe: Finished, more: dict[str, Any] | None = None, of_training: Sequence[Finding] = ()
) -> dict[str, Any]:
    """Write the model, its predictions, the findings, the histories and `result.json`; returns the result.

    `more` goes into the result as it is; `of_training` are findings about the training from inside, where it was
    watched.

    All reported errors are the final model's. The test rows are looked at here and nowhere before; after a kill between
    the look and the end of the run, the look is not repeated in the count.
    """
    assert recipe.ensemble is not None
    folder, prepared = recipe.folder, recipe.prepared
    goals, without = goals_of(recipe.config, prepared.split, prepared.coder), recipe.ensemble.error
    if goals is not None:
        judged = judge(goals, recipe.pool, prepared, recipe.journal, ensembles=recipe.mode != "search")
        recipe.ensemble = judged.ensemble
        recipe.references = judged_references(goals, recipe.references, prepared)
    model = model_of(prepared, recipe.ensemble.members, recipe.ensemble.weights, recipe.ensemble.threshold)
    if model.coder.task == "regression":
        model.fit_interval(prepared.training.dev_features, prepared.coder.raw(prepared.split.dev))
    model.save(folder)
    write_histories(recipe)
    evidence = gather_evidence(
        model,
        recipe.ensemble,
        recipe.pool,
        prepared,
        recipe.config,
        recipe.references,
        recipe.budget.members_trained,
        all_train_rows=True,
        label_check=None if isinstance(recipe, Babysat) else recipe.label_check,
    )
    assert evidence.train_error is not None and evidence.dev_error is not None
    errors = {"train": evidence.train_error, "dev": evidence.dev_error} | _look_at_test(recipe, model)
    if evidence.train_dev_error is not None:
        errors["train_dev"] = evidence.train_dev_error
    _write_predictions(recipe, model)
    analysis = analyse(read_judged_rows(folder))
    write_json(folder / ERROR_ANALYSIS, analysis.to_json())
    further = [error_slices(analysis, evidence.material_size)]
    if goals is not None:
        further += requirements_finding(goals, judged, model, prepared)
    findings = _findings(recipe, evidence, of_training, further)
    judging = {}
    if goals is not None:
        timed = time_the_whole(goals, model, prepared, recipe.journal)
        record = judging_record(goals, judged, model, prepared, recipe.references, without, timed)
        judging = {"satisfied": record["satisfied"], "judging": record}
    result = {
        "run": str(folder),
        "task": model.coder.task,
        "metric": evidence.metric,
        "target": prepared.table.target,
        **judging,
        **_told_of_errors(recipe, errors, evidence.metric),
        "human_error": recipe.config.human_error,
        "findings": [finding.to_json() for finding in findings if finding.verdict == "present"],
        "unanswered": [finding.to_json() for finding in findings if finding.verdict == "cannot-tell"],
        "next_action": next_action(
            findings, has_run=not isinstance(recipe, Babysat), exhausted=recipe.stopped_because == "no-gain"
        ),
        "ensemble_size": len(model.networks),
        "parameters": model.num_parameters,
        **_told_of_the_run(recipe),
        **(more or {}),
    }
    write_json(folder / "result.json", result)
    return result


def _findings(
    recipe: Finished, evidence: Evidence, of_training: Sequence[Finding], further: Sequence[Finding]
) -> list[Finding]:
    """All that was looked for, ranked, and written to `findings.json`."""
    if not isinstance(recipe, Babysat):
        return final_findings(
            recipe.folder,
            evidence,
            recipe.pool,
            recipe.prepared,
            recipe.config,
            recipe.budget,
            recipe.journal,
            recipe.trainer.members,
            *further,
        )
    findings = whole([*diagnose(evidence), *of_training, *further])  # it was watched from inside all along
    write_json(recipe.folder / "findings.json", [finding.to_json() for finding in findings])
    return findings


def _told_of_errors(recipe: Finished, errors: dict[str, ErrorRate], metric: Metric) -> dict[str, Any]:
    """The final model's errors by part, those of the references beside them, and whether it is the right tool."""
    part: Literal["dev", "test"] = "test" if "test" in errors else "dev"
    rows = recipe.prepared.parts()[part]
    known = recipe.references
    references = {name: one.score(rows) if part == "test" else one.dev_error for name, one in known.items()}
    return {
        **{f"{name}_error": errors[name].estimate if name in errors else None for name in PARTS},
        **{f"{name}_interval": _ends(errors.get(name)) for name in PARTS},
        "reference_errors": {name: one.estimate for name, one in references.items()},
        "reference_part": part,
        "reference_differences": {name: _gap(errors[part], one, metric) for name, one in references.items()},
        "reference_dev_errors": {name: one.dev_error.estimate for name, one in known.items()},
        "reference_train_errors": {
            name: one.train_error.estimate if one.train_error else None for name, one in known.items()
        },
        "reference_train_dev_errors": {
            name: one.train_dev_error.estimate for name, one in known.items() if one.train_dev_error is not None
        },
        "right_tool": right_tool(
            errors[part],
            references["boosting"],
            references["trivial"].estimate,
            metric,
            part,
            boosting_cut_short=known["boosting"].cut_short,
        ),
    }


def _told_of_the_run(recipe: Finished) -> dict[str, Any]:
    """What was trained, how long that took, and how to do it again."""
    return {
        "members_trained": recipe.budget.members_trained,
        "stopped_because": recipe.stopped_because,
        "seed": recipe.config.seed,
        "mode": recipe.mode,
        "importance": _importance(recipe),
        "best_members": _best_members(recipe),
        "test_looks": len(read_json_lines(recipe.folder / "test_looks.jsonl")),
        "command": command_of(recipe),
        "record_keeping_seconds": round(recipe.trainer.record_seconds, 3),
        "seconds": round(recipe.budget.elapsed, 2),
    }


def _look_at_test(recipe: Finished, model: Model) -> dict[str, ErrorRate]:
    """The one look at the test rows, if there are any."""
    test = recipe.prepared.split.test
    if test is None:
        return {}
    errors = model.row_errors(recipe.prepared.features(test), recipe.prepared.coder.raw(test))
    rate = ErrorRate.from_rows(errors, metric_of(model.coder.task))
    recipe.journal.once(
        "look at test", lambda: note_test_look(recipe.folder, recipe.config.command, len(test), rate.estimate)
    )
    return {"test": rate}


def _ends(rate: ErrorRate | None) -> list[float] | None:
    return None if rate is None else [rate.interval.low, rate.interval.high]


def _gap(network: ErrorRate, reference: ErrorRate, metric: Metric) -> list[float]:
    """The network's error minus the reference's on the same rows, with the ends of its 95 % interval."""
    assert network.per_row is not None and reference.per_row is not None
    gap = paired_difference(network.per_row, reference.per_row, metric)
    return [gap.estimate, gap.low, gap.high]


def _importance(recipe: Finished) -> dict[str, float]:
    """Which hyperparameters mattered, over all members with a hidden layer that did not diverge."""
    members = [member for member in recipe.trainer.members if member.structure.hidden and np.isfinite(member.score)]
    if not members:
        return {}
    settings = {name: np.array([member.settings[name] for member in members]) for name in recipe.space}
    if isinstance(recipe, PopulationSearch) and recipe.config.structures > 1:
        settings["structure"] = np.array([str(member.structure) for member in members])
    return importance(settings, np.array([member.dev_error for member in members]))


def _best_members(recipe: Finished) -> list[dict[str, Any]]:
    """The best by dev score, with the settings that were drawn."""
    ranked = sorted(recipe.trainer.members, key=lambda member: (member.score, member.number))
    return [
        {
            "member": member.number,
            "structure": str(member.structure),
            "dev_error": member.dev_error,
            "best_epoch": member.best_epoch,
            "settings": {name: _in_json(member.settings[name]) for name in recipe.space},
        }
        for member in ranked[:MOST_NAMED]
        if np.isfinite(member.score)
    ]


def _in_json(value: Any) -> Any:
    """JSON has no infinity, which a clipping norm may be."""
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value


def _write_predictions(recipe: Finished, model: Model) -> None:
    """`predictions.parquet`: dev and test rows with truth, prediction and probabilities or interval.

    Beside it `rows.parquet`: the raw columns of the same rows in the same order, the target aside.
    """
    frames, cells = [], []
    for name, part in recipe.prepared.parts().items():
        if name in ("train", "train_dev"):
            continue
        predicted = model.predictions(recipe.prepared.features(part))
        raw = recipe.prepared.coder.raw(part)
        truth = raw if model.coder.task == "regression" else np.asarray(model.coder.classes)[raw]
        rows = recipe.prepared.split.rows.get(name, part.row_numbers())
        frames.append(
            predicted.select(
                pl.lit(name).alias("part"),
                pl.Series("row", np.asarray(rows, dtype=np.int64)),
                pl.Series("truth", truth),
                pl.all(),
            )
        )
        cells.append(part.frame.drop(recipe.prepared.table.target or []))
    write_atomically(recipe.folder / CELLS, pl.concat(cells, how="diagonal_relaxed").write_parquet)
    write_atomically(recipe.folder / PREDICTIONS, pl.concat(frames).write_parquet)


def command_of(recipe: Finished, space: str = "space.yaml") -> str:
    """The command line that repeats this run. A time budget repeats the way, `--members` the bits.

    `space`: the file in the folder that a search draws from.
    """
    given = {
        name: value
        for name, value in recipe.config.model_dump().items()
        if value != type(recipe.config).model_fields[name].get_default(call_default_factory=True)
    }
    words = ["caviar", recipe.config.command, given.pop("data")]
    if (seconds := given.pop("budget_seconds", None)) is not None:
        words += ["--budget", f"{seconds:g}s"]
    if given.pop("space", None) is not None:
        words += ["--space", str(recipe.folder / space)]
    if "hidden" in given:
        words += ["--hidden", ",".join(map(str, given.pop("hidden"))) or "0"]
    for name, value in given.pop("settings", {}).items():
        words += [] if value == HYPERPARAMETERS[name].default else ["--" + name.replace("_", "-"), str(value)]
    for name, value in given.items():
        option = "--" + name.replace("_", "-")
        if isinstance(value, dict):
            words += [word for key, entry in value.items() for word in (option, f"{key}={entry}")]
        elif isinstance(value, list | tuple):
            words += [word for entry in value for word in (option, str(entry))]
        elif value is True:
            words.append(option)
        elif name != "out":
            words += [option, str(value)]
    return shlex.join(words)
