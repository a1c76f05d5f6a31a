"""The findings of a case as lines for the clipboard: id, label and assertion, with tabs between."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from ontology.terms import UnknownTerm
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.features import live
from service.cases.reading import shown_in
from service.naming import Naming
from service.store.tables import report


def hpo_list(desk: Desk, naming: Naming, case_id: str) -> str:
    """Findings of the case's latest report, or those stated where there is none, a line each; recorded as an export.

    Labels are those of the release in use, in the language of `naming`; of a term that it has dropped, as reported.
    """

    def work(connection: Connection) -> list[tuple[str, str, str]]:
        desk.case(connection, case_id)
        reports = desk.parts(connection, report, case_id)
        if reports:
            shown = shown_in(desk, connection, reports[-1])
            return [(each["id"], each["label"], each["assertion"]) for each in shown["features"]]
        return list(_stated(desk, connection, case_id))

    desk.write(lambda c: desk.record(c, Action.EXPORT, desk.case(c, case_id), form="hpo"))
    found = desk.read(work)
    return "".join(f"{id}\t{_label(naming, id, label)}\t{assertion}\n" for id, label, assertion in found)


def _stated(desk: Desk, connection: Connection, case_id: str) -> Iterator[tuple[str, str, str]]:
    for _, said in live(desk, connection, case_id):
        if said.mention is not None:
            yield said.term, said.term, said.mention.assertion.value


def _label(naming: Naming, id: str, shown: str) -> str:
    try:
        return naming.label(id)
    except UnknownTerm:
        return shown
