"""Counts of the notes and photos that the service reads, in memory, added to the month's on disk once a minute.

A note or photo that is read again within its month counts once, as long as it is one of the last REMEMBERED that this
process counted: that is told by a digest under a key which dies with the process. A crash loses at most a minute of
counts, and nothing else. Counting never fails a request.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from facial.reading import PhotoReading
from matching.assess import Assessor
from matching.case import Case
from matching.shift.profile import NOTHING_COUNTED, Profile, Tally, is_sampled
from nlp.reading import Reading
from nlp.suggestions import Suggested
from ontology.terms import Terms
from service.shift.months import add
from service.store.database import Database
from service.store.errors import StoreError
from service.store.tables import now

#: Seconds between two additions to what is on disk.
EVERY = 60.0
#: Digests of 16 bytes, some MB together.
REMEMBERED = 50_000
#: What a reader of notes tells its readings to: the text and what it says.
Heard = Callable[[str, Reading], None]
_LOG = logging.getLogger("phenomap.service")


class Counting:
    """Shared between threads. `sought` finds what a reading leaves unread, for the sample of notes."""

    def __init__(
        self,
        database: Database,
        terms: Terms,
        sought: Callable[[str, Reading], Suggested | None],
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database, self._terms, self._sought, self._clock = database, terms, sought, clock
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._month = self._this_month()
        self._tally = Tally.of(terms)
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._waiting: dict[str, Profile] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shift", daemon=True)

    def note(self, text: str, reading: Reading) -> None:
        """Count a note, and on the sample what in it matches no term."""
        with _failing_nobody():
            digest = self._digest(text.encode("utf-8", "surrogatepass"))
            if self._counted(digest, lambda tally: tally.add_note(text, reading)) and is_sampled(digest):
                suggested = self._sought(text, reading)
                if suggested is not None:
                    self._counted(None, lambda tally: tally.add_unmatched(len(suggested.suggestions)))

    def photo(self, content: bytes, reading: PhotoReading) -> None:
        """Count a photo whose quality was judged."""
        with _failing_nobody():
            self._counted(self._digest(content), lambda tally: tally.add_photo(reading))

    def pending(self) -> Mapping[str, Profile]:
        """By month, what is not on disk yet."""
        with self._lock:
            self._settle()
            return dict(self._waiting)

    def flush(self) -> None:
        """Add what was counted to what is on disk; where that fails it is kept, and tried again."""
        with self._lock:
            self._settle()
            taken, self._waiting = self._waiting, {}
        if not taken:
            return
        try:
            self._database.write(lambda connection: add(connection, taken))
        except Exception as error:
            told = error.what if isinstance(error, StoreError) else type(error).__name__
            _LOG.error("counts of shift wait to be kept: %s", told)
            with self._lock:
                for month, profile in taken.items():
                    self._waiting[month] = self._waiting.get(month, NOTHING_COUNTED) + profile

    def start(self) -> None:
        """Begin to keep the counts, once in EVERY seconds."""
        self._thread.start()

    def stop(self) -> None:
        """Keep what was counted, and end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self.flush()

    def _run(self) -> None:
        while not self._stopping.wait(EVERY):
            self.flush()

    def _counted(self, digest: bytes | None, count: Callable[[Tally], None]) -> bool:
        """Whether `count` was done: not for what was counted this month already."""
        with self._lock:
            if self._month != (month := self._this_month()):
                self._settle()
                self._seen.clear()
                self._month = month
            if digest is not None:
                if digest in self._seen:
                    self._seen.move_to_end(digest)
                    return False
                self._seen[digest] = None
                if len(self._seen) > REMEMBERED:
                    self._seen.popitem(last=False)
            count(self._tally)
            return True

    def _settle(self) -> None:
        """Put what the tally holds to its month; the lock is held."""
        profile = self._tally.profile()
        if profile != NOTHING_COUNTED:
            self._waiting[self._month] = self._waiting.get(self._month, NOTHING_COUNTED) + profile
            self._tally = Tally.of(self._terms)

    def _digest(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._key, digest_size=16).digest()

    def _this_month(self) -> str:
        """As months are told elsewhere: in the time of the machine that serves."""
        return f"{self._clock().astimezone():%Y-%m}"


@contextmanager
def _failing_nobody() -> Iterator[None]:
    """An error is logged by its kind alone, for its words may hold a patient's."""
    try:
        yield
    except Exception as error:
        _LOG.error("something read was not counted: %s", type(error).__name__)


def heard_readings(assessor: Assessor, case: Case, heard: Heard | None) -> tuple[Reading, ...] | None:
    """The readings of the case's notes, each told to `heard`; None where nobody listens, and `assess` reads itself."""
    if heard is None:
        return None
    readings = assessor.readings(case)
    for note, reading in zip(case.notes, readings, strict=True):
        heard(note.text, reading)
    return readings
