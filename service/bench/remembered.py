"""Readings of notes that are on someone's bench, remembered for a while so that a change need not read them again.

They hold patients' words: in memory alone, bounded, and forgotten in time.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from matching.assess import Assessor, patient_of
from matching.case import Case, Note
from nlp.reading import Patient, Reading
from nlp.suggestions import Suggested
from service.shift.counting import Heard

#: Of the notes remembered together. A reading takes about ten times the memory of its note.
MOST_CHARACTERS = 4_000_000
#: Seconds since a reading was last asked for.
LONGEST = 900.0

_Key = tuple[str, str | None, Patient]
#: Finds what a reading of a text leaves unread; None where nothing is looked for in its language.
Suggest = Callable[[str, Reading], Suggested | None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A reading with the size of its note, and its suggestions once they were asked for."""

    asked: float
    characters: int
    reading: Reading
    suggested: Suggested | None = None
    looked: bool = False


@dataclass(frozen=True)
class Remembered:
    """Reads notes by `assessor`, each once while it is remembered.

    `clock` gives seconds; `heard` is told of each note that is read anew.
    """

    assessor: Assessor
    clock: Callable[[], float] = time.monotonic
    heard: Heard | None = None
    _kept: OrderedDict[_Key, _Entry] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def readings(self, case: Case) -> tuple[Reading, ...]:
        """What each note of the case says, in their order."""
        return tuple(self.read(note, patient_of(case, note)) for note in case.notes)

    def read(self, note: Note, patient: Patient) -> Reading:
        """The reading of one note; its evidence names this note."""
        return self._entry(note, patient).reading

    def suggested(self, case: Case, suggest: Suggest) -> tuple[Suggested | None, ...]:
        """What `suggest` finds in each note of the case, in their order; sought once, as long as it is remembered."""
        return tuple(self._suggested(note, patient_of(case, note), suggest) for note in case.notes)

    def _suggested(self, note: Note, patient: Patient, suggest: Suggest) -> Suggested | None:
        entry = self._entry(note, patient)
        if not entry.looked:
            entry = replace(entry, suggested=suggest(note.text, entry.reading), looked=True)
            self._keep(_key(note, patient), entry)
        return entry.suggested

    def _entry(self, note: Note, patient: Patient) -> _Entry:
        key = _key(note, patient)
        with self._lock:
            known = self._kept.get(key)
        entry = known or _Entry(0.0, len(note.text), self._anew(note, patient))
        self._keep(key, entry)
        return entry

    def _anew(self, note: Note, patient: Patient) -> Reading:
        reading = self.assessor.read(note, patient)
        if self.heard:
            self.heard(note.text, reading)
        return reading

    def _keep(self, key: _Key, entry: _Entry) -> None:
        with self._lock:
            self._kept[key] = replace(entry, asked=self.clock())
            self._kept.move_to_end(key)
            self._forget()

    def _forget(self) -> None:
        """Drop what was not asked for in time, and the oldest where there is too much."""
        too_old, characters = self.clock() - LONGEST, sum(entry.characters for entry in self._kept.values())
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if oldest.asked >= too_old and characters <= MOST_CHARACTERS:
                return
            self._kept.popitem(last=False)
            characters -= oldest.characters


def _key(note: Note, patient: Patient) -> _Key:
    return hashlib.sha256(f"{note.id}\0{note.text}".encode()).hexdigest(), note.language, patient
