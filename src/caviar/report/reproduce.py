"""How often test was looked at, and what it takes to get the same run again. C3, Notes 1.1."""

from dataclasses import dataclass
from datetime import datetime

from caviar.report import wording
from caviar.report.loose_values import number_of, text_of
from caviar.report.run_files import RunFiles

BY = {
    "fit": "the fit, at its end",
    "search": "the search, at its end",
    "train": "the training, at its end",
    "evaluate": "caviar evaluate",
}


@dataclass(frozen=True)
class Looks:
    """How often the test rows were looked at, in words and look by look."""

    summary: str
    rows: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Reproduction:
    command: str
    facts: list[tuple[str, str]]
    environment: list[tuple[str, str]]
    notes: list[str]
    config: str


def looks_at_test(run: RunFiles) -> Looks:
    """Each look is a line of test_looks.jsonl; the count at the end of the fit stands in result.json."""
    rows = [
        (
            _moment(text_of(look.get("when"))),
            BY.get(text_of(look.get("by")), text_of(look.get("by")) or wording.UNKNOWN),
            wording.count(number_of(look.get("rows"))),
            wording.error(number_of(look.get("error")), run.metric),
        )
        for look in run.test_looks
    ]
    counted = max(len(rows), int(run.number("test_looks") or 0))
    times = "once" if counted == 1 else f"{counted:,} times"
    if counted == 0:
        summary = "Test was not looked at in this run."
    elif counted == 1:
        summary = "Test was looked at once, after every choice had been made: its error is an unbiased estimate."
    else:
        summary = (
            f"Test was looked at {times}. Only the first figure is a surprise to everyone; every choice made after a "
            "look leans "
            "a little on the test rows, and the figure flatters by as much."
        )
    if counted > len(rows):
        summary += f" {wording.count(counted - len(rows), 'look')} left no line in test_looks.jsonl."
    return Looks(summary, rows)


def reproduction(run: RunFiles) -> Reproduction:
    """Command, seed, fingerprint and environment, each with a word where it is missing."""
    result, notes = run.result, []
    stopped = text_of(result.get("stopped_because"))
    if stopped == "budget":
        notes.append(
            "A time budget ends at another step on another day, so figures may differ a little. With "
            "--members instead of "
            "--budget the same seed, machine and thread count give the same figures and weights."
        )
    if "environment.json" in run.missing:
        notes.append(run.missing["environment.json"])
    if "config.yaml" in run.missing:
        notes.append(run.missing["config.yaml"])
    seconds, keeping = run.number("seconds"), run.number("record_keeping_seconds")
    kept = f" (of these {wording.duration(keeping)} for record-keeping)" if keeping is not None else ""
    mode = {
        "caviar": "caviar: many networks at once",
        "panda": "panda: one network, nursed",
        "search": "search: a population over a space",
        "train": "train: one network, babysat",
    }
    facts = [
        ("Seed", text_of(result.get("seed")) or wording.UNKNOWN),
        ("Data fingerprint", text_of(run.data.get("fingerprint")) or wording.UNKNOWN),
        ("Mode", mode.get(text_of(result.get("mode")), text_of(result.get("mode")) or wording.UNKNOWN)),
        ("Members trained", wording.count(run.number("members_trained"))),
        (
            "Ensemble",
            f"{wording.count(run.number('ensemble_size'), 'network')}, "
            f"{wording.count(run.number('parameters'), 'parameter')}",
        ),
        ("Time", wording.duration(seconds) + kept),
    ]
    environment = [(name, text_of(value) or "–") for name, value in run.environment.items()]
    return Reproduction(text_of(result.get("command")), facts, environment, notes, run.config)


def _moment(text: str) -> str:
    """A time such as "2026-03-14 09:26 UTC"; what is no ISO time stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text or wording.UNKNOWN
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".replace(" ", wording.SPACE).rstrip()
