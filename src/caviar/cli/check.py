"""`caviar check DATA`: what is wrong with the data, before any training."""

from typing import Any

from caviar.cli.figures import counted
from caviar.cli.output import Line, print_json, print_lines
from caviar.cli.settings import AsJson, DataArgument, Debug, takes
from caviar.core.records import Notice

_HEADINGS = {"warning": "Look at this", "repaired": "Repaired", "info": "For your information"}


@takes("target", "task", "types", "missing")
def check(data: DataArgument, as_json: AsJson = False, debug: Debug = False, **settings: Any) -> None:
    """Read DATA as a fit would, train nothing, and list what was chosen, repaired, or looks wrong.

    Data that cannot be trained on at all are refused with exit code 2; warnings alone are exit code 0.
    """
    from caviar import api

    notices = api.check(data, **settings)
    if as_json:
        told = [{"level": one.level, "text": one.text, "columns": list(one.columns)} for one in notices]
        warnings = sum(one.level == "warning" for one in notices)
        print_json({"data": data, "warnings": warnings, "notices": told})
    else:
        print_lines(listed(data, notices))


def listed(data: str, notices: list[Notice]) -> list[Line]:
    """The notices under one heading a level, the gravest first, and a last line that sums up."""
    lines = []
    for level, heading in _HEADINGS.items():
        of_level = [one.text for one in notices if one.level == level]
        if of_level:
            lines += [Line(heading, tone="warning" if level == "warning" else "strong")]
            lines += [Line(text, "  - ") for text in of_level] + [Line()]
    warnings = sum(one.level == "warning" for one in notices)
    if warnings:
        return [
            *lines,
            Line(f"{data} can be trained on; {counted(warnings, 'warning')} to look at first.", tone="strong"),
        ]
    return [*lines, Line(f"{data} is fine to train on.", tone="good")]
