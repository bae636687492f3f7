"""Help with options under headings, in plain text: quick to make, and the same on a terminal and in a pipe."""

from typing import Any

from typer.core import TyperCommand


class GroupedHelp(TyperCommand):
    """A command whose help lists its options by the panel each was given, in the order in which they were declared."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write one section a panel into `formatter`."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                default = "Arguments" if parameter.param_type_name == "argument" else "Options"
                panel = getattr(parameter, "rich_help_panel", None) or default
                panels.setdefault(panel, []).append(record)
        panels["Options"] = panels.pop("Options")  # --json, --debug, --help: last
        for panel, records in panels.items():
            with formatter.section(panel):
                formatter.write_dl(records)
