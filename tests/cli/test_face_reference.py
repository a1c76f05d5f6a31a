"""`phenomap face reference`: from a table of consented photos to a reference, with a reason for each line left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.main import main
from facial.models.manifest import FILE_NAME, models_folder

pytestmark = pytest.mark.real
ASTRONAUT = Path(__file__).parents[1] / "facial" / "astronaut.jpg"
HEAD = "photo,person,consent,sex,age,ancestry\n"


@pytest.fixture
def build(tmp_path):
    models = models_folder() if "PHENOMAP_MODELS" in os.environ else Path(__file__).parents[2] / "models"
    if not (models / FILE_NAME).is_file():
        if os.environ.get("CI"):
            pytest.fail("no face model was built")
        pytest.skip("no face model has been built: run `make`")
    table, out = tmp_path / "people.csv", tmp_path / "reference.json"

    def run(lines: str) -> tuple[int, Path]:
        table.write_text(HEAD + lines, encoding="utf-8")
        words = ("face", "reference", "build", table, "--out", out, "--name", "Ours", "--models", models)
        return main([str(word) for word in words]), out

    return run


def test_two_photos_of_one_person_are_one_person_who_alone_serves_nothing(build, capsys):
    line = f"{ASTRONAUT},p1,c1,female,P40Y,european\n"
    code, out = build(line + line)
    assert code == 0
    assert "1 people in 1 bands, 0 of which serve; 0 lines left out" in capsys.readouterr().out
    assert main(["face", "reference", "show", str(out)]) == 0
    assert "european female 40-130 years: 1 people, does not serve: fewer than 30" in capsys.readouterr().out


def test_each_line_that_is_left_out_is_told_by_its_number_and_not_by_what_it_holds(build, capsys, tmp_path):
    (tmp_path / "wall.png").write_bytes(b"Zebrawood")
    code, out = build(
        f"{ASTRONAUT},p1,c1,female,P40Y,european\n"
        f"{ASTRONAUT},Zebrawood,,female,P40Y,european\n"
        f"{ASTRONAUT},p3,c3,Zebrawood,P40Y,european\n"
        f"{ASTRONAUT},p4,c4,female,Zebrawood,european\n"
        f"{ASTRONAUT},p5,c5,female,P40Y,Zebrawood\n"
        "absent.jpg,p6,c6,female,P40Y,european\n"
        "wall.png,p7,c7,female,P40Y,european\n"
    )
    told = capsys.readouterr()
    assert code == 1
    assert out.is_file()
    assert [f"line {number}:" in told.err for number in range(2, 9)] == [False, *[True] * 6]
    assert "Zebrawood" not in told.err + told.out


@pytest.mark.parametrize("lines", ["", f"{ASTRONAUT},p1,,female,P40Y,european\n"])
def test_a_table_of_which_nothing_can_be_used_makes_no_reference(build, capsys, lines):
    code, out = build(lines)
    assert code == 1
    assert not out.exists()
    assert capsys.readouterr().err


def test_a_table_with_other_columns_is_refused(tmp_path, capsys):
    table = tmp_path / "people.csv"
    table.write_text("photo,person\n", encoding="utf-8")
    assert main(["face", "reference", "build", str(table), "--out", str(tmp_path / "r"), "--name", "Ours"]) == 1
    assert "columns" in capsys.readouterr().err
