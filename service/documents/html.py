"""HTML to the text that a browser shows: blocks as lines, table rows as lines, what is hidden left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.documents.document import Bounds, NoticeKind, Refusal, Refused
from service.documents.html_tokens import tokens
from service.documents.lines import TICKED, UNTICKED, is_chinese, table_row
from service.documents.plain import decode

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_LEFT_OUT = frozenset(
    [
        "head",
        "noscript",
        "script",
        "style",
        "template",
        "title",
        "svg",
        "math",
        "object",
        "iframe",
        "canvas",
        "audio",
        "video",
    ]
)
_GONE = {"del": NoticeKind.DELETED, "s": NoticeKind.STRUCK, "strike": NoticeKind.STRUCK}
_CELLS, _LISTS = ("td", "th"), ("ul", "ol", "dl", "table", "div", "td", "th")
#: Elements that a beginning one ends, and those beyond which it does not reach; a block ends the paragraph before it.
_IMPLIED = {
    "li": (("li",), _LISTS),
    "dt": (("dt", "dd"), _LISTS),
    "dd": (("dt", "dd"), _LISTS),
    "td": (_CELLS, ("tr", "table")),
    "th": (_CELLS, ("tr", "table")),
    "tr": (("tr", *_CELLS), ("table",)),
}
_PARAGRAPH: tuple[tuple[str, ...], tuple[str, ...]] = ((), _LISTS)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.I)
_STRUCK_STYLE = re.compile(r"text-decoration[^;]*:[^;]*line-through", re.I)
_BLANKS = re.compile("[ \t\n\r\f]+")
_NAMED = re.compile(rb"<(?:meta|\?xml)[^>]{0,500}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{1,40})", re.I)
_HEAD = 4096  # bytes; HTML Standard, 13.2.3.2 looks through 1024, and old editors put more before it


def read_html(content: bytes, bounds: Bounds) -> tuple[str, Counter[NoticeKind], str | None]:
    """The text, what was left out of it, and the encoding where that was decided on; raises Refused."""
    named = _NAMED.search(content[:_HEAD])
    decoded = decode(content, named[1].decode("ascii") if named else None)
    shown = _Shown(bounds.depth)
    tokens(decoded.text, shown)
    return "\n".join(shown.lines()), shown.counts, decoded.guessed


@dataclass(slots=True, eq=False)
class _Element:
    name: str
    hides: bool


@dataclass(slots=True)
class _Block:
    """Lines that are done, and the one that is written; `pre` keeps blanks as they are."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)

    def broken(self, *, always: bool = False) -> None:
        line = "".join(self.line).strip(" ")
        if line or always:
            self.lines.append(line)
        self.line.clear()


class _Shown:
    """Listens to tags and text."""

    def __init__(self, depth: int) -> None:
        self.counts: Counter[NoticeKind] = Counter()
        self._depth = depth
        self._open: list[_Element] = []
        self._hidden = 0
        self._blocks = [_Block()]
        self._rows: list[list[list[str]]] = []
        self._space = False

    def lines(self) -> list[str]:
        """What was shown; cells and rows that were never closed, too."""
        while self._open:
            self._close(self._open[-1].name)
        self._blocks[0].broken()
        return self._blocks[0].lines

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag in _BLOCKS or tag in ("td", "th"):
            self._close_implied(tag)
        if tag in _VOID:
            if not self._hidden:
                self._void(tag, attributes)
            return
        if len(self._open) >= self._depth:
            raise Refused(Refusal.DAMAGED)
        hides = self._hides(tag, attributes)
        self._open.append(_Element(tag, hides))
        self._hidden += hides
        if self._hidden:
            return
        if tag in ("td", "th"):
            self._blocks.append(_Block())
        elif tag == "tr":
            self._break()
            self._rows.append([])
        elif tag in _BLOCKS:
            self._break()
            self.counts[NoticeKind.TABLES] += tag == "table"

    def end(self, tag: str) -> None:
        """An element ends; those within it that were left open end with it."""
        if any(each.name == tag for each in self._open):
            self._close(tag)

    def text(self, text: str) -> None:
        """Characters; blanks are one space, and none between Chinese characters."""
        if self._hidden:
            return
        if any(each.name in ("pre", "textarea") for each in self._open):
            for at, line in enumerate(text.split("\n")):
                if at:
                    self._blocks[-1].broken(always=True)
                self._blocks[-1].line.append(line)
            return
        for at, word in enumerate(_BLANKS.split(text)):
            self._space = self._space or at > 0
            if word:
                self._write(word)

    def _write(self, word: str) -> None:
        line = self._blocks[-1].line
        if self._space and line and not (is_chinese(line[-1][-1:]) and is_chinese(word[0])):
            line.append(" ")
        line.append(word)
        self._space = False

    def _break(self) -> None:
        self._blocks[-1].broken()
        self._space = False

    def _hides(self, tag: str, attributes: Mapping[str, str]) -> bool:
        style = attributes.get("style", "")
        if tag in _LEFT_OUT:
            self.counts[NoticeKind.EMBEDDED] += tag in ("object", "iframe", "svg", "canvas") and not self._hidden
            return True
        kind = _GONE.get(tag)
        if _STRUCK_STYLE.search(style):
            kind = NoticeKind.STRUCK
        if "hidden" in attributes or _HIDDEN_STYLE.search(style):
            kind = NoticeKind.HIDDEN
        if kind and not self._hidden:
            self.counts[kind] += 1
        return kind is not None

    def _void(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            self._blocks[-1].broken(always=True)
            self._space = False
        elif tag == "hr":
            self._break()
        elif tag in ("img", "embed"):
            self.counts[NoticeKind.PICTURES if tag == "img" else NoticeKind.EMBEDDED] += 1
        elif tag == "input":
            kind = attributes.get("type", "text").casefold()
            if kind in ("checkbox", "radio"):
                self._write(TICKED if "checked" in attributes else UNTICKED)
            elif kind in ("text", "number", "date") and attributes.get("value"):
                self._write(attributes["value"])

    def _close_implied(self, tag: str) -> None:
        """End what a beginning `tag` ends without saying so; HTML Standard, 13.1.2.4."""
        ended, within = _IMPLIED.get(tag, _PARAGRAPH)
        outermost = None
        for element in reversed(self._open):
            if element.name in within:
                break
            if element.name in ended or element.name == "p":
                outermost = element
        while outermost and self._open and outermost in self._open:
            self._close_last()

    def _close(self, tag: str) -> None:
        while self._open and self._close_last() != tag:
            pass

    def _close_last(self) -> str:
        element = self._open.pop()
        shown = not self._hidden
        self._hidden -= element.hides
        if shown:
            self._ended(element.name)
        return element.name

    def _ended(self, tag: str) -> None:
        if tag in ("td", "th"):
            cell = self._blocks.pop()
            cell.broken()
            if self._rows:
                self._rows[-1].append(cell.lines)
            else:
                self._blocks[-1].lines += cell.lines
        elif tag == "tr":
            self._blocks[-1].broken()
            self._blocks[-1].lines += table_row(self._rows.pop())
        elif tag in _BLOCKS:
            self._break()
