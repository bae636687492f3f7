"""Data, importance, looks at test, and how to reproduce: what the records say, in words."""

from pathlib import Path

from report_page import narrow, shapes

from caviar.report.data_summary import data_summary
from caviar.report.importance import importance
from caviar.report.reproduce import looks_at_test, reproduction
from caviar.report.run_files import RunFiles, read_run


def test_columns_say_how_they_are_read_and_why(example_folders):
    found = data_summary(read_run(example_folders["binary"]))
    by_name = {line.name: line for line in found.columns}
    assert by_name["capital_gain"].encoding == "mostly zero + 12 bins"
    assert "92% of the cells are 0" in by_name["capital_gain"].why
    assert by_name["workclass"].missing == "1,836"
    assert not by_name["row_id"].used
    assert found.in_short == "15\u00a0columns: 8 category, 6 number, 1 identifier; 1 left out of training."


def test_reason_is_not_said_twice():
    data = {
        "columns": [{"name": "a", "kind": "category", "used": True, "reason": "8 categories"}],
        "encoding": [{"column": "a", "encoding": "one-hot", "why": "8 categories, one input for each", "inputs": 8}],
    }
    assert data_summary(RunFiles(Path("run"), {}, data)).columns[0].why == "8 categories, one input for each"


def test_warnings_come_before_repairs_and_choices(example_folders):
    levels = [level for level, _, _ in data_summary(read_run(example_folders["binary"])).notices]
    assert levels == ["warning", "repaired", "info"]


def test_classes_and_targets_are_counted_by_part(example_folders):
    found = data_summary(read_run(example_folders["binary"]))
    assert found.classes[0] == ("<=50K", ["19,776 (76\u00a0%)", "4,944 (76\u00a0%)", "12,361 (76\u00a0%)"])
    regression = data_summary(read_run(example_folders["regression"]))
    assert regression.classes == []
    assert [part for part, _ in regression.target] == ["train", "dev", "test"]


def test_many_columns_and_classes_are_cut_with_a_word():
    data = {
        "classes": [str(number) for number in range(100)],
        "class_counts": {"train": {str(number): 1 for number in range(100)}},
        "columns": [{"name": str(number), "kind": "number"} for number in range(1_500)],
    }
    found = data_summary(RunFiles(Path("run"), {}, data))
    assert (len(found.classes), len(found.columns)) == (60, 1_000)
    assert found.hidden == ["The first 60 of 100 classes are shown.", "The first 1,000 of 1,500 columns are shown."]


def test_bars_are_as_long_as_their_shares():
    picture = importance(RunFiles(Path("run"), {"importance": {"l2": 0.2, "beta1": 0.4, "strange": None}}))
    widths = [float(bar["width"]) for bar in shapes(narrow(picture), "rect", "bar")]
    assert len(widths) == 2
    assert widths[0] == 2 * widths[1]
    assert importance(RunFiles(Path("run"), {"importance": {}})) is None


def test_looks_are_counted_and_later_ones_doubted():
    look = {"when": "2026-03-14T09:26:53+00:00", "by": "fit", "rows": 16_281, "error": 0.137}
    once = looks_at_test(RunFiles(Path("run"), {"test_looks": 1}, test_looks=[look]))
    assert "once" in once.summary
    assert once.rows == [("2026-03-14\u00a009:26\u00a0UTC", "the fit, at its end", "16,281", "13.7\u00a0%")]
    twice = looks_at_test(
        RunFiles(Path("run"), {"test_looks": 1}, test_looks=[look, {**look, "by": "evaluate", "when": "?"}])
    )
    assert "2 times" in twice.summary
    assert twice.rows[1][:2] == ("?", "caviar evaluate")


def test_run_can_be_repeated_from_what_is_shown(example_folders):
    run = read_run(example_folders["binary"])
    found = reproduction(run)
    assert found.command == "caviar fit adult.csv.gz --target income --budget 3m --seed 4"
    facts = dict(found.facts)
    assert facts["Seed"] == "4"
    assert facts["Data fingerprint"] == run.data["fingerprint"]
    assert dict(found.environment)["torch"] == "2.13.0"
    assert "--members" in found.notes[0]
    assert "budget_seconds: 180.0" in found.config


def test_long_seed_keeps_every_digit():
    assert dict(reproduction(RunFiles(Path("run"), {"seed": 12_345_678_901}, {})).facts)["Seed"] == "12345678901"
