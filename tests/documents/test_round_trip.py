"""What is written into a document comes out of it: texts of any letters, through every kind."""

from __future__ import annotations

import html
from io import BytesIO

import pytest
from docx import Document as WordDocument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

LATIN = "abcdefghij klmnop qrstuvwxyz ABC 0123 .,;:()/%+-"
CHINESE = "患儿反复抽搐发育迟缓身材矮小脊柱侧弯听力下降心脏肌张力，。、；：（）"
WORDS = st.text(LATIN + CHINESE, min_size=1, max_size=60).map(lambda text: " ".join(text.split())).filter(bool)
LINES = st.lists(WORDS, min_size=1, max_size=8)
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def squeezed(text: str) -> str:
    return "".join(text.split())


@SETTINGS
@given(lines=LINES, codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_plain_text(read_here, lines, codec):
    assert read_here("\n".join(lines).encode(codec)).text == "\n".join(lines)


@SETTINGS
@given(lines=LINES)
def test_chinese_in_gb18030(read_here, lines):
    text = "\n".join(["患儿反复抽搐，发育迟缓。", *lines])
    assert read_here(text.encode("gb18030")).text == text


@SETTINGS
@given(lines=LINES)
def test_word(read_here, lines):
    word, content = WordDocument(), BytesIO()
    for line in lines:
        word.add_paragraph(line)
    word.save(content)
    assert read_here(content.getvalue()).text == "\n".join(lines)


@SETTINGS
@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=4))
def test_every_cell_of_a_table(read_here, rows):
    word, content = WordDocument(), BytesIO()
    table = word.add_table(rows=len(rows), cols=3)
    for at, row in enumerate(rows):
        for cell, text in zip(table.rows[at].cells, row, strict=True):
            cell.text = text
    word.save(content)
    read = read_here(content.getvalue()).text
    at = 0
    for cell in (cell for row in rows for cell in row):
        at = read.index(cell, at) + len(cell)


@SETTINGS
@given(lines=LINES)
def test_html(read_here, lines):
    body = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    read = read_here(f"<html><body>{body}</body></html>".encode()).text
    assert [squeezed(line) for line in read.split("\n")] == [squeezed(line) for line in lines]


@SETTINGS
@given(lines=LINES)
def test_rtf(read_here, lines):
    letters = "\\par ".join("".join(f"\\u{ord(letter)}?" for letter in line) for line in lines)
    assert read_here(f"{{\\rtf1\\ansi {letters}}}".encode()).text == "\n".join(lines)


def typeset(lines: list[str], font: str, columns: int = 1) -> bytes:
    content = BytesIO()
    style = ParagraphStyle("x", fontName=font, fontSize=10, leading=15, wordWrap="CJK" if font[:2] == "ST" else None)
    SimpleDocTemplate(content, pagesize=A4).build([Paragraph(html.escape(line), style) for line in lines])
    return content.getvalue()


LETTERS = st.text("abcdefghijklmnopqrstuvwxyz ,.", min_size=1, max_size=400)


@settings(SETTINGS, max_examples=25)
@given(lines=st.lists(LETTERS.filter(str.strip), min_size=1, max_size=8))
def test_pdf_in_latin_letters(read_here, lines):
    read = read_here(typeset(lines, "Helvetica")).text
    assert squeezed(read) == squeezed("".join(lines))
    words = read.split()
    assert words == [word for line in lines for word in line.split()]


@settings(SETTINGS, max_examples=25)
@given(lines=st.lists(st.text(CHINESE, min_size=1, max_size=200), min_size=1, max_size=8))
def test_pdf_in_chinese(read_here, lines):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    read = read_here(typeset(lines, "STSong-Light")).text
    assert read.replace("\n", "") == "".join(lines)


def test_a_wrapped_chinese_paragraph_is_one_line(read_here):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    paragraph = "患儿自幼反复抽搐伴发育迟缓" * 20 + "。"
    assert (
        read_here(typeset([paragraph, "体格检查：身材矮小。"], "STSong-Light")).text
        == f"{paragraph}\n体格检查：身材矮小。"
    )


@pytest.mark.parametrize("pages", [20])
def test_twenty_pages_take_less_than_five_seconds(read_here, cpu_seconds, pages):
    # About half a second of one core; more than ten times that is another order.
    content = typeset(["He has had seizures, scoliosis and a short stature since he was born. " * 20] * 60, "Helvetica")
    document = read_here(content)
    assert document.pages >= pages - 8
    assert cpu_seconds(lambda: read_here(content)) < 5
