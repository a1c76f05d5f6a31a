"""What was received before: rows of the table `received`, by which a resource that is sent again is recognised.

A row holds the blinded name of the resource (system, type, id), a blinded digest of its content and the part of the
case that it became; one resource that became several parts has a row for each.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, update

from service.actors import Permission
from service.cases.desk import Desk
from service.cases.sealing import digest_of, seal, unseal
from service.fhir.bundle import Entry
from service.fhir.reading.items import Json
from service.store.scope import may, scoped
from service.store.tables import new_id, now, received

_KIND = "received"
#: Fingerprints that one query asks for; SQLite takes 32,766 values at most.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows of one resource that stand, all of one version; `last` is the version last received."""

    rows: tuple[RowMapping, ...] = ()
    last: int = 0

    @property
    def content(self) -> str:
        """The digest of its content; empty where nothing stands."""
        return str(self.rows[0]["content"]) if self.rows else ""


@dataclass(slots=True)
class Records:
    """The rows of what one system sent, in one transaction."""

    desk: Desk
    connection: Connection
    source: str
    _found: dict[str, list[RowMapping]] = field(default_factory=dict)
    _key: bytes = b""

    def name_of(self, name: str) -> str:
        """The blinded name of a resource, `Type/id` in its system."""
        return self._blinded(f"resource|{self.source}|{name}")

    def digest_of(self, resource: Json, also: Sequence[str] = ()) -> str:
        """The blinded digest of a resource's content, without what its server says of the version."""
        content = {name: value for name, value in resource.items() if name != "meta"}
        return self._blinded(f"content|{digest_of([content, *also])}")

    def look_up(self, names: Iterable[str]) -> None:
        """Read the rows of these blinded names at once."""
        wanted = [name for name in dict.fromkeys(names) if name not in self._found]
        self._found.update({name: [] for name in wanted})
        for at in range(0, len(wanted), _AT_ONCE):
            named = received.c.source.in_(wanted[at : at + _AT_ONCE])
            query = scoped(self.desk.actor, Permission.WRITE_CASES, received, named)
            for row in self.connection.execute(query.order_by(received.c.created)).mappings():
                self._found[row["source"]].append(row)

    def standing(self, name: str) -> Standing:
        """What stands under a blinded name."""
        self.look_up([name])
        rows = self._found[name]
        last = max((row["version"] for row in rows), default=0)
        return Standing(tuple(row for row in rows if row["withdrawn"] is None), last)

    def of_case(self, case_id: str) -> list[RowMapping]:
        """All rows of a case that stand, of this system and of others."""
        rows = self.desk.parts(self.connection, received, case_id, Permission.WRITE_CASES)
        return [row for row in rows if row["withdrawn"] is None]

    def add(
        self, row: RowMapping, entry: Entry, name: str, content: str, parts: Sequence[str], version: int, told: Json
    ) -> None:
        """Remember that a resource became `parts` of the case in `row`; `told` is kept sealed beside it."""
        for part in parts or (None,):
            id = new_id()
            sealed = seal(self.desk.keeping.vault, self.connection, row["id"], _KIND, id, told)
            values = {"source": name, "kind": entry.type[:40], "content": content, "part": part, "version": version}
            self.desk.add(self.connection, received, row, id=id, sealed=sealed, **values)
        self._found.pop(name, None)

    def withdraw(self, rows: Iterable[RowMapping]) -> None:
        """Remember that these are gone."""
        ids = [row["id"] for row in rows]
        mine = may(self.desk.actor, Permission.WRITE_CASES, received)
        self.connection.execute(update(received).where(mine, received.c.id.in_(ids)).values(withdrawn=now()))
        for row in rows:
            self._found.pop(row["source"], None)

    def told(self, row: RowMapping) -> Mapping[str, Any]:
        """What was kept sealed beside a row."""
        if not row["sealed"]:
            return {}
        opened = unseal(self.desk.keeping.vault, self.connection, row["case"], _KIND, row["id"], row["sealed"])
        return dict(opened)

    def _blinded(self, words: str) -> str:
        """HMAC-SHA256 under a key made from the site's own, which is unwrapped once and not for each resource."""
        if not self._key:
            self._key = self.desk.keeping.vault.fingerprint(self.connection, "records of what was received").encode()
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()
