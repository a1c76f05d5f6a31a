"""One document by its kind, to the text and notices that every kind is read to."""

from __future__ import annotations

from collections import Counter

from service.documents.document import Bounds, Document, Kind, Notice, NoticeKind
from service.documents.kinds import kind_of
from service.documents.lines import tidied


def document_of(content: bytes, bounds: Bounds) -> Document:
    """Read `content` in this process; raises Refused, and whatever a hostile document may bring about."""
    kind = kind_of(content)
    text, pages, notices = _read(kind, content, bounds)
    text, counts = tidied(text, bounds, compatible=kind is Kind.PDF)
    notices += [Notice(each, count) for each, count in counts.items() if count]
    order = list(NoticeKind)
    return Document(text, kind, pages, tuple(sorted(notices, key=lambda notice: order.index(notice.kind))))


def _read(kind: Kind, content: bytes, bounds: Bounds) -> tuple[str, int | None, list[Notice]]:
    """Text, pages and notices of a kind; its reader is loaded here, for each takes its time."""
    if kind is Kind.PDF:
        from service.documents.pdf import read_pdf

        return read_pdf(content, bounds)
    guessed: str | None = None
    counts: Counter[NoticeKind] = Counter()
    if kind is Kind.DOCX:
        from service.documents.docx import read_docx

        text, counts = read_docx(content, bounds)
    elif kind is Kind.RTF:
        from service.documents.rtf import read_rtf

        text, counts = read_rtf(content, bounds)
    elif kind is Kind.HTML:
        from service.documents.html import read_html

        text, counts, guessed = read_html(content, bounds)
    else:
        from service.documents.plain import decode

        decoded = decode(content)
        text, guessed = decoded.text, decoded.guessed
    notices = [Notice(each, count) for each, count in counts.items() if count]
    return text, None, ([Notice(NoticeKind.ENCODING, 0, guessed)] if guessed else []) + notices
