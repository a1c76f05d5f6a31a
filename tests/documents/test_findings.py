"""The findings of a note are the same whatever document it comes in."""

from __future__ import annotations

import html
from importlib.resources import files
from io import BytesIO

import pytest
from docx import Document as WordDocument
from reportlab.lib.pagesizes import A4, A6
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from matching.assess import Assessor
from matching.case import Note

NOTES = {"en": "demo_case.txt", "zh": "demo_case_zh.txt"}


@pytest.fixture(scope="module")
def real_assessor(real_knowledge):
    return Assessor.open(real_knowledge)


def as_docx(text: str, language: str) -> bytes:
    word, content = WordDocument(), BytesIO()
    for line in text.split("\n"):
        word.add_paragraph(line)
    word.save(content)
    return content.getvalue()


def as_pdf(text: str, language: str, size: tuple[float, float] = A4) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    font, wrap = ("STSong-Light", "CJK") if language == "zh" else ("Helvetica", None)
    style, content = ParagraphStyle("x", fontName=font, fontSize=10, leading=15, wordWrap=wrap), BytesIO()
    lines = [Paragraph(html.escape(line), style) for line in text.split("\n") if line]
    SimpleDocTemplate(content, pagesize=size).build(lines)
    return content.getvalue()


def as_narrow_pdf(text: str, language: str) -> bytes:
    return as_pdf(text, language, A6)


def as_html(text: str, language: str) -> bytes:
    return (
        f"<html><body>{''.join(f'<p>{html.escape(line)}</p>' for line in text.split(chr(10)))}</body></html>".encode()
    )


def as_rtf(text: str, language: str) -> bytes:
    letters = "".join("\\par " if letter == "\n" else f"\\u{ord(letter)}?" for letter in text)
    return f"{{\\rtf1\\ansi {letters}}}".encode()


def as_old_text(text: str, language: str) -> bytes:
    return text.encode("gb18030" if language == "zh" else "cp1252")


@pytest.mark.real
@pytest.mark.parametrize("language", NOTES)
@pytest.mark.parametrize("made", [as_docx, as_pdf, as_narrow_pdf, as_html, as_rtf, as_old_text])
def test_the_same_findings_are_read_from_every_kind(read_here, real_assessor, language, made):
    text = files("service").joinpath(NOTES[language]).read_text(encoding="utf-8")

    def findings(note: str) -> set[tuple[str, str]]:
        return {(each.type, each.assertion.value) for each in real_assessor.read(Note("n", note, language)).mentions}

    expected = findings(text)
    assert len(expected) >= 25
    assert findings(read_here(made(text, language)).text) == expected
