"""What a worker that reads notes has open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from facial.reading import PhotoReading
from matching.assess import Assessor
from matching.case import Photo
from ontology.errors import InputError
from ontology.knowledge import Knowledge
from screening.companions import OpenCompanions
from screening.history import History
from screening.layout import Pseudonyms
from screening.part import Setting
from screening.record import Reason, SetAside
from screening.spool import Spool

#: Bytes: more than a camera makes (service.endpoints takes as much).
LARGEST_PHOTO = 25_000_000


@dataclass(frozen=True, slots=True)
class Bench:
    """The release, what reads it, and the archive in parts."""

    setting: Setting
    assessor: Assessor
    companions: OpenCompanions
    spool: Spool
    names: Pseudonyms

    @classmethod
    def open(cls, setting: Setting) -> Bench:
        """Open the release and everything that reads."""
        assessor = Assessor.open(Knowledge.open(setting.knowledge))
        return cls(
            setting,
            assessor,
            setting.companions.open(assessor),
            Spool(setting.layout.spool, setting.parts),
            Pseudonyms.kept(setting.layout.key),
        )

    def photos(self, history: History) -> tuple[tuple[PhotoReading, ...], list[SetAside]]:
        """What the photos of a patient say, and those that say nothing; none where photos are not asked for."""
        seen: list[PhotoReading] = []
        aside: list[SetAside] = []
        base = self.setting.photos
        for at, photo in enumerate(history.photos if base is not None else (), 1):
            content = _content(base, photo.path) if base is not None else None
            if content is None:
                aside.append(SetAside(photo.origin, Reason.PHOTO_NOT_FOUND))
                continue
            try:
                reading = self.companions.photo(Photo(f"photo-{at}", content), history.case.sex, photo.age_days)
            except InputError:
                aside.append(SetAside(photo.origin, Reason.PHOTO_NOT_USED))
                continue
            seen.append(reading)
            if reading.abstention is not None:
                aside.append(SetAside(photo.origin, Reason.PHOTO_NOT_USED))
        return tuple(seen), aside


def _content(base: Path, path: str) -> bytes | None:
    """The bytes of a photo below `base`, None where there is none to be read."""
    try:
        file = (base / path).resolve(strict=True)
        if not file.is_relative_to(base.resolve()) or file.stat().st_size > LARGEST_PHOTO:
            return None
        return file.read_bytes()
    except (OSError, ValueError, RuntimeError):  # absent, unreadable, no path at all, or links in a ring
        return None
