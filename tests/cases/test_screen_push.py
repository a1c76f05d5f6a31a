"""Flagged patients become draft cases: once, with their notes and a report to be signed."""

from __future__ import annotations

from datetime import date

import pytest

from cli.screen_push import Pushed, case_of, push
from ontology.errors import InputError
from ontology.features import PatientSex
from screening.record import NoteRow
from screening.spool import NumberedNote, PatientRows
from service.models.inputs import MOST_NOTES
from service.settings import read_settings


def patient(id: str, *texts: str, birth: date | None = None) -> PatientRows:
    notes = (NoteRow(id, text, f"notes:{at}", date(2020, 1, 1 + at % 28)) for at, text in enumerate(texts))
    return PatientRows(id, tuple(map(NumberedNote, range(len(texts)), notes)), PatientSex.MALE, birth, 0)


@pytest.fixture
def pushed(hospital, assessor, monkeypatch):
    monkeypatch.setenv("PHENOMAP_KEYS", f"file:{hospital.folder / 'keys'}")
    monkeypatch.chdir(hospital.folder)
    settings = read_settings(None).model_copy(update={"database": f"sqlite:///{hospital.folder / 'kept.db'}"})

    def push_them(*rows: PatientRows, account: str = "north.clinician"):
        return push([(each.patient, each) for each in rows], assessor, settings, account, "en")

    return push_them


@pytest.fixture
def account(hospital) -> str:
    from sqlalchemy import select

    from service.store.tables import account

    wanted = select(account.c.name).where(account.c.id == hospital.actors["clinician north"].id)
    return hospital.keeping.database.read(lambda c: c.execute(wanted).scalar_one())


def test_a_flagged_patient_is_a_draft_with_a_report(pushed, hospital, account):
    assert pushed(patient("A1", "Boy with arachnodactyly and scoliosis."), account=account) == Pushed(1, 0, 0)
    client = hospital.client("clinician north")
    (kept,) = client.get("/api/v1/cases").json()["cases"]
    whole = client.get(f"/api/v1/cases/{kept['id']}").json()
    assert (whole["status"], whole["sex"], whole["patient"]["number"]) == ("draft", "male", "A1")
    assert whole["reports"]


def test_a_patient_who_was_pushed_is_not_pushed_twice(pushed, account):
    rows = patient("A1", "Boy with arachnodactyly.")
    assert pushed(rows, account=account) == Pushed(1, 0, 0)
    assert pushed(rows, account=account) == Pushed(0, 1, 0)


def test_an_account_that_is_none_is_refused(pushed):
    with pytest.raises(InputError, match="no active account"):
        pushed(patient("A1", "Boy."), account="nobody")


def test_a_case_takes_the_latest_notes_that_it_can_hold_and_the_age_at_them():
    rows = patient("A1", *(f"note {at}" for at in range(MOST_NOTES + 5)), birth=date(2019, 1, 1))
    case = case_of(rows)
    assert case["notes"][0]["text"] == "note 5"
    assert len(case["notes"]) == MOST_NOTES
    assert case["age"] == f"P{(date(2020, 1, 28) - date(2019, 1, 1)).days}D"
