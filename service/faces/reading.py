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

from facial.declining import decline
from facial.reading import FacePatient, PhotoReading
from matching.case import Photo
from ontology.errors import InputError, PhenomapError
from ontology.features import Abstention, Unread
from service.actors import Actor, Permission
from service.audit.trail import Action, record
from service.faces.opening import FaceState
from service.faces.process import FaceProcess, FacesMissing
from service.faces.seam import Explains, FaceDescriber
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: a measure by its code, large (1) or small (-1), or the likeness to a disease."""

    measurement: str | None = None
    direction: int = 1
    disease: str | None = None


@dataclass(frozen=True)
class Faces:
    """Reads photos by `describer`, or says why not; `state` is what was found at start. Shared between threads.

    `counted` tells how often photos were read, and how often not, by a word; nothing of any patient.
    `heard` is told of each photo that was read anew.
    """

    settings: FaceSettings = field(default_factory=FaceSettings)
    found: FaceState = FaceState.NO_EXTRA
    describer: FaceDescriber | None = None
    keeping: Keeping | None = None
    gallery: GalleryInUse | None = None
    clock: Callable[[], float] = time.monotonic
    counted: dict[str, int] = field(default_factory=dict)
    heard: Callable[[bytes, PhotoReading], None] | None = None
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

    def explained(self, photo: Photo, asked: Asked, use: Use) -> Explains | Abstention:
        """Where an answer came from, once that it was asked for is recorded; or why faces are not read.

        Raises InputError for a photo that is none or is refused, and for a disease that nobody is enrolled with.
        """
        declined = self._why_not(photo, use)
        self._record(photo, declined or PhotoReading(), use)
        if self.describer is None or (declined and declined.abstention):
            return (declined and declined.abstention) or Abstention(READER, Unread.NO_FACE_MODEL)
        try:
            if asked.measurement is not None:
                return self.describer.explain_measure(photo.content, asked.measurement, asked.direction)
            return self.describer.explain_direction(photo.content, self._towards(asked.disease or ""))
        except FacesMissing as missing:
            self._failing(missing)
            return Abstention(READER, Unread.NO_FACE_MODEL)

    def _towards(self, disease: str) -> Sequence[float]:
        head = self.gallery.fitted().head if self.gallery else None
        if head is None or head.pair is None or disease not in head.diseases:
            raise InputError(
                "disease", "Nobody is enrolled with this disease.", "Name one that the description of the photo has."
            )
        embedding = head.pair.embedding
        towards: list[float] = (embedding.whiten @ embedding.means[head.diseases.index(disease)]).tolist()
        return towards

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
        declined = self._why_not(photo, use)
        if declined is not None or self.describer is None:
            return self._count(declined or _declined(Unread.NO_FACE_MODEL))
        key = ("read", _digest(photo), patient)
        known = self._remembered(key)
        if known is None:
            known = self._anew(self.describer, photo, patient)
            if known.abstention is None or known.abstention.reason is not Unread.NO_FACE_MODEL:
                self._remember(key, known)
        assert isinstance(known, PhotoReading)
        return known

    def _why_not(self, photo: Photo, use: Use) -> PhotoReading | None:
        """The abstention where faces are not read; raises InputError all the same where the bytes are no photo."""
        off = self.settings.use == "off" or bool(use.departments and use.departments <= self.settings.off_in)
        if not off and self.describer is not None and self.state is FaceState.READY:
            return None
        return decline(photo.content, Unread.FACE_SWITCHED_OFF if off else Unread.NO_FACE_MODEL)

    def _failing(self, missing: FacesMissing) -> None:
        _LOG.error("faces are not read: %s", missing.what)
        self._failed.append(self.clock() + _AGAIN)

    def _anew(self, describer: FaceDescriber, photo: Photo, patient: FacePatient) -> PhotoReading:
        try:
            reading = describer.describe(photo.id, photo.content, patient)
        except FacesMissing as missing:
            self._failing(missing)
            return self._count(_declined(Unread.NO_FACE_MODEL))
        except InputError:
            self._count(_declined(Unread.PHOTO_NOT_USABLE))
            raise
        if reading.face is None and reading.abstention is None:
            reading = replace(reading, abstention=Abstention(READER, Unread.PHOTO_NOT_USABLE))
        if self.heard:
            self.heard(photo.content, reading)
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
