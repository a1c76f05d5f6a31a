"""What a font cannot show becomes a box and is told once; text that is out for mischief is printed as text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from service.printing.glyphs import BOX, Legible, characters_of
from service.printing.laying import page_of, pdf_of
from service.printing.report import order_of, report_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOSTILE = '#text(red)[x] $y$ \\ *b* _i_ @cite <b onclick="z()">&amp; </td></script> {{ 7*7 }} %s {0} // /* `'
#: CJK extension B of the font (𠮷), extension D and H that it lacks, and what is in no font.
RARE, LACKING = "𠮷", "\U0002b740\U00031350"


def test_characters_that_a_chinese_note_may_hold_are_known(press):
    assert set(map(ord, "中医癫痫吉𠮷é±≥μαβ′″①㎎°℃→□“”（）、。")) <= press.characters
    assert not set(map(ord, LACKING + "ש\u202e\x07")) & press.characters


def test_what_cannot_be_shown_is_boxed_and_counted(press):
    legible = Legible(press.characters)
    assert legible.text(f"{RARE} {LACKING[0]}{LACKING[0]}") == f"{RARE} {BOX}{BOX}"
    assert legible.text("a\u202eb\x07c") == f"a{BOX}b{BOX}c"
    assert legible.boxed == {LACKING[0]: 2, "\u202e": 1, "\x07": 1}


def test_what_shows_nothing_anywhere_is_left_out_and_accents_are_composed(press):
    legible = Legible(press.characters)
    assert legible.text("co\u00adop 葛\U000e0100 a\u200db e\u0301\u00a0x\ty\r\nz") == "coop 葛 ab é\u00a0x y \nz"
    assert not legible.boxed


def test_mappings_and_lists_are_made_legible_throughout(press):
    legible = Legible(press.characters)
    assert legible.of({"a": ["x\x00", ("y", 3, None)]}) == {"a": [f"x{BOX}", ["y", 3, None]]}


@pytest.mark.parametrize("content", [b"", b"OTTO", b"ttcf\x00\x01\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff", b"x" * 99])
def test_a_damaged_font_is_refused(tmp_path, content):
    path = tmp_path / "font.otf"
    path.write_bytes(content)
    with pytest.raises(ValueError):
        characters_of(path, 0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
@example(["\ufeff", "\u2028\u2029\x85", "👩\u200d👧", "e\u0301\u0302", "\ue000", "\ud7a3", "a" * 300, "字" * 300])
@example([HOSTILE, "\u202e\u2066x\u2069", "\u0600\u06dd", "1 %", "%" * 50])
def test_any_text_becomes_a_pdf_and_is_in_it(press, kept, small_knowledge, voice, squeezed, text_of, texts):
    """Of PDF/A and PDF/UA, whose making fails where a single character had no glyph."""
    features = [kept.shown.features[0].model_copy(update={"label": text}) for text in texts]
    shown = kept.shown.model_copy(update={"features": features, "diseases": [], "tests": []})
    given = replace(kept, report=kept.report.model_copy(update={"shown": shown}))
    text = text_of(pdf_of(press, voice(), "report", report_of(voice(), small_knowledge, given, NOW)))
    legible = Legible(press.characters)
    boxed = sum(legible.text(label).count(BOX) - label.count(BOX) for label in texts)
    for label in texts:
        assert squeezed(legible.text(label)) in text
    assert ("cannotbeprinted" in text) == (boxed > 0)


@pytest.fixture
def hostile(kept):
    """A report about a patient who is called everything at once."""
    name = f"{HOSTILE} \u202eevil\u2066 {RARE}{LACKING}\x07 " + "W" * 200
    patient = kept.patient.model_copy(update={"name": name, "number": "=1+1\u200f"})
    return replace(kept, patient=patient, department=HOSTILE, people=dict.fromkeys(kept.people, HOSTILE))


def test_hostile_text_is_printed_as_text(hostile, press, small_knowledge, voice, text_of, squeezed):
    for name, sheet in (
        ("report", report_of(voice(), small_knowledge, hostile, NOW)),
        ("order", order_of(voice(), small_knowledge, hostile, (), NOW)),
    ):
        text = text_of(pdf_of(press, voice(), name, sheet))
        assert squeezed(HOSTILE) in text
        assert f"{BOX}evil{BOX}{RARE}{BOX}{BOX}{BOX}{'W' * 200}" in text
        assert "U+202E" in text
        assert "U+2B740" in text
        assert text.count("cannotbeprinted") == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_word_runs_over_the_edge(hostile, press, small_knowledge, voice, language):
    """A W takes some 8 points of a line's 500, or 190 of the patient's column: of 200 no line may hold all."""
    content = pdf_of(press, voice(language), "report", report_of(voice(language), small_knowledge, hostile, NOW))
    lines = Counter()

    def seen(text, cm, tm, *_):
        lines[round(tm[5] + cm[5])] += text.count("W")

    PdfReader(BytesIO(content)).pages[0].extract_text(visitor_text=seen)
    assert lines.total() >= 200
    assert max(lines.values()) <= 60


def test_hostile_text_is_no_markup_of_the_page(hostile, small_knowledge, voice, read, squeezed):
    from service.pages import templates

    content = page_of(voice(), report_of(voice(), small_knowledge, hostile, NOW))
    other = {"query": "", "language": "zh", "name": "中文"}
    html = (
        templates()
        .get_template("print/report.html")
        .render(**content, case="0" * 32, pdf="print.pdf", query="", beside="order", other=other)
    )
    text, tags = read(html)
    assert squeezed(HOSTILE) in text
    assert not {tag for tag, _ in tags} & {"script", "style", "b", "img", "iframe"}
    assert not [attrs for _, attrs in tags if any(name.startswith("on") or name == "style" for name in attrs)]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", html)
    assert RARE + LACKING in text, "a browser looks for a font of its own"
