"""Faces as the service reads them: by the site's policy, on the record, likened to its gallery, remembered a while."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from facial.describe import describe as decline
from facial.reading import FacePatient, PhotoReading
from matching.case import Photo
from ontology.errors import InputError, PhenomapError
from ontology.features import Abstention, Unread
from service.actors import Actor, Permission
from service.audit.trail import Action, record
from service.faces.opening import FaceState
from service.faces.process import FaceProcess, FacesMissing
from service.faces.seam import FaceDescriber
from service.gallery.using import GalleryInUse
from service.keeping import Keeping
from service.settings import FaceSettings

#: Readings remembered together, and seconds since one was last asked for. One holds some kB: no photo.
MOST = 64
LONGEST = 900.0
#: Seconds until models that could not be opened are tried again.
_AGAIN = 60.0
#: Reader of an abstention.
READER = "facial"
_LOG = logging.getLogger("phenomap.service")


@dataclass(frozen=True, slots=True)
class Use:
    """Who has a face read, and for which kept case; None where nothing is kept."""

    actor: str
    departments: frozenset[str] = frozenset()
    case: str | None = None

    @property
    def department(self) -> str | None:
        """The case's department."""
        return next(iter(self.departments)) if self.case and self.departments else None


def use_of(actor: Actor) -> Use:
    """`actor` has a face read, and nothing is kept."""
    return Use(actor.id, actor.departments(Permission.ASSESS))


@dataclass(frozen=True)
class Faces:
    """Reads photos by `describer`, or says why not; `state` is what was found at start. Shared between threads.

    `counted` tells how often photos were read, and how often not, by a word; nothing of any patient.
    """

    settings: FaceSettings = field(default_factory=FaceSettings)
    found: FaceState = FaceState.NO_EXTRA
    describer: FaceDescriber | None = None
    keeping: Keeping | None = None
    gallery: GalleryInUse | None = None
    clock: Callable[[], float] = time.monotonic
    counted: dict[str, int] = field(default_factory=dict)
    _kept: OrderedDict[Hashable, tuple[float, Any]] = field(default_factory=OrderedDict)
    _failed: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def state(self) -> FaceState:
        """Whether faces are read now."""
        if self.found is FaceState.READY and self._failed and self.clock() < self._failed[-1]:
            return FaceState.FAILED
        return self.found

    def described(self, photo: Photo, patient: FacePatient, use: Use) -> PhotoReading:
        """What is made of one photo, once that it was asked for is recorded; raises InputError where it is none."""
        reading = self._read(photo, patient, use)
        self._record(photo, reading, use)
        return self._likened((reading,), (photo,), patient, use)[0]

    def of_case(self, photos: Sequence[Photo], patient: FacePatient, use: Use) -> tuple[PhotoReading, ...]:
        """What is made of the photos of a case; one that cannot be read is told as not usable."""
        readings = tuple(self._or_not_usable(photo, patient, use) for photo in photos)
        return self._likened(readings, photos, patient, use)

    def close(self) -> None:
        """End what reads; nothing is read afterwards."""
        if isinstance(self.describer, FaceProcess):
            self.describer.close()

    def _or_not_usable(self, photo: Photo, patient: FacePatient, use: Use) -> PhotoReading:
        key = ("recorded", use, photo.id, _digest(photo), patient)
        try:
            reading = self._read(photo, patient, use)
        except InputError:
            reading = _declined(Unread.PHOTO_NOT_USABLE)
        if self._remembered(key) is None:
            self._record(photo, reading, use)
            self._remember(key, True)
        return reading

    def _read(self, photo: Photo, patient: FacePatient, use: Use) -> PhotoReading:
        if self.settings.use == "off" or (use.departments and use.departments <= self.settings.off_in):
            decline(photo.id, photo.content)
            return self._count(_declined(Unread.FACE_SWITCHED_OFF))
        if self.describer is None or self.state is not FaceState.READY:
            decline(photo.id, photo.content)
            return self._count(_declined(Unread.NO_FACE_MODEL))
        key = ("read", _digest(photo), patient)
        known = self._remembered(key)
        if known is None:
            known = self._anew(self.describer, photo, patient)
            if known.abstention is None or known.abstention.reason is not Unread.NO_FACE_MODEL:
                self._remember(key, known)
        assert isinstance(known, PhotoReading)
        return known

    def _anew(self, describer: FaceDescriber, photo: Photo, patient: FacePatient) -> PhotoReading:
        try:
            reading = describer.describe(photo.id, photo.content, patient)
        except FacesMissing as missing:
            _LOG.error("faces are not read: %s", missing.what)
            self._failed.append(self.clock() + _AGAIN)
            return self._count(_declined(Unread.NO_FACE_MODEL))
        except InputError:
            self._count(_declined(Unread.PHOTO_NOT_USABLE))
            raise
        if reading.face is None and reading.abstention is None:
            reading = replace(reading, abstention=Abstention(READER, Unread.PHOTO_NOT_USABLE))
        return self._count(reading)

    def _likened(
        self, readings: tuple[PhotoReading, ...], photos: Sequence[Photo], patient: FacePatient, use: Use
    ) -> tuple[PhotoReading, ...]:
        """With likenesses to the gallery; a gallery that cannot be used leaves the readings as they are, and is logged.

        The same comparison for the same use is recorded once while it is remembered.
        """
        if self.gallery is None or not any(reading.face for reading in readings):
            return readings
        try:
            state = self.gallery.fitted().state
            key = ("likened", use, state, patient, *((photo.id, _digest(photo)) for photo in photos))
            known = self._remembered(key)
            if known is None:
                known = self.gallery.compared(readings, use.actor, use.case, use.department)
                self._remember(key, known)
        except PhenomapError as error:
            _LOG.error("faces are not likened to the gallery: %s", error.what)
            return readings
        assert isinstance(known, tuple)
        return known

    def _record(self, photo: Photo, reading: PhotoReading, use: Use) -> None:
        """A link of the audit trail: that it was asked for, by which model, and nothing of what was found."""
        if self.keeping is None:
            return
        of = {"case": use.case} if use.case else {}
        detail = {
            **of,
            "model": reading.face.model if reading.face else None,
            "declined": reading.abstention.reason.value if reading.abstention else None,
        }
        id, department = (photo.id, use.department) if use.case else ("not_kept", None)
        self.keeping.database.write(
            lambda connection: record(
                connection, use.actor, Action.DESCRIBE_FACE, "photo", id, department=department, detail=detail
            )
        )

    def _count(self, reading: PhotoReading) -> PhotoReading:
        word = reading.abstention.reason.value if reading.abstention else "read"
        with self._lock:
            self.counted[word] = self.counted.get(word, 0) + 1
        return reading

    def _remembered(self, key: Hashable) -> object | None:
        with self._lock:
            entry = self._kept.get(key)
            if entry is None or entry[0] < self.clock() - LONGEST:
                return None
            self._kept[key] = (self.clock(), entry[1])
            self._kept.move_to_end(key)
            return entry[1]  # type: ignore[no-any-return]

    def _remember(self, key: Hashable, value: object) -> None:
        with self._lock:
            self._kept[key] = (self.clock(), value)
            self._kept.move_to_end(key)
            too_old = self.clock() - LONGEST
            while self._kept and (len(self._kept) > MOST or next(iter(self._kept.values()))[0] < too_old):
                self._kept.popitem(last=False)


def _declined(why: Unread) -> PhotoReading:
    return PhotoReading(abstention=Abstention(READER, why))


def _digest(photo: Photo) -> str:
    return hashlib.sha256(photo.content).hexdigest()
