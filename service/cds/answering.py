"""A call of a service, answered from what is kept: nothing is read, ranked or fetched while a clinician waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from service.audit.trail import Action
from service.cases.desk import Desk
from service.cds.cards import Asked, card_of
from service.cds.hooks import ORDER_SELECT, CdsService
from service.cds.orders import genetic_orders
from service.cds.standing import PatientUnknown, Standing, standing
from service.models import cds as m
from service.patients import Identifier
from service.problems import Fault, ProblemError
from service.settings_ehr import Ehr
from service.store.tables import card, new_id

_MOST_NUMBERS = 20


def cards_for(desk: Desk, ehr: Ehr, service: CdsService, call: m.HookInput, base: str) -> list[m.CardAnswer]:
    """The cards of one call; none where nothing stands out. A card that is given is kept, and in the trail.

    Raises ProblemError: 422 where the call is not one of this hook, 412 where the patient cannot be told.
    """
    assert ehr.cds is not None
    _require(service, call)
    orders = genetic_orders(call.context.selections or (), call.context.draft_orders or {})
    asked = Asked(service, call.context.patient_id, call.context.encounter_id, orders, base, ehr.launch is not None)
    if service.hook == ORDER_SELECT and not any(order.selected for order in orders):
        return []
    numbers = _numbers(call)
    try:
        found = desk.read(lambda c: standing(desk, c, ehr.name, call.context.patient_id, numbers or (), service.id))
    except PatientUnknown:
        if numbers is None:
            raise _patient_missing() from None
        return []
    if found is None or found.probability < service.threshold(ehr.cds.thresholds):
        return []
    made = card_of(found, asked, id := new_id())
    if made is None:
        return []
    return [made] if _kept(desk, service, found, call.hook_instance, id, made) else []


def _kept(desk: Desk, service: CdsService, found: Standing, hook: str, id: str, made: m.CardAnswer) -> bool:
    """Keep the card; False where the case is gone meanwhile."""

    def work(connection: Connection) -> None:
        row = desk.case(connection, found.case["id"])
        desk.add(
            connection,
            card,
            row,
            id=id,
            service=service.id,
            report=found.report.id,
            disease=found.disease,
            hook=desk.keeping.vault.fingerprint(connection, f"hook|{hook}"),
            indicator=made.indicator,
        )
        desk.record(connection, Action.VIEW, row, "card", id)

    try:
        desk.write(work)
    except ProblemError as problem:
        if problem.status in (404, 410):
            return False
        raise
    return True


def _require(service: CdsService, call: m.HookInput) -> None:
    faults = []
    if call.hook != service.hook:
        what = "This service is called at another hook."
        faults.append(Fault(field="hook", what=what, mend=f"Call it at {service.hook}."))
    given = call.context.model_dump(by_alias=True)
    faults += [
        Fault(field=f"context.{name}", what="The hook requires this field.", mend="Send it.")
        for name in service.required
        if given.get(name) is None
    ]
    if faults:
        raise ProblemError(422, "The call cannot be used.", faults)


def _numbers(call: m.HookInput) -> tuple[Identifier, ...] | None:
    """The patient's numbers as they were prefetched, where null says that the client has no such Patient.

    None where it was not prefetched, or could not be. Raises a 422 problem where another patient was sent.
    """
    prefetched = call.prefetch or {}
    patient = prefetched.get("patient")
    if "patient" in prefetched and patient is None:
        return ()
    if not isinstance(patient, Mapping) or patient.get("resourceType") != "Patient":
        return None
    if patient.get("id", call.context.patient_id) != call.context.patient_id:
        what = "The prefetched patient is another one than that of the context."
        raise ProblemError(422, what, (Fault(field="prefetch.patient", what=what, mend="Send that of the context."),))
    given = patient.get("identifier")
    listed = given[:_MOST_NUMBERS] if isinstance(given, list) else []
    return tuple(Identifier(str(each.get("system") or ""), each["value"]) for each in listed if _is_number(each))


def _is_number(given: Any) -> bool:  # noqa: ANN401 as it was sent
    return isinstance(given, Mapping) and isinstance(given.get("value"), str) and bool(given["value"].strip())


def _patient_missing() -> ProblemError:
    what = "The patient is not known by this id, and was not prefetched."
    mend = "Send the Patient with its identifiers as the prefetch `patient`."
    return ProblemError(412, what, (Fault(field="prefetch.patient", what=what, mend=mend),))
