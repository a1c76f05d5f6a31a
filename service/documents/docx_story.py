"""A story of a Word document (body, head, foot, notes) to lines, as one who accepts all changes would see it.

Elements are those of ISO/IEC 29500-1, chapter 17, by their local names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from service.documents.document import NoticeKind
from service.documents.lines import TICKED, UNTICKED, table_row

#: Elements whose text is not shown: what was deleted or moved away, alternatives for old programs, readings above
#: characters (ruby), instructions.
_SKIPPED = {
    "del": NoticeKind.DELETED,
    "moveFrom": NoticeKind.DELETED,
    "Fallback": None,
    "rt": None,
    "delText": None,
    "delInstrText": None,
    "binData": None,
}
_COUNTED = {
    "blip": NoticeKind.PICTURES,
    "imagedata": NoticeKind.PICTURES,
    "OLEObject": NoticeKind.EMBEDDED,
    "chart": NoticeKind.EMBEDDED,
    "relIds": NoticeKind.EMBEDDED,
    "altChunk": NoticeKind.EMBEDDED,
    "commentReference": NoticeKind.COMMENTS,
}
_LETTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_OFF = {"0", "false", "off"}
#: Boxes and ticks of the fonts that Word inserts them from, by the font's name and the character's low byte.
_SYMBOLS = {
    "Wingdings": {0xFE: "☑", 0xFD: TICKED, 0xA8: UNTICKED, 0x6F: UNTICKED, 0xFC: "✓", 0xFB: "✗", 0x78: TICKED},
    "Wingdings 2": {0x52: "☑", 0x53: TICKED, 0x54: TICKED, 0x50: "✓", 0x4F: "✗", 0xA3: UNTICKED, 0x2A: UNTICKED},
    "Symbol": {
        0xB0: "°",
        0xB1: "±",
        0xB3: "≥",
        0xA3: "≤",
        0x6D: "μ",
        0x61: "α",
        0x62: "β",
        0x67: "γ",
        0xAD: "↑",
        0xAF: "↓",
    },
}
_PAGE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"}
_SEPARATORS = {"separator", "continuationSeparator", "continuationNotice"}


@dataclass(slots=True)
class _Paragraph:
    parts: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    mark_deleted: bool = False


@dataclass(slots=True)
class _Block:
    """What paragraphs are put into: a story, a cell, a text box; `begun` is a line that goes on in the next one."""

    lines: list[str] = field(default_factory=list)
    begun: str = ""


@dataclass(slots=True)
class _Row:
    cells: list[list[str]] = field(default_factory=list)
    deleted: bool = False


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    result: bool = False


@dataclass(slots=True)
class _Choice:
    """A ticking box or a list of a form, as its field describes it."""

    ticked: bool = False
    entries: list[str] = field(default_factory=list)
    chosen: int = 0


class Story:
    """Listens to the elements of a part; `lines` and `counts` are there when it has ended."""

    def __init__(self) -> None:
        self.counts: Counter[NoticeKind] = Counter()
        self._blocks = [_Block()]
        self._paragraphs: list[_Paragraph] = []
        self._rows: list[_Row] = []
        self._fields: list[_Field] = []
        self._prompts: list[bool] = []
        self._choice: _Choice | None = None
        self._path: list[str] = []
        self._skipped = 0
        self._in_text = False
        self._instructing = False
        self._runs: list[set[NoticeKind]] = []

    @property
    def lines(self) -> list[str]:
        """The lines so far."""
        return self._blocks[0].lines

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._skipped or name in _SKIPPED or self._is_prompt(name) or self._is_separator(name, attributes):
            self._skip(name)
            return
        self._path.append(name)
        if name in _COUNTED:
            self.counts[_COUNTED[name]] += 1
        elif name in _LETTERS and self._path[-2:-1] == ["r"]:
            self._write(_LETTERS[name])
        elif method := _STARTS.get(name):
            method(self, attributes)
        elif self._choice:
            self._choose(name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
            return
        if self._path:
            self._path.pop()
        if method := _ENDS.get(name):
            method(self)

    def text(self, text: str) -> None:
        """Characters of the part."""
        if self._skipped:
            return
        if self._in_text:
            self._write(text)
        elif self._instructing and self._fields:
            self._fields[-1].instruction += text

    def _skip(self, name: str) -> None:
        parents = self._path[-2:]
        if not self._skipped and (kind := _SKIPPED.get(name)):
            if parents == ["pPr", "rPr"] and self._paragraphs:
                self._paragraphs[-1].mark_deleted = True
            elif parents[-1:] == ["trPr"] and self._rows:
                self._rows[-1].deleted = True
            if parents[-1:] != ["rPr"]:
                self.counts[kind] += 1
        self._skipped += 1

    def _is_prompt(self, name: str) -> bool:
        """Whether what follows is what a form asks for, where nothing has been filled in."""
        prompt = name == "sdtContent" and bool(self._prompts) and self._prompts[-1]
        self.counts[NoticeKind.PLACEHOLDERS] += prompt
        return prompt

    def _is_separator(self, name: str, attributes: Mapping[str, str]) -> bool:
        return name in ("footnote", "endnote") and attributes.get("type") in _SEPARATORS

    def _write(self, text: str) -> None:
        if not self._paragraphs or any(not each.result for each in self._fields):
            return
        if any(_is_page(each.instruction) for each in self._fields):
            return
        left_out = self._runs[-1] if self._runs else None
        if not left_out:
            self._paragraphs[-1].parts.append(text)
        elif text.strip():
            self.counts[min(left_out)] += 1

    # Paragraphs and runs

    def _p(self, attributes: Mapping[str, str]) -> None:
        self._paragraphs.append(_Paragraph())

    def _p_end(self) -> None:
        if not self._paragraphs:
            return
        paragraph, block = self._paragraphs.pop(), self._blocks[-1]
        line = block.begun + "".join(paragraph.parts)
        block.begun = line if paragraph.mark_deleted else ""
        if not paragraph.mark_deleted:
            block.lines += line.split("\n")
        block.lines += paragraph.boxes
        # A field whose result never comes, or a page number that never ends, must not swallow what follows.
        self._fields = [each for each in self._fields if each.result and not _is_page(each.instruction)]

    def _r(self, attributes: Mapping[str, str]) -> None:
        self._runs.append(set())

    def _r_end(self) -> None:
        if self._runs:
            self._runs.pop()

    def _t(self, attributes: Mapping[str, str]) -> None:
        self._in_text = True

    def _t_end(self) -> None:
        self._in_text = False

    def _toggle(self, kind: NoticeKind, attributes: Mapping[str, str]) -> None:
        if self._runs and self._path[-3:-1] == ["r", "rPr"] and attributes.get("val", "1") not in _OFF:
            self._runs[-1].add(kind)

    def _vanish(self, attributes: Mapping[str, str]) -> None:
        self._toggle(NoticeKind.HIDDEN, attributes)

    def _strike(self, attributes: Mapping[str, str]) -> None:
        self._toggle(NoticeKind.STRUCK, attributes)

    def _sym(self, attributes: Mapping[str, str]) -> None:
        try:
            code = int(attributes.get("char", ""), 16)
        except ValueError:
            return
        self._write(_SYMBOLS.get(attributes.get("font", ""), {}).get(code & 0xFF) or chr(min(code, 0xFFFF)))

    # Boxes, tables, controls

    def _txbx(self, attributes: Mapping[str, str]) -> None:
        self._blocks.append(_Block())

    def _txbx_end(self) -> None:
        lines = _closed(self._blocks.pop()) if len(self._blocks) > 1 else []
        (self._paragraphs[-1].boxes if self._paragraphs else self._blocks[-1].lines).extend(lines)

    def _tbl(self, attributes: Mapping[str, str]) -> None:
        self.counts[NoticeKind.TABLES] += 1

    def _tr(self, attributes: Mapping[str, str]) -> None:
        self._rows.append(_Row())

    def _tr_end(self) -> None:
        if self._rows:
            row = self._rows.pop()
            if not row.deleted:
                self._blocks[-1].lines += table_row(row.cells)

    def _tc_end(self) -> None:
        if len(self._blocks) > 1 and self._rows:
            self._rows[-1].cells.append(_closed(self._blocks.pop()))

    def _sdt(self, attributes: Mapping[str, str]) -> None:
        self._prompts.append(False)

    def _sdt_end(self) -> None:
        if self._prompts:
            self._prompts.pop()

    def _prompt(self, attributes: Mapping[str, str]) -> None:
        if self._prompts:
            self._prompts[-1] = attributes.get("val", "1") not in _OFF

    # Fields

    def _fld_simple(self, attributes: Mapping[str, str]) -> None:
        self._fields.append(_Field(attributes.get("instr", ""), result=True))

    def _fld_simple_end(self) -> None:
        if self._fields:
            self._fields.pop()

    def _fld_char(self, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].result = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _instr(self, attributes: Mapping[str, str]) -> None:
        self._instructing = True

    def _instr_end(self) -> None:
        self._instructing = False

    def _choice_start(self, attributes: Mapping[str, str]) -> None:
        self._choice = _Choice()

    def _choose(self, name: str, attributes: Mapping[str, str]) -> None:
        assert self._choice is not None
        value = attributes.get("val", "1")
        if name in ("default", "checked"):
            self._choice.ticked = value not in _OFF
        if name in ("default", "result") and value.isdecimal():
            self._choice.chosen = int(value[:6])
        if name == "listEntry":
            self._choice.entries.append(attributes.get("val", ""))

    def _choice_end(self) -> None:
        if self._choice and self._paragraphs:
            chosen = self._choice
            ticked = TICKED if chosen.ticked else UNTICKED
            entry = chosen.entries[chosen.chosen] if chosen.chosen < len(chosen.entries) else ticked
            self._paragraphs[-1].parts.append(entry)
        self._choice = None


def _closed(block: _Block) -> list[str]:
    return [*block.lines, block.begun] if block.begun else block.lines


def _is_page(instruction: str) -> bool:
    return any(word.upper() in _PAGE_FIELDS for word in instruction.split(maxsplit=1)[:1])


_STARTS = {
    "p": Story._p,
    "r": Story._r,
    "t": Story._t,
    "vanish": Story._vanish,
    "strike": Story._strike,
    "dstrike": Story._strike,
    "sym": Story._sym,
    "txbxContent": Story._txbx,
    "tbl": Story._tbl,
    "tr": Story._tr,
    "tc": Story._txbx,
    "sdt": Story._sdt,
    "showingPlcHdr": Story._prompt,
    "fldSimple": Story._fld_simple,
    "fldChar": Story._fld_char,
    "instrText": Story._instr,
    "checkBox": Story._choice_start,
    "ddList": Story._choice_start,
}
_ENDS = {
    "p": Story._p_end,
    "r": Story._r_end,
    "t": Story._t_end,
    "txbxContent": Story._txbx_end,
    "tr": Story._tr_end,
    "tc": Story._tc_end,
    "sdt": Story._sdt_end,
    "fldSimple": Story._fld_simple_end,
    "instrText": Story._instr_end,
    "checkBox": Story._choice_end,
    "ddList": Story._choice_end,
}
