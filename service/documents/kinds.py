"""What a document is, by its first bytes and never by its name."""

from __future__ import annotations

import re

from service.documents.document import Kind, Refusal, Refused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_PICTURES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
    b"BM",
    b"\x00\x00\x00\x0cjP  ",
    b"AT&TFORM",
    b"8BPS",
)
#: ISO 32000-1, annex H.3, note 13: readers look for the header within the first 1024 bytes.
_PDF_WITHIN = 1024
_HTML = re.compile(
    rb"(?:\s|<\?xml[^>]{0,200}\?>|<!--.{0,4000}?-->)*<(?:!doctype\s+html|html|head|body|meta|title)\b", re.I | re.S
)
_MARKUP = re.compile(rb"\s*<\?xml\b|\s*<(?:w:wordDocument|ClinicalDocument)\b", re.I)
_WEB_ARCHIVE = re.compile(rb"\s*(?:MIME-Version:|From: <Saved by )", re.I)
_HEAD = 8192


def kind_of(content: bytes) -> Kind:
    """The kind, of a zip archive taken for DOCX until it is opened; raises Refused for what is known and not read."""
    if not content:
        raise Refused(Refusal.EMPTY)
    if content.startswith(_OLE):
        raise Refused(*_of_ole(content))
    if content.startswith(_ZIP):
        return Kind.DOCX
    if content.startswith(_ARCHIVES):
        raise Refused(Refusal.ARCHIVE)
    if _is_picture(content):
        raise Refused(Refusal.PICTURE)
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return Kind.PDF
    return _of_letters(_letters(content[:_HEAD]))


def is_plain(content: bytes) -> bool:
    """Whether this is text in UTF-8 and needs no reading, only decoding."""
    try:
        return kind_of(content) is Kind.TEXT and "\0" not in content.decode("utf-8")
    except (Refused, UnicodeDecodeError):
        return False


def _of_letters(head: bytes) -> Kind:
    if head.startswith(b"{\\rtf"):
        return Kind.RTF
    if _HTML.match(head):
        return Kind.HTML
    if _MARKUP.match(head):
        raise Refused(Refusal.UNKNOWN, "XML")
    if _WEB_ARCHIVE.match(head):
        raise Refused(Refusal.WEB_ARCHIVE)
    return Kind.TEXT


def _letters(head: bytes) -> bytes:
    """The first letters in one byte each, whatever Unicode form they are in, without a byte order mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def _of_ole(content: bytes) -> tuple[Refusal, str]:
    """Compound files hold old Word, Excel and PowerPoint files, and new ones under a password; MS-CFB, 2.6."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refusal.ENCRYPTED, "docx"
    for stream, named in (("Workbook", "xls"), ("PowerPoint Document", "ppt"), ("__substg1.0_", "msg")):
        if stream.encode("utf-16-le") in content:
            return Refusal.OTHER_OFFICE, named
    return Refusal.OLD_WORD, "doc"


def _is_picture(content: bytes) -> bool:
    if content.startswith(b"BM"):  # letters, too: a bitmap says its length next, and then four zeros
        return len(content) > 14 and content[6:10] == bytes(4)
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return True
    return content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
