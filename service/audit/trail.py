"""The audit trail: one link for every view, change, export, query and signature, each sealed to the one before.

A link's digest is the SHA-256 of all its columns and of the digest before it, so that an edited, removed, inserted or
reordered link is found; `audit_head` holds the last one, so that links cut from the end are found too. Who may write
the whole database could forge the whole chain: note the head elsewhere now and then, and verify against it.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from service.store.tables import audit, audit_head, now

Value = str | int | float | bool | None
ORIGIN = "0" * 64
_PAGE = 1000
_WORD = re.compile(r"[A-Za-z0-9._:/+-]{0,100}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DETAILS = 20
#: Digits alone, from the length of a mobile number on, are no id of ours: they are a phone or an identity card.
_NUMBER_OF_A_PERSON = re.compile(r"[+-]?(?:[0-9]-?){11,19}[Xx]?")
_LARGEST = 9_999_999_999
# Made once: built for every link, they took more time than SQLite does.
_LAST = select(audit_head.c.seq, audit_head.c.digest).where(audit_head.c.one == 1).with_for_update()
_ADD = audit.insert()
_MOVE = audit_head.update().where(audit_head.c.one == 1)


class Action(StrEnum):
    """What was done."""

    VIEW = "view"
    LIST = "list"
    CREATE = "create"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    ASSESS = "assess"
    REANALYSE = "reanalyse"
    DESCRIBE_FACE = "describe_face"
    SIGN = "sign"
    ERASE = "erase"
    BREAK_GLASS = "break_glass"
    REFUSE = "refuse"  # asked for and not given
    CONSENT = "consent"
    EXPORT = "export"
    IMPORT = "import"
    QUERY_PEER = "query_peer"
    ANSWER_PEER = "answer_peer"
    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    LOCK = "lock"
    GRANT = "grant"
    REVOKE = "revoke"
    ROTATE_KEYS = "rotate_keys"
    BACKUP = "backup"
    RESTORE = "restore"
    MIGRATE = "migrate"


@dataclass(frozen=True, slots=True)
class Head:
    """The last link of a trail: its number, and its digest."""

    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: `links` that hold, and the number of the first that does not, with what is wrong."""

    links: int
    sound: bool
    first_fault: int | None = None
    what: str = ""
    head: Head | None = None


def record(
    connection: Connection,
    actor: str,
    action: Action,
    object_kind: str,
    object_id: str,
    *,
    department: str | None = None,
    detail: Mapping[str, Value] | None = None,
) -> None:
    """Add a link, in the transaction of what it tells of. Raises ValueError for what could be a patient's words.

    `detail` holds counts, ids and statuses: numbers, truth values, and up to 100 characters without a space.
    """
    known = dict(detail or {})
    _refuse_words((actor, object_kind, object_id, department), known)
    last = connection.execute(_LAST).one()
    link = {
        "seq": last.seq + 1,
        "at": now(),
        "actor": actor,
        "action": action.value,
        "object_kind": object_kind,
        "object_id": object_id,
        "department": department,
        "detail": known,
        "previous": last.digest,
    }
    digest = digest_of(link)
    connection.execute(_ADD, {**link, "digest": digest})
    connection.execute(_MOVE, {"seq": link["seq"], "digest": digest})


def digest_of(link: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) of a link's columns but `digest`: JSON, keys sorted, UTF-8, moments as ISO microseconds."""
    content = {name: value for name, value in link.items() if name != "digest"}
    content["at"] = content["at"].isoformat(timespec="microseconds")
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify(connection: Connection, noted: Head | None = None) -> Verdict:
    """Walk the trail from its first link, in pages; an empty one is sound. `noted` must be one of its links."""
    found = _end(connection)
    if found is None:
        return Verdict(0, False, None, "The head of the trail is missing.")
    head, longest = found
    before = Head(0, ORIGIN)
    seen = noted is None or noted == before
    for seq, row in _rows(connection, head.seq):
        fault = _fault(seq, row, before)
        if fault or row is None:
            return Verdict(before.seq, False, min(seq, before.seq + 1), fault)
        before = Head(seq, row["digest"])
        seen = seen or before == noted
    if before != head:
        return Verdict(before.seq, False, before.seq + 1, "Links are missing from the end, or the head was altered.")
    if longest > head.seq:
        return Verdict(before.seq, False, head.seq + 1, "A link was added after the head.")
    if noted is not None and not seen:
        return Verdict(before.seq, False, noted.seq, "The head that was noted is no link of this trail.")
    return Verdict(before.seq, True, head=head)


def export(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every link as it is kept, from the first, with its moment as ISO text; what cannot be read is said so."""
    end = _end(connection)
    for seq, row in _rows(connection, end[1] if end else 0):
        if row is None:
            yield {"seq": seq, "unreadable": True}
        else:
            yield {**row, "at": row["at"].isoformat(timespec="microseconds")}


def _refuse_words(names: tuple[str | None, ...], detail: Mapping[str, Value]) -> None:
    if len(detail) > _DETAILS or not all(isinstance(key, str) and _KEY.fullmatch(key) for key in detail):
        raise ValueError("a detail of the audit trail has another name than letters, digits and underscores")
    if not all(_is_safe(value) for value in (*names, *detail.values())):
        raise ValueError("the audit trail holds counts, ids and statuses, and this is none")


def _is_safe(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) <= _LARGEST
    if isinstance(value, float):
        return math.isfinite(value) and abs(value) <= _LARGEST
    return isinstance(value, str) and bool(_WORD.fullmatch(value)) and not _NUMBER_OF_A_PERSON.fullmatch(value)


def _end(connection: Connection) -> tuple[Head, int] | None:
    """The head, and the largest number of any link, in one statement: links may be added meanwhile."""
    longest = select(func.coalesce(func.max(audit.c.seq), 0)).scalar_subquery()
    row = connection.execute(
        select(audit_head.c.seq, audit_head.c.digest, longest).where(audit_head.c.one == 1)
    ).first()
    return None if row is None else (Head(row[0], row[1]), row[2])


def _rows(connection: Connection, last: int) -> Iterator[tuple[int, RowMapping | None]]:
    """Links up to number `last` in order; None for one whose columns cannot even be read."""
    after: int | None = None
    while True:
        wanted = audit.c.seq <= last if after is None else audit.c.seq.between(after + 1, last)
        numbers = list(
            connection.execute(select(audit.c.seq).where(wanted).order_by(audit.c.seq).limit(_PAGE)).scalars()
        )
        if not numbers:
            return
        yield from _page(connection, numbers)
        after = numbers[-1]


def _page(connection: Connection, numbers: list[int]) -> Iterator[tuple[int, RowMapping | None]]:
    chosen = select(audit).where(audit.c.seq.between(numbers[0], numbers[-1])).order_by(audit.c.seq)
    try:
        rows = connection.execute(chosen).mappings().all()
    except (TypeError, ValueError):  # a column was altered to what its type cannot be read from
        if len(numbers) == 1:
            yield numbers[0], None
            return
        for number in numbers:
            yield from _page(connection, [number])
        return
    yield from ((row["seq"], row) for row in rows)


def _fault(seq: int, row: RowMapping | None, before: Head) -> str:
    if seq != before.seq + 1:
        return "The numbers leave a gap: a link was removed, inserted or renumbered."
    if row is None:
        return "A column of the link cannot be read: it was altered."
    if row["previous"] != before.digest:
        return "The link does not follow the one before it: it was altered or moved."
    try:
        digest = digest_of(dict(row))
    except (TypeError, ValueError, AttributeError):
        return "A column of the link is of another type: it was altered."
    return "" if digest == row["digest"] else "The link's content does not match its digest: it was altered."
