"""A hospital that prints: a case that was assessed and signed, and the text of its PDFs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO

import pytest
from pypdf import PdfReader

from service.cases.desk import Desk
from service.printing.kept import report_to_print
from service.printing.press import Press
from service.printing.voice import Voice
from service.wording import Wording

NOTE = (
    "Boy with arachnodactyly and possible scoliosis. He has ectopia lentis. No seizures. His mother has myopia.\n"
    "Examination: tall stature. He had feeding difficulties as an infant."
)
PATIENT = {"number": "H-778899", "name": "Wei Zhang"}
REASON = "Lens and fingers fit; the aorta is to be measured."


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


@pytest.fixture
def kept(hospital, clinician, assess):
    """A kept report as it is read for printing."""
    made = assess(clinician)
    desk = Desk(hospital.actors["clinician north"], hospital.keeping)
    return report_to_print(desk, made.shown["knowledge"]["release"], made.case, made.report, "test")


@pytest.fixture(scope="session")
def press():
    return Press.open()


@pytest.fixture(scope="session")
def voice(small_knowledge):
    """The voice of a language."""
    wording = Wording.of(small_knowledge)
    return lambda language="en": Voice(wording.into(language))


@pytest.fixture(scope="session")
def squeezed():
    """Text without its blanks: where a line is broken is no matter here."""
    return lambda text: re.sub(r"\s+", "", text)


@pytest.fixture(scope="session")
def text_of(squeezed):
    """All text of a PDF, squeezed."""
    return lambda pdf: squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


class _Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.tags, self._hidden = [], [], False

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._hidden = self._hidden or tag == "nav"

    def handle_endtag(self, tag):
        self._hidden = self._hidden and tag != "nav"

    def handle_data(self, data):
        if not self._hidden:
            self.words.append(data)


@pytest.fixture(scope="session")
def read(squeezed):
    """The text of a page without its tools, squeezed, and its tags."""

    def parsed(html):
        parser = _Words()
        parser.feed(html)
        return squeezed("".join(parser.words)), parser.tags

    return parsed
