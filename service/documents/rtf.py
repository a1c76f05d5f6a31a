"""RTF 1.9.1 to text: paragraphs and table rows as lines, in the code pages of its fonts, without what is not shown."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from service.documents.document import Bounds, NoticeKind, Refusal, Refused
from service.documents.lines import beside, table_row

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})?[ ]?|((?:\\'[0-9a-fA-F]{2})+)|\\([^a-zA-Z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\"
)
#: Code pages of font character sets (`\fcharset`), for those that are not Western; RTF 1.9.1, font table.
_CHARSETS: Mapping[int, str] = MappingProxyType(
    {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258"}
    | {177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250"}
)
_PAGES: Mapping[int, str] = MappingProxyType({936: "gb18030", 950: "cp950", 932: "cp932", 949: "cp949", 65001: "utf-8"})
_LETTERS: Mapping[str, str] = MappingProxyType(
    {"tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’"}
    | {"ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ", "nestcell": "\t"}
)
_SYMBOLS: Mapping[bytes, str] = MappingProxyType({b"~": " ", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}"})
#: Groups that hold no text of the document, and what is told of those that show something.
_LEFT_OUT: Mapping[str, NoticeKind | None] = MappingProxyType(
    dict.fromkeys(
        [
            "colortbl",
            "stylesheet",
            "info",
            "themedata",
            "colorschememapping",
            "datastore",
            "latentstyles",
            "rsidtbl",
            "generator",
            "xmlnstbl",
            "listtable",
            "listoverridetable",
            "filetbl",
            "revtbl",
            "fldinst",
            "bkmkstart",
            "bkmkend",
            "atnid",
            "atnauthor",
            "atndate",
            "atntime",
            "atnref",
            "nonshppict",
            "ftnsep",
            "ftnsepc",
            "aftnsep",
            "aftnsepc",
            "sn",
            "sv",
            "pgdsctbl",
            "mmath",
            "xe",
            "tc",
            "rxe",
            "userprops",
        ]
    )
    | {"pict": NoticeKind.PICTURES, "object": NoticeKind.EMBEDDED, "annotation": NoticeKind.COMMENTS}
)
_HEADS = frozenset(["header", "headerl", "headerr", "headerf"])
_FEET = frozenset(["footer", "footerl", "footerr", "footerf"])
#: Optional groups (`\*`) that hold text, or groups with text.
_SHOWN = frozenset(["shpinst", "shptxt", "shppict", "fldrslt"])
_BODY, _HEAD, _FOOT, _NOTE = "body", "head", "foot", "note"


def read_rtf(content: bytes, bounds: Bounds) -> tuple[str, Counter[NoticeKind]]:
    """The text, heads first, then the body, footnotes and feet; and what was left out. Raises Refused."""
    reading = _Reading(content, bounds)
    reading.run()
    return "\n".join(reading.lines()), reading.counts


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and may change for itself."""

    into: str | None = _BODY
    codec: str = "cp1252"
    uc: int = 1
    left_out: frozenset[NoticeKind] = frozenset()
    in_fonts: bool = False
    in_table: bool = False


@dataclass(slots=True)
class _Sink:
    lines: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)

    def taken(self) -> list[str]:
        lines = "".join(self.parts).split("\n")
        self.parts.clear()
        return lines

    def ended(self) -> None:
        if self.cells:
            self.row()
        else:
            self.lines += self.taken()

    def row(self) -> None:
        if any(part.strip() for part in self.parts):
            self.cells.append(self.taken())
        self.lines += table_row(self.cells)
        self.cells.clear()


class _Reading:
    def __init__(self, content: bytes, bounds: Bounds) -> None:
        self.counts: Counter[NoticeKind] = Counter()
        self._content, self._bounds = content, bounds
        self._state = _State()
        self._stack: list[_State] = []
        self._sinks = {name: _Sink() for name in (_HEAD, _BODY, _NOTE, _FOOT)}
        self._fonts: dict[int, str] = {}
        self._font = self._deff = 0
        self._default = "cp1252"
        self._pending = bytearray()
        self._units: list[int] = []
        self._to_skip = 0
        self._optional = False

    def run(self) -> None:
        """Read all of it."""
        at = 0
        while (match := _TOKEN.match(self._content, at)) is not None:
            at = match.end()
            word, number, hexes, symbol, brace, raw = match.groups()
            if hexes is not None:
                self._bytes(bytes.fromhex(hexes.replace(b"\\'", b"").decode("ascii")))
            elif raw is not None:
                self._bytes(raw)
            elif word is not None:
                value = int(number) if number else None
                if word == b"bin":
                    at += max(value or 0, 0)
                else:
                    self._word(word.decode("ascii"), value)
            elif brace is not None:
                self._brace(brace)
            elif symbol is not None:
                self._symbol(symbol)
        self._flush()

    def lines(self) -> list[str]:
        """Lines in order of reading."""
        for sink in self._sinks.values():
            sink.ended()
        heads, body, notes, feet = (sink.lines for sink in self._sinks.values())
        return [*beside(heads), *body, *notes, *beside(feet)]

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._to_skip = 0
        if brace == b"{":
            if len(self._stack) >= self._bounds.depth:
                raise Refused(Refusal.DAMAGED)
            self._stack.append(self._state)
        elif self._stack:
            self._state = self._stack.pop()
        self._optional = False

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._optional = True
        elif self._to_skip:
            self._to_skip -= 1
        elif symbol in b"\r\n":
            self._word("par", None)
        elif symbol in _SYMBOLS:
            self._write(_SYMBOLS[symbol])

    def _bytes(self, given: bytes) -> None:
        self._optional = False
        skipped = min(self._to_skip, len(given))
        self._to_skip -= skipped
        if given := given[skipped:]:
            self._surrogates()
            if self._state.into:
                self._pending += given

    def _word(self, word: str, value: int | None) -> None:
        optional, self._optional = self._optional, False
        if word == "u":
            self._unit(value or 0)
            return
        self._flush()
        self._to_skip = 0
        if word in _LEFT_OUT or (optional and word not in _SHOWN):
            kind = _LEFT_OUT.get(word)
            if kind and self._state.into:
                self.counts[kind] += 1
            self._state = replace(self._state, into=None)
        elif word in _LETTERS:
            self._write(_LETTERS[word])
        elif method := _WORDS.get(word):
            method(self, value)
        elif word in _HEADS or word in _FEET or word == "footnote":
            into = _HEAD if word in _HEADS else _FOOT if word in _FEET else _NOTE
            self._state = replace(self._state, into=self._state.into and into)
            self._sinks[into].lines += [line for line in self._sinks[into].taken() if line]

    def _unit(self, value: int) -> None:
        if self._pending:
            self._flush()
        self._units.append(value & 0xFFFF)
        self._to_skip = self._state.uc

    def _write(self, text: str) -> None:
        self._flush()
        self._put(text)

    def _put(self, text: str) -> None:
        if not self._state.into:
            return
        if not self._state.left_out:
            self._sinks[self._state.into].parts.append(text)
        elif text.strip():
            self.counts[min(self._state.left_out)] += 1

    def _flush(self) -> None:
        self._surrogates()
        if self._pending:
            given, self._pending = bytes(self._pending), bytearray()
            self._put(given.decode(self._state.codec, "replace"))

    def _surrogates(self) -> None:
        if self._units:
            units, self._units = self._units, []
            content = b"".join(unit.to_bytes(2, "little") for unit in units)
            self._put(content.decode("utf-16-le", "replace"))

    # Control words

    def _ansicpg(self, value: int | None) -> None:
        self._default = _PAGES.get(value or 0) or _code_page(value or 0)
        self._state = replace(self._state, codec=self._default)

    def _default_font(self, value: int | None) -> None:
        self._deff = value or 0

    def _fonttbl(self, value: int | None) -> None:
        self._state = replace(self._state, into=None, in_fonts=True)

    def _f(self, value: int | None) -> None:
        if self._state.in_fonts:
            self._font = value or 0
        else:
            self._state = replace(self._state, codec=self._fonts.get(value or 0, self._default))

    def _fcharset(self, value: int | None) -> None:
        if self._state.in_fonts and value is not None and value in _CHARSETS:
            self._fonts[self._font] = _CHARSETS[value]

    def _uc(self, value: int | None) -> None:
        self._state = replace(self._state, uc=min(max(value or 0, 0), 16))

    def _par(self, value: int | None) -> None:
        sink = self._sinks[self._state.into or _BODY]
        if not self._state.into:
            return
        if self._state.in_table:
            sink.parts.append("\n")
        else:
            sink.ended()

    def _pard(self, value: int | None) -> None:
        self._state = replace(self._state, in_table=False)

    def _intbl(self, value: int | None) -> None:
        self._state = replace(self._state, in_table=True)

    def _cell(self, value: int | None) -> None:
        if self._state.into:
            sink = self._sinks[self._state.into]
            sink.cells.append(sink.taken())

    def _row(self, value: int | None) -> None:
        if self._state.into:
            self._sinks[self._state.into].row()
            self.counts[NoticeKind.TABLES] = 1

    def _plain(self, value: int | None) -> None:
        self._state = replace(self._state, left_out=frozenset(), codec=self._fonts.get(self._deff, self._default))

    def _v(self, value: int | None) -> None:
        self._leave_out(NoticeKind.HIDDEN, value)

    def _strike(self, value: int | None) -> None:
        self._leave_out(NoticeKind.STRUCK, value)

    def _deleted(self, value: int | None) -> None:
        self._leave_out(NoticeKind.DELETED, value)

    def _leave_out(self, kind: NoticeKind, value: int | None) -> None:
        others = self._state.left_out - {kind}
        self._state = replace(self._state, left_out=others if value == 0 else others | {kind})


def _code_page(number: int) -> str:
    name = f"cp{number}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


_WORDS = {
    "ansicpg": _Reading._ansicpg,
    "deff": _Reading._default_font,
    "fonttbl": _Reading._fonttbl,
    "f": _Reading._f,
    "fcharset": _Reading._fcharset,
    "uc": _Reading._uc,
    "par": _Reading._par,
    "sect": _Reading._par,
    "page": _Reading._par,
    "pard": _Reading._pard,
    "intbl": _Reading._intbl,
    "cell": _Reading._cell,
    "row": _Reading._row,
    "plain": _Reading._plain,
    "v": _Reading._v,
    "strike": _Reading._strike,
    "striked": _Reading._strike,
    "deleted": _Reading._deleted,
}
