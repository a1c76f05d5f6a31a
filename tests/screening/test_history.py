"""A patient's notes over time: findings once, first seen on their day, the latest word about each."""

from __future__ import annotations

from datetime import date

import pytest

from matching.reconcile import Reconciled
from ontology.features import Assertion, PatientSex
from screening.history import History, HistoryReader, over_time
from screening.record import NoteRow, Reason
from screening.spool import NumberedNote, PatientRows

FITS = "She has had generalised seizures since the spring of this year."
NO_FITS = "There were no seizures at all during the whole of this period."


@pytest.fixture
def read(assessor):
    def made(*notes: tuple[date | None, str], birth: date | None = None, skip=None) -> History:
        numbered = tuple(NumberedNote(at, NoteRow("p", text, f"n:{at}", day)) for at, (day, text) in enumerate(notes))
        rows = PatientRows("p", numbered, PatientSex.UNKNOWN, birth, 0)
        return HistoryReader(assessor).read(rows, skip or {}, lambda item: None)

    return made


@pytest.fixture
def merged(assessor):
    def made(history: History) -> Reconciled:
        mentions = (mention for note in history.notes for mention in note.mentions)
        return assessor.reconcile(mentions, history.case.notes)

    return made


def finding(merged: Reconciled, id: str):
    return next(feature for feature in merged.features if feature.type == id)


def test_a_finding_is_dated_by_the_first_and_last_note_that_say_it(read, merged):
    notes = {date(2020, 1, 1): "Well.", date(2020, 1, 11): "Has arachnodactyly.", date(2020, 3, 1): "Arachnodactyly."}
    history = read(*notes.items(), birth=date(2019, 1, 1))
    when = over_time(finding(merged(history), "HP:0001166"), history)
    # 11 January is day 10; 2020 is a leap year: 1 March is day 60; 365 + 10 days old at the first
    assert (when.first_day, when.last_day, when.age_days, when.notes) == (10, 60, 375, 2)


def test_the_later_word_is_believed(read, merged):
    history = read((date(2020, 1, 1), NO_FITS), (date(2020, 2, 1), FITS))
    assert finding(merged(history), "HP:0001250").assertion is Assertion.OBSERVED


def test_copied_text_is_no_later_word(read, merged):
    """The denial of January, copied into March, does not beat the seizures of February."""
    history = read(
        (date(2020, 1, 1), NO_FITS), (date(2020, 2, 1), FITS), (date(2020, 3, 1), f"Seen in clinic. {NO_FITS}")
    )
    settled = finding(merged(history), "HP:0001250")
    assert settled.assertion is Assertion.OBSERVED
    assert settled.conflicts
    assert over_time(settled, history).notes == 1
    assert history.notes[2].copied == len(NO_FITS)


def test_a_note_that_is_all_copied_is_not_read_again_and_still_counts_as_a_note(read):
    history = read((date(2020, 1, 1), FITS), (date(2020, 2, 1), FITS))
    assert [note.reading is None for note in history.notes] == [False, True]


def test_notes_beyond_bounds_and_in_other_scripts_are_set_aside_with_their_place(read, monkeypatch):
    monkeypatch.setattr("screening.history.LONGEST_NOTE", 100)
    history = read((None, "x" * 101), (None, "Судороги с марта этого года"), (None, FITS))
    assert [(each.origin, each.reason) for each in history.set_aside] == [
        ("n:0", Reason.TOO_LONG),
        ("n:1", Reason.LANGUAGE_NOT_READ),
    ]
    assert len(history.notes) == 1


def test_a_note_that_ended_a_worker_is_not_read(read):
    history = read((None, FITS), skip={0: Reason.READER_KILLED})
    assert [each.reason for each in history.set_aside] == [Reason.READER_KILLED]


def test_a_note_at_which_the_reader_fails_is_set_aside_and_the_others_are_read(read, assessor, monkeypatch):
    from matching.assess import Assessor

    whole = Assessor.read

    def failing(self, note, patient=None):
        if "boom" in note.text:
            raise RecursionError(note.text)
        return whole(self, note, patient)

    monkeypatch.setattr(Assessor, "read", failing)
    history = read((None, "boom"), (None, FITS))
    assert [(each.origin, each.reason) for each in history.set_aside] == [("n:0", Reason.READER_FAILED)]
    assert len(history.notes) == 1


def test_the_case_holds_no_id_of_the_archive(read):
    history = read((date(2020, 1, 1), FITS))
    assert [note.id for note in history.case.notes] == ["note-1"]
    assert history.case.id == ""
