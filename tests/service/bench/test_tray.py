"""Words of the notes that may be findings and match no term: what is suggested for them, and what is not."""

from __future__ import annotations

import pytest

import nlp.suggestions
from matching.case import Case, Note
from nlp.reading import Reading
from nlp.suggestions import Suggested
from service.bench.remembered import LONGEST, Remembered

NOTE = "😀 Seizures. Her ears set by the neck."
LOW_SET = "HP:0000369"


def places(page):
    return page.parts.one(id="tray").all("li", class_="suggestion")


def offered(place):
    return [button.attributes["value"] for button in place.all("button", name="term")]


def test_words_stand_in_their_sentence_with_terms_to_press(reading):
    page = reading(NOTE)
    (place,) = places(page)
    assert place.one("p", class_="unread-words").text == "😀 Seizures. Her ears set by the neck ."
    assert place.one("strong").text == "ears set by the neck"
    assert offered(place)[0] == LOW_SET
    assert len(offered(place)) == 5
    first = place.all("button")[0]
    assert first.attributes["aria-label"] == "Add Low-set ears for “ears set by the neck”"
    assert place.all("button")[-1].text == "None of these"
    assert page.parts.one(id="tray").one(class_="count").text == "1"


def test_nothing_of_the_tray_is_a_finding_before_a_person_adds_it(reading):
    assert [*reading(NOTE).rows()] == ["HP:0001250"]


def test_a_term_is_added_for_its_words_which_leave_the_tray_until_it_is_undone(reading):
    page = reading(NOTE)
    form = {each.attributes["name"]: each.attributes["value"] for each in places(page)[0].all("input")}
    page.send("step", term=LOW_SET, **form)
    row = page.rows()[LOW_SET]
    assert row.one("summary").one("q").text == "ears set by the neck"
    assert "added by hand" in row.one("summary").text
    assert places(page) == []
    assert len(places(page.send("undo"))) == 1


def test_a_term_that_is_listed_or_was_rejected_is_not_suggested_again(reading):
    page = reading(NOTE).step("add", LOW_SET)
    (place,) = places(page)
    assert len(offered(place)) == 4
    assert LOW_SET not in offered(place)
    page = reading("Low-set ears. Her ears set by the neck.").step("reject", LOW_SET)
    assert [*page.struck()] == [LOW_SET]
    assert all(LOW_SET not in offered(place) for place in places(page))


def test_each_note_has_its_words_under_its_number_and_says_where_there_are_none(reading):
    page = reading(NOTE).send("note", text="Scoliosis.").send("note", text="У ребёнка судороги.")
    notes = page.parts.one(id="tray").all("div", class_="left")
    assert [each.one("h3").text for each in notes] == ["Note 1", "Note 2", "Note 3"]
    assert [len(each.all("li", class_="suggestion")) for each in notes] == [1, 0, 0]
    assert notes[1].one("p", class_="hint").text == "No other words of this note look like a finding."
    assert notes[2].one("p", class_="hint").text.startswith("Terms are suggested for English and Chinese notes only")


def test_a_note_that_was_looked_at_in_part_says_how_far(reading, monkeypatch):
    monkeypatch.setattr(nlp.suggestions, "MOST_SPANS", 1)
    page = reading("Her ears set by the neck. " * 60 + "Her ears set by the neck.")
    told = page.parts.one(id="tray").one("div", class_="left").one("p", class_="hint").text
    # the second phrase begins after 26 characters and "Her "
    assert told == "Only the first 30 characters of the note were looked at."


def test_without_a_note_there_is_no_tray(page):
    assert page.send("look").parts.one(id="tray").has("hidden", True)


def test_of_a_chinese_note_terms_are_suggested_in_chinese(reading):
    page = reading("😀患儿来诊，蜘蛛指，全身力量偏低。", language="zh")
    (place,) = places(page)
    assert place.one("strong").text == "全身力量偏低"
    first = place.all("button", name="term")[0]
    assert (first.attributes["value"], first.one(class_="english").text) == ("HP:0001252", "Hypotonia")


def test_long_notes_show_whole_words_to_each_side(reading):
    page = reading(f"{'quite ' * 20}well. Her ears set by the neck. {'quite ' * 20}well.")
    before, after = places(page)[0].one("p", class_="unread-words").text.split("ears set by the neck")
    assert before.startswith("… quite quite")
    assert after.endswith("quite …")


class Counted:
    """Looks for suggestions, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, text: str, reading: Reading) -> Suggested | None:
        self.times += 1
        return Suggested(()) if reading.language == "en" else None


@pytest.fixture
def case() -> Case:
    return Case("c", (Note("n1", "Scoliosis."), Note("n2", "У ребёнка судороги.")))


def test_suggestions_are_sought_once_as_long_as_they_are_remembered(assessor, case):
    now = [0.0]
    remembered, suggest = Remembered(assessor, lambda: now[0]), Counted()
    for _ in range(3):
        assert remembered.suggested(case, suggest) == (Suggested(()), None)
    assert suggest.times == 2  # once for each note, that of no language too
    now[0] = LONGEST + 1
    remembered.readings(Case("other", (Note("n3", "Seizures."),)))  # what was not asked for in time is forgotten
    remembered.suggested(case, suggest)
    assert suggest.times == 4


def test_a_note_of_other_words_has_other_suggestions(assessor):
    remembered, suggest = Remembered(assessor), Counted()
    for text in ("Scoliosis.", "Seizures."):
        remembered.suggested(Case("c", (Note("n1", text),)), suggest)
    assert suggest.times == 2
