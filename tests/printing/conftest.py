"""A hospital that prints: a case that was assessed and signed, and the text of its PDFs."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO

import pytest
from pypdf import PdfReader

from benchmarks.hospital import hospital as opened
from matching.assess import Assessor
from service.cases.rules import CaseRules

NOTE = (
    "Boy with arachnodactyly and possible scoliosis. He has ectopia lentis. No seizures. His mother has myopia.\n"
    "Examination: tall stature. He had feeding difficulties as an infant."
)
PATIENT = {"number": "H-778899", "name": "Wei Zhang"}
REASON = "Lens and fingers fit; the aorta is to be measured."


@pytest.fixture(scope="session")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


@pytest.fixture
def hospital_with(tmp_path, assessor):
    with ExitStack() as stack:

        def make(**rules):
            folder = tmp_path / f"hospital{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(opened(folder, assessor, CaseRules(**rules)))

        yield make


@pytest.fixture
def hospital(hospital_with):
    return hospital_with()


@pytest.fixture
def clinician(hospital):
    return hospital.client("clinician north")


@dataclass(frozen=True)
class Assessed:
    """A kept case with a report."""

    client: object
    case: str
    report: str
    shown: dict

    @property
    def path(self):
        return f"/cases/{self.case}/reports/{self.report}"

    def sign(self, **given):
        body = {"report": self.report, "decision": "agree", "reason": REASON, **given}
        answer = self.client.post(f"/api/v1/cases/{self.case}/sign-off", json=body)
        assert answer.status_code == 201, answer.text

    def pdf(self, name="print", **query):
        answer = self.client.get(f"{self.path}/{name}.pdf", params=query)
        assert answer.status_code == 200, answer.text
        return answer.content

    def page(self, name="print", **query):
        answer = self.client.get(f"{self.path}/{name}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def assess():
    """Opens a case for a client and assesses it, in a language."""

    def made(client, language="en", **fields):
        given = {"notes": [{"text": NOTE}], "patient": PATIENT, "sex": "male", "age": "P7Y", **fields}
        opened = client.post("/api/v1/cases", json=given)
        assert opened.status_code == 201, opened.text
        id = opened.json()["id"]
        answer = client.post(f"/api/v1/cases/{id}/assess", headers={"Accept-Language": language})
        assert answer.status_code == 201, answer.text
        return Assessed(client, id, answer.json()["id"], answer.json()["shown"])

    return made


def text_of(pdf):
    """All text of a PDF, without the blanks: where a line is broken is no matter here."""
    return squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def squeezed(text):
    return re.sub(r"\s+", "", text)
