"""The page: it needs nothing beside it, escapes what came from notes, and says all that a clinician is to know."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from screening.output import page as page_module
from screening.output.voice import Voice
from screening.output.written import write_output
from screening.threshold import Threshold

ATTACK = '<script>alert("x")</script>'


@pytest.fixture
def page(kept, make_outcome, row, flagged_row, words, tmp_path):
    """Writes a run of one flagged patient and three others; the page as text."""

    def write(language="en", text="long thin fingers", quote=None, others=None, **numbers):
        d = row("D", 9.5, **(others or {}))
        parts = kept([[d, row("A", 2.0), row("B")], [row("C", 2.5)]], [[flagged_row(d, 1, text, **(quote or {}))]])
        out = write_output(make_outcome(**numbers), parts, tmp_path / "out", language, words[language])
        return out.page.read_text(encoding="utf-8")

    return write


class Shape(HTMLParser):
    """Tags, attributes and the words between them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, text):
        self.words.append(text)


@pytest.mark.parametrize("field", ["text", "before", "after", "kind"])
def test_what_came_from_notes_is_escaped(page, field):
    written = page(**({"text": ATTACK} if field == "text" else {"quote": {field: ATTACK}}))
    shape = Shape(written)
    assert "script" not in shape.tags
    assert ATTACK in "".join(shape.words)


def test_codes_that_nobody_knows_are_escaped_too(page):
    shape = Shape(page(others={"sex": ATTACK, "languages": [ATTACK]}, set_aside={ATTACK: 3}))
    assert "script" not in shape.tags


def test_it_asks_nothing_of_any_network_and_runs_no_script(page):
    shape = Shape(page())
    assert not {"script", "link", "img", "iframe", "form", "object", "a"} & set(shape.tags)
    assert not {name for name, _ in shape.attributes} & {"src", "href", "style", "onclick", "onload"}


def test_its_policy_allows_its_own_style_sheet_and_nothing_else(page):
    written = page()
    style = re.search(r"<style>(.*?)</style>", written, re.DOTALL).group(1)
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = next(value for name, value in Shape(written).attributes if name == "content" and "default" in value)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["A clinician decides", "12 notes of 4 patients were read", "6 y 3 mo", "day 12", "In the past"]),
        ("zh", ["由临床医生决定", "已读取 4 名患者的 12 份病历", "6 岁 3 个月", "第 12 天", "既往"]),
    ],
)
def test_a_flagged_patient_is_told_with_every_reason(page, language, said):
    # 2283 days are 6.25 years; a quotation that says another thing than all notes together is marked
    words = "".join(Shape(page(language, quote={"assertion": "historical"})).words)
    for each in [
        *said, "She has long thin fingers and scoliosis.", "discharge letter", "HP:0001166", "Marfan syndrome",
        "OMIM:154700", "PMID:20591885 ORPHA:558", "+4.1", "−1.2", "Ectopia lentis", "Aortic root aneurysm",
        "FBN1 sequencing", "FBN1 stands for 61 % of the belief.", "low-level mosaicism", "Trio exome.",
        "Abnormality of the eye", "Phenomap 0.1.0", "2026-11-23 19:12 UTC", "notes.csv", "run-7",
    ]:  # fmt: skip
        assert each in words, each


def test_a_quotation_that_agrees_has_no_word_of_its_own(page):
    assert "<strong>Observed</strong>" not in page()


def test_warnings_stand_above_all_numbers_where_accuracy_does_not_speak_for_the_archive(page):
    warning = "Length of notes: shifted."
    written = page(shift_warnings=(warning,), accuracy_speaks=False)
    assert written.index("The accuracy figures do not speak") < written.index(warning) < written.index("What was read")
    assert written.count(warning) == 1
    written = page(shift_warnings=(warning,))
    assert "The accuracy figures do not speak" not in written
    assert written.index("How this archive differs") < written.index(warning)


def test_figures_of_shift_are_taken_as_they_are(page):
    assert '<svg id="given"></svg>' in page(shift_figures=('<svg id="given"></svg>',))


def test_more_patients_than_the_page_holds_are_said_to_be_elsewhere(
    kept, make_outcome, row, flagged_row, words, tmp_path, monkeypatch
):
    monkeypatch.setattr(page_module, "MOST", 1)
    some = [row(name, 9.0 - at) for at, name in enumerate(("FIRST", "SECOND", "THIRD"))]
    parts = kept([some], [[flagged_row(each, rank) for rank, each in enumerate(some, 1)]])
    three = make_outcome(threshold=Threshold(7.0, 3, 0.5, "yield", ((0, 0.0), (3, 0.5))))
    written = write_output(three, parts, tmp_path / "out", "en", words["en"]).page.read_text(encoding="utf-8")
    assert "The other 2 are in flagged.jsonl" in written
    assert ("FIRST" in written, "SECOND" in written) == (True, False)


def test_a_run_that_flags_nobody_says_so(kept, make_outcome, row, words, tmp_path):
    nobody = make_outcome(threshold=Threshold(float("inf"), 0, 0.0, "yield", ((0, 0.0),)), ranked=0)
    out = write_output(nobody, kept([[row("A"), row("B", age_days=None)]]), tmp_path / "out", "en", words["en"])
    written = out.page.read_text(encoding="utf-8")
    assert "No patient was listed" in written
    assert "inf" not in "".join(Shape(written.split("</style>")[1]).words).split()


def test_a_long_quotation_is_cut_at_a_word(page):
    # 80 letters were taken before the words: the first is half a word
    words = "".join(Shape(page(quote={"before": "ight hand and " + "x" * 65 + " "})).words)
    assert "… hand and " in words
    assert "ight hand" not in words


@pytest.fixture
def voice(words):
    return Voice(words["en"])


@pytest.mark.parametrize(
    ("days", "told"),
    [(None, "age not known"), (0, "0 d"), (60, "60 d"), (61, "2 mo"), (729, "23 mo"), (731, "2 y"), (2283, "6 y 3 mo"),
     (14700, "40 y")],
)  # fmt: skip
def test_an_age_is_told_as_clinicians_say_it(voice, days, told):
    assert voice.age(days) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(3.04, "3 s"), (119, "119 s"), (463, "7.7 min"), (7199, "120 min"), (36_000, "10 h")]
)
def test_how_long_a_run_took_is_told_in_a_unit_that_fits(voice, seconds, told):
    assert voice.lasted(seconds) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(None, "–"), (0, "0"), (0.0004, "<0.1"), (0.01, "1"), (0.025, "2.5"), (0.0996, "10"), (1, "100")],
)
def test_a_share_is_told_in_percent_and_never_as_none_for_what_is_there(voice, share, told):
    assert voice.percent(share) == (told if share is None else f"{told}\u00a0%")
