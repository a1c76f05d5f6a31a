"""Who may print what: as who may read a case; every look is recorded, and no name of a file names a patient."""

from __future__ import annotations

import pytest

from service.audit.trail import export

PRINTED = {"print": "report", "print.pdf": "report.pdf", "order": "order", "order.pdf": "order.pdf"}


@pytest.fixture
def views(hospital):
    """The printed forms that are in the trail, and the refusals."""

    def found():
        links = hospital.keeping.database.read(lambda connection: list(export(connection)))
        return [
            (link["action"], link["object_kind"], link["object_id"], link["detail"].get("printed"))
            for link in links
            if "printed" in link["detail"] or link["action"] == "refuse"
        ]

    return found


@pytest.mark.parametrize("name", PRINTED)
def test_printing_is_recorded_as_a_view_of_the_report(clinician, assess, views, name):
    made = assess(clinician)
    assert clinician.get(f"{made.path}/{name}").status_code == 200
    assert views() == [("view", "report", made.report, PRINTED[name])]


@pytest.mark.parametrize("name", PRINTED)
def test_a_stranger_gets_nothing_and_that_is_recorded(hospital, clinician, assess, views, name):
    made = assess(clinician)
    stranger = hospital.client("clinician south")
    answer = stranger.get(f"{made.path}/{name}")
    assert answer.status_code == 404
    assert "Zhang" not in answer.text
    assert views() == [("refuse", "case", made.case, None)]
    auditor = hospital.client("auditor north").get(f"{made.path}/{name}")
    assert auditor.status_code in (403, 404)
    missing = clinician.get(f"/cases/{made.case}/reports/{'0' * 32}/{name}")
    assert missing.status_code == 404


@pytest.mark.parametrize("name", PRINTED)
def test_who_is_not_signed_in_is_led_to_the_door(hospital, clinician, assess, name):
    made = assess(clinician)
    answer = hospital.client("nobody").get(f"{made.path}/{name}", follow_redirects=False)
    if name.endswith(".pdf"):
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("name", PRINTED)
def test_a_report_of_another_case_is_not_there(clinician, assess, name):
    one, other = assess(clinician), assess(clinician)
    assert clinician.get(f"/cases/{one.case}/reports/{other.report}/{name}").status_code == 404


def test_a_file_is_named_by_ids_alone_and_is_not_kept_in_a_cache(clinician, assess):
    made = assess(clinician)
    for name, word in (("print.pdf", "report"), ("order.pdf", "order")):
        answer = clinician.get(f"{made.path}/{name}")
        assert answer.headers["content-type"] == "application/pdf"
        file = f"phenomap-{word}-{made.case[:8]}-{made.report[:8]}.pdf"
        assert answer.headers["content-disposition"] == f'inline; filename="{file}"'
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["vary"] == "Accept-Language, Cookie"


def test_a_page_has_an_external_style_and_no_script(clinician, assess, read):
    made = assess(clinician)
    for name in ("print", "order"):
        answer = clinician.get(f"{made.path}/{name}")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        _, tags = read(answer.text)
        assert not [tag for tag, _ in tags if tag in ("script", "style")]
        assert not [attrs for _, attrs in tags if "style" in attrs or any(key.startswith("on") for key in attrs)]
        assert [attrs["href"] for tag, attrs in tags if tag == "link" and attrs["rel"] == "stylesheet"] == [
            "/static/print.css"
        ]
    assert clinician.get("/static/print.css").status_code == 200


def test_the_links_of_a_page_lead_somewhere(clinician, assess, read):
    made = assess(clinician)
    for name in ("print", "order"):
        _, tags = read(made.page(name))
        links = [attrs["href"] for tag, attrs in tags if tag == "a"]
        assert len(links) == 4
        for link in links:
            path = f"{made.path}/{name}{link}" if link.startswith("?") else link
            path = path if path.startswith("/") else f"{made.path}/{path}"
            assert clinician.get(path).status_code == 200, link


@pytest.mark.parametrize("name", PRINTED)
def test_another_language_is_refused(clinician, assess, name):
    made = assess(clinician)
    assert clinician.get(f"{made.path}/{name}", params={"language": "fr"}).status_code == 422


def test_an_erased_case_is_not_printed(hospital, clinician, assess):
    made = assess(clinician)
    administrator = hospital.client("administrator north")
    assert administrator.post(f"/api/v1/cases/{made.case}/erase", json={"reason": "request"}).status_code == 200
    for name in PRINTED:
        assert clinician.get(f"{made.path}/{name}").status_code == 410


def test_the_findings_come_as_lines_for_the_clipboard(clinician, assess, hospital):
    made = assess(clinician)
    answer = clinician.get(f"/api/v1/cases/{made.case}/hpo")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        f"{feature['id']}\t{feature['label']}\t{feature['assertion']}" for feature in made.shown["features"]
    ]
    assert "HP:0001250\tSeizure\texcluded" in answer.text
    chinese = clinician.get(f"/api/v1/cases/{made.case}/hpo", headers={"Accept-Language": "zh"})
    assert "HP:0001083\t晶状体异位\tobserved" in chinese.text
    links = hospital.keeping.database.read(lambda connection: list(export(connection)))
    assert [link["detail"] for link in links if link["action"] == "export"] == [{"form": "hpo"}] * 2


def test_lines_of_a_case_without_a_report_are_the_findings_stated(clinician):
    features = [{"id": "HP:0001166"}, {"id": "HP:0001250", "excluded": True}]
    id = clinician.post("/api/v1/cases", json={"features": features}).json()["id"]
    assert clinician.get(f"/api/v1/cases/{id}/hpo").text.splitlines() == [
        "HP:0001166\tArachnodactyly\tobserved",
        "HP:0001250\tSeizure\texcluded",
    ]
