"""Breaking the glass: reading one case of another department for a while, in an emergency, for a reason given."""

from __future__ import annotations

from sqlalchemy import Connection

from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk
from service.cases.sealing import seal
from service.identity.roles import BREAK_GLASS_LASTS, BREAK_GLASS_REASON_SHORTEST
from service.models.stored import BreakGlassInput
from service.problems import Fault, ProblemError, invalid
from service.store.tables import break_glass, new_id, now


def break_the_glass(desk: Desk, case_id: str, given: BreakGlassInput) -> Changed:
    """Let the actor read the case for four hours; raises a 409 problem where they may read it anyway."""
    if len(given.reason.strip()) < BREAK_GLASS_REASON_SHORTEST:
        what = f"The reason is shorter than {BREAK_GLASS_REASON_SHORTEST} characters."
        raise invalid((Fault(field="reason", what=what, mend="Say what the emergency is."),))

    def work(connection: Connection) -> Changed:
        row = desk.case(connection, case_id, Permission.BREAK_GLASS)
        if row["department"] in desk.actor.departments(Permission.READ_CASES):
            raise ProblemError(409, "You may read this case as a member of its department.")
        id = new_id()
        sealed = seal(desk.keeping.vault, connection, case_id, "break_glass", id, {"reason": given.reason})
        desk.add(connection, break_glass, row, id=id, expires=now() + BREAK_GLASS_LASTS, sealed=sealed)
        desk.record(connection, Action.BREAK_GLASS, row, hours=BREAK_GLASS_LASTS.total_seconds() / 3600)
        return Changed(case_id, row["version"], row["status"], (id,))

    return change(desk, given.model_dump(mode="json"), work)
