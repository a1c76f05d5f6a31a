"""DocumentReference: a note as it is kept, so that where a finding stands in it can be looked up."""

from __future__ import annotations

import base64
import hashlib

from service.catalogues import DICTIONARIES
from service.fhir.telling import own
from service.fhir.telling.codes import LANGUAGES, Json, coding, concept, instant, meta, reference
from service.fhir.telling.told import NoteTold


def document_reference(note: NoteTold, case: str, language: str = "en") -> Json:
    """A note of a case. Offsets of findings count the characters (Unicode code points) of this text."""
    content = note.text.encode()
    attachment = {
        "contentType": "text/plain; charset=utf-8",
        "data": base64.b64encode(content).decode(),
        "size": len(content),
        "hash": base64.b64encode(hashlib.sha1(content).digest()).decode(),  # noqa: S324 - as Attachment.hash has it
    }
    if note.language in LANGUAGES:
        attachment["language"] = LANGUAGES[str(note.language)]
    told: Json = {
        "resourceType": "DocumentReference",
        "id": note.id,
        "meta": meta(1, note.at),
        "status": "current",
        "type": concept(
            coding(own.DOCUMENT, own.MASKED_NOTE if note.masked else own.NOTE), text=DICTIONARIES[language]["fhir.note"]
        ),
        "subject": reference("Patient", case),
        "date": instant(note.at),
        "content": [{"attachment": attachment}],
    }
    context: Json = {}
    if note.dated is not None:
        context["period"] = {"start": note.dated, "end": note.dated}
    if note.origin is not None:
        context["related"] = [{"reference": note.origin}]
    return told | ({"context": context} if context else {})
