"""The answer to a change, given once: a repeated request with the same Idempotency-Key changes nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from service.cases.desk import Desk
from service.cases.sealing import canonical
from service.problems import Fault, ProblemError
from service.store.idempotency import Answer, KeyReused, once, request_digest


@dataclass(frozen=True, slots=True)
class Changed:
    """The case, its version and status now, and the ids of what was added."""

    id: str
    version: int
    status: str
    added: tuple[str, ...] = ()


def change(desk: Desk, request: Mapping[str, Any], work: Callable[[Connection], Changed]) -> Changed:
    """Run `work` in one transaction, or answer as it was answered before. `request` is what was asked, as JSON.

    Raises a 409 problem where the key was sent with another request.
    """
    wanted = desk.once
    if wanted is None:
        return desk.write(work)
    digest = request_digest(wanted.method, wanted.path, canonical(request))

    def first(connection: Connection) -> tuple[int, Answer]:
        done = work(connection)
        kept: Answer = {"id": done.id, "version": done.version, "status": done.status, "added": " ".join(done.added)}
        return 200, kept

    try:
        answered = desk.write(lambda connection: once(connection, desk.actor.id, wanted.key, digest, first)).answer
    except KeyReused as reused:
        fault = Fault(field="Idempotency-Key", what=reused.what, mend=reused.mend)
        raise ProblemError(409, reused.what, (fault,)) from None
    return Changed(answered["id"], answered["version"], answered["status"], tuple(answered["added"].split()))
