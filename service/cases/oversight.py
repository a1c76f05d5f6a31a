"""How suggestions were used, month by month: steps, decisions, and how long evidence was read.

Nothing of a patient is opened for it: what is counted is not sealed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, RowMapping, Table

from service.actors import Permission
from service.audit.trail import Action, record
from service.cases.desk import Desk
from service.store.scope import scoped
from service.store.tables import edit, evidence_look, now, report, sign_off

#: How far back is looked.
_DAYS = 366
#: Steps that say a reading was right, and those that say otherwise; `add` found what was missed.
_OVERRIDES = ("reject", "negate", "affirm", "family", "uncertain", "historical", "change")


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the departments that someone reads in.

    `seconds` is how long evidence was open before a signature, the median over signatures; None where nothing was
    signed. `unread` are signatures before which no evidence was open.
    """

    month: str
    accepted: int
    overridden: int
    added: int
    decisions: Mapping[str, int]
    first_of_list: int
    seconds: float | None
    unread: int

    @property
    def judged(self) -> int:
        """Readings that a clinician accepted or overrode."""
        return self.accepted + self.overridden


def months(desk: Desk) -> tuple[Month, ...]:
    """The months of the last year in which anything was done, the latest first."""

    def work(connection: Connection) -> tuple[Month, ...]:
        since = now() - timedelta(days=_DAYS)
        steps = [row for row in _since(desk, connection, edit, since) if row["undone"] is None]
        signed = _since(desk, connection, sign_off, since)
        looks = _since(desk, connection, evidence_look, since)
        leading = {row["id"]: row["leading"] for row in _since(desk, connection, report, since)}
        record(connection, desk.actor.id, Action.LIST, "oversight", "months", detail={"signatures": len(signed)})
        verbs, signatures = _by_month(steps), _by_month(signed)
        return tuple(
            _month(name, verbs.get(name, ()), signatures.get(name, ()), looks, leading)
            for name in sorted(verbs.keys() | signatures.keys(), reverse=True)
        )

    return desk.write(work)


def _since(desk: Desk, connection: Connection, table: Table, since: datetime) -> list[RowMapping]:
    query = scoped(desk.actor, Permission.READ_CASES, table, table.c.created >= since)
    return list(connection.execute(query.order_by(table.c.created)).mappings())


def _by_month(rows: Iterable[RowMapping]) -> Mapping[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        found[f"{row['created'].astimezone():%Y-%m}"].append(row)
    return found


def _month(
    name: str,
    steps: Iterable[RowMapping],
    signatures: Iterable[RowMapping],
    looks: Iterable[RowMapping],
    leading: Mapping[str, list[str]],
) -> Month:
    verbs = Counter(row["verb"] for row in steps)
    signatures = list(signatures)
    read = [_seconds(row, looks) for row in signatures]
    return Month(
        month=name,
        accepted=verbs["accept"],
        overridden=sum(verbs[verb] for verb in _OVERRIDES),
        added=verbs["add"],
        decisions=Counter(row["decision"] for row in signatures),
        first_of_list=sum(_is_first(row, leading) for row in signatures),
        seconds=median(read) if read else None,
        unread=sum(not seconds for seconds in read),
    )


def _seconds(signature: RowMapping, looks: Iterable[RowMapping]) -> float:
    """How long the signer had evidence of the case open before they signed."""
    mine = (row for row in looks if row["case"] == signature["case"] and row["created_by"] == signature["created_by"])
    return float(sum(row["seconds"] for row in mine if row["created"] <= signature["created"]))


def _is_first(signature: RowMapping, leading: Mapping[str, list[str]]) -> bool:
    return signature["decision"] == "agree" and leading.get(signature["report"], [])[:1] == [signature["disease"]]
