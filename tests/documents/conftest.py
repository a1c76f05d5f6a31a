"""Documents made by hand: Word packages part by part, PDF files object by object; and what they are read to."""

from __future__ import annotations

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from matching.assess import Assessor
from service.documents.dispatch import document_of
from service.documents.document import Bounds, Refused

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT = f'<Relationships><Relationship Id="a" Type="{TYPES}/officeDocument" Target="word/document.xml"/></Relationships>'


@pytest.fixture(scope="session")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


@pytest.fixture(scope="session")
def package():
    """Makes an archive of parts by name."""

    def make(parts: dict[str, str | bytes], compression: int = ZIP_DEFLATED) -> bytes:
        content = BytesIO()
        with ZipFile(content, "w", compression) as file:
            for name, part in parts.items():
                file.writestr(name, part)
        return content.getvalue()

    return make


@pytest.fixture(scope="session")
def docx(package):
    """Makes a Word document of the inside of its body; `beside` are other stories by kind: `header`, `footnotes`."""

    def make(body: str, beside: dict[str, str] | None = None, more: dict[str, str | bytes] | None = None) -> bytes:
        related, parts = "", {}
        for number, (kind, inside) in enumerate((beside or {}).items()):
            name = f"{kind}{number}.xml"
            kind = kind.rstrip("0123456789")
            related += f'<Relationship Id="r{number}" Type="{TYPES}/{kind}" Target="{name}"/>'
            parts[f"word/{name}"] = f"<w:{kind} {SPACES}>{inside}</w:{kind}>"
        return package(
            {
                "[Content_Types].xml": "<Types/>",
                "_rels/.rels": ROOT,
                "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
                "word/_rels/document.xml.rels": f"<Relationships>{related}</Relationships>",
            }
            | parts
            | (more or {})
        )

    return make


@pytest.fixture(scope="session")
def pdf():
    """Makes a PDF of content streams, a page each, with Helvetica as /F1; `objects` from number 10 on are added.

    `resources` are what is in the pages' resources beside it, `page` what is in each page, `trailer` in the trailer.
    """

    def make(
        *contents: bytes,
        objects: dict[int, bytes] | None = None,
        resources: bytes = b"",
        fonts: bytes = b"",
        page: bytes = b"",
        trailer: bytes = b"",
        catalogue: bytes = b"",
    ) -> bytes:
        made = {
            1: b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
            3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        }
        kids = []
        for number, content in enumerate(contents):
            at = 100_000 + 2 * number
            kids.append(b"%d 0 R" % at)
            made[at] = (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                b"/Resources << /Font << /F1 3 0 R %s >> %s >> %s >>" % (at + 1, fonts, resources, page)
            )
            made[at + 1] = stream(content)
        made[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
        return written(made | (objects or {}), trailer)

    def written(made: dict[int, bytes], trailer: bytes) -> bytes:
        content, places = bytearray(b"%PDF-1.7\n"), {}
        for number, body in made.items():
            places[number] = len(content)
            content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        start = len(content)
        content += b"xref\n0 1\n0000000000 65535 f \n"
        for number, place in places.items():
            content += b"%d 1\n%010d 00000 n \n" % (number, place)
        size = max(places) + 1
        content += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (size, trailer, start)
        return bytes(content)

    return make


def stream(content: bytes, dictionary: bytes = b"", packed: bool = False) -> bytes:
    """A stream object's body."""
    if packed:
        content, dictionary = zlib.compress(content), dictionary + b" /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), dictionary, content)


@pytest.fixture(scope="session", name="stream")
def stream_fixture():
    return stream


@pytest.fixture(scope="session")
def shown():
    """A content stream that shows strings at (x, y, text) in a font of a size; text is written as Latin-1."""

    def make(*placed: tuple[float, float, str], size: float = 10, font: str = "F1") -> bytes:
        lines = []
        for x, y, text in placed:
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            lines.append(f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET")
        return "\n".join(lines).encode("latin-1")

    return make


@pytest.fixture(scope="session")
def chinese():
    """Makes a Chinese font's objects from number 10 on, and what shows a text in it at a place: codes by ToUnicode."""

    def font(text: str, to_unicode: bool = True) -> dict[int, bytes]:
        letters = sorted(set(text))
        lines = "\n".join(
            f"<{code:04X}> <{letter.encode('utf-16-be').hex().upper()}>" for code, letter in enumerate(letters, 1)
        )
        cmap = (
            "/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            f"{len(letters)} beginbfchar\n{lines}\nendbfchar\nendcmap"
        )
        mapped = b"/ToUnicode 12 0 R" if to_unicode else b""
        return {
            10: b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Song /Encoding /Identity-H "
            b"/DescendantFonts [11 0 R] %s >>" % mapped,
            11: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Song /DW 1000 "
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
            12: stream(cmap.encode()),
        }

    def show(text: str, *placed: tuple[float, float, str], size: float = 10) -> bytes:
        codes = {letter: code for code, letter in enumerate(sorted(set(text)), 1)}
        return "\n".join(
            f"BT /F2 {size} Tf {x} {y} Td <{''.join(f'{codes[letter]:04X}' for letter in words)}> Tj ET"
            for x, y, words in placed
        ).encode()

    return font, show


@pytest.fixture(scope="session")
def read_here():
    """Reads in this process, with the bounds given."""

    def read(content: bytes, **bounds: int):
        return document_of(content, Bounds(**bounds))

    return read


@pytest.fixture(scope="session")
def refusal(read_here):
    """Why a document is refused."""

    def why(content: bytes, **bounds: int) -> str:
        with pytest.raises(Refused) as caught:
            read_here(content, **bounds)
        return caught.value.why.value

    return why


@pytest.fixture(scope="session")
def told():
    """Notices of a document: how often, or what is named, by kind."""

    def notices(document) -> dict[str, int | str]:
        return {notice.kind.value: notice.named or notice.count for notice in document.notices}

    return notices
