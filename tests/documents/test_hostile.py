"""Documents made to do harm: each is refused for what it is, or read harmlessly, in bounded time and memory."""

from __future__ import annotations

import struct
import time
import warnings
import zlib
from inspect import signature
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from service.documents.document import Bounds
from service.documents.reading import DocumentRefused, read

CANARY = "Zebulon"
ENOUGH = 15.0  # seconds of the clock on a busy machine; the slowest of these takes about three
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))


def body(inside: str, before: str = "") -> str:
    return f'{before}<w:document xmlns:w="{WORD}"><w:body>{inside}</w:body></w:document>'


def text(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def word_bombs(package):
    def with_body(content: str | bytes) -> bytes:
        return package({"word/document.xml": content})

    def stored(content: str) -> bytes:
        return package({"word/document.xml": content}, ZIP_STORED)

    head = '<!DOCTYPE w:document [<!ENTITY l0 "ha">' + LAUGHS + "]>"
    outside = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    parameter = '<!DOCTYPE w:document [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>'
    relation = '<Relationships><Relationship Type="a/header" Target="{}" {}/></Relationships>'
    rels = "word/_rels/document.xml.rels"
    fits = text("fits")
    yield "zeros", with_body(b"\0" * 100_000_000), "expands"
    yield "blanks", with_body(body(" " * 30_000_000)), "expands"
    yield "laughs", with_body(body(text("&l9;"), head)), "entities"
    yield "a file", with_body(body(text("&x;"), outside)), "entities"
    yield "a parameter", with_body(body(fits, parameter)), "entities"
    yield "a DTD of relationships", package({"_rels/.rels": head, "word/document.xml": body(fits)}), "entities"
    yield "depth", stored(body("<w:sdt>" * 200_000)), "damaged"
    yield "cut short", with_body(body(text(CANARY))[:-20]), "damaged"
    yield "no XML", with_body(b"\xff\xfe\x00" + CANARY.encode()), "damaged"
    yield "surrogates", with_body(body(text("&#xD800;"))), "damaged"
    yield "entries", package({f"{n}.xml": "" for n in range(5_001)}), "expands"
    many = {f"word/h{n}.xml": body(" " * 900_000) for n in range(80)}
    heads = "".join(f'<Relationship Type="a/header" Target="h{n}.xml"/>' for n in range(80))
    parts = {"word/document.xml": body(fits), rels: f"<Relationships>{heads}</Relationships>"}
    yield "many parts", package(parts | many), "expands"
    for compression in (ZIP_LZMA, ZIP_BZIP2):
        yield f"method {compression}", package({"word/document.xml": body(fits)}, compression), "damaged"
    for target, mode in (
        ("../../../../etc/passwd", ""),
        ("/etc/passwd", ""),
        ("..\\..\\x", ""),
        ("file:///etc/passwd", 'TargetMode="External"'),
        ("document.xml", ""),
    ):
        parts = {"word/document.xml": body(fits), rels: relation.format(target, mode)}
        yield f"path {target}", package(parts), None
    yield "many paragraphs", stored(body("<w:p/>" * 300_000)), "no_text"
    yield "too much text", stored(body(text("患" * 1_100_000))), "too_long"
    begun = "<w:fldChar w:fldCharType='begin'/>" * 50_000
    yield "open fields", stored(body(f"<w:p>{begun}</w:p>{fits}")), None
    yield "a workbook", package({"xl/workbook.xml": "", "[Content_Types].xml": ""}), "other_office"
    yield "a text of OpenOffice", package({"mimetype": "", "content.xml": ""}), "other_office"
    yield "an archive", package({"letter.docx": "x"}), "archive"
    yield "an empty archive", package({}), "archive"
    yield "an archive in its place", package({"word/document.xml": package({"a": "b"})}), "damaged"


def broken_archives(package):
    whole = package({"word/document.xml": body(text(CANARY * 50))})
    at = whole.index(b"PK\x01\x02")
    flagged = bytearray(whole)
    flagged[6] |= 1
    flagged[at + 8] |= 1
    yield "encrypted", bytes(flagged), "encrypted"
    yield "cut", whole[: len(whole) // 2], "damaged"
    wrong = bytearray(whole)
    wrong[at + 16 : at + 20] = b"\1\2\3\4"
    yield "checksum", bytes(wrong), "damaged"
    small = bytearray(package({"word/document.xml": b" " * 80_000_000}))
    at = small.index(b"PK\x01\x02")
    small[at + 24 : at + 28] = struct.pack("<I", 100)
    yield "size denied", bytes(small), "damaged"
    content = BytesIO()
    with warnings.catch_warnings(action="ignore"), ZipFile(content, "w") as file:
        for words in ("one", "two"):
            file.writestr("word/document.xml", body(text(words)))
    yield "doubled", content.getvalue(), "damaged"


def pdf_bombs(pdf, stream, shown):
    def form(content: bytes) -> bytes:
        return stream(content, b"/Type /XObject /Subtype /Form /Resources << /XObject << /A 20 0 R /B 21 0 R >> >>")

    fits = shown((60, 700, "fits"))
    both = b"/XObject << /A 20 0 R /B 21 0 R >>"
    yield "nothing", b"%PDF-1.7", "damaged"
    yield "no objects", b"%PDF-1.7\n" + CANARY.encode() * 1000, "damaged"
    yield "pages in themselves", pdf(fits, objects={2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}), "damaged"
    yield (
        "a page of many",
        pdf(fits, objects={2: b"<< /Type /Pages /Kids [%s] /Count 9 >>" % (b"2 0 R " * 9)}),
        "damaged",
    )
    packed = stream(b" " * 200_000_000, packed=True)
    yield "a packed stream", pdf(fits, objects={100_001: packed}), "expands"
    layers = zlib.compress(zlib.compress(zlib.compress(b"q " * 40_000_000)))
    filters = b"/Filter [/FlateDecode /FlateDecode /FlateDecode]"
    yield "a stream packed thrice", pdf(fits, objects={100_001: stream(layers, filters)}), "expands"
    yield "a form in itself", pdf(fits + b" /A Do", objects={20: form(fits + b" /A Do")}, resources=both), None
    each_other = {20: form(b"/B Do " * 9), 21: form(b"/A Do " * 9)}
    yield "forms in each other", pdf(fits + b" /A Do", objects=each_other, resources=both), None
    nested = {
        20 + n: stream(
            b"/N Do " * 10, b"/Type /XObject /Subtype /Form /Resources << /XObject << /N %d 0 R >> >>" % (21 + n)
        )
        for n in range(10)
    } | {30: form(fits)}
    yield "forms of forms", pdf(b"/A Do", objects=nested, resources=both), "too_complex"
    yield "its own length", pdf(fits, objects={100_001: b"<< /Length 100001 0 R >>\nstream\nx\nendstream"}), "expands"
    yield "a table before itself", pdf(fits, trailer=b"/Prev 9"), None
    yield "arrays in arrays", pdf(b"[" * 100_000 + b"] TJ"), "damaged"
    yield "dictionaries in dictionaries", pdf(fits, page=b"/X " + b"<</X " * 50_000 + b">>" * 50_000), None
    yield "too many pages", pdf(*[fits] * 501), "too_many_pages"
    yield "many pieces", pdf(b"BT /F1 1 Tf " + b"1 0 Td (a) Tj " * 60_000 + b"ET"), "too_complex"
    yield "many operators", pdf(b"q Q " * 1_100_000), "expands"
    yield "much text", pdf(b"BT /F1 1 Tf (%s) Tj ET" % (b"a" * 1_100_000)), "too_long"
    odd = b"1e400 0 0 1 0 0 cm 1 0 0 1 99999999999999999999 0 cm nan 0 0 0 0 0 Tm q q Q Q Q " + fits
    yield "odd numbers", pdf(odd), "no_text_layer"
    saved = b"q " * 300_000 + fits
    yield "states saved", pdf(saved), None
    action = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /WC << /S /Launch /F (sh) >> >>"
    yield "actions", pdf(fits, catalogue=action), None
    cmap = b"1 beginbfrange <0000> <FFFFFFFF> <0000> endbfrange 1 beginbfchar <00> <" + b"41" * 100_000 + b"> endbfchar"
    font = {10: b"<< /Type /Font /Subtype /Type1 /BaseFont /X /ToUnicode 12 0 R >>", 12: stream(cmap)}
    lost = b"BT /F2 9 Tf 60 600 Td (lost) Tj ET "
    yield "a map of everything", pdf(lost + fits, objects=font, fonts=b"/F2 10 0 R"), None
    field = {20: b"<< /Subtype /Widget /Rect [0 0 9 9] /Parent 21 0 R >>", 21: b"<< /Parent 20 0 R >>"}
    yield "fields above each other", pdf(fits, objects=field, page=b"/Annots [20 0 R 20 0 R]"), None
    yield "its font is a page", pdf(lost + fits, fonts=b"/F2 100000 0 R"), None
    yield "numbers of objects", pdf(fits).replace(b"/Size 100002", b"/Size 99999999999"), None


def letters():
    yield "RTF depth", b"{\\rtf1" + b"{" * 200_000, "damaged"
    yield "RTF binary", rb"{\rtf1 fits\bin2147483647 x}", None
    yield "RTF numbers", rb"{\rtf1 fits\uc99999\u99999999999\u-1\f-5\bin-9\par}", None
    yield "RTF closed", b"{\\rtf1 fits" + b"}" * 100_000, None
    yield "RTF rows", rb"{\rtf1 fits" + rb"\row\cell" * 300_000, None
    yield "HTML depth", b"<html>" + b"<div>" * 100_000, "damaged"
    for part in (
        "<!--",
        "<![",
        "<?",
        "<!x",
        "<a ",
        "</",
        "</a",
        "&#",
        "&lt",
        "<",
        "<a b='",
        "<p x=",
        "<script>",
        "<a b ",
    ):
        yield f"HTML of {part}", b"<html>fits " + part.encode() * 100_000, None
    for part in ("<br>", "<td>", "<b></b>", "<tr><td>a", "<p>a", "<li>", "</p>", "</td>"):
        yield f"HTML of {part}", b"<html>fits " + part.encode() * 100_000, None
    yield "HTML of entities", b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html>fits &x;</html>', None
    yield "half characters", "fits\ud800".encode("utf-16-le", "surrogatepass"), "unknown"
    yield "directions", "fits \u202egnp.exe".encode(), None
    yield "noise", bytes(n * n * 31 % 251 for n in range(200_000)), "unknown"
    yield "blanks alone", b" " * 12_999_999, "no_text"
    yield "line ends", b"fits" + b"\r" * 12_000_000, None
    yield "too large", b"a" * 13_000_001, "too_large"


MAKERS = {"packages": word_bombs, "archives": broken_archives, "pdf": pdf_bombs, "letters": letters}


def outcome(content: bytes) -> tuple[str, str]:
    """Why it was refused, and the whole of the refusal; or `read`, and the text."""
    try:
        return "read", read(content).text
    except DocumentRefused as refused:
        return refused.why.value, str(refused)


@pytest.mark.parametrize("maker", MAKERS)
def test_hostile_documents_are_refused_or_read_harmlessly(request, maker):
    make = MAKERS[maker]
    made = list(make(*map(request.getfixturevalue, signature(make).parameters)))
    assert len({name for name, _, _ in made}) == len(made)
    wrong = []
    for name, content, why in made:
        started = time.monotonic()
        found, words = outcome(content)
        taken = time.monotonic() - started
        harmless = CANARY not in words and "root:" not in words and (found != "read" or "fits" in words)
        if found != (why or "read") or not harmless or taken > ENOUGH:
            wrong.append((name, why, found, words[:60], round(taken, 1)))
    assert wrong == [], "\n".join(map(str, wrong))


def test_a_document_that_takes_too_long_is_given_up(pdf):
    # Lines that are drawn from the right to the left, each apart from the last, on hundreds of pages.
    slow = b"BT /F1 1 Tf " + b"1 0 Td (a) Tj " * 45_000 + b"ET"
    started = time.monotonic()
    with pytest.raises(DocumentRefused) as refused:
        read(pdf(*[slow] * 20), Bounds(seconds=1))
    assert refused.value.why == "too_slow"
    assert time.monotonic() - started < 4


def test_a_document_that_takes_too_much_memory_is_given_up():
    # Twelve million bytes become as many characters, are copied where blanks are taken out, and have no room for it.
    with pytest.raises(DocumentRefused) as refused:
        read(b"fits " * 2_400_000, Bounds(memory=60_000_000, characters=20_000_000))
    assert refused.value.why == "too_complex"
    assert read(b"fits " * 2_400_000, Bounds(characters=20_000_000)).text.startswith("fits")
