"""Notes: de-identified where the site does so, sealed, and taken away again where they are another patient's."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from sqlalchemy import Connection, RowMapping, delete

from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.cases.sealing import seal, unseal
from service.models.stored import StoredNoteInput
from service.problems import ProblemError
from service.store.scope import may
from service.store.tables import new_id, note


def add_note(desk: Desk, case_id: str, given: StoredNoteInput) -> Changed:
    """Keep a note; its text is masked first where the site's rules say so."""

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        id = keep_note(desk, connection, row, given)
        return Changed(case_id, touch(desk, connection, row), "draft", (id,))

    return change(desk, given.model_dump(mode="json"), work)


def keep_note(
    desk: Desk, connection: Connection, row: RowMapping, given: StoredNoteInput, masked_for: Container[str] = ()
) -> str:
    """Seal a note into the case in `row`; its id.

    `masked_for` are names that its text is masked for already, before the transaction that others wait for.
    """
    id, masking, text = new_id(), desk.rules.deidentify, given.text
    vault = desk.keeping.vault
    if masking and not (masked_for and all(name in masked_for for name in names_of(desk, connection, row))):
        from service.deidentify.mask import mask  # loads word lists, which a site that keeps notes as they are spares

        text = mask(given.text, names_of(desk, connection, row)).text
    desk.add(
        connection,
        note,
        row,
        id=id,
        language=given.language.value if given.language else None,
        dated=given.date.isoformat() if given.date else None,
        masked=masking,
        sealed=seal(vault, connection, row["id"], "note", id, {"text": text}),
    )
    desk.record(connection, Action.CREATE, row, "note", id, characters=len(text), masked=masking)
    return id


def remove_note(desk: Desk, case_id: str, note_id: str) -> Changed:
    """Take a note away; reports made with it stay as they were shown."""

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        take_away(desk, connection, row, note_id)
        return Changed(case_id, touch(desk, connection, row), "draft")

    return desk.write(work)


def take_away(desk: Desk, connection: Connection, row: RowMapping, note_id: str) -> None:
    """Delete a note of the case in `row`; raises a 404 problem."""
    mine = may(desk.actor, Permission.WRITE_CASES, note)
    removed = connection.execute(delete(note).where(mine, note.c.id == note_id, note.c.case == row["id"]))
    if removed.rowcount != 1:
        raise ProblemError(404, "The case holds no such note.")
    desk.record(connection, Action.WITHDRAW, row, "note", note_id)


def text_of(desk: Desk, connection: Connection, row: RowMapping) -> str:
    """The text of the note in `row`."""
    content = unseal(desk.keeping.vault, connection, row["case"], "note", row["id"], row["sealed"])
    return str(content["text"])


def patient_of(desk: Desk, connection: Connection, row: RowMapping) -> dict[str, Any]:
    """Who the patient of the case in `row` is to this hospital: `number` and `name`, where known."""
    if row["sealed"] is None:
        return {}
    content: dict[str, Any] = unseal(desk.keeping.vault, connection, row["id"], "case", row["id"], row["sealed"])
    return content


def names_of(desk: Desk, connection: Connection, row: RowMapping) -> tuple[str, ...]:
    """What is known to name the patient, to be masked wherever it stands."""
    return tuple(str(value) for value in patient_of(desk, connection, row).values() if value)
