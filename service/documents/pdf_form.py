"""What was filled into a PDF's form fields, and typed onto it as notes: pieces of text in their place on the page.

Fields keep their words beside the page's content; ISO 32000-1, 12.7.3 and 12.5.6.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject

from service.documents.lines import TICKED, UNTICKED
from service.documents.pdf_content import Piece

_MOST = 5_000  # of one page
_DEEPEST = 32  # fields above a field
_HIDDEN = 0x02 | 0x20  # flags of annotations that are not shown
_PUSHED, _RADIO = 1 << 16, 1 << 15  # flags of buttons
_LARGEST = 12.0  # points; fields are higher than the letters in them


def filled_in(page: PageObject) -> list[Piece]:
    """The words of a page's fields and typed notes, where the page is not turned as its lines run."""
    annotations = page.get("/Annots")
    if annotations is None:
        return []
    pieces: list[Piece] = []
    listed = annotations.get_object()
    for reference in listed[:_MOST] if isinstance(listed, ArrayObject) else ():
        annotation = reference.get_object()
        if isinstance(annotation, DictionaryObject):
            pieces += _pieces(annotation)
    return pieces


def _pieces(annotation: DictionaryObject) -> Iterator[Piece]:
    if int(annotation.get("/F", 0)) & _HIDDEN:
        return
    text = _words(annotation)
    if not text.strip():
        return
    rectangle = annotation["/Rect"].get_object()
    if not isinstance(rectangle, ArrayObject):
        return
    x0, y0, x1, y1 = (float(each) for each in rectangle[:4])
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    left, right, bottom, top = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    height = (top - bottom) / len(lines)
    size = max(min(0.75 * height, _LARGEST), 1.0)
    for at, line in enumerate(lines):
        y = top - (at + 0.5) * height - 0.3 * size
        yield Piece(line.strip(), left, max(right, left + size), y, size)


def _words(annotation: DictionaryObject) -> str:
    kind = annotation.get("/Subtype")
    if kind == "/FreeText":
        return str(annotation.get("/Contents", ""))
    if kind != "/Widget":
        return ""
    field = _inherited(annotation, "/FT")
    if field == "/Btn":
        return _button(annotation)
    if field not in ("/Tx", "/Ch"):
        return ""
    value = _inherited(annotation, "/V")
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _button(annotation: DictionaryObject) -> str:
    """A box's tick; buttons to push say nothing."""
    if int(_inherited(annotation, "/Ff") or 0) & _PUSHED:
        return ""
    return UNTICKED if annotation.get("/AS", "/Off") == "/Off" else TICKED


def _inherited(annotation: DictionaryObject, key: str) -> Any:  # noqa: ANN401
    """A value of a field, or of the fields above it."""
    field: Any = annotation
    for _ in range(_DEEPEST):
        if key in field:
            return field[key].get_object()
        if "/Parent" not in field:
            return None
        field = field["/Parent"].get_object()
    return None
