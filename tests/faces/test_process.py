"""One process reads faces: bounded, confined, without secrets, and there again after whatever ended it."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from facial.reading import FacePatient
from ontology.errors import InputError
from ontology.features import PatientSex
from service.faces.process import FaceProcess, FacesMissing
from service.faces.seam import FaceBounds

BOY = FacePatient(2000, PatientSex.MALE, "han")


def said(reading) -> str:
    return reading.quality.findings[0].unit


def test_one_process_answers_photo_after_photo_with_arrays_and_enumerations(process):
    first, second = process.describe("p", b"one", BOY), process.describe("p", b"two", BOY)
    assert (said(first), said(second)) == ("one", "two")
    assert first.face.model == second.face.model != str(os.getpid())
    assert first.face.embedding.tolist() == [0, 1, 2, 3]
    assert not first.face.embedding.flags.writeable
    assert first.width == 2000
    assert process.started == 1


@pytest.mark.parametrize("word", ["end", "sleep", "grow"])
def test_a_photo_that_ends_it_is_refused_and_the_next_one_is_read(process, word):
    with pytest.raises(InputError) as caught:
        process.describe("p", word.encode(), BOY)
    assert caught.value.mend
    assert said(process.describe("p", b"next", BOY)) == "next"
    assert process.started == 2


@pytest.mark.parametrize("word", ["write", "connect", "run"])
def test_it_writes_nothing_connects_nowhere_and_runs_nothing(process, word):
    with pytest.raises(InputError):
        process.describe("p", word.encode(), BOY)
    assert said(process.describe("p", b"next", BOY)) == "next"
    assert process.started == 1


def test_what_is_no_photo_is_told_as_it_was(process):
    with pytest.raises(InputError) as caught:
        process.describe("p", b"none", BOY)
    assert caught.value.what == "This is not a photo that can be recognised."


def test_secrets_of_the_environment_stay_here(process, monkeypatch):
    monkeypatch.setenv("PHENOMAP_KEYS", "command:open sesame")
    assert said(process.describe("p", b"secret", BOY)) == "unset"


def test_a_process_that_was_ended_between_two_photos_is_started_again(process):
    ended = int(process.describe("p", b"one", BOY).face.model)
    os.kill(ended, 9)
    time.sleep(0.3)
    assert said(process.describe("p", b"two", BOY)) == "two"


def test_threads_wait_for_one_another(process):
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(said(process.describe("p", f"n{n}".encode(), BOY))))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found) == [f"n{n}" for n in range(6)]


def test_a_large_photo_goes_through_whole(process):
    with pytest.raises(InputError):  # ten million letters are no word that it knows, so that all must have arrived
        process.describe("p", b"\xff" * 10_000_000, BOY)
    assert len(said(process.describe("p", b"a" * 1_000_000, BOY))) == 1_000_000


def test_where_nothing_can_be_opened_that_is_said(tmp_path):
    script = tmp_path / "child.py"
    script.write_text("raise SystemExit(1)")
    with pytest.raises(FacesMissing):
        FaceProcess([sys.executable, str(script)], FaceBounds()).describe("p", b"one", BOY)
