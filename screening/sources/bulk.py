"""A FHIR Bulk Data export: *.ndjson of Patient and of resources that hold text, an R4 resource a line.

Read are DocumentReference (attachments, inline or beside the files), DiagnosticReport (presentedForm, conclusion),
Composition (narratives of its sections), ClinicalImpression (summary), Observation (valueString, note) and Condition
(note). Of one resource every text is one note; of a document in several forms one is read. What is entered in error
is set aside; other resources hold no note and are not counted.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ontology.errors import InputError, PhenomapError
from screening.record import FileRead, NoteRow, PersonRow, Reason, Row, SetAside
from screening.sources.folder import LARGEST
from screening.sources.jsonl import bounded
from screening.sources.source import SourceOptions
from screening.sources.text_files import decoded, file_read, opened
from screening.sources.values import storable, understood

_TAG = re.compile(r"<(br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^>]*>")
_WHEN = {
    "DocumentReference": ("date",),
    "DiagnosticReport": ("effectiveDateTime", "issued"),
    "Composition": ("date",),
    "ClinicalImpression": ("effectiveDateTime", "date"),
    "Observation": ("effectiveDateTime", "issued"),
    "Condition": ("recordedDate", "onsetDateTime"),
}
#: Most of these are values or codes, and no notes: without a text they are not counted as set aside.
_SELDOM_NOTES = ("Observation", "Condition")
#: As documents are best read, where the same one comes in several forms.
_FORMS = ("text/plain", "text/html", "application/pdf")

Json = dict[str, Any]


@dataclass(slots=True)
class BulkSource:
    """A folder of an export, or one file of it. Attachments by URL are looked for in that folder alone."""

    path: Path
    options: SourceOptions
    kind: str = "fhir"

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    @property
    def taken(self) -> Mapping[str, str]:
        """See Source."""
        return {}

    def rows(self) -> Iterator[Row]:
        """See Source."""
        for file in self._files():
            with opened(file) as lines:
                for number, line in enumerate(bounded(lines), 1):
                    yield from self._of_line(line, f"{file.name}:{number}")

    def files(self) -> tuple[FileRead, ...]:
        """See Source."""
        return tuple(map(file_read, self._files()))

    def _files(self) -> list[Path]:
        found = [self.path] if self.path.is_file() else sorted(self.path.glob("*.ndjson*"))
        if not found:
            raise InputError("source", f"{self.path} holds no *.ndjson.", "Name the folder of the export.")
        return found

    def _of_line(self, line: bytes | None, origin: str) -> Iterator[Row]:
        if line is None:
            yield SetAside(origin, Reason.TOO_LONG)
            return
        if not line.strip():
            return
        try:
            resource = json.loads(line)
            kind = resource["resourceType"]
            if kind == "Patient":
                yield _person(resource, origin)
            elif kind in _WHEN:
                yield from self._note(resource, kind, origin)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            yield SetAside(origin, Reason.NOT_READABLE)

    def _note(self, resource: Json, kind: str, origin: str) -> Iterator[Row]:
        if _withdrawn(resource):
            yield SetAside(origin, Reason.NOT_READABLE)
            return
        patient = _patient(resource.get("subject"))
        document, refused = self._document(_attachments(resource))
        text = "\n\n".join(each for each in (document, *_plain(resource)) if each.strip())
        if refused:
            yield SetAside(f"{origin}/document", Reason.DOCUMENT_REFUSED)
        if not text:
            if not refused and kind not in _SELDOM_NOTES:
                yield SetAside(origin, Reason.NO_TEXT)
            return
        if not storable(text, patient):
            yield SetAside(origin, Reason.NOT_READABLE)
            return
        if not patient:
            yield SetAside(origin, Reason.NO_PATIENT)
            return
        told = next((resource[name] for name in _WHEN[kind] if resource.get(name)), None)
        written, _, _, doubts = understood(told, None, None, None)
        yield NoteRow(patient, text, origin, written, _title(resource), doubts=doubts)

    def _document(self, forms: list[Json]) -> tuple[str, bool]:
        """The text of the first form that is read and holds any, and whether there are forms and none is read."""
        refused = 0
        for form in sorted(forms, key=_preference):
            try:
                text = self._attached(form)
            except (PhenomapError, binascii.Error, OSError):
                refused += 1
                continue
            if text.strip():
                return text, False
        return "", 0 < refused == len(forms)

    def _attached(self, attachment: Json) -> str:
        """The text of an attachment; raises PhenomapError where it is none that is read."""
        if "data" in attachment:
            content = base64.b64decode(attachment["data"], validate=True)
        else:
            content = self._beside(str(attachment.get("url", "")))
        media, charset = _media(attachment)
        text = decoded(content, charset) if media in ("text/plain", "") else None
        if text is not None:
            return text
        if self.options.read_document is None:
            raise PhenomapError("This document is not read here.", "Bring it as text.")
        return self.options.read_document(content)

    def _beside(self, url: str) -> bytes:
        folder = (self.path if self.path.is_dir() else self.path.parent).resolve()
        file = (folder / url.removeprefix("file:").lstrip("/")).resolve()
        if "://" in url or not url or not file.is_relative_to(folder):
            raise PhenomapError("An attachment lies elsewhere.", "Bring it beside the export.")
        if file.stat().st_size > LARGEST:
            raise PhenomapError("An attachment is too large.", "Part it.")
        return file.read_bytes()


def _media(attachment: Json) -> tuple[str, str | None]:
    """Its type, and its encoding where that is told."""
    media, _, rest = str(attachment.get("contentType", "")).casefold().partition(";")
    charset = rest.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return media.strip(), charset or None


def _preference(attachment: Json) -> int:
    media = _media(attachment)[0]
    return _FORMS.index(media) if media in _FORMS else len(_FORMS)


def _withdrawn(resource: Json) -> bool:
    codes = (resource.get("verificationStatus") or {}).get("coding", [])
    said = {resource.get("status"), resource.get("docStatus"), *(each.get("code") for each in codes)}
    return "entered-in-error" in said


def _person(resource: Json, origin: str) -> Row:
    _, birth, sex, _ = understood(None, resource.get("birthDate"), resource.get("gender"), None)
    return PersonRow(str(resource["id"]), origin, sex, birth)


def _patient(subject: Json | None) -> str:
    """The id in a reference: `Patient/1`, an absolute URL of one, or `urn:uuid:...`."""
    told = str((subject or {}).get("reference", ""))
    if told.startswith("urn:uuid:"):
        return told.removeprefix("urn:uuid:")
    kind, _, id = told.partition("/_history")[0].rpartition("/")
    return id if kind.rpartition("/")[2] == "Patient" else ""


def _attachments(resource: Json) -> list[Json]:
    return [each["attachment"] for each in resource.get("content", []) if "attachment" in each] + list(
        resource.get("presentedForm", [])
    )


def _plain(resource: Json) -> list[str]:
    """Texts that a resource holds itself."""
    texts = [resource[name] for name in ("conclusion", "summary", "valueString") if resource.get(name)]
    if resource["resourceType"] == "Composition":
        texts += _narratives(resource.get("section", []))
    texts += [each["text"] for each in resource.get("note", []) if each.get("text")]
    return [str(text) for text in texts]


def _narratives(sections: list[Json], depth: int = 0) -> list[str]:
    found = []
    for section in sections if depth < 20 else ():
        told = _untagged(str(section.get("text", {}).get("div", "")))
        if told.strip():
            found.append(f"{section.get('title', '')}\n{told}".strip())
        found += _narratives(section.get("section", []), depth + 1)
    return found


def _untagged(div: str) -> str:
    return html.unescape(_ANY_TAG.sub(" ", _TAG.sub("\n", div)))


def _title(resource: Json) -> str | None:
    concept = resource.get("type") or resource.get("code") or {}
    shown = next((each["display"] for each in concept.get("coding", []) if each.get("display")), None)
    told = resource.get("title") or concept.get("text") or shown
    return str(told) if told else None
