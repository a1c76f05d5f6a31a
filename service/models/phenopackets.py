"""What the routes about Phenopackets answer; what they take is the schema's own (service.phenopackets.shapes)."""

from __future__ import annotations

from pydantic import Field

from service.models.answers import Answer
from service.models.stored import CaseStatus
from service.problems import Fault


class LeftOutAnswer(Answer):
    """A place in the packet that is not in the case as it was told."""

    path: str
    why: str = Field(description="not_held, repeated, other_codes, as_onset, as_age or as_note.")


class RenamedAnswer(Answer):
    """An HPO id that the release in use has replaced."""

    path: str
    told: str
    current: str


class TakenAnswer(Answer):
    """What a packet was read to."""

    packet: str = Field(description="Its own id.")
    features: int
    left_out: list[LeftOutAnswer]
    renamed: list[RenamedAnswer]


class PacketKeptAnswer(TakenAnswer):
    """The case that a packet became."""

    id: str
    version: int
    status: CaseStatus


class MemberAnswer(Answer):
    """What became of one member of a cohort: a case, or its faults."""

    at: int = Field(description="Its place, from 0.")
    packet: str | None
    case: str | None
    fresh: bool = Field(description="Whether it was kept now, and not before.")
    left_out: list[LeftOutAnswer]
    renamed: list[RenamedAnswer]
    errors: list[Fault]


class CohortKeptAnswer(Answer):
    """What became of a cohort. Members are kept each by itself; sent again, those that were kept are found."""

    kept: int
    known: int
    refused: int
    members: list[MemberAnswer]
