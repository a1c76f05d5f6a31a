"""Cohorts out: the cases of one's departments as packets, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.json_format import ParseDict
from phenopackets import Cohort
from sqlalchemy import Connection

from ontology.knowledge import Knowledge
from service.actors import Permission
from service.cases.desk import Desk
from service.phenopackets.names import Json
from service.phenopackets.telling import show_phenopacket
from service.problems import ProblemError
from service.store.scope import scoped
from service.store.tables import case

#: Packets of one page: each takes some 10 ms.
MOST = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Packets, and the id after which the next page begins; None where this was the last."""

    packets: tuple[Json, ...]
    after: str | None


def page_of(desk: Desk, knowledge: Knowledge, after: str | None, limit: int) -> Page:
    """Packets of the cases that the actor may read, in order of their ids, behind `after`; each export is recorded."""

    def found(connection: Connection) -> list[str]:
        where = [case.c.status != "erased"] + ([case.c.id > after] if after else [])
        mine = scoped(desk.actor, Permission.READ_CASES, case, *where).with_only_columns(case.c.id)
        return list(connection.scalars(mine.order_by(case.c.id).limit(limit + 1)))

    ids = desk.read(found)
    packets = []
    for id in ids[:limit]:
        try:
            packets.append(show_phenopacket(desk, knowledge, id).packet)
        except ProblemError as problem:
            if problem.status not in (404, 410):  # erased meanwhile
                raise
    return Page(tuple(packets), ids[limit - 1] if len(ids) > limit else None)


def cohort_of(packets: tuple[Json, ...], id: str) -> Json:
    """A Cohort of these packets, its metaData that of the first."""
    told: Json = {"id": id, "members": list(packets)}
    return told | ({"metaData": packets[0]["metaData"]} if packets else {})


def cohort_bytes(cohort: Json) -> bytes:
    """The same in protobuf."""
    written: bytes = ParseDict(cohort, Cohort()).SerializeToString(deterministic=True)
    return written
