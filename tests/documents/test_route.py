"""The route that reads documents: answers, refusals in both languages, and nothing of a document told elsewhere."""

from __future__ import annotations

import logging

import pytest
from fastapi.testclient import TestClient

from service.app import Limits, create_app

PATH = "/api/v1/documents:read"
BYTES = {"Content-Type": "application/octet-stream"}
SECRET = "Zebulon Quxolath"


@pytest.fixture
def client(assessor):
    return TestClient(create_app(assessor), base_url="http://127.0.0.1")


def test_a_document_is_answered_as_text_with_its_kind_pages_and_notices(client, pdf, shown):
    content = pdf(shown((60, 800, "Head"), (60, 700, "Fits.")), shown((60, 800, "Head"), (60, 700, "Deaf.")))
    answer = client.post(PATH, content=content, headers={"Content-Type": "application/pdf"})
    assert answer.status_code == 200
    notice = "Heads and feet that repeat on the pages are kept once: 1."
    assert answer.json() == {"text": "Head\nFits.\nDeaf.", "kind": "pdf", "pages": 2, "notices": [notice]}
    assert answer.headers["cache-control"] == "no-store"


def test_a_kind_without_pages_has_none(client):
    assert client.post(PATH, content=b"Fits.", headers=BYTES).json() == {"text": "Fits.", "kind": "text", "notices": []}


def test_what_is_answered_can_be_read_as_a_note(client):
    text = client.post(PATH, content="患儿反复抽搐。".encode("gb18030"), headers=BYTES).json()["text"]
    assert client.post("/api/v1/extract", json={"text": text}).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["application/pdf", "text/plain; charset=gb2312", "APPLICATION/OCTET-STREAM", "application/msword"]
)
def test_the_content_alone_decides_on_the_kind(client, content_type):
    answer = client.post(PATH, content=b"{\\rtf1 Fits.}", headers={"Content-Type": content_type})
    assert (answer.json()["kind"], answer.json()["text"]) == ("rtf", "Fits.")


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "image/png", ""])
def test_other_media_types_are_refused(client, content_type):
    assert client.post(PATH, content=b"Fits.", headers={"Content-Type": content_type}).status_code == 415


@pytest.mark.parametrize(
    ("language", "what", "mend"),
    [
        ("en", "The PDF has no text layer: its pages are pictures, as a scanner makes them.", "run text recognition"),
        ("zh-CN", "该 PDF 没有文字层：各页都是图像（如扫描件）。", "请上传原始文档"),
    ],
)
def test_a_refusal_is_a_problem_in_the_readers_language(client, pdf, language, what, mend):
    answer = client.post(PATH, content=pdf(b""), headers=BYTES | {"Accept-Language": language})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (fault,) = answer.json()["errors"]
    assert (fault["field"], fault["what"]) == ("", what)
    assert mend in fault["mend"]


def test_more_bytes_than_a_document_may_have_are_refused_before_they_are_read(assessor):
    client = TestClient(create_app(assessor, limits=Limits(body=100)), base_url="http://127.0.0.1")
    assert client.post(PATH, content=b"a" * 101, headers=BYTES).status_code == 413
    assert client.post(PATH, content=b"a" * 100, headers=BYTES).status_code == 200


def test_documents_that_cannot_wait_are_refused(assessor):
    client = TestClient(create_app(assessor, limits=Limits(documents=1, waiting=-1)), base_url="http://127.0.0.1")
    answer = client.post(PATH, content=b"Fits.", headers=BYTES)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_nothing_of_a_document_is_logged_or_repeated_in_a_refusal(client, docx, pdf, shown, caplog, capfd):
    words = f"<w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p>"
    contents = [
        docx(words),
        docx(words)[:-30],
        docx(f"{words}<w:p>"),
        pdf(shown((60, 700, SECRET))),
        pdf(shown((60, 700, SECRET)) + SECRET.encode() + b" [ << "),
        pdf(shown((60, 700, SECRET))).replace(b"/Contents", b"/Kontents"),
        pdf(shown((60, 700, SECRET))).replace(b"/Helvetica", b"(Zebulon)"),
        b"{\\rtf1 " + SECRET.encode() + b"{" * 1000,
        b"<html>" + SECRET.encode() + b"<div>" * 1000,
        SECRET.encode() + b"\xff\xfe\x81\x00" * 9,
    ]
    with caplog.at_level(logging.DEBUG):
        answers = [client.post(PATH, content=content, headers=BYTES) for content in contents]
    assert {answer.status_code for answer in answers} == {200, 422}
    for answer in answers:
        assert (answer.status_code == 200) == ("Zebulon" in answer.text)
    assert "Zebulon" not in caplog.text
    assert "Zebulon" not in "".join(capfd.readouterr())
