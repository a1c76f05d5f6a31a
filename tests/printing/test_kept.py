"""What is printed is what was shown and signed, whatever has become of the case and of the release since."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import update

from cli.companions import companions
from matching.assess import Assessor
from ontology.compile.build import build
from ontology.knowledge import Knowledge
from service.app import create_app
from service.cases.sealing import seal, unseal
from service.store.tables import report


@pytest.fixture(scope="session")
def later_release(tmp_path_factory, request):
    """The hand-made release a year on: two labels and a disease are called otherwise."""
    source = tmp_path_factory.mktemp("later") / "source"
    shutil.copytree(request.config.rootpath / "tests" / "small_release", source)
    for name, changes in {
        "hp.obo": {"name: Arachnodactyly": "name: Spider fingers", "name: Ectopia lentis": "name: Lens elsewhere"},
        "phenotype.hpoa": {"Long-limb syndrome": "Renamed syndrome"},
        "en_product1.xml": {"Long-limb syndrome": "Renamed syndrome"},
    }.items():
        text = (source / name).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        (source / name).write_text(text, encoding="utf-8")
    root = source.parent / "knowledge"
    build(root, companions(), lambda message: None, source=source)
    return Assessor.open(Knowledge.open(root))


def test_a_report_signed_under_an_older_release_prints_what_was_shown_then(
    hospital, clinician, assess, later_release, text_of, read
):
    made = assess(clinician)
    made.sign()
    services = hospital.app.state.services
    app = create_app(later_release, keeping=hospital.keeping, settings=services.settings)
    now = replace(made, client=type(clinician)(app, base_url="http://127.0.0.1"))
    now.client.cookies, now.client.headers = clinician.cookies, clinician.headers
    for text in (text_of(now.pdf()), read(now.page())[0]):
        assert "ArachnodactylyHP:0001166" in text
        assert "EctopialentisHP:0001083" in text
        assert "AgreeswithadiseaseofthisreportLong-limbsyndrome" in text.replace(":", "").replace("Disease", "")
        assert "Spiderfingers" not in text
        assert "Renamed" not in text
        assert f"Knowledgerelease{made.shown['knowledge']['release']}" in text
        assert later_release.knowledge.manifest.release in text, "and it says that another is in use"
        assert "Intact" in text
    assert "Spiderfingers" in text_of(assess(now.client).pdf())


def test_a_draft_says_so(clinician, assess, text_of):
    text = text_of(assess(clinician).pdf())
    assert "Draft:notsignedbyaclinician" in text
    assert "Nobodyhassignedthisreport." in text
    assert "hadnotbeenchanged" in text


def test_a_signature_is_printed_with_decision_disease_reason_reader_and_time(clinician, assess, text_of):
    made = assess(clinician)
    made.sign(decision="more_data", reason="The aorta was not measured.")
    text = text_of(made.pdf())
    assert re.search(r"MoredataareneededReasonTheaortawasnotmeasured\.Signedbyclinician,\d", text)
    assert "Intact:tothelastbyte" in text
    assert "Firstreader" in text


def test_another_diagnosis_is_named_though_it_was_not_listed(clinician, assess, text_of):
    made = assess(clinician)
    made.sign(decision="other", disease="OMIM:999999")
    assert "Anotherdiagnosis:OMIM:999999(notknowntothereleaseinuse)" in text_of(made.pdf())


def test_a_second_reader_is_waited_for_and_may_disagree(hospital_with, assess, text_of):
    hospital = hospital_with(second_reader=True)
    made = assess(hospital.client("clinician north"))
    made.sign()
    assert "waitsforasecondreader" in text_of(made.pdf())
    second = {"report": made.report, "decision": "none", "reason": "I do not see it."}
    answer = hospital.client("second_reader north").post(f"/api/v1/cases/{made.case}/second-sign-off", json=second)
    assert answer.status_code == 201, answer.text
    text = text_of(made.pdf())
    assert "Signedbytworeaderswhodisagree:noconclusion" in text
    assert "Idonotseeit." in text
    assert text.count("Intact") == 2


def test_a_case_that_was_changed_since_marks_the_report(clinician, assess, text_of):
    made = assess(clinician)
    made.sign()
    clinician.post(f"/api/v1/cases/{made.case}/notes", json={"text": "He has a seizure."})
    text = text_of(made.pdf())
    assert text.count("Thecasewaschanged,orassessedagain,afterthisreportwasmade.") == 2, "at the head and at its place"
    assert "hadnotbeenchanged" not in text


def test_a_report_that_is_not_the_one_signed_is_not_valid(hospital, clinician, assess, text_of, read):
    made = assess(clinician)
    made.sign()
    vault = hospital.keeping.vault

    def tamper(connection):
        kept = connection.execute(report.select().where(report.c.id == made.report)).mappings().one()
        shown = unseal(vault, connection, made.case, "report", made.report, kept["sealed"])
        shown["diseases"][0]["name"] = "Forged syndrome"
        sealed = seal(vault, connection, made.case, "report", made.report, shown)
        connection.execute(update(report).where(report.c.id == made.report).values(sealed=sealed))

    hospital.keeping.database.write(tamper)
    for text in (text_of(made.pdf()), read(made.page())[0]):
        assert "Notvalid:thereportkeptisnottheonethatwassigned" in text
        assert "NOTINTACT" in text


def test_a_note_that_was_taken_away_is_told_as_such(clinician, assess, read):
    made = assess(clinician, notes=[{"text": "Boy with arachnodactyly.", "date": "2025-03-01"}, {"text": "Scoliosis."}])
    text, _ = read(made.page())
    assert "arachnodactyly(note1,2025-03-01)" in text
    assert "Scoliosis(note2)" in text
