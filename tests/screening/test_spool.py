"""The archive parted by patient: every row in one part, notes in order of time, and no patient too large."""

from __future__ import annotations

from datetime import date

import pytest

from ontology.features import PatientSex
from screening import spool as spools
from screening.record import Doubt, NoteRow, PersonRow, Reason, SetAside
from screening.spool import Spool


def note(patient: str, text: str, day: date | None = None, **more: object) -> NoteRow:
    return NoteRow(patient, text, f"notes:{text}", day, **more)


@pytest.fixture
def filled(tmp_path):
    def made(*rows, parts=4):
        spool = Spool(tmp_path, parts)
        aside: list[SetAside] = []
        return spool, spool.fill(rows, aside.append, lambda notes: None), aside

    return made


def patients(spool: Spool) -> dict[str, spools.PatientRows]:
    found = [each for part in spool.filled_parts() for each in spool.patients(part)]
    assert len({each.patient for each in found}) == len(found)
    return {each.patient: each for each in found}


def test_every_row_comes_back_with_its_patient(filled):
    rows = [note(f"p{at % 7}", f"text {at}", date(2020, 1, 1 + at % 28)) for at in range(200)]
    spool, counts, _ = filled(*rows)
    assert counts.notes == 200
    held = [each.row for rows in patients(spool).values() for each in rows.notes]
    assert sorted(held, key=lambda row: row.origin) == sorted(rows, key=lambda row: row.origin)


def test_notes_stand_in_order_of_time_undated_ones_first(filled):
    spool, _, _ = filled(
        note("p", "c", date(2021, 1, 1)),
        note("p", "a"),
        note("p", "b", date(2020, 1, 1)),
        note("p", "d", date(2021, 1, 1)),
    )
    assert [each.row.text for each in patients(spool)["p"].notes] == ["a", "b", "c", "d"]


def test_sex_and_birth_come_from_any_row_and_are_not_taken_where_rows_disagree(filled):
    born = date(2010, 5, 1)
    spool, _, _ = filled(
        PersonRow("p", "person:1", PatientSex.MALE, born),
        note("p", "x"),
        note("q", "y", sex=PatientSex.FEMALE),
        note("q", "z", sex=PatientSex.MALE, birth=born),
    )
    found = patients(spool)
    assert (found["p"].sex, found["p"].birth, found["p"].disagreements) == (PatientSex.MALE, born, 0)
    assert (found["q"].sex, found["q"].birth, found["q"].disagreements) == (PatientSex.UNKNOWN, born, 1)


def test_what_a_source_sets_aside_and_doubts_is_counted(filled):
    gone = SetAside("notes:9", Reason.NO_TEXT)
    _, counts, aside = filled(gone, note("p", "x", doubts=(Doubt.DATE,)))
    assert (aside, dict(counts.set_aside), dict(counts.doubts)) == ([gone], {"no_text": 1}, {"date": 1})


def test_an_id_that_stands_for_many_people_is_bounded_and_the_latest_notes_are_kept(filled, monkeypatch):
    monkeypatch.setattr(spools, "MOST_NOTES", 2)
    spool, _, _ = filled(*(note("unknown", str(year), date(year, 1, 1)) for year in (2020, 2022, 2021)))
    held = patients(spool)["unknown"]
    assert [each.row.text for each in held.notes] == ["2021", "2022"]
    assert held.left_out == ("notes:2020",)


def test_text_comes_back_as_it_was(filled):
    text = "行一\n行二\t\u2028\x00 \ud800 “引号”"
    spool, _, _ = filled(note("患者1", text))
    assert patients(spool)["患者1"].notes[0].row.text == text


def test_a_part_is_readable_by_its_owner_alone(filled):
    spool, _, _ = filled(note("p", "x"))
    assert spool.file(spool.filled_parts()[0]).stat().st_mode & 0o777 == 0o600


def test_parts_are_some_megabytes_each():
    assert spools.parts_for(200_000_000) == 100
    assert spools.parts_for(0) == spools.FEWEST_PARTS
    assert spools.parts_for(10**12) == spools.MOST_PARTS
