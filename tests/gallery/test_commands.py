"""`phenomap gallery`: the operator's way, in JSON where asked for, in one line where refused."""

from __future__ import annotations

import json

import pytest

from cli.main import main
from service.gallery.rows import rows

DISEASES = ("OMIM:900001", "OMIM:900002", "OMIM:900003", "OMIM:900004")


@pytest.fixture
def command(hospital, small_root, capsys, monkeypatch, reader, tmp_path):
    monkeypatch.setattr("cli.gallery._reader", lambda settings: reader)
    settings = tmp_path / "settings.toml"
    folder, url = hospital.folder, hospital.keeping.database.engine.url.render_as_string()
    settings.write_text(f'database = "{url}"\nblobs = "{folder / "blobs"}"\nkeys = "file:{folder / "keys"}"\n')

    def run(*words, knowledge=True):
        more = ("--knowledge", str(small_root)) if knowledge else ()
        code = main(["gallery", *map(str, words), "--settings", str(settings), *more])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def photo_at(tmp_path, photo):
    def write(seed, towards=0):
        path = tmp_path / f"{seed}.jpg"
        path.write_bytes(photo(seed, towards))
        return path

    return write


def enrolled(command, path, disease=DISEASES[0], ref="2026/17", *more):
    return command("enrol", "--photo", path, "--disease", disease, "--consent", ref, "--json", *more)


def test_a_photo_is_enrolled_listed_and_removed(command, photo_at, hospital):
    code, out, _ = enrolled(command, photo_at(1), DISEASES[0], "2026/17", "--age", "P7Y", "--ancestry", "han")
    assert code == 0
    id = json.loads(out)["enrolled"]
    code, out, _ = command("list", "--faces")
    assert (code, json.loads(out)["id"], json.loads(out)["age_band"]) == (0, id, "4-7")
    code, out, _ = command("list", "--json")
    assert json.loads(out)["diseases"][0]["why_not"] == "few_cases"
    assert command("remove", id, "--json")[:2] == (0, '{"removed": 1}\n')
    assert command("remove", id, "--json")[:2] == (1, '{"removed": 0}\n')
    assert hospital.keeping.database.read(rows) == []


def test_a_signed_case_is_enrolled_by_its_id(command, signed_case, hospital):
    id = signed_case()
    code, out, _ = command("enrol", "--case", id)
    assert (code, "photo is not in the gallery" in out) == (0, True)
    assert [row.case for row in hospital.keeping.database.read(rows)] == [id]
    assert command("remove", "--case", id)[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("enrol",), "--case"),
        (("enrol", "--case", "0" * 32), "no case of this id"),
        (("enrol", "--photo", "PHOTO"), "--consent"),
        (("enrol", "--photo", "PHOTO", "--disease", "OMIM:900001", "--consent", "Li Na"), "no name"),
        (("enrol", "--photo", "PHOTO", "--disease", "OMIM:900001", "--consent", "13812345678"), "no name"),
        (("enrol", "--photo", "PHOTO", "--disease", "OMIM:1", "--consent", "r1"), "OMIM:1"),
        (("remove",), "which faces"),
        (("evaluate",), "holds no face"),
        (("export", "out.json"), "No face may be given"),
        (("import", "PHOTO", "--origin", "North-2"), "no gallery"),
    ],
)
def test_what_is_refused_is_told_in_one_line(command, photo_at, words, told):
    code, out, err = command(*(photo_at(1) if word == "PHOTO" else word for word in words))
    assert (code, out) == (1, "")
    assert told in err
    assert err.count("\n") == 1


def test_a_gallery_goes_to_a_file_of_ones_own_and_back(command, filled, hospital, tmp_path):
    filled(*((disease, 2) for disease in DISEASES))
    target = tmp_path / "north.json"
    code, out, err = command("export", target)
    assert (code, out) == (0, "")
    assert "personal data" in err
    assert target.stat().st_mode & 0o777 == 0o600
    assert command("export", target)[0] == 1
    command("import", target, "--origin", "North-2")
    for row in hospital.keeping.database.read(rows):
        command("remove", row.id)
    code, out, _ = command("import", target, "--origin", "North-2", "--json")
    assert (code, json.loads(out)) == (0, {"imported": 8})
    assert json.loads(command("remove", "--origin", "North-2", "--json")[1]) == {"removed": 8}


def test_an_evaluation_is_printed_and_its_code_says_whether_anything_passed(command, filled):
    filled(*((disease, 6) for disease in DISEASES))
    code, out, _ = command("evaluate")
    assert code == 0
    assert "24 people, 4 diseases" in out
    assert out.count("weighs") == 4
    code, out, _ = command("list")
    assert out.count("weighs") == 4
    assert "not validated on patients" in out


def test_a_synthetic_gallery_passes_nothing(command, filled):
    filled(*((disease, 6) for disease in DISEASES), synthetic=True)
    code, out, _ = command("evaluate", "--json")
    assert code == 1
    assert {each["why_not"] for each in json.loads(out)["diseases"]} == {"synthetic"}
