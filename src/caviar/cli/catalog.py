"""`caviar catalog [NAME]`: the techniques and the hyperparameters, as the one catalogue has them."""

from typing import TYPE_CHECKING, Annotated

import typer

from caviar.cli.output import Line, print_json, print_lines
from caviar.cli.settings import AsJson, Debug
from caviar.core.errors import SettingsError, nearest

if TYPE_CHECKING:
    from caviar.techniques.hyperparameter import Hyperparameter
    from caviar.techniques.technique import Technique

Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="a technique or a hyperparameter; both without", show_default=False)
]


def catalog(name: Name = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Techniques and hyperparameters: formula, range, rank, section of the notes.

    Without a name, all of them: techniques in the order of the notes, hyperparameters by what to tune first.
    """
    from caviar.techniques.catalog import HYPERPARAMETERS
    from caviar.techniques.technique_catalog import TECHNIQUES

    techniques, hyperparameters = list(TECHNIQUES.values()), list(HYPERPARAMETERS.values())
    if name is not None:
        techniques = [one for one in techniques if _same(one.name, name)]
        hyperparameters = [one for one in hyperparameters if _same(one.name, name)]
        if not (techniques or hyperparameters):
            near = nearest(name, [*TECHNIQUES, *HYPERPARAMETERS])
            raise SettingsError(
                f"{name!r} is neither a technique nor a hyperparameter.{near} `caviar catalog` lists both."
            )
    if as_json:
        print_json(
            {
                "techniques": [one.to_json() for one in techniques],
                "hyperparameters": [one.to_json() for one in hyperparameters],
            }
        )
    elif name is None:
        print_lines(listed(techniques, hyperparameters))
    else:
        for technique in techniques:
            print_lines(told_technique(technique, list(HYPERPARAMETERS.values())))
        for hyperparameter in hyperparameters:
            print_lines(told_hyperparameter(hyperparameter))


def _same(one: str, name: str) -> bool:
    """Hyphen or underscore, as on the command line and in Python."""
    return one.replace("_", "-") == name.lower().replace("_", "-")


def listed(techniques: "list[Technique]", hyperparameters: "list[Hyperparameter]") -> list[Line]:
    """One line each: name, section of the notes, what it does."""
    from caviar.techniques.hyperparameter import RANKS

    width = max(len(name) for name in [*(one.name for one in techniques), *(one.name for one in hyperparameters)])
    lines = [Line("Techniques, in the order of the notes", tone="strong")]
    lines += [Line(one.does, f"  {one.name:<{width}}  {one.section:<13}  ") for one in techniques]
    for rank, words in RANKS.items():
        lines += [Line(), Line(f"Hyperparameters: {words}", tone="strong")]
        ranked = [one for one in hyperparameters if one.rank == rank]
        lines += [Line(one.meaning, f"  {one.name:<{width}}  {one.section:<13}  ") for one in ranked]
    return [*lines, Line(), Line("`caviar catalog NAME` shows one, with its formula.")]


def told_technique(one: "Technique", hyperparameters: "list[Hyperparameter]") -> list[Line]:
    """All that the catalogue has of a technique, with those of the hyperparameters that are a part of it."""
    own = ", ".join(entry.name for entry in hyperparameters if one.name in entry.techniques)
    return [
        Line(f"{one.name} (technique): {one.does}", tone="strong"),
        *formula(one.formula),
        *fields({"When": one.when, "Notes": one.section, "Paper": one.paper, "File": one.file, "Use": one.use}),
        *fields({"Settings": own}),
    ]


def told_hyperparameter(one: "Hyperparameter") -> list[Line]:
    """All that the catalogue has of a hyperparameter."""
    from caviar.techniques.hyperparameter import RANKS

    return [
        Line(f"{one.name} (hyperparameter): {one.meaning}", tone="strong"),
        *formula(one.formula),
        *fields({"Default": one.written_default, "Allowed": one.allowed, "Searched": one.searched or "no"}),
        *fields({"Scale": "" if one.scale == "choice" else one.scale, "Rank": f"{one.rank}, {RANKS[one.rank]}"}),
        *fields({"Notes": one.section, "Raising": one.raising, "Lowering": one.lowering}),
        *fields({"Part of": ", ".join(one.techniques)}),
    ]


def formula(text: str) -> list[Line]:
    """Each line of a formula on one of its own."""
    first, *rest = text.split("; ")
    return [Line(first, _label("Formula")), *(Line(each, _label("")) for each in rest)]


def fields(values: dict[str, str]) -> list[Line]:
    """A line for each that says something."""
    return [Line(value, _label(name)) for name, value in values.items() if value]


def _label(name: str) -> str:
    return f"  {name + ':' if name else '':<11}"
