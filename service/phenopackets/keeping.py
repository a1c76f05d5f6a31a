"""Keeping packets: each becomes a case whole, in one transaction, or nothing of it is kept.

A packet that is posted alone becomes a new case each time, unless an Idempotency-Key says that it is the same request.
The members of a cohort are kept each by itself, and a member that was kept before is found again: a cohort that was
cut short, or of which some were at fault, is simply sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from matching.genetic_tests.catalogue import CatalogueTest
from ontology.features import Mention
from ontology.knowledge import Knowledge
from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk
from service.cases.importing import Imported
from service.cases.opening import department_for, keep_case
from service.cases.sealing import digest_of
from service.intake import stated
from service.knowing import NO_CODES, settled
from service.phenopackets.decoding import Decoded, Member
from service.phenopackets.reading import read_packet
from service.phenopackets.taken import Taken
from service.problems import Fault, ProblemError
from service.store.scope import scoped
from service.store.tables import imported

#: What a case was imported from, in the table of what was imported.
SOURCE = "phenopacket"


@dataclass(frozen=True, slots=True)
class MemberKept:
    """What became of one member of a cohort: a case, or its faults. `fresh` is False for one that was kept before."""

    at: int
    id: str | None
    case: str | None = None
    fresh: bool = False
    taken: Taken | None = None
    faults: Sequence[Fault] = ()


def take(decoded: Decoded, knowledge: Knowledge, department: str | None = None) -> Taken:
    """The packet as a case, seen to be sound; nothing is kept. Raises a 422 problem with every fault."""
    taken = read_packet(decoded, knowledge, datetime.now(UTC).date(), department)
    settled(taken.given)
    return taken


def keep_packet(
    desk: Desk, knowledge: Knowledge, decoded: Decoded, department: str | None, codes: Mapping[str, CatalogueTest]
) -> tuple[Changed, Taken]:
    """Keep a packet as a new case in `department`, or in the actor's only one."""
    taken = take(decoded, knowledge, department)
    chosen = department_for(desk, department)
    mentions, known = mentions_of(taken, desk, knowledge), settled(taken.given, codes)

    def work(connection: Connection) -> Changed:
        return keep_case(desk, connection, knowledge.terms, taken.given, chosen, mentions, known)

    return change(desk, {"department": department, "packet": decoded.packet}, work), taken


def keep_members(
    desk: Desk, knowledge: Knowledge, members: Iterator[Member], department: str | None
) -> Iterator[MemberKept]:
    """Keep each member of a cohort that is sound; raises ProblemError where `department` is not the actor's."""
    chosen = department_for(desk, department)
    for member in members:
        try:
            if member.decoded is None:
                yield MemberKept(member.at, member.id, faults=member.faults)
                continue
            taken = take(member.decoded, knowledge, department)
            kept = _kept_once(desk, knowledge, member.decoded, taken, chosen)
        except ProblemError as problem:
            if problem.status not in {400, 413, 422}:
                raise
            yield MemberKept(member.at, member.id, faults=problem.faults)
        else:
            yield MemberKept(member.at, taken.id, kept.case, kept.fresh, taken)


def mentions_of(taken: Taken, desk: Desk, knowledge: Knowledge) -> tuple[Mention, ...]:
    """The findings of a packet, as its sender's word."""
    if not taken.given.features:
        return ()
    said = stated(taken.given, desk.actor, knowledge.terms)
    return tuple(replace(one, modifiers=own) for one, own in zip(said, taken.modifiers, strict=True))


def _kept_once(desk: Desk, knowledge: Knowledge, decoded: Decoded, taken: Taken, department: str) -> Imported:
    """The case of a packet, kept now or before: the same is the same packet in the same department."""
    mentions, known = mentions_of(taken, desk, knowledge), settled(taken.given, NO_CODES)
    digest = digest_of({SOURCE: decoded.packet, "department": department})

    def work(connection: Connection) -> Imported:
        before = scoped(desk.actor, Permission.WRITE_CASES, imported, imported.c.digest == digest).subquery()
        kept_before = connection.execute(select(before.c.case)).scalar()
        if kept_before is not None:
            return Imported(kept_before, fresh=False)
        kept = keep_case(desk, connection, knowledge.terms, taken.given, department, mentions, known)
        row = desk.case(connection, kept.id, Permission.WRITE_CASES)
        id = desk.add(connection, imported, row, source=SOURCE, digest=digest)
        counts = {"notes": len(taken.given.notes), "features": len(mentions)}
        desk.record(connection, Action.IMPORT, row, "imported", id, **counts)
        return Imported(kept.id, fresh=True)

    return desk.write(work)
