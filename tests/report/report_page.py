"""A report's HTML taken apart by Python's own parser, strictly: every tag must close in order."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

VOID = {"meta", "br", "link", "img", "input", "hr"}
DRAWN = {"path", "line", "rect", "circle"}  # SVG elements that may close themselves


class Page(HTMLParser):
    """Tags with their attributes in order, text by section, and what was left open."""

    def __init__(self, path: Path):
        super().__init__()
        self.html = path.read_text(encoding="utf-8")
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.parents: list[tuple[str, ...]] = []
        self.sections: dict[str, str] = {}
        self._open: list[str] = []
        self._section = ""
        self.feed(self.html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.parents.append(tuple(self._open))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "section":
            self._section = dict(attrs)["id"]
            self.sections[self._section] = ""

    def handle_startendtag(self, tag, attrs):
        assert tag in DRAWN, f"<{tag}/> closes itself"
        self.tags.append((tag, dict(attrs)))
        self.parents.append(tuple(self._open))

    def handle_endtag(self, tag):
        assert self._open and self._open[-1] == tag, f"</{tag}> closes {self._open[-3:]}"
        self._open.pop()
        if tag == "section":
            self._section = ""

    def handle_data(self, data):
        if self._section and self._open[-1] not in ("style", "script"):
            self.sections[self._section] += data.replace("\u00a0", " ")

    def text(self, section: str) -> str:
        """A section's words with single spaces."""
        return " ".join(self.sections[section].split())

    def attributes(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def pictures(self) -> list[ElementTree.Element]:
        """Every SVG, read by an XML parser."""
        return [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", self.html, re.DOTALL)]


def shapes(svg: str, tag: str, style: str) -> list[dict[str, str]]:
    """Attributes of the elements of one SVG whose class has all words of `style`."""
    wanted = set(style.split())
    return [one.attrib for one in ElementTree.fromstring(svg).iter(tag) if wanted <= set(one.get("class", "").split())]


def num_dots(svg: str, style: str = "dots") -> int:
    """How many dots the paths of this class hold."""
    return sum(path["d"].count("M") for path in shapes(svg, "path", style))


def narrow(picture: str) -> str:
    """The phone's SVG of a picture that comes in two widths."""
    return re.findall(r"<svg.*?</svg>", str(picture), re.DOTALL)[0]
