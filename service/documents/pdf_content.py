"""What a page of a PDF shows: pieces of text with their place, and pictures; ISO 32000-1, chapters 8 and 9."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, DictionaryObject, NameObject, PdfObject, StreamObject

from service.documents.document import Refusal, Refused
from service.documents.pdf_font import Font

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST = 12  # forms within forms
_MOST_FORMS = 2_000  # drawn on one page
_MOST_PIECES = 50_000  # of one page
_GAP = 0.18  # of an em: a move that wide begins a new piece; kerning moves less, the narrowest spaces are about 0.2
_UPRIGHT = math.radians(8)
_LARGE = 0.05  # of the page: smaller pictures are logos and rules


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters shown in one go: where they begin and end along the line, the baseline, the size of an em."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    unseen: bool = False


@dataclass(slots=True)
class Shown:
    """All that a page shows: pieces by the quarter turns of their line against the page, of other angles under None."""

    pieces: dict[int | None, list[Piece]] = field(default_factory=dict)
    pictures: int = 0
    forms: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    ctm: Matrix = _SAME
    font: Font | None = None
    size: float = 0.0
    letter: float = 0.0
    word: float = 0.0
    wide: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    unseen: bool = False


class PageReader:
    """Reads content streams; fonts are read once for all pages."""

    def __init__(self, pdf: PdfReader) -> None:
        self._pdf = pdf
        self._fonts: dict[int, tuple[PdfObject | None, Font | None]] = {}

    def read(self, page: PageObject) -> Shown:
        """What `page` shows, its forms included; raises what pypdf raises."""
        shown = Shown()
        contents = page.get("/Contents")
        if contents is not None and (contents := contents.get_object()) is not None:
            box = page.mediabox
            area = abs(float(box.width) * float(box.height)) or 1.0
            _Content(self, shown, area).run(contents, page.get("/Resources"), _State(), ())
        return shown

    def font(self, reference: PdfObject) -> Font | None:
        """The font of a resource; None where it cannot be read."""
        resource = reference.get_object()
        known = self._fonts.get(id(resource))
        if known is None:
            try:
                font = Font.of(resource) if isinstance(resource, DictionaryObject) else None
            except MemoryError:
                raise
            except Exception:  # whatever is wrong with a font, the page's others can be read
                font = None
            known = self._fonts[id(resource)] = (resource, font)  # held, so that its id stays its own
        return known[1]

    def operations(self, content: PdfObject) -> Iterator[tuple[list[Any], bytes]]:
        """The operators of a stream, with their operands before them."""
        yield from ContentStream(content, self._pdf, "bytes").operations


class _Content:
    """Runs the operators of one stream, and of the forms that it draws."""

    def __init__(self, reader: PageReader, shown: Shown, area: float) -> None:
        self._reader, self._shown, self._area = reader, shown, area
        self._state = _State()
        self._stack: list[_State] = []
        self._line = self._text = _SAME
        self._resources = DictionaryObject()
        self._within: tuple[int, ...] = ()

    def run(self, content: PdfObject, resources: PdfObject | None, state: _State, within: tuple[int, ...]) -> None:
        self._state, self._within = state, within
        found = resources.get_object() if resources is not None else None
        self._resources = found if isinstance(found, DictionaryObject) else DictionaryObject()
        for operands, operator in self._reader.operations(content):
            method = _OPERATORS.get(operator)
            if method is None:
                continue
            try:
                method(self, operands)
            except (IndexError, TypeError, ValueError, KeyError, AttributeError, OverflowError):
                continue  # an operator with wrong operands is passed over, as viewers do

    # Graphics state

    def _save(self, operands: list[Any]) -> None:
        if len(self._stack) < 1_000:
            self._stack.append(self._state)

    def _restore(self, operands: list[Any]) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def _concat(self, operands: list[Any]) -> None:
        self._set(ctm=_times(_matrix(operands), self._state.ctm))

    def _set(self, **changed: Any) -> None:  # noqa: ANN401
        self._state = replace(self._state, **changed)

    # Text state and position

    def _begin(self, operands: list[Any]) -> None:
        self._line = self._text = _SAME

    def _font(self, operands: list[Any]) -> None:
        fonts: Any = self._resources["/Font"].get_object()
        self._set(font=self._reader.font(fonts[operands[0]]), size=float(operands[1]))

    def _move(self, operands: list[Any]) -> None:
        self._line = self._text = _times((1.0, 0.0, 0.0, 1.0, float(operands[0]), float(operands[1])), self._line)

    def _move_leading(self, operands: list[Any]) -> None:
        self._set(leading=-float(operands[1]))
        self._move(operands)

    def _place(self, operands: list[Any]) -> None:
        self._line = self._text = _matrix(operands)

    def _next(self, operands: list[Any]) -> None:
        self._move([0.0, -self._state.leading])

    # Showing

    def _show(self, operands: list[Any]) -> None:
        self._array([[operands[0]]])

    def _next_show(self, operands: list[Any]) -> None:
        self._next([])
        self._show(operands)

    def _next_show_spaced(self, operands: list[Any]) -> None:
        self._set(word=float(operands[0]), letter=float(operands[1]))
        self._next_show(operands[2:])

    def _array(self, operands: list[Any]) -> None:
        state = self._state
        if state.font is None:
            return
        start = pen = 0.0
        letters: list[str] = []
        for item in operands[0]:
            if isinstance(item, int | float):
                move = -float(item) / 1000 * state.size * state.wide
                if letters and abs(move) > _GAP * abs(state.size):
                    self._piece(letters, start, pen)
                    letters = []
                pen += move
                continue
            if isinstance(item, NameObject) or not isinstance(item, bytes | str):
                continue
            content = item if isinstance(item, bytes) else item.encode("latin-1", "replace")
            for glyph in state.font.glyphs(content):
                if not letters:
                    start = pen
                letters.append(glyph.text)
                pen += (glyph.width * state.size + state.letter + (state.word if glyph.spaces else 0.0)) * state.wide
        self._piece(letters, start, pen)
        self._text = _times((1.0, 0.0, 0.0, 1.0, pen, 0.0), self._text)

    def _piece(self, letters: list[str], start: float, end: float) -> None:
        text = "".join(letters)
        if not text:
            return
        state, shown = self._state, self._shown
        placed = _times(self._text, state.ctm)
        a, b, c, d, e, f = placed
        size = abs(state.size) * math.hypot(c, d)
        from_x, from_y = start * a + state.rise * c + e, start * b + state.rise * d + f
        to_x, to_y = end * a + state.rise * c + e, end * b + state.rise * d + f
        if not all(map(math.isfinite, (from_x, from_y, to_x, to_y, size))) or size <= 0:
            return
        turn = _turn(a if state.size > 0 else -a, b if state.size > 0 else -b)
        x0, y = _turned(from_x, from_y, turn or 0)
        x1, _ = _turned(to_x, to_y, turn or 0)
        shown.pieces.setdefault(turn, []).append(Piece(text, min(x0, x1), max(x0, x1), y, size, state.unseen))
        shown.count += 1
        if shown.count > _MOST_PIECES:
            raise Refused(Refusal.TOO_COMPLEX)

    # Forms and pictures

    def _draw(self, operands: list[Any]) -> None:
        named: Any = self._resources["/XObject"].get_object()
        drawn = named[operands[0]].get_object()
        kind = drawn.get("/Subtype")
        if kind == "/Image":
            self._picture([])
        elif kind == "/Form" and isinstance(drawn, StreamObject):
            self._form(drawn)

    def _form(self, form: StreamObject) -> None:
        shown = self._shown
        if id(form) in self._within:
            return
        shown.forms += 1
        if len(self._within) >= _DEEPEST or shown.forms > _MOST_FORMS:
            raise Refused(Refusal.TOO_COMPLEX)
        matrix = form.get("/Matrix")
        placed = _matrix(list(matrix.get_object())) if matrix is not None else _SAME
        inner = _Content(self._reader, shown, self._area)
        state = replace(self._state, ctm=_times(placed, self._state.ctm))
        inner.run(form, form.get("/Resources", self._resources), state, (*self._within, id(form)))

    def _picture(self, operands: list[Any]) -> None:
        a, b, c, d, _, _ = self._state.ctm
        self._shown.pictures += abs(a * d - b * c) > _LARGE * self._area


def _number(name: str, scale: float = 1.0) -> Callable[[_Content, list[Any]], None]:
    return lambda content, operands: content._set(**{name: float(operands[0]) * scale})


def _mode(content: _Content, operands: list[Any]) -> None:
    content._set(unseen=int(operands[0]) in (3, 7))


_OPERATORS: Mapping[bytes, Callable[[_Content, list[Any]], None]] = {
    b"q": _Content._save,
    b"Q": _Content._restore,
    b"cm": _Content._concat,
    b"BT": _Content._begin,
    b"Tf": _Content._font,
    b"Td": _Content._move,
    b"TD": _Content._move_leading,
    b"Tm": _Content._place,
    b"T*": _Content._next,
    b"Tj": _Content._show,
    b"TJ": _Content._array,
    b"'": _Content._next_show,
    b'"': _Content._next_show_spaced,
    b"Tc": _number("letter"),
    b"Tw": _number("word"),
    b"Tz": _number("wide", 0.01),
    b"TL": _number("leading"),
    b"Ts": _number("rise"),
    b"Tr": _mode,
    b"Do": _Content._draw,
    b"INLINE IMAGE": _Content._picture,
}


def _matrix(operands: list[Any]) -> Matrix:
    a, b, c, d, e, f = (float(each) for each in operands[:6])
    return a, b, c, d, e, f


def _times(m: Matrix, n: Matrix) -> Matrix:
    """The matrix that does `m`, then `n`; ISO 32000-1, 8.3.4."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _turn(a: float, b: float) -> int | None:
    """Quarter turns, counter-clockwise, of a line that runs along (a, b); None where it is aslant."""
    angle = math.atan2(b, a)
    quarters = round(angle / (math.pi / 2))
    return quarters % 4 if abs(angle - quarters * math.pi / 2) < _UPRIGHT else None


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point as it lies when the page is turned so that lines of `turn` run to the right."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[turn]
