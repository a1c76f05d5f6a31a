"""How long a clinician read the evidence for a disease: told by the page, kept for the monthly figures of the site."""

from __future__ import annotations

from sqlalchemy import Connection

from service.cases.desk import Desk
from service.store.tables import evidence_look


def keep_look(desk: Desk, case_id: str, rank: int, seconds: float) -> None:
    """Keep that evidence for the disease at `rank` was open for so many seconds; the case stays as it is.

    Whoever may read the case may say so of themselves. Raises 404 and 410 problems.
    """

    def work(connection: Connection) -> None:
        row = desk.case(connection, case_id)
        desk.add(connection, evidence_look, row, rank=rank, seconds=seconds)

    desk.write(work)
