"""What a note reader returns, and the seam between languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ontology.features import Abstention, Mention


@dataclass(frozen=True, slots=True)
class Reading:
    """The mentions of one note in order of position, or the reason why it was not read."""

    language: str
    mentions: tuple[Mention, ...]
    abstention: Abstention | None = None


class NoteReader(Protocol):
    """Reads notes of one language."""

    @property
    def language(self) -> str:
        """The code of the language: `en`, `zh`."""
        ...

    def read(self, note_id: str, text: str) -> Reading:
        """Find mentions in `text`; spans are offsets into `text` as given."""
        ...
