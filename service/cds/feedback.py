"""What became of cards: kept with the case, a clinician's comment sealed, and counted by service."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, RowMapping

from service.actors import Permission
from service.cases.desk import Desk
from service.cases.sealing import canonical, seal
from service.cds.cards import MOST_SUGGESTIONS, OVERRIDE_REASONS, SYSTEM, suggestion_uuid
from service.cds.hooks import SERVICES, CdsService
from service.cds.standing import OVERRIDDEN
from service.models import cds as m
from service.problems import Fault, ProblemError
from service.store.scope import scoped
from service.store.tables import card, card_feedback

_KIND = "card_feedback"
#: A client's own reason whose code may say anything: the code itself is sealed.
_OTHER = "other"
#: Of one card; what is told beyond is not kept.
_MOST_OF_ONE_CARD = 20
_COUNTED = (
    card_feedback.c.id,
    card_feedback.c.card,
    card_feedback.c.outcome,
    card_feedback.c.reason,
    card_feedback.c.created,
)


def keep_feedback(desk: Desk, service: CdsService, given: m.FeedbackInput) -> m.FeedbackKeptAnswer:
    """Keep what is told of this service's cards; what is told again is kept once.

    Many cards come at once, and one that was erased meanwhile must not hold back the others: those that are not there
    are named. Raises a 404 problem where none is, and 422, keeping nothing, for what cannot be about its card.
    """

    def work(connection: Connection) -> m.FeedbackKeptAnswer:
        rows = [_card(desk, connection, service, one) for one in given.feedback]
        unknown = [_unknown(at) for at, row in enumerate(rows) if row is None]
        if len(unknown) == len(rows):
            raise ProblemError(404, "There is no such card of this service.", unknown)
        faults = [_foreign(at) for at, one in enumerate(given.feedback) if rows[at] and not _suggested(one)]
        faults += [_moment(at) for at, one in enumerate(given.feedback) if rows[at] and _utc(one) is None]
        if faults:
            raise ProblemError(422, "The feedback cannot be used.", faults)
        kept = sum(_keep(desk, connection, row, one) for row, one in zip(rows, given.feedback, strict=True) if row)
        return m.FeedbackKeptAnswer(kept=kept, unknown=[fault.field for fault in unknown])

    return desk.write(work)


def outcomes(desk: Desk) -> list[m.OutcomesAnswer]:
    """How the cards of one's departments fared, by service."""

    def work(connection: Connection) -> tuple[list[RowMapping], list[RowMapping]]:
        given, told = (
            list(connection.execute(scoped(desk.actor, Permission.READ_CASES, table).with_only_columns(*of)).mappings())
            for table, of in ((card, (card.c.id, card.c.service)), (card_feedback, _COUNTED))
        )
        return given, told

    given, told = desk.read(work)
    by_card: dict[str, list[RowMapping]] = defaultdict(list)
    for one in told:
        by_card[one["card"]].append(one)
    of_service = {service.id: [each for each in given if each["service"] == service.id] for service in SERVICES}
    return [_outcomes(id, cards, by_card) for id, cards in of_service.items()]


def _outcomes(service: str, given: list[RowMapping], told: dict[str, list[RowMapping]]) -> m.OutcomesAnswer:
    """A card that was told of several times counts by what was told last."""
    last = [max(told[each["id"]], key=lambda one: (one["created"], one["id"])) for each in given if told[each["id"]]]
    overridden = [one for one in last if one["outcome"] == OVERRIDDEN]
    return m.OutcomesAnswer(
        service=service,
        cards=len(given),
        accepted=len(last) - len(overridden),
        overridden=len(overridden),
        unanswered=len(given) - len(last),
        reasons=dict(Counter(one["reason"] for one in overridden if one["reason"])),
    )


def _card(desk: Desk, connection: Connection, service: CdsService, one: m.OneFeedbackInput) -> RowMapping | None:
    """The row of its card; None where there is none, or its case was erased."""
    of_service = (card.c.id == UUID(one.card).hex, card.c.service == service.id, card.c.hook != "")
    return connection.execute(scoped(desk.actor, Permission.WRITE_CASES, card, *of_service)).mappings().first()


def _suggested(one: m.OneFeedbackInput) -> bool:
    """Whether it names suggestions that the card may have had; at least one where the outcome is accepted."""
    known = {suggestion_uuid(one.card, number) for number in range(1, MOST_SUGGESTIONS + 1)}
    named = {each.id.casefold() for each in one.accepted_suggestions or ()}
    return named <= known and bool(named or one.outcome == OVERRIDDEN)


def _keep(desk: Desk, connection: Connection, row: RowMapping, one: m.OneFeedbackInput) -> int:
    """1, or 0 where the very same was kept before, or more was told of the card than is kept."""
    reason = one.override_reason.reason if one.override_reason else None
    content = {
        "at": _utc(one),
        "comment": one.override_reason.user_comment if one.override_reason else None,
        "code": reason.code if reason else None,
        "system": reason.system if reason else None,
    }
    accepted = sorted(each.id.casefold() for each in one.accepted_suggestions or ())
    vault, case_id = desk.keeping.vault, row["case"]
    told = canonical([row["id"], one.outcome, accepted, content]).decode()
    id = vault.fingerprint(connection, f"feedback|{told}")[:32]  # the same is known again by its id
    mine = scoped(desk.actor, Permission.WRITE_CASES, card_feedback, card_feedback.c.card == row["id"])
    held = set(connection.scalars(mine.with_only_columns(card_feedback.c.id)))
    if id in held or len(held) >= _MOST_OF_ONE_CARD:
        return 0
    desk.add(
        connection,
        card_feedback,
        desk.case(connection, case_id),
        id=id,
        card=row["id"],
        outcome=one.outcome,
        reason=_counted_as(reason),
        suggestions=accepted,
        sealed=seal(vault, connection, case_id, _KIND, id, content),
    )
    return 1


def _counted_as(reason: m.CodingInput | None) -> str | None:
    if reason is None:
        return None
    ours = reason.code in OVERRIDE_REASONS and reason.system in (None, SYSTEM)
    return reason.code if ours else _OTHER


def _utc(one: m.OneFeedbackInput) -> str | None:
    """When it was told, in UTC; None where there is no such day or hour."""
    try:
        return datetime.fromisoformat(one.outcome_timestamp.upper()).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _unknown(at: int) -> Fault:
    return Fault(field=f"feedback[{at}].card", what="There is no such card of this service.", mend="Leave it out.")


def _foreign(at: int) -> Fault:
    what = "The card had no such suggestion."
    mend = "Send the uuid of a suggestion of this card."
    return Fault(field=f"feedback[{at}].acceptedSuggestions", what=what, mend=mend)


def _moment(at: int) -> Fault:
    return Fault(field=f"feedback[{at}].outcomeTimestamp", what="There is no such day or hour.", mend="Send it in UTC.")
