"""Puts the report together: records → sections → one HTML file that asks the network for nothing."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from caviar.core.files import write_text
from caviar.report import wording
from caviar.report.curves import learning_curves
from caviar.report.data_summary import data_summary
from caviar.report.diary import diary
from caviar.report.findings import findings
from caviar.report.importance import importance
from caviar.report.judging import judging
from caviar.report.population import population
from caviar.report.predictions import predictions
from caviar.report.reproduce import looks_at_test, reproduction
from caviar.report.run_files import RunFiles, read_run
from caviar.report.verdict import verdict

TEMPLATES = Path(__file__).parent / "templates"


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
    styles, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css.j2", "sort.js.j2"))
    policy = (
        f"default-src 'none'; style-src '{_hash(styles)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
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
            verdict=verdict(run),
            judging=judging(run),
            curves=learning_curves(run),
            population=population(run),
            importance=importance(run),
            diary=diary(run),
            data=data_summary(run),
            predictions=predictions(run),
            findings=findings(run),
            looks=looks_at_test(run),
            reproduction=reproduction(run),
        )
    )


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
