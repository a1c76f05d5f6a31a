"""Marked records through every route, failing in every way: no trace of one where none belongs."""

from __future__ import annotations

import logging
import tempfile
from unittest.mock import patch

import pytest

from benchmarks.canaries import MARKS, canaries, traces
from benchmarks.leaks import run
from service.cases import notes
from service.problems import ProblemError

WAYS = 9


def test_no_trace_of_a_record_is_left_anywhere(tmp_path, assessor):
    found = run(tmp_path, assessor, canaries(WAYS))
    assert not found.traces, "\n".join(sorted(set(found.traces)))
    assert found.statuses.total() > 1000
    for status, least in (
        (200, 50),
        (201, 60),
        (400, 50),
        (401, 30),
        (403, 30),
        (404, 50),
        (415, 50),
        (422, 150),
        (500, 40),
    ):
        assert found.statuses[status] >= least, (status, found.statuses)


def test_every_record_holds_every_mark():
    for record in canaries(5):
        words = f"{record.name} {record.number} {record.phone} {record.card} {record.english} {record.chinese}"
        assert set(traces(words.encode())) == set(MARKS)
        assert {"zqxvy", "19900009", "110105190001", "H8888000"} == set(traces(record.english.encode()))
    assert traces(b'{"name": "\\u9f98\\u9750\\u9f7e"}') == ["龘靐齾"]
    assert traces("龘靐齾".encode("utf-16-le")) == ["龘靐齾"]
    assert traces(b"nothing") == []


def logged(connection, text):
    logging.getLogger("anything").debug("kept %s", text)


def left_in_a_temporary_file(connection, text):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)


def printed(connection, text):
    print(text)


@pytest.mark.parametrize(
    ("plant", "place"),
    [
        (logged, "the logs"),
        (printed, "what was printed"),
        (left_in_a_temporary_file, "the file temporary"),
    ],
)
def test_a_planted_leak_is_found(tmp_path, assessor, plant, place):
    real = notes.seal

    def leaking(vault, connection, case_id, kind, id, value):
        plant(connection, value["text"])
        return real(vault, connection, case_id, kind, id, value)

    with patch.object(notes, "seal", leaking):
        found = run(tmp_path, assessor, canaries(1))
    assert any(trace.endswith(place) or place in trace for trace in found.traces), found.traces


def test_a_file_left_elsewhere_is_found(tmp_path, assessor):
    (tmp_path / "run").mkdir()
    real = notes.seal

    def leaking(vault, connection, case_id, kind, id, value):
        (tmp_path / "elsewhere.txt").write_text(value["text"])
        return real(vault, connection, case_id, kind, id, value)

    with patch.object(notes, "seal", leaking):
        found = run(tmp_path / "run", assessor, canaries(1))
    assert any("elsewhere.txt" in trace for trace in found.traces)


def test_what_is_not_sealed_is_found_in_the_bytes_of_the_database(tmp_path, assessor):
    with (
        patch("service.vault.vault.Vault.seal", lambda self, connection, id, content, purpose: content),
        patch("service.vault.vault.Vault.unseal", lambda self, connection, id, sealed, purpose: sealed),
    ):
        found = run(tmp_path, assessor, canaries(1))
    places = {trace.partition(" in ")[2] for trace in found.traces}
    assert {"the file kept/.db", "the file blobs/without a name"} <= places


def test_an_error_that_repeats_the_input_is_found(tmp_path, assessor):
    def repeating(self, query, language):
        raise ProblemError(422, f"Nothing is called {query}.")

    with patch("service.term_search.TermSearch.find", repeating):
        found = run(tmp_path, assessor, canaries(1), first=3)  # where the record is in the query
    assert any("422 of GET /api/v1/terms" in trace for trace in found.traces)
