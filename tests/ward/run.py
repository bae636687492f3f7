"""`make ward`: examine every patient, and print a table. Fails below 95 % found, or above one false alarm.

With a file's name it writes the table there too, as a page: `make ward PAGE=docs/ward.md`.
"""

import sys
from pathlib import Path

import torch
from patient import AnyPatient, kind_of
from patients import HEALTHY, SICK
from rounds import Examined, examine
from treatments import treat_all

LEAST_FOUND = 0.95
MOST_ALARMS = 1

HEAD = """# The ward

Small trainings, each made sick in one way, and healthy ones. What each has is known from how it was made. `make ward`
trains all of them and looks at them as a user would: Caviar's own networks as `caviar fit` does at the end of a run,
plain PyTorch modules by `caviar.watch` while they train, or by `caviar.diagnose` as they stand. A sick one is right
where what was planted is its first or second finding; a healthy one where no finding is of severity high. Where the
same cause may rightly bear a second name, that was written down beside the patient, with the reason, in
[`tests/ward/`](../tests/ward/), before its findings were looked at.

This page is made: `make ward PAGE=docs/ward.md`.

"""


def table(results: list[Examined]) -> str:
    """A line a patient: name, planted disease, findings in order with their severities, and whether that is right."""
    lines = [("case", "planted", "right", "findings in order")]
    lines += [(one.patient.name, _planted(one.patient), "yes" if _right(one) else "NO", _told(one)) for one in results]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    return "\n".join(
        "  ".join([*(f"{cell:{width}}" for cell, width in zip(line, widths, strict=False)), line[3]]) for line in lines
    )


def page(results: list[Examined], totals: str) -> str:
    """The same as Markdown, with what each is and what was made wrong."""
    lines = ["| case | network, rows | what it has | planted | right | findings in order |", "| --- " * 6 + "|"]
    for result in results:
        one = result.patient
        cells = (one.name, ", ".join(kind_of(one)), one.cause, _planted(one), "yes" if _right(result) else "**no**")
        lines.append(f"| {' | '.join((*cells, _told(result)))} |")
    return HEAD + f"**{totals}**\n\n" + "\n".join(lines) + "\n"


def main() -> int:
    """Print the table and the totals; 1 where they are not good enough."""
    torch.set_num_threads(1)
    results = examine((*SICK, *HEALTHY))
    found = [result for result in results if result.patient.planted and result.found]
    second_name = sum(not result.found_as_planted for result in found)
    alarms = sum(result.alarmed for result in results if not result.patient.planted)
    totals = (
        f"{len(found)} of {len(SICK)} sick found first or second, {second_name} of them by their second name; "
        f"{alarms} of {len(HEALTHY)} healthy raise a finding of severity high."
    )
    print(f"{table(results)}\n\n{totals}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(page(results, totals), encoding="utf-8")
    return 0 if len(found) >= LEAST_FOUND * len(SICK) and alarms <= MOST_ALARMS else 1


def _right(result: Examined) -> bool:
    return not result.alarmed if result.patient.planted is None else result.found


def _planted(patient: AnyPatient) -> str:
    return " / ".join(filter(None, (patient.planted, patient.also))) or "healthy"


def _told(result: Examined) -> str:
    return ", ".join(f"{finding.id} ({finding.severity})" for finding in result.present) or "none"


if __name__ == "__main__":
    sys.exit(max(main(), 0 if treat_all() else 1))
