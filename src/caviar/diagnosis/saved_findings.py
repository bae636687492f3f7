"""The findings that a finished run has written down."""

from pathlib import Path
from typing import Any

from caviar.core.errors import RunError
from caviar.core.files import read_json
from caviar.core.records import Finding
from caviar.diagnosis.diagnose import verdict_words


def saved_findings(folder: Path) -> list[Finding]:
    """Every disease that was looked for, present ones first. Raises RunError where this is no finished run."""
    return [Finding.from_json(finding) for finding in _records(folder)[1]]


def summary_of_run(folder: Path) -> dict[str, Any]:
    """The saved diagnosis in plain values: `run`, `metric`, `verdict` in words, all `findings`, `next_action`."""
    result, findings = _records(folder)
    words = verdict_words([Finding.from_json(finding) for finding in findings])
    return {
        "run": str(folder),
        "metric": result["metric"],
        "verdict": words,
        "findings": findings,
        "next_action": result["next_action"],
    }


def _records(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if not (folder / "config.yaml").exists():
        raise RunError(f"{folder} is no run folder: it has no config.yaml. Give a folder that `caviar fit` made.")
    if not (folder / "result.json").exists():
        raise RunError(
            f"{folder} has not finished, so nothing was diagnosed yet. `caviar resume {folder}` finishes it."
        )
    return read_json(folder / "result.json"), read_json(folder / "findings.json")
