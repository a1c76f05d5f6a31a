"""Signing what the page shows: it is frozen as a report and signed in one transaction, or nothing is done."""

from __future__ import annotations

from sqlalchemy import Connection

from service.actors import Permission
from service.bench.look import Look, shown_of
from service.cases.assessing import keep_report
from service.cases.changes import Changed
from service.cases.consents import require_assessable
from service.cases.desk import Desk
from service.cases.signing import sign_now, sign_second
from service.models.bench import SignForm
from service.models.stored import CaseStatus, SignOffInput
from service.problems import ProblemError
from service.store.tables import sign_off


def sign(desk: Desk, case_id: str, look: Look, given: SignForm) -> Changed:
    """The next signature under `look`; `desk` expects the version that was shown.

    Raises 409 problems where what is shown now is not what the form was made for, and as service.cases.signing does.
    """
    if look.report is None:
        raise ProblemError(409, "There is nothing to sign: the case holds no note and no finding.")
    if look.sheet.status == CaseStatus.WAITING:
        return sign_second(desk, case_id, _signature(given, _first_report(desk, case_id)))
    if look.shown != given.shown:
        raise ProblemError(409, "What you saw has changed since; look at it as it is now before you sign.")
    content, release = shown_of(look.report), look.report.knowledge.release

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id, Permission.SIGN)
        require_assessable(desk, connection, row)
        report, version = keep_report(desk, connection, row, release, content)
        return sign_now(desk.at(version), connection, case_id, _signature(given, report))

    return desk.write(work)


def freeze(desk: Desk, case_id: str, look: Look) -> str:
    """Keep what is shown as the case's latest report, unsigned; its id. Raises a 409 problem where nothing is shown."""
    if look.report is None or look.gated:
        raise ProblemError(409, "There is nothing to print: nothing follows from the case yet.")
    content, release = shown_of(look.report), look.report.knowledge.release

    def work(connection: Connection) -> str:
        row = desk.changing(connection, case_id)
        require_assessable(desk, connection, row)
        return keep_report(desk, connection, row, release, content)[0]

    return desk.write(work)


def _signature(given: SignForm, report: str) -> SignOffInput:
    return SignOffInput(report=report, decision=given.decision, disease=given.disease, reason=given.reason)


def _first_report(desk: Desk, case_id: str) -> str:
    """The report under the first signature."""
    signed = desk.read(lambda connection: desk.parts(connection, sign_off, case_id, Permission.SECOND_SIGN))
    return str(signed[-1]["report"])
