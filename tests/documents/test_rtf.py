"""RTF as Word and WordPad write it."""

from __future__ import annotations

import pytest

FONTS = rb"{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset134 \'cb\'ce\'cc\'e5;}{\f2\fcharset136 x;}}"


def rtf(body: bytes, head: bytes = rb"\ansi\ansicpg1252\deff0") -> bytes:
    return b"{\\rtf1" + head + FONTS + rb"{\colortbl;\red0\green0\blue0;}{\*\generator x;}" + body + b"}"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"One\par two\line three", "One\ntwo\nthree"),
        (rb"\f1\'bb\'bc\'b6\'f9\f0  ok", "患儿 ok"),
        (rb"\f2\'af\'e1\'acW", "脊柱"),  # the second byte of the second character is a letter
        (rb"\u30315?\u30187 ?x", "癫痫x"),
        (rb"{\uc2\u30315\'b0\'cd}y", "癫y"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"a\~b\_c\-d\{\}\\", "a b-cd{}\\"),
        (rb"\lquote a\rquote\emdash\bullet", "‘a’—•"),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt shown}}", "shown"),
        (rb"a{\*\unheard of {deeper} no}b", "ab"),
        (rb"a\bin3 {{{b", "ab"),
        (rb"{\b bold} {\i it}", "bold it"),
        (b"a\r\nb", "ab"),
        (rb"\trowd\intbl Hearing loss\cell no\cell\row\pard after\par", "Hearing loss: no\nafter"),
        (rb"\trowd\intbl Exam\cell short\par thin\cell\row\pard after", "Exam: short\nthin\nafter"),
        (
            rb"{\header Head\par}{\footer Page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}a{\footnote note}b",
            "Head\nab\nnote",
        ),
        (rb"{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt in the box\par}}", "in the box"),
    ],
)
def test_what_is_shown_is_read(read_here, body, text):
    document = read_here(rtf(body))
    assert (document.text, document.kind) == (text, "rtf")


def test_the_code_page_of_the_document_is_that_of_fonts_without_one(read_here):
    assert read_here(rtf(rb"\f0\'bb\'bc\'b6\'f9", rb"\ansi\ansicpg936")).text == "患儿"


@pytest.mark.parametrize(
    ("inside", "notice"),
    [
        (rb"{\v b}", "hidden"),
        (rb"\v b\v0 ", "hidden"),
        (rb"{\strike b\plain}", "struck"),
        (rb"{\deleted b}", "deleted"),
        (rb"{\pict\pngblip 0102}", "pictures"),
        (rb"{\*\shppict{\pict 01}}{\nonshppict{\pict 01}}", "pictures"),
        (rb"{\object{\*\objdata 01}{\result b}}", "embedded"),
        (rb"{\*\annotation b}", "comments"),
    ],
)
def test_what_is_left_out_is_told(read_here, told, inside, notice):
    document = read_here(rtf(b"a" + inside + b"c"))
    assert (document.text, told(document)) == ("ac", {notice: 1})
