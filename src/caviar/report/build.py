"""Puts the report together: records → sections → one HTML file that asks the network for nothing."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from caviar.core.files import write_text
from caviar.report import wording
from caviar.report.curves import Curves, Panel, learning_curves
from caviar.report.data_summary import data_summary
from caviar.report.diary import diary
from caviar.report.errors import errors
from caviar.report.findings import findings
from caviar.report.importance import importance
from caviar.report.inside import Inside, inside
from caviar.report.judging import judging
from caviar.report.more_rows import more_rows
from caviar.report.population import Population, population
from caviar.report.predictions import predictions
from caviar.report.reproduce import looks_at_test, reproduction
from caviar.report.run_files import RunFiles, read_run
from caviar.report.verdict import Verdict, verdict

TEMPLATES = Path(__file__).parent / "templates"
ERRORS = "verdict"  # the beginning of the ids of the picture of all errors


def write_report(run_folder: Path) -> Path:
    """Write `report.html` into the run folder from the run's records, and return its path.

    The same records give the same bytes. Raises RunError where the folder or its result.json is missing; any other
    missing record is named in its section.
    """
    path = Path(run_folder) / "report.html"
    write_text(path, page(read_run(Path(run_folder))))
    return path


def page(run: RunFiles) -> str:
    """The whole page. Styles and script stand in it; its policy allows these two, by their hashes, and nothing else."""
    styles, script = _text("style.css.j2"), _text("sort.js.j2")
    policy = _policy(styles, script)
    judged, curves, members, within, rows = (
        verdict(run),
        learning_curves(run),
        population(run),
        inside(run),
        more_rows(run),
    )
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            run=run,
            styles=styles,
            script=script,
            policy=policy,
            count=wording.count,
            verdict=judged,
            judging=judging(run),
            curves=curves,
            population=members,
            inside=within,
            more_rows=rows,
            importance=importance(run),
            diary=diary(run),
            data=data_summary(run),
            predictions=predictions(run),
            errors=errors(run),
            findings=findings(run, _charts(judged, curves, members, within, rows)),
            looks=looks_at_test(run),
            reproduction=reproduction(run),
        )
    )


def _charts(
    judged: Verdict, curves: Curves | None, members: Population | None, within: Inside | None, rows: Panel | None
) -> dict[str, Panel]:
    """The pictures that findings speak of, by the anchors they have in the page."""
    panels = [panel for part in (curves, members, within) if part is not None for panel in part.panels]
    panels += [rows] if rows is not None else []
    named = {match.group(1): panel for panel in panels if (match := re.search(r'<svg id="([^"]+)"', panel.picture))}
    errors = {ERRORS: Panel(judged.picture, "Errors", "Lines: 95 % intervals.")} if judged.picture else {}
    return named | errors


def lone_page(template: str, **values: object) -> str:
    """A page without script, with the report's styles."""
    styles = _text("style.css.j2")
    return _environment().get_template(template).render(styles=styles, policy=_policy(styles), **values)


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _policy(styles: str, script: str | None = None) -> str:
    scripts = "" if script is None else f"script-src '{_hash(script)}'; "
    return f"default-src 'none'; style-src '{_hash(styles)}'; {scripts}base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    """The templates, compiled once."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = wording.prose
    return environment


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls an inline element by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
