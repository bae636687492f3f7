"""All experiments on one HTML page that asks the network for nothing: claim, verdict, figures, picture, file."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import caviar
from caviar.core.files import write_text

TEMPLATES = Path(__file__).parent / "templates"
VERDICTS = ("holds", "holds in part", "does not hold")


def write_page(folder: Path, outcomes: Sequence[dict[str, Any]]) -> Path:
    """Write `index.html` into `folder` from what `caviar lab run --all --json` tells; pictures are taken in whole."""
    path = folder / "index.html"
    write_text(path, page(outcomes))
    return path


def page(outcomes: Sequence[dict[str, Any]]) -> str:
    """Styles stand in the page, pictures as data; its policy allows these and nothing else."""
    styles = (TEMPLATES / "style.css.j2").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"picture": _picture, "judged": _judged, "whole": _whole}
    verdicts = Counter(outcome["verdict"] for outcome in outcomes)
    return environment.get_template("page.html.j2").render(
        outcomes=outcomes,
        verdicts=[(verdict, verdicts[verdict]) for verdict in VERDICTS],
        styles=styles,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'",
        version=caviar.__version__,
    )


def _picture(path: str) -> str:
    """A picture file as the text of a link."""
    return f"data:image/svg+xml;base64,{base64.b64encode(Path(path).read_bytes()).decode()}"


def _whole(text: float | str) -> str:
    """With "8 %" and "w = 5" as one word each, so that neither breaks at the end of a line."""
    return re.sub(r"(?<=\d) (?=%)| (?==)|(?<==) ", "\u00a0", str(text))


def _judged(agreement: float | None) -> str:
    if agreement is None:
        return "not judged"
    if agreement in (0, 1):
        return "agrees" if agreement else "disagrees"
    return f"agrees in {100 * agreement:.0f} %"
