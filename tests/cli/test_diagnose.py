"""`caviar diagnose`: the notes' cases from the command line, a run's saved findings, and misuse."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_run import RESULT

from caviar.core.records import Action, Finding
from caviar.diagnosis.bare_figures import BareFigures

Command = Callable[..., Any]


def figures(train: str, dev: str, *others: str) -> tuple[str, ...]:
    return ("diagnose", "--train-error", train, "--dev-error", dev, *others)


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        (figures("15%", "16%", "--human-error", "0%"), "high bias"),
        (figures("1%", "11%", "--human-error", "0%"), "high variance"),
        (figures("15%", "30%", "--human-error", "0%"), "high bias and high variance"),
        (figures("0.5%", "1%", "--human-error", "0%"), "neither high bias nor high variance"),
        (figures("15%", "16%", "--human-error", "15%"), "neither high bias nor high variance"),
        (figures("1%", "10%", "--train-dev-error", "1.5%"), "data mismatch"),
        (figures("0.01", "0.11"), "high variance"),
    ],
)
def test_the_notes_cases(caviar_command: Command, arguments: tuple[str, ...], verdict: str) -> None:
    answer = caviar_command(*arguments, "--rows", "10000")
    assert answer.code == 0
    assert f"Verdict: {verdict}" in answer.out.splitlines()
    assert json.loads(caviar_command(*arguments, "--rows", "10000", "--json").out)["verdict"] == verdict


def test_figures_parts_findings_and_open_questions_are_told(caviar_command: Command) -> None:
    out = caviar_command(*figures("15%", "30%", "--rows", "10000")).out
    lines = out.splitlines()
    assert lines[:2] == [
        "Train   15.0 %   (95 % interval 14.3 to 15.7 %) on 10,000 rows",
        "Dev     30.0 %   (95 % interval 29.1 to 30.9 %) on 10,000 rows",
    ]
    assert "Variance = dev − train   15.0 points [13.9, 16.1]" in lines
    headings = ["What holds it back", "What cannot be told", "What was looked for and is not there"]
    places = [lines.index(heading) for heading in headings]
    assert places == sorted(places)
    assert any(line.startswith("  high-variance (high, 99 % sure): ") for line in lines[places[0] : places[1]])
    assert any("--human-error" in line for line in lines[places[1] : places[2]])
    assert "Not looked for: not-converged, early-stopped-too-soon, dropout-without-overfitting" in out


def test_without_rows_there_is_no_interval_and_that_is_said(caviar_command: Command) -> None:
    out = caviar_command(*figures("1%", "11%")).out
    assert "interval" not in out.split("Verdict:")[0] and "No --rows came with the figures" in out
    assert "sure)" not in out


def test_json_is_the_summary_of_the_figures(caviar_command: Command) -> None:
    answer = caviar_command(*figures("1%", "11%", "--human-error", "1%", "--rows", "500", "--json"))
    assert answer.err == ""
    assert json.loads(answer.out) == json.loads(
        json.dumps(BareFigures(0.01, 0.11, human_error=0.01, rows=500).summary())
    )


def test_a_regression_is_told_in_units(caviar_command: Command) -> None:
    out = caviar_command(*figures("3", "9", "--metric", "rmse", "--trivial-error", "12", "--rows", "400")).out
    assert "Verdict: high variance" in out and "%" not in out.split("Verdict:")[0].replace("95 % interval", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "needs the folder of a run"),
        (("--rows", "100"), "Missing: the train error (--train-error) and the dev error (--dev-error)"),
        (("--train-error", "1%"), "Missing: the dev error (--dev-error)"),
        (("--train-dev-error", "1%", "--dev-error", "2%"), "Missing: the train error (--train-error)"),
        (("--train-error", "-1%", "--dev-error", "2%"), "train error must be a number of at least 0"),
        (("--train-error", "1%", "--dev-error", "101%"), "dev error must lie between 0 and 1"),
        (("--train-error", "15", "--dev-error", "16"), "For 15 % write 0.15"),
        (("--train-error", "one", "--dev-error", "2%"), "got 'one'"),
        (("--train-error", "1%", "--dev-error", "2%", "--rows", "0"), "rows must be a whole number"),
        (
            ("--train-error", "1%", "--dev-error", "9", "--metric", "rmse"),
            "--train-error must be in the target's units",
        ),
        (("runs/digits-1", "--train-error", "1%"), "so --train-error would change nothing"),
        (("runs/nowhere",), "is no run folder"),
    ],
)
def test_misuse_exits_with_2_and_says_what_to_do(
    caviar_command: Command, arguments: tuple[str, ...], told: str
) -> None:
    answer = caviar_command("diagnose", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert told in json.loads(caviar_command("diagnose", *arguments, "--json").out)["error"]


@pytest.fixture
def run(api: Any) -> Path:
    """A finished run with three findings, one of each verdict."""
    more = Action("Get more train rows", "you", "The gap narrows")
    variance = {"train_error": 0.01, "train_interval": [0.005, 0.02], "variance": 0.1, "material": 0.02}
    findings = [
        Finding("high-variance", "present", "high", 0.97, "Dev lies far above train.", variance, (more,), "1.2"),
        Finding("high-bias", "cannot-tell", "low", 0.0, "Nothing to measure against.", section="1.2"),
        Finding("not-converged", "absent", "low", 1.0, "All members had levelled off.", section="1.3"),
    ]
    folder = Path("runs/digits-1")
    (folder / "config.yaml").write_text("data: digits\n", encoding="utf-8")
    (folder / "result.json").write_text(json.dumps(RESULT), encoding="utf-8")
    saved = json.dumps([finding.to_json() for finding in findings])
    (folder / "findings.json").write_text(saved, encoding="utf-8")
    return folder


def test_a_run_tells_every_disease_with_its_verdict_evidence_and_actions(caviar_command: Command, run: Path) -> None:
    answer = caviar_command("diagnose", str(run))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "runs/digits-1",
        "",
        "Verdict: high variance; bias: cannot tell",
        "Next:    Bring more rows.",
        "",
        "What holds it back",
        "  high-variance (high, 97 % sure): Dev lies far above train.",
        "      figures: train error 1.0 % [0.5, 2.0]; variance 10.0 points; material 2.0 points",
        "      you can: Get more train rows. The gap narrows.",
        "",
        "What cannot be told",
        "  high-bias: Nothing to measure against.",
        "",
        "What was looked for and is not there",
        "  not-converged: All members had levelled off.",
    ]


def test_json_of_a_run_holds_all_findings_in_order(caviar_command: Command, run: Path) -> None:
    answer = json.loads(caviar_command("diagnose", str(run), "--json").out)
    assert answer["run"] == "runs/digits-1" and answer["next_action"] == "Bring more rows."
    assert [one["verdict"] for one in answer["findings"]] == ["present", "cannot-tell", "absent"]
    assert answer["findings"] == json.loads((run / "findings.json").read_text(encoding="utf-8"))


def test_an_unfinished_run_is_sent_to_resume(caviar_command: Command, run: Path) -> None:
    (run / "result.json").unlink()
    answer = caviar_command("diagnose", str(run))
    assert answer.code == 2 and "caviar resume runs/digits-1" in answer.err


def test_bare_figures_do_not_load_pytorch() -> None:
    script = (
        "import sys; from caviar.cli.app import run;"
        "code = run(['diagnose', '--train-error', '1%', '--dev-error', '2%', '--json']);"
        "sys.exit(code or int('torch' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False).returncode == 0
