"""The shift monitor in use: every note that is read counts, and the route and the page tell what came of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from fastapi.testclient import TestClient

from facial.reading import Face, FacePatient, PhotoReading
from matching.case import Photo
from matching.shift.figures import BINS, Figure
from matching.shift.profile import Profile
from service.app import create_app
from service.faces.opening import FaceState
from service.faces.reading import Faces, Use
from service.settings import Settings, SettingsError, ShiftSettings, read_settings
from service.shift.comparing import FEWEST_NOTES, compared, first_month
from service.shift.months import add, months
from service.shift.telling import ShiftWords
from service.tasks.worker import Worker
from service.wording import Wording

PATH = "/api/v1/shift"
NOTE = "She has arachnodactyly and ectopia lentis. Zebrawood."


def notes_of(count, **languages):
    """A month of notes, in the lengths of those that accuracy was measured on, roughly."""
    return Profile({Figure.NOTE_LENGTH: {"1000-1999": count}, Figure.LANGUAGE: languages or {"en": count}}, count)


def pending(hospital):
    profiles = hospital.app.state.services.counting.pending().values()
    return sum(profile.notes for profile in profiles)


@pytest.fixture
def keep(hospital):
    """Puts counts of months on disk."""

    def put(**given):
        profiles = {month.replace("_", "-")[1:]: each for month, each in given.items()}
        hospital.keeping.database.write(lambda connection: add(connection, profiles))

    return put


def extracts(client):
    return client.post("/api/v1/extract", json={"text": NOTE})


def assesses(client):
    return client.post("/api/v1/assess", json={"notes": [{"text": NOTE}]})


def keeps_and_assesses(client):
    id = client.post("/api/v1/cases", json={"notes": [{"text": NOTE}]}).json()["id"]
    return client.post(f"/api/v1/cases/{id}/assess", json={})


def opens_the_case(client):
    id = client.post("/api/v1/cases", json={"notes": [{"text": NOTE}]}).json()["id"]
    return client.get(f"/cases/{id}")


def matches(client):
    report = {
        "resourceType": "Composition",
        "status": "final",
        "type": {"text": "Note"},
        "date": "2026-11-23",
        "title": "Note",
        "author": [{"display": "x"}],
        "section": [{"title": "Note", "text": {"status": "generated", "div": f"<div>{NOTE}</div>"}}],
    }
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": report}]}
    return client.post("/fhir/$match-rare-disease", json=bundle, headers={"Content-Type": "application/fhir+json"})


@pytest.mark.parametrize("reads", [extracts, assesses, keeps_and_assesses, opens_the_case, matches])
def test_a_note_counts_wherever_it_is_read(hospital, clinician, reads):
    answer = reads(clinician)
    assert answer.status_code < 300, answer.text
    assert pending(hospital) == 1
    assert reads(clinician).status_code < 300
    assert pending(hospital) == 1  # it is the same note


def test_a_note_that_is_read_behind_peoples_backs_counts(hospital, clinician):
    text = {"contentType": "text/plain; charset=utf-8", "data": "U2NvbGlvc2lzLg=="}
    document = {
        "resourceType": "DocumentReference",
        "id": "d1",
        "status": "current",
        "subject": {"reference": "Patient/p1"},
        "content": [{"attachment": text}],
    }
    entry = {"resource": document, "request": {"method": "PUT", "url": "DocumentReference/d1"}}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    assert clinician.post("/fhir", json=bundle, headers={"Prefer": "respond-async"}).status_code == 202
    services = hospital.app.state.services
    worker = Worker(hospital.keeping, Settings(), services.knowing, services.translator, services.faces, services.heard)
    assert worker.step()
    assert pending(hospital) == 1


class Describer:
    """Reads every photo as one of a face without a fault."""

    def describe(self, photo_id, content, patient):
        return PhotoReading(Face((1, 2, 3, 4), (), "ab" * 32, np.ones(4, dtype=np.float32)))


def test_a_photo_that_is_read_counts_by_its_quality(hospital, assessor):
    faces = Faces(found=FaceState.READY, describer=Describer())
    services = create_app(assessor, keeping=hospital.keeping, faces=faces).state.services
    for _ in range(2):
        services.faces.described(Photo("p", b"photo"), FacePatient(), Use("ann"))
    (profile,) = services.counting.pending().values()
    assert profile.counts == {Figure.PHOTO_QUALITY: {"good": 1}}


def test_where_nothing_is_kept_nothing_is_counted(assessor):
    app = create_app(assessor)
    client = TestClient(app, base_url="http://127.0.0.1")
    assert extracts(client).status_code == 200
    assert app.state.services.counting is None
    assert client.get(PATH).status_code == 404


def test_counts_are_on_disk_once_the_service_has_stopped(hospital):
    services = hospital.app.state.services
    with TestClient(hospital.app, base_url="http://127.0.0.1"):
        services.heard(NOTE, services.assessor.readers.read("n", NOTE))
        assert pending(hospital) == 1
    assert pending(hospital) == 0
    (profile,) = hospital.keeping.database.read(months).values()
    assert profile.notes == 1


def test_the_route_tells_what_shifted_in_the_last_months_and_in_words(clinician, keep):
    keep(_2026_07=notes_of(900), _2026_09=notes_of(150, zh=150), _2026_10=notes_of(150, zh=150))
    told = clinician.get(PATH, params={"months": 2}, headers={"Accept-Language": "zh"}).json()
    assert (told["months"], told["notes"], told["reference_notes"]) == (["2026-09", "2026-10"], 300, 481)
    assert (told["reference"], told["reference_month"], told["accuracy_speaks"]) == ("corpora", None, False)
    language = next(each for each in told["figures"] if each["figure"] == "language")
    assert (language["level"], language["units"], language["label"]) == ("shifted", 300, "语言")
    assert language["bins"][0] == {"bin": "en", "label": "英文", "share": 0, "reference": 0.9252}  # 445 of 481
    sentences = [each["sentence"] for each in told["warnings"] if each["figure"] == "language"]
    assert sentences == ["语言：已偏移。在参照上测得的准确率不适用于此处读取的内容。"]
    english = clinician.get(PATH, params={"months": 2}).json()["warnings"]
    assert "Language: shifted." in " ".join(each["sentence"] for each in english)


def test_what_is_not_on_disk_yet_is_told_as_well(clinician):
    assert clinician.get(PATH).json()["notes"] == 0
    extracts(clinician)
    assert clinician.get(PATH).json()["notes"] == 1


def test_shares_of_a_few_notes_are_not_told(clinician, keep):
    keep(_2026_11=notes_of(19))
    figures = {each["figure"]: each for each in clinician.get(PATH).json()["figures"]}
    assert (figures["language"]["units"], figures["language"]["bins"]) == (19, [])
    keep(_2026_11=notes_of(1))
    figures = {each["figure"]: each for each in clinician.get(PATH).json()["figures"]}
    assert [each["bin"] for each in figures["language"]["bins"]] == ["en", "zh"]


@pytest.mark.parametrize("wanted", ["0", "121", "x"])
def test_a_number_of_months_out_of_bounds_is_refused(clinician, wanted):
    assert clinician.get(PATH, params={"months": wanted}).status_code == 422


def test_who_reads_no_case_reads_no_counts(hospital):
    for role, status in (("second_reader", 200), ("screening_analyst", 200), ("administrator", 403), ("auditor", 403)):
        assert hospital.client(f"{role} north").get(PATH).status_code == status


def test_the_first_month_is_the_first_of_enough_notes_and_is_not_compared_with_itself():
    own = ShiftSettings(reference="first_month")
    read = {"2026-08": notes_of(FEWEST_NOTES - 1), "2026-09": notes_of(FEWEST_NOTES), "2026-10": notes_of(300)}
    assert first_month(read) == "2026-09"
    found = compared(read, own)
    assert (found.reference_month, found.months, found.shift.reference_notes) == (
        "2026-09",
        ("2026-08", "2026-10"),
        200,
    )
    assert {each.level.value for each in found.shift.figures} == {"stable"}
    waiting = compared({"2026-08": notes_of(FEWEST_NOTES - 1)}, own)
    assert (waiting.reference_month, waiting.shift.reference_notes) == (None, 0)
    assert {each.kind.value for each in waiting.shift.warnings} == {"not_in_reference"}


def page_of(client, language="en"):
    return client.get("/oversight", headers={"Accept-Language": language}).text


@pytest.mark.parametrize(
    ("language", "verdict", "figure"),
    [
        ("en", "Accuracy figures do not speak for what is read here", "Language: shifted."),
        ("zh", "准确率数据不适用于此处读取的内容", "语言：已偏移。"),
    ],
)
def test_the_page_warns_plainly_and_draws_every_figure(clinician, keep, language, verdict, figure):
    keep(_2026_11=notes_of(300, zh=300))
    page = page_of(clinician, language)
    assert verdict in page
    assert figure in page
    assert len(re.findall(r'<svg [^>]*role="img"', page)) == 2
    assert "shift." not in re.sub(r"<[^>]+>", "", page)


def test_where_nothing_shifted_the_page_says_so(hospital, assessor, keep):
    settings = Settings(shift=ShiftSettings(reference="first_month"))
    app = create_app(assessor, keeping=hospital.keeping, settings=settings)
    keep(_2026_10=notes_of(300), _2026_11=notes_of(300))
    page = page_of(replace(hospital, app=app).client("clinician north"))
    assert "No figure has shifted" in page
    assert "the first month here, 2026-10 (300 notes)" in page


def test_before_anything_is_counted_the_page_claims_nothing(clinician):
    page = page_of(clinician)
    assert "Nothing was counted yet" in page
    assert "No figure has shifted" not in page
    assert "<svg xmlns" not in page


def test_who_reads_no_case_is_shown_none_of_it(hospital, keep):
    keep(_2026_11=notes_of(300))
    assert "shift-title" not in page_of(hospital.client("auditor north"))


def test_every_bin_has_words_in_both_languages(assessor):
    for language in ("en", "zh"):
        words = ShiftWords(Wording.of(assessor.knowledge, language))
        for figure, bins in BINS.items():
            assert words.label(figure)
            names = [words.bin(figure, bin) for bin in bins]
            assert len(set(names)) == len(bins)
    assert words.bin(Figure.SYSTEMS, "HP:0000707") != "HP:0000707"


def test_no_count_tells_a_word_of_a_note(clinician):
    keeps_and_assesses(clinician)
    assert "zebrawood" not in json.dumps(clinician.get(PATH).json()).lower()


def test_a_site_chooses_its_reference_in_the_settings(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('[shift]\nreference = "first_month"\nmonths = 1\n')
    assert read_settings(file, {}).shift == ShiftSettings(reference="first_month", months=1)
    assert Settings().shift.reference == "corpora"
    file.write_text('[shift]\nreference = "last_month"\n')
    with pytest.raises(SettingsError, match=r"shift\.reference"):
        read_settings(file, {})
