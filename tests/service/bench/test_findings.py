"""The list of findings: one row each, why this term, what can be done, and the search for terms."""

from __future__ import annotations

import pytest

NOTE = "Boy with arachnodactyly and long slender fingers; scoliosis. No seizures. His mother has myopia."
SCOLIOSIS, SEIZURE, MYOPIA, ARACHNODACTYLY = "HP:0002650", "HP:0001250", "HP:0000545", "HP:0001166"


def test_a_row_says_by_sign_and_word_what_is_said_of_its_finding(reading):
    rows = reading(NOTE).rows()
    # present ones first; a relative's weighs a quarter; what is absent last
    assert [*rows] == [ARACHNODACTYLY, SCOLIOSIS, MYOPIA, SEIZURE]
    signs = {id: row.one(class_="assertion").text for id, row in rows.items()}
    assert signs == {ARACHNODACTYLY: "+", SCOLIOSIS: "+", MYOPIA: "F", SEIZURE: "−"}
    assert rows[SEIZURE].one("summary").all(class_="chip")[0].text == "excluded"
    pressed = [each.attributes["data-does"] for each in rows[SEIZURE].all("button", aria_pressed="true")]
    assert pressed == ["negate"]


def test_a_row_quotes_the_note_where_it_does_not_say_the_label(reading):
    rows = reading(NOTE).rows()
    assert [each.text for each in rows[ARACHNODACTYLY].one("summary").all("q")] == ["long slender fingers"]
    assert rows[SCOLIOSIS].one("summary").all("q") == []


def test_why_a_term_was_read_tells_its_words_the_nearest_wording_and_how_they_differ(reading):
    row = reading("History\nPartial seizures.\n\nExamination\nNo scoliosis.").rows()["HP:0007359"]
    places = row.one(class_="places").text
    assert "Partial seizures in “history”" in places
    assert "Nearest wording: “Partial seizure” (exact synonym); differs by: inflection" in places


def test_why_a_finding_is_absent_tells_the_words_that_say_so(reading):
    row = reading("No scoliosis.").rows()[SCOLIOSIS]
    assert "Read as excluded, for the note says “No”" in row.one(class_="places").text
    row = reading("患儿无脊柱侧弯。").rows()[SCOLIOSIS]
    assert "Read as excluded, for the note says “无”" in row.one(class_="places").text


def test_a_definition_is_shown_and_where_there_is_none_it_says_so(reading):
    rows = reading("Seizures and scoliosis.").rows()
    assert "A hand-made definition: an episode of abnormal" in rows[SEIZURE].one(class_="grounds").text
    assert "The release holds no definition of this term." in rows[SCOLIOSIS].one(class_="grounds").text


def test_contradictions_stay_visible(reading):
    row = reading("Scoliosis. Later: no scoliosis.").rows()[SCOLIOSIS]
    assert "The note also says otherwise: “scoliosis”" in row.one("summary").text
    assert row.one("h3", class_="conflict").text == "Said otherwise"


def test_a_general_finding_tells_which_specific_one_implies_it_as_long_as_that_is_present(reading):
    page = reading("Seizures, focal-onset seizures.")
    assert "implied by Focal-onset seizure" in page.rows()[SEIZURE].one("summary").text
    page.step("negate", "HP:0007359")
    assert "implied by" not in page.rows()[SEIZURE].one("summary").text


def test_accepting_is_confirming_what_is_shown_and_counts_as_checked(reading):
    page = reading(NOTE)
    assert page.parts.one("label", **{"for": "checked-findings"}).text == "0 of 4 checked"
    page.step("accept", SEIZURE, assertion="excluded")
    row = page.rows()[SEIZURE]
    assert row.has("data_checked", True)
    assert "✓ checked" in row.one("summary").text
    assert "by hand" not in row.one("summary").text
    assert page.assertions()[SEIZURE] == "excluded"
    assert page.parts.one("label", **{"for": "checked-findings"}).text == "1 of 4 checked"
    page.step("restore", SEIZURE)
    assert page.rows()[SEIZURE].has("data_checked", False)


@pytest.mark.parametrize(
    ("verb", "assertion"),
    [("negate", "excluded"), ("family", "family"), ("uncertain", "uncertain"), ("historical", "historical")],
)
def test_what_is_said_by_hand_stands_and_is_taken_back(reading, verb, assertion):
    page = reading("Scoliosis.")
    page.step(verb, SCOLIOSIS)
    assert page.assertions() == {SCOLIOSIS: assertion}
    assert "changed by hand" in page.rows()[SCOLIOSIS].one("summary").text
    assert page.struck() == {}
    page.step("restore", SCOLIOSIS)
    assert page.assertions() == {SCOLIOSIS: "observed"}


def test_what_is_a_relatives_keeps_the_words_it_was_read_from(reading):
    row = reading("Scoliosis.").step("family", SCOLIOSIS).rows()[SCOLIOSIS]
    assert (row.attributes["data-start"], row.attributes["data-end"]) == ("0", "9")


def test_a_rejected_finding_stands_at_the_foot_and_can_be_restored(reading):
    page = reading(NOTE).step("reject", SCOLIOSIS)
    assert SCOLIOSIS not in page.rows()
    struck = page.struck()[SCOLIOSIS]
    assert struck.one("s").text == "Scoliosis"
    button = struck.one("button")
    assert (button.attributes["value"], button.attributes["aria-label"]) == ("restore", "Restore Scoliosis")
    page.step("restore", SCOLIOSIS)
    assert page.assertions()[SCOLIOSIS] == "observed"
    assert page.struck() == {}


def test_another_term_takes_the_words_of_the_one_it_is_meant_instead_of(reading):
    page = reading("Scoliosis.").step("change", SCOLIOSIS, to="HP:0000767")
    assert page.assertions() == {"HP:0000767": "observed"}
    assert [*page.struck()] == [SCOLIOSIS]
    assert page.rows()["HP:0000767"].one("summary").one("q").text == "Scoliosis"


def test_a_change_without_the_term_meant_is_refused(reading):
    reading("Scoliosis.").step("change", SCOLIOSIS, status=422)


def test_onset_and_severity_are_stated_and_stand_beside_the_finding(reading):
    page = reading("Scoliosis.").step("qualify", SCOLIOSIS, onset="HP:0011463", severity="HP:0012828")
    row = page.rows()[SCOLIOSIS]
    assert [each.text for each in row.one("summary").all(class_="chip")] == ["observed", "Childhood onset", "Severe"]
    chosen = {each.attributes["name"]: each.one("option", selected=True).text for each in row.all("select")}
    assert chosen == {"onset": "Childhood onset", "severity": "Severe"}
    page.step("negate", SCOLIOSIS).step("affirm", SCOLIOSIS)
    assert "Childhood onset" in page.rows()[SCOLIOSIS].one("summary").text


def test_the_page_offers_the_onsets_through_life_and_the_severities_by_degree(client):
    text = client.get("/", headers={"Accept-Language": "en"}).text
    choices = [text.index(f">{label}</option>") for label in ("Congenital onset", "Childhood onset", "Mild", "Severe")]
    assert choices == sorted(choices)


def test_undo_tells_what_it_will_undo_and_goes_many_steps_back(reading):
    page = reading("Scoliosis and seizures.")
    undo = page.parts.one("button", id="undo")
    assert undo.has("disabled", True)
    told = []
    for verb, term in (("negate", SCOLIOSIS), ("reject", SEIZURE), ("uncertain", SCOLIOSIS)):
        told.append(page.step(verb, term).parts.one("button", id="undo").text)
    assert told == ["Undo: Scoliosis marked as absent", "Undo: Seizure rejected", "Undo: Scoliosis marked as uncertain"]
    assert page.send("undo").assertions() == {SCOLIOSIS: "excluded"}
    assert page.send("undo").assertions() == {SEIZURE: "observed", SCOLIOSIS: "excluded"}
    assert page.send("undo").assertions() == {SCOLIOSIS: "observed", SEIZURE: "observed"}
    page.send("undo", status=409)


def test_a_finding_added_by_hand_says_so_and_rejecting_it_leaves_nothing(page):
    page.step("add", SCOLIOSIS)
    assert "added by hand" in page.rows()[SCOLIOSIS].one("summary").text
    page.step("reject", SCOLIOSIS)
    assert page.rows() == page.struck() == {}


def test_an_alternative_id_becomes_the_current_one(page):
    assert page.step("add", "HP:9000003").assertions() == {SEIZURE: "observed"}


def test_an_empty_page_and_a_note_without_findings_say_so(page):
    empty = page.send("look").parts.one(id="findings").one(class_="empty")
    assert empty.text == "Read a note, or add a finding below."
    empty = page.send("note", text="He came by bus.").parts.one(id="findings").one(class_="empty")
    assert empty.text == "No finding was recognised in the note. Add findings below."


def test_chinese_stands_beside_the_english_name(reading):
    page = reading("患儿有蜘蛛指，无抽搐。", language="zh")
    row = page.rows()[ARACHNODACTYLY]
    assert "指" in row.one("summary").one(class_="label").text
    assert row.one("summary").one(class_="english").text == "Arachnodactyly"
    assert page.step("accept", ARACHNODACTYLY).parts.one("button", id="undo").text.startswith("撤销：已确认“")


def test_markup_in_a_note_is_text(reading):
    page = reading("Scoliosis. <img src=x onerror=alert(1)> <b>Seizures</b>.")
    assert page.parts.all("img") == []
    assert page.parts.one(id="findings").all("b") == []


def test_who_may_not_change_a_case_is_offered_nothing_to_press(reading, monkeypatch):
    from service.bench.sheet import Sheet

    monkeypatch.setattr(Sheet, "__init__", _without_permission(Sheet.__init__))
    findings = reading(NOTE).parts.one(id="findings")
    assert len(findings.all("li", class_="finding")) == 4
    assert [each.text for each in findings.all("button")] == ["Next not yet checked"]


def _without_permission(make):
    def made(self, *given, **named):
        make(self, *given, **named)
        object.__setattr__(self, "may", frozenset())

    return made


@pytest.mark.parametrize("q", ["hypertel", "widely spaced", "HP:0000316"])
def test_a_term_is_found_by_label_synonym_and_id(options, q):
    found = options(q).one("li", role="option")
    assert found.attributes["data-id"] == "HP:0000316"
    assert found.attributes["id"] == "search-0"


@pytest.mark.parametrize("q", ["眼距", "yjk"])
def test_a_term_is_found_in_chinese_and_by_initials_with_its_english_name(options, q):
    found = options(q, language="zh").all("li", role="option")[0]
    assert (found.attributes["data-id"], found.one(class_="english").text) == ("HP:0000316", "Hypertelorism")


def test_near_misses_definitions_and_what_is_not_shown_are_told(options):
    assert options("hypertelorsm").one("p", class_="hint").text == "No term begins so; these are spelled alike:"
    assert options("qqqqqq").one("p", class_="hint").text == "No term begins so."
    assert "A hand-made definition" in options("seizure").all(class_="meaning")[0].text
    more = options("a", place="meaning")
    shown = len(more.all("li", role="option"))
    assert more.all("p")[0].text.startswith(f"{shown} of ")
    assert more.one("ul").attributes["id"] == "meaning-list"


def test_the_terms_nearest_to_words_of_a_note_are_guesses_and_say_so(reading, client):
    page = reading("Her ears set by the neck.")
    given = {**page.carried, "note": "note-1", "start": 4, "end": 24, "place": "meaning"}
    answer = client.post("/bench/near", data=given)
    assert "Nearest to “ears set by the neck”" in answer.text
    assert answer.text.index('data-id="HP:0000369"') < answer.text.index('id="meaning-1"')


def test_words_that_are_not_in_a_note_have_no_nearest_terms(reading, client, problem):
    page = reading("Scoliosis.")
    problem(client.post("/bench/near", data={**page.carried, "note": "note-1", "start": 4, "end": 99}), 422)


def test_a_query_is_a_body_and_its_faults_do_not_repeat_it(client, problem):
    answer = client.post("/bench/terms", data={"q": "zebrawood" * 40})
    problem(answer, 422)
    assert "zebrawood" not in answer.text
    assert client.get("/bench/terms?q=zebrawood").status_code == 405
