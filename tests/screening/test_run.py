"""A run ended anywhere goes on where it was, and comes to the same end."""

from __future__ import annotations

import gzip
import json

import pytest

from ontology.errors import InputError, PhenomapError
from screening.record import NoteRow, Reason, SetAside
from screening.spool import Spool

from .conftest import RULE, YIELDS, ListSource, ordinary


def rows(setting) -> list[dict]:
    files = sorted(setting.layout.weighed.glob("*.jsonl.gz"))
    return [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]


def all_of(run, source) -> int:
    archive = run.gather(lambda: source)
    cohort = run.screen(archive)
    run.weigh()
    return run.tell(run.choose(cohort, RULE, YIELDS), RULE, YIELDS)


def test_patients_whose_notes_together_look_like_a_disease_come_first(begun, setting):
    with begun() as run:
        flagged = all_of(run, ListSource(ordinary(20)))
    judged = rows(setting)
    assert len(judged) == 20
    ranked = [row for row in judged if row["score"] is not None]
    assert len(ranked) == flagged == 2
    assert all(row["diseases"][0]["id"] == "OMIM:900001" for row in ranked)
    assert {row["why_not"] for row in judged} == {None, "too_few_findings"}


def told(setting) -> list[dict]:
    files = sorted(setting.layout.told.glob("*.jsonl.gz"))
    return [json.loads(line) for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]


def test_a_flagged_patient_is_told_with_words_of_the_notes_and_without_a_name(begun, setting):
    source = ListSource(ordinary(20))
    source.listed.append(NoteRow("patient-0", "Mr. Ada Lovelace, arachnodactyly confirmed, ID patient-0.", "list:99"))
    with begun() as run:
        all_of(run, source)
    patients = told(setting)
    assert sorted(patient["rank"] for patient in patients) == [1, 2]
    quotes = [quote for patient in patients for found in patient["findings_told"] for quote in found["quotes"]]
    assert {"arachnodactyly", "pectus excavatum"} <= {quote["text"] for quote in quotes}
    assert all(patient["report"]["diseases"][0]["id"] == "OMIM:900001" for patient in patients)
    whole = json.dumps(patients)
    assert "patient-0" not in whole
    assert "Lovelace" not in whole
    links = [json.loads(line) for file in setting.layout.links.iterdir() for line in file.read_text().splitlines()]
    assert {link["patient"] for link in links} == {patient["patient"] for patient in patients}
    assert {link["source_id"] for link in links} == {"patient-0", "patient-10"}


def test_a_run_that_is_called_again_does_nothing_twice(begun, setting):
    source = ListSource(ordinary(20))
    with begun() as run:
        all_of(run, source)
    before = {file: file.stat().st_mtime_ns for file in setting.layout.work.rglob("*") if file.is_file()}
    with begun() as run:
        all_of(run, source)
    assert source.opened == 1
    after = {file: file.stat().st_mtime_ns for file in setting.layout.work.rglob("*") if file.is_file()}
    assert after == before


def test_a_run_that_was_cut_off_while_reading_reads_the_archive_anew(begun, setting):
    listed = ordinary(20)

    def broken():
        yield from listed[:25]
        raise PhenomapError("notes.csv: the file has vanished.", "Bring it back, then go on with --resume.")

    source = ListSource(listed)
    source.rows = broken
    with begun() as run, pytest.raises(PhenomapError, match="vanished"):
        run.gather(lambda: source)
    with begun() as run:
        assert run.gather(lambda: ListSource(listed)).filled.notes == 40
    spool = Spool(setting.layout.spool, setting.parts)
    assert sum(len(each.notes) for part in spool.filled_parts() for each in spool.patients(part)) == 40


def test_a_part_whose_file_was_damaged_is_done_again_and_the_rest_is_not(begun, setting):
    with begun() as run:
        all_of(run, ListSource(ordinary(20)))
    whole = {file.name: file.read_bytes() for file in setting.layout.parts.iterdir()}
    part = Spool(setting.layout.spool, setting.parts).filled_parts()[0]
    setting.layout.rows(part).write_bytes(b"cut off")
    times = {file.name: file.stat().st_mtime_ns for file in setting.layout.parts.iterdir()}
    with begun() as run:
        all_of(run, ListSource([]))
    assert {file.name: file.read_bytes() for file in setting.layout.parts.iterdir()} == whole
    again = {file.name for file in setting.layout.parts.iterdir() if file.stat().st_mtime_ns != times[file.name]}
    assert again == {f"{part:04d}.jsonl.gz", f"{part:04d}.json"}


def test_a_ledger_whose_last_line_was_cut_off_goes_on_before_it(begun, setting):
    with begun() as run:
        all_of(run, ListSource(ordinary(20)))
        done = len(run.ledger.done)
    with setting.layout.ledger.open("ab") as ledger:
        ledger.write(b'{"stage": "screen", "part": 1, "fi')
    with begun() as run:
        assert len(run.ledger.done) == done
        run.ledger.skip(0, 7, Reason.READER_KILLED)
    with begun() as run:
        assert run.ledger.skipped == {0: {7: Reason.READER_KILLED}}


def test_two_runs_cannot_have_one_folder(begun):
    with begun(), pytest.raises(PhenomapError, match="at work in this folder"), begun():
        pass


def test_a_run_is_not_gone_on_with_by_other_values(begun):
    with begun() as run:
        run.begin({"parts": 4, "release": "2026-06-06"})
        run.begin({"parts": 4, "release": "2026-06-06"})
        with pytest.raises(InputError, match="other values of: parts, release"):
            run.begin({"parts": 5, "release": "2026-07-01"})


def test_everything_not_taken_is_told_with_its_place(begun):
    source = ListSource([*ordinary(20), SetAside("list:7", Reason.NO_TEXT), NoteRow("p", "Судороги с марта", "list:8")])
    with begun() as run:
        archive = run.gather(lambda: source)
        cohort = run.screen(archive)
        assert dict(archive.filled.set_aside) == {"no_text": 1}
        assert dict(cohort.set_aside) == {"language_not_read": 1}
        assert sorted((each.origin, each.reason) for each in run.set_aside()) == [
            ("list:7", Reason.NO_TEXT),
            ("list:8", Reason.LANGUAGE_NOT_READ),
        ]


def test_an_archive_of_nothing_is_refused(begun):
    with begun() as run, pytest.raises(PhenomapError, match="holds no note"):
        run.gather(lambda: ListSource([]))


def test_files_and_folders_of_a_run_are_their_owners_alone(begun, setting):
    with begun() as run:
        all_of(run, ListSource(ordinary(20)))
    for path in [setting.layout.out, *setting.layout.out.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_logs_tell_numbers_alone(begun):
    with begun() as run:
        all_of(run, ListSource(ordinary(20)))
        said = run.err.getvalue()
    assert "reading the archive: 40 notes" in said
    assert "screening: 40 of 40 notes" in said
    assert "ward" not in said
    assert "patient-" not in said
