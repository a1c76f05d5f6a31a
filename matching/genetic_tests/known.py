"""What is known of a patient before a test is suggested: tests already done, and the family."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TestResult(StrEnum):
    """What a test that was done has shown."""

    NEGATIVE = "negative"  # nothing that explains the patient
    UNCERTAIN = "uncertain"  # a variant of uncertain significance
    POSITIVE = "positive"  # a cause that explains the patient, or a part of them


@dataclass(frozen=True, slots=True)
class TestDone:
    """A test that the patient has had.

    `modality` is one of the words of `modalities.MODALITIES`; `genes` are those it looked at, empty for the whole of
    what the modality sees; `target` is the locus of a lesion test as the lesion table names it. `code` is the
    catalogue's. `year` is when it was read, None where that is not known.
    """

    modality: str
    result: TestResult = TestResult.NEGATIVE
    genes: tuple[str, ...] = ()
    target: str = ""
    code: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class FamilyHistory:
    """What is known of the family; None where nobody asked.

    `consanguineous`: the parents are related. `affected_parent`, `affected_siblings`, `affected_children`: relatives
    with the same condition. `affected_maternal_males`: brothers, maternal uncles or cousins through women only.
    """

    consanguineous: bool | None = None
    affected_parent: bool | None = None
    affected_siblings: bool | None = None
    affected_children: bool | None = None
    affected_maternal_males: bool | None = None
    affected_maternal_line: bool | None = None


NO_FAMILY = FamilyHistory()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the findings. `acutely_ill` asks for what is fast and treatable first."""

    done: tuple[TestDone, ...] = ()
    family: FamilyHistory = NO_FAMILY
    acutely_ill: bool = False
    year: int | None = None  # of the assessment; None where it does not matter


NOTHING_KNOWN = Known()
