"""`phenomap face` tells what the API tells, without the names of files; assess prints suggestions as suggestions."""

from __future__ import annotations

import json

import pytest

from cli import main as cli
from service.faces import command, opening

JPEG = b"\xff\xd8\xff\xe0" + b"a face" * 10


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "Quxolath Vornak.jpg"
    path.write_bytes(JPEG)
    return path


@pytest.fixture
def without_extra(monkeypatch):
    monkeypatch.setattr(opening, "lacking", lambda: ("torch",))


def test_without_the_extra_a_photo_is_declined_and_unnamed(photo, small_root, without_extra, capsys):
    assert cli.main(["face", str(photo), "--knowledge", str(small_root), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["id"] == "photo 1"
    assert "no face model" in told["abstention"]["reason"]
    assert "face" not in told
    assert len(told["limits"]) == 4


def test_an_ancestry_that_is_none_is_refused(photo, small_root, without_extra, capsys):
    arguments = ["face", str(photo), "--knowledge", str(small_root), "--ancestry", "martian"]
    assert cli.main(arguments) == 1
    assert "Quxolath" not in capsys.readouterr().err


def test_what_is_no_photo_is_refused_without_its_name(tmp_path, small_root, without_extra, capsys):
    path = tmp_path / "Quxolath.svg"
    path.write_text("<svg/>")
    assert cli.main(["face", str(path), "--knowledge", str(small_root)]) == 1
    assert "Quxolath" not in capsys.readouterr().err


def test_ages_are_taken_as_days():
    assert command._days("P1Y") == 365
    assert command._days(None) is None
