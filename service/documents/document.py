"""What a document is read to, what is told beside its text, and why one is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a document is, by its content."""

    TEXT = "text"
    DOCX = "docx"
    PDF = "pdf"
    HTML = "html"
    RTF = "rtf"


class NoticeKind(StrEnum):
    """What is told beside the text: what was decided, left out, or could not be read."""

    ENCODING = "encoding"
    RUNNING_LINES = "running_lines"
    PAGE_NUMBERS = "page_numbers"
    PAGES_WITHOUT_TEXT = "pages_without_text"
    RECOGNISED = "recognised"
    UNREADABLE = "unreadable"
    PICTURES = "pictures"
    EMBEDDED = "embedded"
    DELETED = "deleted"
    STRUCK = "struck"
    HIDDEN = "hidden"
    COMMENTS = "comments"
    PLACEHOLDERS = "placeholders"
    TABLES = "tables"
    UNTICKED = "unticked"
    CONTROLS = "controls"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing not to be overlooked: how often, and what is named (an encoding, pages), never words of the text."""

    kind: NoticeKind
    count: int = 0
    named: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a document, ready to be read as a note; `pages` is None where the format has none of its own."""

    text: str
    kind: Kind
    pages: int | None
    notices: tuple[Notice, ...]


class Refusal(StrEnum):
    """Why a document is not read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    OLD_WORD = "old_word"
    OTHER_OFFICE = "other_office"
    ARCHIVE = "archive"
    WEB_ARCHIVE = "web_archive"
    PICTURE = "picture"
    ENCRYPTED = "encrypted"
    ENCODING = "encoding"
    NO_TEXT_LAYER = "no_text_layer"
    NO_TEXT = "no_text"
    UNREADABLE_FONTS = "unreadable_fonts"
    DAMAGED = "damaged"
    ENTITIES = "entities"
    EXPANDS = "expands"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LONG = "too_long"
    TOO_SLOW = "too_slow"
    TOO_COMPLEX = "too_complex"
    FAILED = "failed"


class Refused(Exception):
    """Raised where a document cannot be read; `named` is what its kind is called (`xlsx`), never words of it."""

    def __init__(self, why: Refusal, named: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.named = named


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one document may take. Chosen, not measured, but for `characters`: as many as a note may have.

    content     bytes that are sent
    pages       of a PDF
    characters  of text
    expanded    bytes of all that is unpacked of it
    entries     files in an archive
    ratio       of unpacked to packed bytes, of a part that unpacks to more than four megabytes
    depth       of elements or groups within each other
    seconds     of the clock, from start to end
    memory      bytes of address space
    """

    content: int = 13_000_000
    pages: int = 500
    characters: int = 1_000_000
    expanded: int = 64_000_000
    entries: int = 5_000
    ratio: int = 200
    depth: int = 500
    seconds: int = 30
    memory: int = 1_000_000_000
