"""Readings of notes that are on someone's bench, remembered for a while so that a change need not read them again.

They hold patients' words: in memory alone, bounded, and forgotten in time.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from matching.assess import Assessor, patient_of
from matching.case import Case, Note
from nlp.reading import Patient, Reading

#: Of the notes remembered together. A reading takes about ten times the memory of its note.
MOST_CHARACTERS = 4_000_000
#: Seconds since a reading was last asked for.
LONGEST = 900.0

_Key = tuple[str, str | None, Patient]


@dataclass(frozen=True)
class Remembered:
    """Reads notes by `assessor`, each once while it is remembered. `clock` gives seconds."""

    assessor: Assessor
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[_Key, tuple[float, int, Reading]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def readings(self, case: Case) -> tuple[Reading, ...]:
        """What each note of the case says, in their order."""
        return tuple(self.read(note, patient_of(case, note)) for note in case.notes)

    def read(self, note: Note, patient: Patient) -> Reading:
        """The reading of one note; its evidence names this note."""
        key = (hashlib.sha256(f"{note.id}\0{note.text}".encode()).hexdigest(), note.language, patient)
        with self._lock:
            known = self._kept.get(key)
        reading = known[2] if known else self.assessor.read(note, patient)
        with self._lock:
            self._kept[key] = (self.clock(), len(note.text), reading)
            self._kept.move_to_end(key)
            self._forget()
        return reading

    def _forget(self) -> None:
        """Drop what was not asked for in time, and the oldest where there is too much."""
        too_old, characters = self.clock() - LONGEST, sum(size for _, size, _ in self._kept.values())
        while self._kept:
            asked, size, _ = next(iter(self._kept.values()))
            if asked >= too_old and characters <= MOST_CHARACTERS:
                return
            self._kept.popitem(last=False)
            characters -= size
