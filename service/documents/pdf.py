"""PDF files with a text layer (ISO 32000-1) to text, page by page; what is only pictures of pages is refused."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from pypdf import PageObject, PdfReader, overwrite_configuration
from pypdf.errors import LimitReachedError

from service.documents.document import Bounds, Notice, NoticeKind, Refusal, Refused
from service.documents.lines import UNREADABLE
from service.documents.pdf_content import PageReader, Piece
from service.documents.pdf_form import filled_in
from service.documents.pdf_lines import Line, lines_of
from service.documents.pdf_pages import text_of
from service.documents.pdf_running import running

_LITTLE = 8  # characters on a page with a picture, or fewer, are a stamp and not its text
_UNREADABLE = 0.3  # of the characters: more of them, and what is left of the text says something else
_STREAM = 32_000_000  # bytes that one stream may unpack to


@dataclass(slots=True)
class _Page:
    lines: list[Line] = field(default_factory=list)
    pictures: int = 0
    recognised: bool = False
    hidden: int = 0
    broken: bool = False


def read_pdf(content: bytes, bounds: Bounds) -> tuple[str, int, list[Notice]]:
    """The text, the number of pages, and what was left out or not read; raises Refused."""
    logging.getLogger("pypdf").disabled = True  # its messages quote the file
    overwrite_configuration(
        zlib_maximum_output_length=_STREAM,
        lzw_maximum_output_length=_STREAM,
        run_length_maximum_output_length=_STREAM,
        array_based_stream_maximum_output_length=_STREAM,
        maximum_declared_stream_length=bounds.content,
        jbig2dec_binary=None,
        disable_legacy_handling=True,
    )
    try:
        pages = list(_pages(content, bounds))
    except LimitReachedError as error:
        raise Refused(Refusal.EXPANDS) from error
    except (MemoryError, Refused):
        raise
    except Exception as error:  # a damaged file makes pypdf raise whatever its bytes happen to lead to
        raise Refused(Refusal.DAMAGED) from error
    if not pages or all(page.broken for page in pages):
        raise Refused(Refusal.DAMAGED)
    return _document(pages)


def _pages(content: bytes, bounds: Bounds) -> Iterator[_Page]:
    pdf = PdfReader(BytesIO(content), strict=False)
    if pdf.is_encrypted:
        raise Refused(Refusal.ENCRYPTED, "PDF")
    if len(pdf.pages) > bounds.pages:
        raise Refused(Refusal.TOO_MANY_PAGES)
    reader = PageReader(pdf)
    letters = 0
    for page in pdf.pages:
        read = _page(reader, page)
        letters += sum(len(segment.text) for line in read.lines for segment in line.segments)
        if letters > bounds.characters:
            raise Refused(Refusal.TOO_LONG)
        yield read


def _page(reader: PageReader, page: PageObject) -> _Page:
    try:
        shown = reader.read(page)
        fields = filled_in(page)
    except (LimitReachedError, MemoryError, Refused):
        raise
    except Exception:  # whatever is wrong with one page, the others can be read
        return _Page(broken=True)
    upright = (page.rotation // 90) % 4
    shown.pieces.setdefault(upright, []).extend(fields)
    on_page = {turn: _within(pieces, page, turn) for turn, pieces in shown.pieces.items()}
    off = sum(map(len, shown.pieces.values())) - sum(map(len, on_page.values()))
    seen = {turn: [piece for piece in pieces if not piece.unseen] for turn, pieces in on_page.items()}
    recognised = not _letters(seen) and _letters(on_page) > 0
    taken = on_page if recognised else seen
    lines = [line for turn in _turns(taken, upright) for line in lines_of(taken[turn])]
    hidden = off + (0 if recognised else _count(on_page) - _count(seen))
    return _Page(lines, shown.pictures, recognised, hidden)


def _within(pieces: Sequence[Piece], page: PageObject, turn: int | None) -> list[Piece]:
    """Pieces that lie on the page; templates leave others beside it. Those aslant are taken as they are."""
    if turn is None:
        return list(pieces)
    box = page.cropbox
    corners = [
        ((x, y), (y, -x), (-x, -y), (-y, x))[turn]
        for x, y in ((float(box.left), float(box.bottom)), (float(box.right), float(box.top)))
    ]
    left, right = sorted(x for x, _ in corners)
    bottom, top = sorted(y for _, y in corners)
    return [
        each
        for each in pieces
        if each.x1 > left - 1 and each.x0 < right + 1 and bottom - each.size < each.y < top + each.size
    ]


def _turns(pieces: dict[int | None, list[Piece]], upright: int) -> list[int | None]:
    """Directions in order of reading: the one of most of the text, the page's own, the others, and what is aslant."""

    def order(turn: int | None) -> tuple[bool, int, bool]:
        return turn is None, -sum(len(piece.text) for piece in pieces[turn]), turn != upright

    return sorted(pieces, key=order)


def _document(pages: Sequence[_Page]) -> tuple[str, int, list[Notice]]:
    lines = [page.lines for page in pages]
    found = running(lines)
    bare = [
        at
        for at, page in enumerate(pages)
        if _body(page, {place for each, place in found.places if each == at}) <= (_LITTLE if page.pictures else 0)
    ]
    if len(bare) == len(pages):
        raise Refused(Refusal.NO_TEXT_LAYER)
    text = text_of(lines, found)
    letters = sum(not letter.isspace() for letter in text)
    if text.count(UNREADABLE) > _UNREADABLE * letters:
        raise Refused(Refusal.UNREADABLE_FONTS)
    counts = Counter(
        {
            NoticeKind.RUNNING_LINES: found.repeated,
            NoticeKind.PAGE_NUMBERS: found.numbered,
            NoticeKind.PICTURES: sum(page.pictures for page in pages),
            NoticeKind.HIDDEN: sum(page.hidden for page in pages),
        }
    )
    notices = [Notice(kind, count) for kind, count in counts.items() if count]
    for kind, numbers in (
        (NoticeKind.PAGES_WITHOUT_TEXT, bare),
        (NoticeKind.RECOGNISED, [at for at, page in enumerate(pages) if page.recognised]),
    ):
        if numbers:
            notices.append(Notice(kind, len(numbers), _ranges(numbers)))
    return text, len(pages), notices


def _body(page: _Page, running_lines: set[int]) -> int:
    """Characters of a page beside its heads and feet."""
    return sum(len(line.text) for place, line in enumerate(page.lines) if place not in running_lines)


def _ranges(numbers: Sequence[int]) -> str:
    """Places from 0 as page numbers: `2, 5–7`."""
    said: list[list[int]] = []
    for number in numbers:
        if said and said[-1][1] == number:
            said[-1][1] = number + 1
        else:
            said.append([number + 1, number + 1])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in said)


def _letters(pieces: dict[int | None, list[Piece]]) -> int:
    return sum(len(piece.text.strip()) for each in pieces.values() for piece in each)


def _count(pieces: dict[int | None, list[Piece]]) -> int:
    return sum(len(each) for each in pieces.values())
