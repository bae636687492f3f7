"""`make ward`: examine every patient, and print a table. Fails below 95 % found, or above one false alarm."""

import sys

import torch
from patients import HEALTHY, SICK
from rounds import Examined, examine
from treatments import treat_all

LEAST_FOUND = 0.95
MOST_ALARMS = 1


def table(results: list[Examined]) -> str:
    """A line a patient: name, planted disease, findings in order with their severities, and whether that is right."""
    lines = [("case", "planted", "right", "findings in order")]
    for result in results:
        right = not result.alarmed if result.patient.planted is None else result.found
        findings = ", ".join(f"{finding.id} ({finding.severity})" for finding in result.present)
        lines.append(
            (result.patient.name, result.patient.planted or "healthy", "yes" if right else "NO", findings or "none")
        )
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    return "\n".join(
        "  ".join([*(f"{cell:{width}}" for cell, width in zip(line, widths, strict=False)), line[3]]) for line in lines
    )


def main() -> int:
    """Print the table and the totals; 1 where they are not good enough."""
    torch.set_num_threads(1)
    results = examine(SICK + HEALTHY)
    results.sort(key=lambda result: (SICK + HEALTHY).index(result.patient))
    found = sum(result.found for result in results if result.patient.planted)
    alarms = sum(result.alarmed for result in results if not result.patient.planted)
    print(table(results))
    print(
        f"\n{found} of {len(SICK)} sick found first or second; "
        f"{alarms} of {len(HEALTHY)} healthy raise a finding of severity high"
    )
    return 0 if found >= LEAST_FOUND * len(SICK) and alarms <= MOST_ALARMS else 1


if __name__ == "__main__":
    sys.exit(max(main(), 0 if treat_all() else 1))
