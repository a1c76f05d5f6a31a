"""Notes on the bench: what is marked, how ages are told, and what travels where nothing is kept."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matching.assess import Assessor
from matching.case import Case, Note
from service.bench.age import years_and_months
from service.bench.marks import marks_of
from service.translate import Translator

SEIZURE, SCOLIOSIS = "HP:0001250", "HP:0002650"
NOTE = "She has scoliosis. There were no seizures."


def state_of(answer: str) -> str:
    return html.unescape(re.search(r'name="state" value="([^"]*)"', answer)[1])


def marks_in(answer: str) -> list[list[Any]]:
    return [mark for found in re.findall(r'data-marks="([^"]*)"', answer) for mark in json.loads(html.unescape(found))]


def findings_in(answer: str) -> set[str]:
    return set(re.findall(r'class="finding[^"]*"[^>]*data-id="(HP:\d+)"', answer))


@pytest.fixture
def post(client: TestClient):
    def send(action: str, **fields: object) -> str:
        answer = client.post(f"/bench/{action}", data=fields, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.text
        return answer.text

    return send


def test_a_note_is_read_and_its_words_are_marked(post) -> None:
    answer = post("note", text=NOTE)
    assert {(NOTE[start:end], said, id) for start, end, said, id, _ in marks_in(answer)} == {
        ("scoliosis", "observed", SCOLIOSIS),
        ("seizures", "excluded", SEIZURE),
    }
    assert {SEIZURE, SCOLIOSIS} <= findings_in(answer)


def test_marks_count_as_the_browser_does(assessor: Assessor) -> None:
    text = "𠮷🙂 has scoliosis."  # two characters beyond the first plane: four UTF-16 units
    note = Note("n", text)
    report = Translator.of(assessor.knowledge).report(assessor.assess(Case("c", (note,))))
    ((start, end, *_),) = marks_of(note, report)
    units = text.encode("utf-16-le")
    assert units[2 * start : 2 * end].decode("utf-16-le") == "scoliosis"
    assert start == text.index("scoliosis") + 2


def test_a_word_within_another_is_marked_after_it(assessor: Assessor) -> None:
    note = Note("n", "She has focal-onset seizure.")
    report = Translator.of(assessor.knowledge).report(assessor.assess(Case("c", (note,))))
    lengths = [end - start for start, end, *_ in marks_of(note, report)]
    assert lengths == sorted(lengths, reverse=True)


def test_a_note_is_replaced_and_taken_away(post) -> None:
    state = state_of(post("note", text=NOTE))
    replaced = post("note", text="She has seizures.", id="note-1", state=state)
    assert marks_in(replaced)[0][2] == "observed"
    assert SCOLIOSIS not in findings_in(replaced)
    emptied = post("note/remove", id="note-1", state=state_of(replaced))
    assert findings_in(emptied) == set()
    assert json.loads(state_of(emptied)) == {}


def test_a_second_note_stands_beside_the_first(post) -> None:
    state = state_of(post("note", text=NOTE))
    both = post("note", text="Later she had seizures.", date="2026-02-03", state=state)
    assert [note["id"] for note in json.loads(state_of(both))["notes"]] == ["note-1", "note-2"]
    assert "2026-02-03" in both


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("note", {"text": " \n"}, "text"),
        ("note", {"text": "x", "date": "2026-02-31"}, "date"),
        ("note", {"text": "x", "state": "{"}, "state"),
        ("note", {"text": "x", "state": '{"notes": [{"id": "n"}]}'}, "state.notes[0].text"),
        ("note", {"text": "Zebrawood.", "elsewhere": "Zebrawood"}, "elsewhere"),
        ("note", {"text": "x", "state": '{"notes": [{"id": "Zebrawood ", "text": "x"}]}'}, "state.notes[0].id"),
        ("done", {"modality": "exome", "looked": "Zebrawood, <b>"}, "looked"),
        ("step", {"verb": "accept", "term": "HP:9999999"}, "features[0].id"),
        ("step", {"verb": "add", "term": SEIZURE, "note": "note-9", "start": "0", "end": "3"}, "start"),
        ("about", {"years": "-1"}, "years"),
    ],
)
def test_what_cannot_be_used_is_told_and_never_repeated(client: TestClient, problem, action, fields, field) -> None:
    answer = client.post(f"/bench/{action}", data=fields, headers={"HX-Request": "true"})
    assert field in [fault["field"] for fault in problem(answer, 422)["errors"]]
    assert "Zebrawood" not in answer.text


def test_what_the_patient_is_stays_until_it_is_changed(post) -> None:
    answer = post("about", sex="female", years="3", months="2", state=state_of(post("note", text=NOTE)))
    assert json.loads(state_of(answer)) | {"notes": []} == {"notes": [], "sex": "female", "age": "P3Y2M"}
    told = post("family", affected_parent="true", acutely_ill="true", state=state_of(answer))
    assert json.loads(state_of(told))["age"] == "P3Y2M"
    assert json.loads(state_of(told))["known"] == {"family_history": {"affected_parent": True}, "acutely_ill": True}


def test_tests_done_are_added_and_taken_out(post, client: TestClient, problem) -> None:
    state = state_of(post("note", text=NOTE))
    done = post("done", modality="gene_panel", looked="FMR1；MECP2", year="2021", state=state)
    assert json.loads(state_of(done))["known"]["tests_done"] == [
        {"modality": "gene_panel", "genes": ["FMR1", "MECP2"], "year": 2021}
    ]
    target = post("done", modality="repeat_pcr", looked="FMR1", state=state_of(done))
    assert json.loads(state_of(target))["known"]["tests_done"][1] == {"modality": "repeat_pcr", "target": "FMR1"}
    left = post("done/remove", at="0", state=state_of(target))
    assert len(json.loads(state_of(left))["known"]["tests_done"]) == 1
    problem(client.post("/bench/done", data={"modality": "exome", "looked": "FMR1, <b>", "state": state}), 422)


@pytest.mark.parametrize(
    ("days", "shown"),
    [(None, (None, None)), (10, (0, 0)), (365, (1, 0)), (1157, (3, 2)), (2557, (7, 0)), (700, (1, 11))],
)
def test_an_age_in_days_is_shown_in_years_and_months(days, shown) -> None:
    assert years_and_months(days) == shown


def test_a_browser_without_scripts_gets_a_whole_page(client: TestClient) -> None:
    answer = client.post("/bench/note", data={"text": NOTE})
    assert answer.text.startswith("<!doctype html>")
    assert marks_in(answer.text)


def test_a_note_is_in_no_address_and_every_form_is_posted(client: TestClient) -> None:
    page = client.post("/bench/note", data={"text": NOTE}).text
    forms = re.findall(r"<form\b[^>]*>", page)
    assert len(forms) > 5
    assert [form for form in forms if 'method="post"' not in form and 'method="dialog"' not in form] == []
