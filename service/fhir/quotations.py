"""Words of notes that findings quote, found again in the notes as they are kept here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping

from ontology.features import TextSpan
from service.actors import Permission
from service.cases.desk import Desk
from service.cases.notes import text_of
from service.fhir.reading.items import Quoted
from service.fhir.records import Records
from service.store.tables import note

_NAME = re.compile(r"(?:https?://[^\s?#]+/)?(DocumentReference/[A-Za-z0-9\-.]{1,64})(?:/_history/[^\s/]+)?")


@dataclass(slots=True)
class Quotations:
    """Of one case, in one transaction. `notes` are ids of notes kept just now, by name or URL of their documents."""

    desk: Desk
    connection: Connection
    records: Records
    row: RowMapping
    notes: Mapping[str, str]
    _texts: dict[str, str | None] = field(default_factory=dict)

    def of(self, quoted: Quoted | None) -> TextSpan | None:
        """The words in the note that the document has become; None where these do not stand there.

        So it is where the site masks names, or the note was not sent.
        """
        note_id = self._note(quoted.note) if quoted else None
        if quoted is None or note_id is None:
            return None
        text = self._text(note_id)
        if text is None or text[quoted.start : quoted.end] != quoted.text:
            return None
        return TextSpan(note_id, quoted.start, quoted.end, quoted.text, quoted.section)

    def _note(self, reference: str) -> str | None:
        found = _NAME.fullmatch(reference)
        name = found[1] if found else reference
        if name in self.notes or reference in self.notes:
            return self.notes.get(name) or self.notes[reference]
        standing = self.records.standing(self.records.name_of(name)).rows if found else ()
        return str(standing[0]["part"]) if standing and standing[0]["case"] == self.row["id"] else None

    def _text(self, id: str) -> str | None:
        if id not in self._texts:
            parts = self.desk.parts(self.connection, note, self.row["id"], Permission.WRITE_CASES)
            row = next((part for part in parts if part["id"] == id), None)
            self._texts[id] = text_of(self.desk, self.connection, row) if row is not None else None
        return self._texts[id]
