"""What is covered, and where: never the words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a covered stretch was."""

    RESIDENT_ID = "resident_id"
    PHONE = "phone"
    DATE = "date"
    RECORD_NUMBER = "record_number"
    ADDRESS = "address"
    EMAIL = "email"
    URL = "url"
    ACCOUNT = "account"  # WeChat, QQ and the like
    CARD = "card"  # bank, insurance
    NUMBER = "number"  # too long for a measurement
    NAME = "name"
    KNOWN = "known"  # what the caller named


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end`, half-open, of the note as it was given."""

    start: int
    end: int
    kind: Kind
