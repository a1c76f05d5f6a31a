"""What the service needs of a face reader, in whatever process it runs, and what it may cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from facial.reading import FacePatient, PhotoReading


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a photo that carried an answer: `box` left, top, right, bottom; its `share` of all that did."""

    box: tuple[int, int, int, int]
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where an answer came from: a picture (PNG), the parts, and whether the map `holds` for this face."""

    png: bytes
    regions: tuple[Part, ...]
    holds: bool


class Explains(Protocol):
    """What a reader answers with: fields as in Explanation, of whatever types it has."""

    @property
    def png(self) -> bytes:
        """The picture."""
        ...

    @property
    def regions(self) -> Sequence[HasBox]:
        """The parts."""
        ...

    @property
    def holds(self) -> bool:
        """Whether covering them moved the answer more than covering as much elsewhere."""
        ...


class HasBox(Protocol):
    """A part of a photo."""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        ...

    @property
    def share(self) -> float:
        """Of all the heat."""
        ...


class FaceDescriber(Protocol):
    """Reads photos."""

    def describe(self, photo_id: str, content: bytes, patient: FacePatient) -> PhotoReading:
        """What is made of the photo; raises InputError where it is none."""
        ...

    def explain_measure(self, content: bytes, code: str, direction: int) -> Explains:
        """Where a measure was read from: what makes it large (1) or small (-1); raises InputError."""
        ...

    def explain_direction(self, content: bytes, direction: Sequence[float]) -> Explains:
        """Where a likeness was read from, `direction` of the model's dimensions; raises InputError."""
        ...


@dataclass(frozen=True, slots=True)
class FaceBounds:
    """What one photo may cost: `memory` resident bytes of the process, `seconds` for a photo, `opening` to start."""

    memory: int = 900_000_000
    seconds: float = 20.0
    opening: float = 90.0
