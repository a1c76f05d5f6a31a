"""Findings that clinicians state: kept sealed, replaced by a later word about the same term, or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, update

from ontology.features import Mention
from ontology.terms import Terms, UnknownTerm
from service.actors import Permission
from service.audit.trail import Action
from service.cases.changes import Changed, change
from service.cases.desk import Desk, touch
from service.cases.mentions import from_json, to_json
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
    said = {_current(terms, mention.type) for mention in mentions}
    older = [at for at, mention in live(desk, connection, row["id"]) if _current(terms, mention.type) in said]
    _withdraw(desk, connection, row, older)
    added = tuple(_keep(desk, connection, row, mention) for mention in mentions)
    desk.record(connection, Action.CREATE, row, "feature", added[0], features=len(added), replaced=len(older))
    return added


def withdraw_feature(desk: Desk, case_id: str, feature_id: str) -> Changed:
    """Take a stated finding back: it is neither observed nor excluded any more."""

    def work(connection: Connection) -> Changed:
        row = desk.changing(connection, case_id)
        if not _withdraw(desk, connection, row, [feature_id]):
            raise ProblemError(404, "The case holds no such finding.")
        desk.record(connection, Action.WITHDRAW, row, "feature", feature_id)
        return Changed(case_id, touch(desk, connection, row), "draft")

    return desk.write(work)


def live(desk: Desk, connection: Connection, case_id: str) -> list[tuple[str, Mention]]:
    """Ids and mentions of the findings that stand, the oldest first."""
    rows = desk.parts(connection, feature, case_id)
    return [(row["id"], mention_of(desk, connection, row)) for row in rows if row["withdrawn"] is None]


def mention_of(desk: Desk, connection: Connection, row: RowMapping) -> Mention:
    """The mention in `row`."""
    return from_json(unseal(desk.keeping.vault, connection, row["case"], "feature", row["id"], row["sealed"]))


def _keep(desk: Desk, connection: Connection, row: RowMapping, mention: Mention) -> str:
    id = new_id()
    sealed = seal(desk.keeping.vault, connection, row["id"], "feature", id, to_json(mention))
    return desk.add(connection, feature, row, id=id, sealed=sealed)


def _withdraw(desk: Desk, connection: Connection, row: RowMapping, ids: Sequence[str]) -> int:
    standing = (feature.c.case == row["id"], feature.c.id.in_(ids), feature.c.withdrawn.is_(None))
    gone = update(feature).where(may(desk.actor, Permission.WRITE_CASES, feature), *standing)
    return connection.execute(gone.values(withdrawn=now())).rowcount


def _current(terms: Terms, id: str) -> str:
    """The term's current id; a term that a later release dropped stands for itself."""
    try:
        return terms.id(terms.position(id))
    except UnknownTerm:
        return id
