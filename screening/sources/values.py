"""Dates and sexes in the forms in which archives write them; what could mean two things is a doubt, never a guess."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from ontology.features import PatientSex
from screening.record import Doubt

_DATE = re.compile(
    r"\s*(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年\s*(\d{1,2})月\s*(\d{1,2})日?)(?:[T\s]*\d{1,2}[:：时点].*|\s*)$",
    re.DOTALL,
)
_COMPACT = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:\d{4,6})?\s*$")
_EARLIEST = date(1900, 1, 1)
_EMPTY = ("", "null", "none", "nan", "nat", "\\n")
#: 1 and 2 are those of GB/T 2261.1 and ISO/IEC 5218 (both unverified); 8507 and 8532 are OMOP's concepts of gender.
_SEXES = {
    **dict.fromkeys(("male", "m", "男", "男性", "1", "8507", "boy", "man"), PatientSex.MALE),
    **dict.fromkeys(("female", "f", "女", "女性", "2", "8532", "girl", "woman"), PatientSex.FEMALE),
    **dict.fromkeys(("other", "其他"), PatientSex.OTHER),
    **dict.fromkeys(
        ("unknown", "u", "", "0", "9", "未知", "未说明", "不详", "null", "none", "nan"), PatientSex.UNKNOWN
    ),
}


def day_of(value: object, date_format: str | None = None) -> date | None:
    """The day in `value`, None where it is empty; raises ValueError where no day is understood, or it cannot be."""
    if value is None or value != value:  # NaN stands for an empty cell
        return None
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    else:
        words = str(value).strip()
        if words.casefold() in _EMPTY:
            return None
        found = _told(words, date_format)
    if not _EARLIEST <= found <= date.today() + timedelta(days=1):
        raise ValueError("a day before 1900 or to come")
    return found


def _told(words: str, date_format: str | None) -> date:
    """By the format that is told; what is plainly written year first is no guess beside a format that is not."""
    if not date_format:
        return _written(words)
    try:
        return datetime.strptime(words, date_format).date()
    except ValueError:
        if date_format.startswith("%Y"):
            raise
        return _written(words)


def _written(words: str) -> date:
    if match := _DATE.match(words) or _COMPACT.match(words):
        year, month, day = (int(part) for part in match.groups() if part is not None and part.isdigit())
        return date(year, month, day)
    raise ValueError("no date that is written year first")


def sex_of(value: object) -> PatientSex:
    """The sex in `value`; raises ValueError where it is none that is known."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    words = "" if value is None else str(value).strip().casefold()
    if words not in _SEXES:
        raise ValueError("no sex that is known")
    return _SEXES[words]


def understood(
    date_told: object, birth_told: object, sex_told: object, date_format: str | None
) -> tuple[date | None, date | None, PatientSex, tuple[Doubt, ...]]:
    """Date, birth and sex of a row, with a doubt for each that was told and not understood."""
    doubts: list[Doubt] = []
    found: list[date | None] = []
    for told, doubt in ((date_told, Doubt.DATE), (birth_told, Doubt.BIRTH)):
        try:
            found.append(day_of(told, date_format))
        except ValueError:
            found.append(None)
            doubts.append(doubt)
    try:
        sex = sex_of(sex_told)
    except ValueError:
        sex = PatientSex.UNKNOWN
        doubts.append(Doubt.SEX)
    return found[0], found[1], sex, tuple(doubts)


def storable(*words: str) -> bool:
    """Whether text is whole: half characters, as JSON can escape them, and NULs can be written nowhere."""
    joined = "".join(words)
    if "\0" in joined:
        return False
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return True
