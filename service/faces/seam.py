"""What the service needs of a face reader, in whatever process it runs, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from facial.reading import FacePatient, PhotoReading


class FaceDescriber(Protocol):
    """Reads photos."""

    def describe(self, photo_id: str, content: bytes, patient: FacePatient) -> PhotoReading:
        """What is made of the photo; raises InputError where it is none."""
        ...


@dataclass(frozen=True, slots=True)
class FaceBounds:
    """What one photo may cost: `memory` resident bytes of the process, `seconds` for a photo, `opening` to start."""

    memory: int = 900_000_000
    seconds: float = 20.0
    opening: float = 90.0
