"""Findings that clinicians state: kept sealed, replaced by a later word about the same term, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, update

from ontology.features import Mention
from ontology.terms import Terms, current_id
from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.cases.mentions import Said, said_from_json, said_to_json
from service.cases.sealing import seal, unseal
from service.intake import stated
from service.models.stored import FeaturesInput
from service.problems import ProblemError
from service.store.scope import may
from service.store.tables import feature, new_id, now


def add_features(desk: Desk, terms: Terms, case_id: str, given: FeaturesInput) -> Changed:
    """State findings; raises a 422 problem with every fault."""
    mentions = stated(given, desk.actor, terms)

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        added = keep_features(desk, connection, row, terms, mentions)
        return Changed(case_id, touch(desk, connection, row), "draft", added)

    return change(desk, given.model_dump(mode="json"), work)


def keep_features(
    desk: Desk, connection: Connection, row: RowMapping, terms: Terms, mentions: Sequence[Mention]
) -> tuple[str, ...]:
    """Seal mentions into the case in `row`, in place of what was said of the same terms before; their ids."""
    if not mentions:
        return ()
    said = {current_id(terms, mention.type) for mention in mentions}
    older = [at for at, standing in live(desk, connection, row["id"]) if current_id(terms, standing.term) in said]
    withdraw(desk, connection, row, older)
    added = tuple(keep(desk, connection, row, Said(mention.type, mention)) for mention in mentions)
    desk.record(connection, Action.CREATE, row, "feature", added[0], features=len(added), replaced=len(older))
    return added


def withdraw_feature(desk: Desk, case_id: str, feature_id: str) -> Changed:
    """Take a stated finding back: it is neither observed nor excluded any more."""

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        if not withdraw(desk, connection, row, [feature_id]):
            raise ProblemError(404, "The case holds no such finding.")
        desk.record(connection, Action.WITHDRAW, row, "feature", feature_id)
        return Changed(case_id, touch(desk, connection, row), "draft")

    return desk.write(work)


def live(desk: Desk, connection: Connection, case_id: str) -> list[tuple[str, Said]]:
    """Ids and words of the findings that stand, the oldest first."""
    rows = desk.parts(connection, feature, case_id)
    return [(row["id"], said_of(desk, connection, row)) for row in rows if row["withdrawn"] is None]


def said_of(desk: Desk, connection: Connection, row: RowMapping) -> Said:
    """The clinician's word in `row`."""
    return said_from_json(unseal(desk.keeping.vault, connection, row["case"], "feature", row["id"], row["sealed"]))


def keep(desk: Desk, connection: Connection, row: RowMapping, said: Said) -> str:
    """Seal a clinician's word into the case in `row`; its id."""
    id = new_id()
    sealed = seal(desk.keeping.vault, connection, row["id"], "feature", id, said_to_json(said))
    return desk.add(connection, feature, row, id=id, sealed=sealed)


def withdraw(desk: Desk, connection: Connection, row: RowMapping, ids: Sequence[str]) -> int:
    """Take words of the case in `row` back; how many stood."""
    standing = (feature.c.case == row["id"], feature.c.id.in_(ids), feature.c.withdrawn.is_(None))
    gone = update(feature).where(may(desk.actor, Permission.WRITE_CASES, feature), *standing)
    return connection.execute(gone.values(withdrawn=now())).rowcount
