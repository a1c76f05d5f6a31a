"""Sign-off: draft, waiting for a second reader where the site wants one, signed. A digest freezes what was shown.

Nobody signs a stale report: one older than the last change of the case. A second reader is another account; where the
two disagree the case is a draft again, with both signatures kept.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping

from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.cases.impressions import require_impression
from service.cases.reading import find_report, is_stale, shown_in
from service.cases.sealing import digest_of, seal
from service.models.stored import CaseStatus, Decision, SignOffInput
from service.problems import Fault, ProblemError, invalid
from service.store.tables import new_id, sign_off

_SOLVED = {Decision.AGREE, Decision.OTHER}


def sign(desk: Desk, case_id: str, given: SignOffInput) -> Changed:
    """The first signature; raises 409 problems for a stale report and for a case that is signed or waiting."""
    return change(desk, given.model_dump(mode="json"), lambda connection: sign_now(desk, connection, case_id, given))


def sign_now(desk: Desk, connection: Connection, case_id: str, given: SignOffInput) -> Changed:
    """As `sign`, in the caller's transaction."""
    row = desk.changing(connection, case_id, Permission.SIGN)
    if row["status"] != CaseStatus.DRAFT:
        raise ProblemError(409, f"The case is {row['status']}; only a draft takes a first signature.")
    require_impression(desk, connection, row, Permission.SIGN)
    shown = _current(desk, connection, row, given.report, Permission.SIGN)
    disease = _disease(given, shown)
    status = CaseStatus.WAITING if desk.rules.second_reader else CaseStatus.SIGNED
    return _keep(desk, connection, row, given, shown, disease, 1, status)


def sign_second(desk: Desk, case_id: str, given: SignOffInput) -> Changed:
    """The second signature, by another account and under the same report; raises 409 problems otherwise."""

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id, Permission.SECOND_SIGN)
        if row["status"] != CaseStatus.WAITING:
            raise ProblemError(409, f"The case is {row['status']}; a second signature follows a first one.")
        first = desk.parts(connection, sign_off, case_id, Permission.SECOND_SIGN)[-1]
        if first["created_by"] == desk.actor.id:
            raise ProblemError(409, "The second reader is another person than the first.")
        if first["report"] != given.report:
            raise ProblemError(409, "The first signature is under another report.")
        shown = _current(desk, connection, row, given.report, Permission.SECOND_SIGN)
        disease = _disease(given, shown)
        same = (given.decision.value, disease) == (first["decision"], first["disease"])
        agreed = same and not (given.decision is Decision.OTHER and disease is None)  # words cannot be compared
        status = CaseStatus.SIGNED if agreed else CaseStatus.DRAFT
        return _keep(desk, connection, row, given, shown, disease, 2, status)

    return change(desk, given.model_dump(mode="json"), work)


def _current(
    desk: Desk, connection: Connection, row: RowMapping, report_id: str, permission: Permission
) -> dict[str, Any]:
    """What the report shows; raises a 409 problem where it is stale."""
    found = find_report(desk, connection, row["id"], report_id, permission)
    if is_stale(row, found):
        raise ProblemError(409, "The case was changed, or assessed again, after this report was made; it is stale.")
    return shown_in(desk, connection, found)


def _disease(given: SignOffInput, shown: dict[str, Any]) -> str | None:
    """The diagnosis signed for; raises a 422 problem where it does not go with the decision."""
    listed = [{disease["id"], *disease["also"]} for disease in shown["diseases"]]
    fault = None
    if given.decision is Decision.AGREE:
        if given.disease is None and shown["diseases"]:
            return str(shown["diseases"][0]["id"])
        if not any(given.disease in ids for ids in listed):
            fault = Fault(field="disease", what="The report does not list it.", mend="Agree with one it lists.")
    elif given.decision is not Decision.OTHER and given.disease is not None:
        fault = Fault(field="disease", what="This decision names no disease.", mend="Leave it out.")
    if fault is not None:
        raise invalid((fault,))
    return given.disease


def _keep(
    desk: Desk,
    connection: Connection,
    row: RowMapping,
    given: SignOffInput,
    shown: dict[str, Any],
    disease: str | None,
    reader: int,
    status: CaseStatus,
) -> Changed:
    id, digest = new_id(), digest_of(shown)
    content = {"reason": given.reason, "digest": digest}
    desk.add(
        connection,
        sign_off,
        row,
        id=id,
        report=given.report,
        decision=given.decision.value,
        disease=disease,
        reader=reader,
        sealed=seal(desk.keeping.vault, connection, row["id"], "sign_off", id, content),
    )
    desk.record(
        connection,
        Action.SIGN,
        row,
        "sign_off",
        id,
        report=given.report,
        digest=digest,
        decision=given.decision.value,
        reader=reader,
        status=status.value,
    )
    solved = status is CaseStatus.SIGNED and given.decision in _SOLVED
    version = touch(desk, connection, row, content=False, status=status.value, unsolved=not solved)
    return Changed(row["id"], version, status.value, (id,))
