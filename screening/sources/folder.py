"""A folder of documents: one folder a patient, or all in one with names that tell whose they are.

Without a pattern the first folder below names the patient and a date that stands in a file's name is its date.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ontology.errors import InputError, PhenomapError
from screening.record import FileRead, NoteRow, Reason, Row, SetAside
from screening.sources.source import SourceOptions, gone
from screening.sources.text_files import decoded, file_read
from screening.sources.values import storable, understood

PHOTOS = (".jpg", ".jpeg", ".png", ".webp")
_PLAIN = (".txt", ".md", ".text", "")
#: Bytes: as much as the service reads of a document.
LARGEST = 13_000_000
_DATED = re.compile(r"(?<!\d)(\d{4}[-.]\d{2}[-.]\d{2}|\d{8})(?!\d)")


@dataclass(slots=True)
class FolderSource:
    """Every file of a folder and those below, in the order of names; nothing outside of it is followed."""

    path: Path
    options: SourceOptions
    kind: str = "folder"
    _read: list[FileRead] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """See Source."""
        return self.path.name

    @property
    def taken(self) -> Mapping[str, str]:
        """See Source."""
        return {}

    def rows(self) -> Iterator[Row]:
        """See Source. Origins are paths below the folder: where they name patients, keep them private."""
        pattern = _compiled(self.options.name_pattern)
        self._read = []
        base = self.path.resolve()
        for file in _files(self.path):
            origin = file.relative_to(self.path).as_posix()
            hidden = any(part.startswith(".") for part in origin.split("/"))
            if hidden or not _lies_within(file, base):
                yield SetAside(origin, Reason.NOT_READABLE)
                continue
            yield self._row(file, origin, pattern)

    def files(self) -> tuple[FileRead, ...]:
        """See Source."""
        return tuple(self._read)

    def _row(self, file: Path, origin: str, pattern: re.Pattern[str] | None) -> Row:
        patient, told_date, kind = _named(origin, pattern)
        if not patient:
            return SetAside(origin, Reason.NO_PATIENT)
        written, _, _, doubts = understood(told_date, None, None, self.options.date_format)
        try:
            self._read.append(file_read(file, origin))
        except PhenomapError as error:
            if isinstance(error.__cause__, PermissionError):
                return SetAside(origin, Reason.NOT_READABLE)
            raise
        if file.suffix.casefold() in PHOTOS:
            return NoteRow(patient, "", origin, written, kind, photo=origin, doubts=doubts)
        try:
            text = self._text(file)
        except PhenomapError:
            return SetAside(origin, Reason.DOCUMENT_REFUSED)
        except OSError as error:
            raise gone(file.name, error) from error
        if text is None or not storable(text, origin):
            return SetAside(origin, Reason.NOT_READABLE)
        return (
            NoteRow(patient, text, origin, written, kind, doubts=doubts)
            if text.strip()
            else SetAside(origin, Reason.NO_TEXT)
        )

    def _text(self, file: Path) -> str | None:
        if file.stat().st_size > LARGEST:
            raise PhenomapError("The file is too large.", "Part it.")
        content = file.read_bytes()
        if file.suffix.casefold() in _PLAIN:
            return decoded(content)
        if self.options.read_document is None:
            raise PhenomapError("This document is not read here.", "Bring it as text.")
        return self.options.read_document(content)


def _files(folder: Path) -> Iterator[Path]:
    def failed(error: OSError) -> None:
        raise gone(folder.name, error)

    for at, folders, names in os.walk(folder, onerror=failed):
        folders.sort()
        links = [name for name in folders if (Path(at) / name).is_symlink()]  # they are not walked into
        yield from (Path(at) / name for name in sorted(names + links))


def _lies_within(file: Path, base: Path) -> bool:
    """Whether it is a plain file below `base`: no link that leads elsewhere or nowhere, no pipe, no device."""
    if file.is_symlink():
        return file.is_file() and file.resolve().is_relative_to(base)
    return not file.exists() or file.is_file()  # one that vanished since it was listed is told when it is opened


def _compiled(words: str | None) -> re.Pattern[str] | None:
    if words is None:
        return None
    try:
        pattern = re.compile(words)
    except re.error:
        raise InputError("name-pattern", "This is no regular expression.", "See Python's re.") from None
    if "patient" not in pattern.groupindex:
        raise InputError("name-pattern", "The pattern has no group `patient`.", "Write (?P<patient>...).")
    return pattern


def _named(origin: str, pattern: re.Pattern[str] | None) -> tuple[str, str | None, str | None]:
    """Patient, date and kind of note by the path of a file; the patient is empty where nothing tells."""
    if pattern is not None:
        match = pattern.search(origin)
        told = match.groupdict() if match else {}
        return told.get("patient") or "", told.get("date"), told.get("kind")
    patient, slash, rest = origin.partition("/")
    dated = _DATED.search(rest)
    return (patient if slash else ""), dated.group() if dated else None, None
