"""What the API tells of a photo; what is left in the trail; policy; nothing of a photo in errors or logs."""

from __future__ import annotations

import base64
import logging

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from benchmarks.hospital import hospital as opened
from service.app import Limits, create_app
from service.faces.opening import FaceState
from service.faces.reading import Faces
from service.settings import FaceSettings, Settings
from service.store.tables import audit

#: Of the reader by hand, in conftest.
MODEL = "ab" * 32
BASE = "http://127.0.0.1"
_WORDS = b"a face" * 10
JPEG = b"\xff\xd8\xff\xdb" + (len(_WORDS) + 2).to_bytes(2) + _WORDS + b"\xff\xd9"  # one segment, that a decoder needs
BOY = {"age": "P7Y", "sex": "male", "ancestry": "han"}
CANARY = "Quxolath-zebrawood"


def sent(content: bytes = JPEG, **facts) -> dict:
    return {"content": base64.b64encode(content).decode(), **facts}


def reading(by_hand, **settings):
    return Faces(FaceSettings(**settings), FaceState.READY, by_hand)


@pytest.fixture
def client(assessor, by_hand) -> TestClient:
    return TestClient(create_app(assessor, faces=reading(by_hand)), base_url=BASE)


@pytest.fixture
def kept(tmp_path, assessor, by_hand):
    """A hospital that reads faces; a case of a boy of seven with a consent to photos; a clinician."""
    make = lambda keeping: Faces(FaceSettings(), FaceState.READY, by_hand, keeping)  # noqa: E731
    with opened(tmp_path, assessor, faces=make) as hospital:
        clinician = hospital.client("clinician north")
        id = clinician.post("/api/v1/cases", json=BOY).json()["id"]
        clinician.post(f"/api/v1/cases/{id}/consents", json={"purpose": "photo", "given_by": "guardian"})
        yield hospital, clinician, id


def links(hospital, action="describe_face"):
    query = select(audit).where(audit.c.action == action).order_by(audit.c.seq)
    return hospital.keeping.database.read(
        lambda connection: [dict(row) for row in connection.execute(query).mappings()]
    )


def test_a_photo_is_told_with_measures_norms_terms_model_and_limits(client, by_hand):
    told = client.post("/api/v1/photos:describe", json=sent(**BOY)).json()
    assert told["quality"] == {"accepted": True, "verdict": "The photo can be measured.", "faults": []}
    face = told["face"]
    wide, slant = face["measurements"]
    assert (wide["z"], wide["z_low"], wide["z_high"], wide["norm"]["population"]) == (2.9, 2.4, 3.4, "Hong Kong")
    assert "without" not in wide
    assert (slant["without"], slant["spread"][0]) == ("none_fits", {"population": "Germany", "mean": 2.0})
    assert "norm" not in slant
    (term,) = face["suggestions"]
    assert (term["id"], term["label"], term["region"]) == ("HP:0001166", "Arachnodactyly", [40, 40, 80, 60])
    assert face["model"] == MODEL
    assert any("not been validated on patients" in limit for limit in told["limits"])
    assert (by_hand.asked[0].age_days, by_hand.asked[0].ancestry) == (2557, "han")


def test_bytes_alone_say_nothing_of_the_patient(client, by_hand):
    told = client.post("/api/v1/photos:describe", content=JPEG, headers={"Content-Type": "image/jpeg"}).json()
    assert told["face"]["measurements"][0]["without"] == "no_age"
    assert by_hand.asked[0].ancestry is None


def test_a_refused_photo_says_what_is_wrong_and_what_to_do(client):
    told = client.post("/api/v1/photos:describe", json=sent(JPEG + b"dark")).json()
    (fault,) = told["quality"]["faults"]
    assert (fault["fault"], fault["refused"]) == ("too_dark", True)
    assert fault["what"]
    assert fault["mend"]
    assert told["abstention"]["reason"].startswith("The photo cannot be measured")
    assert "face" not in told


def test_an_ancestry_that_is_none_is_refused(client, problem):
    told = problem(client.post("/api/v1/photos:describe", json=sent(ancestry="martian")), 422)
    assert told["errors"][0]["field"] == "ancestry"


def test_no_photo_and_no_name_of_one_is_repeated(client, problem, caplog):
    caplog.set_level(logging.DEBUG)
    bad = JPEG + b"broken" + CANARY.encode()
    answers = [
        client.post("/api/v1/photos:describe", json=sent(bad, id=CANARY)),
        client.post("/api/v1/photos:describe", content=bad, headers={"Content-Type": "image/jpeg"}),
        client.post("/bench/photo", json=sent(bad)),
        client.post("/api/v1/photos:explain", json=sent(bad, measurement="ipd_fw")),
        client.post("/api/v1/photos:describe", json=sent(b"<svg>" + CANARY.encode())),
    ]
    for answer in answers[:3]:
        problem(answer, 422)
    assert all(CANARY not in answer.text for answer in answers)
    assert CANARY not in caplog.text
    assert client.get("/readyz").json()["faces"] == "ready"


@pytest.mark.parametrize("settings", [{"faces": "off"}, {"faces": {"use": "off"}}])
def test_a_site_may_switch_it_off(assessor, by_hand, settings):
    chosen = Settings.model_validate(settings)
    faces = Faces(chosen.faces, FaceState.OFF, by_hand)
    client = TestClient(create_app(assessor, settings=chosen, faces=faces), base_url=BASE)
    told = client.post("/api/v1/photos:describe", json=sent(**BOY)).json()
    assert "switched off" in told["abstention"]["reason"]
    assert "face" not in told
    assert client.post("/api/v1/photos:explain", json=sent(measurement="ipd_fw")).json()["abstention"]
    assert client.get("/readyz").json()["faces"] == "off"
    assert by_hand.asked == []
    assert 'id="photos"' in client.get("/").text


def test_a_full_line_is_told_to_come_again(assessor, by_hand, problem):
    app = create_app(assessor, faces=reading(by_hand), limits=Limits(photos_waiting=-1))
    told = TestClient(app, base_url=BASE).post("/api/v1/photos:describe", json=sent())
    problem(told, 503)
    assert told.headers["retry-after"]


def test_the_same_photo_is_read_once_while_it_is_remembered(client, by_hand):
    for _ in range(3):
        client.post("/api/v1/photos:describe", json=sent(**BOY))
    client.post("/api/v1/photos:describe", json=sent())
    assert len(by_hand.asked) == 2


def test_a_suggested_term_is_no_finding_of_an_assessment(client):
    body = {"features": [{"id": "HP:0002650"}], "photos": [sent()], **BOY}
    told = client.post("/api/v1/assess", json=body).json()
    assert [feature["id"] for feature in told["features"]] == ["HP:0002650"]
    assert told["photos"][0]["face"]["suggestions"][0]["id"] == "HP:0001166"
    assert told["abstentions"] == []


def test_a_kept_photo_is_described_by_what_the_case_tells_and_every_use_recorded(kept, by_hand):
    hospital, clinician, id = kept
    photo = clinician.post(f"/api/v1/cases/{id}/photos", json=sent()).json()["added"][0]
    told = clinician.post(f"/api/v1/cases/{id}/photos/{photo}:describe").json()
    assert told["face"]["measurements"][0]["z"] == 2.9
    assert by_hand.asked[-1].ancestry == "han"
    _first, second = links(hospital)
    assert (second["object_kind"], second["object_id"]) == ("photo", photo)
    assert second["detail"] == {"case": id, "model": MODEL, "declined": None}
    clinician.post("/api/v1/photos:describe", json=sent())
    assert links(hospital)[-1]["object_id"] == "not_kept"


def test_without_a_consent_no_photo_is_described(kept, problem, by_hand):
    _hospital, clinician, _ = kept
    other = clinician.post("/api/v1/cases", json=BOY).json()["id"]
    problem(clinician.post(f"/api/v1/cases/{other}/photos", json=sent()), 409)
    assert by_hand.asked == []


def test_what_cannot_be_read_is_not_kept(kept, problem):
    _hospital, clinician, id = kept
    problem(clinician.post(f"/api/v1/cases/{id}/photos", json=sent(JPEG.replace(b"a face", b"broken"))), 422)
    assert clinician.get(f"/api/v1/cases/{id}").json()["photos"] == []


def test_an_accepted_term_is_the_clinicians_word_with_the_region_beside_it(kept):
    hospital, clinician, id = kept
    photo = clinician.post(f"/api/v1/cases/{id}/photos", json=sent()).json()["added"][0]
    page = clinician.get(f"/cases/{id}").text
    assert "Suggested, not observed" in page
    assert clinician.get(f"/api/v1/cases/{id}").json()["features"] == []
    form = {"verb": "accept", "term": "HP:0001166", "photo": photo, "box": "40,40,80,60", "seen": "1"}
    version = clinician.get(f"/api/v1/cases/{id}").json()["version"]
    answer = clinician.post(f"/cases/{id}/step", data={**form, "seen": str(version)}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    report = clinician.post(f"/api/v1/cases/{id}/assess").json()
    (mention,) = report["shown"]["features"][0]["mentions"]
    assert mention["evidence"] == {"photo": photo, "box": [40, 40, 80, 60], "by": hospital.actors["clinician north"].id}
    packet = clinician.get(f"/api/v1/cases/{id}/phenopacket").json()
    (evidence,) = packet["phenotypicFeatures"][0]["evidence"]
    assert (evidence["evidenceCode"]["id"], evidence["reference"]["id"]) == ("ECO:0000352", photo)


def test_a_bench_carries_the_region_and_the_ancestry(client):
    form = {"verb": "accept", "term": "HP:0001166", "photo": "photo", "box": "1,2,3,4", "state": "{}"}
    answer = client.post("/bench/step", data=form, headers={"HX-Request": "true"})
    assert "&#34;box&#34;:[1,2,3,4]" in answer.text
    answer = client.post("/bench/ancestry", data={"ancestry": "han", "state": "{}"}, headers={"HX-Request": "true"})
    assert "&#34;ancestry&#34;:&#34;han&#34;" in answer.text
    assert 'data-ancestry="han"' in answer.text


def test_ancestry_is_kept_sealed_and_changed(kept):
    hospital, clinician, id = kept
    assert clinician.get(f"/api/v1/cases/{id}").json()["ancestry"] == "han"
    files = [path for path in hospital.folder.rglob("*") if path.is_file()]
    assert all(b'"han"' not in path.read_bytes() for path in files)
    version = clinician.get(f"/api/v1/cases/{id}").json()["version"]
    clinician.patch(f"/api/v1/cases/{id}", json={"ancestry": "korean"}, headers={"If-Match": f'"{version}"'})
    assert clinician.get(f"/api/v1/cases/{id}").json()["ancestry"] == "korean"


def test_the_page_shows_lines_terms_and_what_it_is_not(client):
    html = client.post("/bench/photo", json=sent(**BOY)).text
    assert '<line data-measure="ipd_fw" class="telling" x1="40.0" y1="50.0" x2="80.0" y2="50.0"/>' in html
    assert "Arachnodactyly" in html
    assert "no norm" in html
    assert "style=" not in html
    chinese = client.post("/bench/photo", json=sent(**BOY), headers={"Accept-Language": "zh"}).text
    assert "建议的表型（并非所见）" in chinese
