"""The page of all experiments: offline, whole, escaped, with a section for each."""

import base64
import hashlib
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from caviar.lab.page import write_page

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><text>α</text></svg>'


def outcome(folder: Path, name: str, verdict: str, *agreements: float | None) -> dict[str, Any]:
    picture = folder / f"{name}.svg"
    picture.write_text(PICTURE, encoding="utf-8")
    figures = [{"what": "share & <b>", "claimed": "", "measured": 8.5, "agreement": one} for one in agreements]
    return {"name": name, "section": "2.6 to 2.8", "claim": "w = 5 < 6", "seed": 3, "verdict": verdict,
            "figures": figures, "rule": "they agree by 5 %.", "remark": "one\ntwo", "file": f"lab/{name}.py",
            "picture": str(picture), "seconds": 1.2}  # fmt: skip


@pytest.fixture
def page(tmp_path: Path) -> str:
    outcomes = [outcome(tmp_path, "first", "holds", 1.0, None), outcome(tmp_path, "second", "holds in part", 0.875, 0)]
    path = write_page(tmp_path, outcomes)
    assert path == tmp_path / "index.html"
    return path.read_text(encoding="utf-8")


def test_it_asks_the_network_for_nothing(page: str) -> None:
    assert "http:" not in page and "https:" not in page
    assert set(re.findall(r' (?:src|href)="(.{4})', page)) == {"data", "#fir", "#sec", '#">t'}
    assert "<script" not in page and " style=" not in page


def test_its_policy_names_the_styles_that_stand_in_it(page: str) -> None:
    [styles] = re.findall("<style>(.*)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'; img-src data:" in unescape(page)


def test_pictures_are_taken_in_whole(page: str) -> None:
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert [base64.b64decode(one).decode() for one in pictures] == [PICTURE, PICTURE]


def test_each_experiment_has_its_line_and_its_section(page: str) -> None:
    assert re.findall(r'<a href="#(\w+)">', page) == re.findall(r'<section id="(\w+)">', page) == ["first", "second"]
    for said in ("Notes 2.6 to 2.8", "w\u00a0=\u00a05 &lt; 6", "share &amp; &lt;b&gt;", "5\u00a0%", "<p>two</p>",
                 "src/caviar/lab/second.py", "caviar lab run second --seed 3"):  # fmt: skip
        assert said in page


def test_figures_say_how_they_were_judged(page: str) -> None:
    judged = re.findall(r'data-name="judged" class="(\w*)">([^<]+)<', page)
    assert judged == [("agrees", "agrees"), ("", "not judged"), ("differs", "agrees in 88 %"), ("differs", "disagrees")]


def test_tags_are_closed_in_order(page: str) -> None:
    open_tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "img"):
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Reader().feed(page)
    assert not open_tags
