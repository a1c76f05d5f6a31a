"""What resources add to what is known of a case beside findings (KnownInput), and its taking away again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.fhir.issues import Issue, warning
from service.fhir.reading.items import Diagnosed, Item, Related, Tested, Told
from service.models.known import MOST_DIAGNOSES, MOST_DONE, DiagnosisInput, FamilyInput, KnownInput, TestDoneInput
from service.problems import Fault

Added = Mapping[str, Any]


def added_by(items: Iterable[Item]) -> dict[str, Any]:
    """What items add, as JSON to be kept beside the resource; empty where they add nothing."""
    added: dict[str, Any] = {}
    for item in items:
        if isinstance(item, Diagnosed):
            added.setdefault("diagnoses", []).append(item.diagnosis.model_dump(mode="json", exclude_defaults=True))
        elif isinstance(item, Tested):
            added.setdefault("tests_done", []).append(item.test.model_dump(mode="json", exclude_defaults=True))
        elif isinstance(item, Related):
            added.setdefault("family", []).append([item.field, item.value, list(item.diseases)])
        elif isinstance(item, Told):
            added.setdefault("told", []).append([item.field, item.value])
    return added


def without(known: KnownInput, added: Added) -> KnownInput:
    """What is known once a resource is taken away that added this; what someone has changed since stays."""
    diagnoses = [each for each in known.diagnoses if each not in _diagnoses(added)]
    tests = [each for each in known.tests_done if each not in _tests(added)]
    family = known.family_history.model_dump()
    for name, value, _ in added.get("family", ()):
        if family[name] == value:
            family[name] = None
    changed: dict[str, Any] = {"diagnoses": diagnoses, "tests_done": tests, "family_history": FamilyInput(**family)}
    for name, value in added.get("told", ()):
        if getattr(known, name) == value:
            changed[name] = KnownInput.model_fields[name].default
    return known.model_copy(update=changed)


def with_all(known: KnownInput, all_added: Sequence[Added]) -> KnownInput:
    """What is known once resources were added.

    A relative's disease counts where the patient has the same: told by any of these resources, or known before.
    """
    diagnoses, tests = list(known.diagnoses), list(known.tests_done)
    for added in all_added:
        diagnoses += [each for each in _diagnoses(added) if each not in diagnoses]
        tests += [each for each in _tests(added) if each not in tests]
    own = {each.id for each in diagnoses if not each.excluded}
    family = known.family_history.model_dump()
    told: dict[str, Any] = {}
    for added in all_added:
        for name, value, diseases in added.get("family", ()):
            if (not diseases or own.intersection(diseases)) and family[name] is None:
                family[name] = value
        told |= dict(added.get("told", ()))
    changed: dict[str, Any] = {
        "diagnoses": diagnoses[:MOST_DIAGNOSES],
        "tests_done": tests[:MOST_DONE],
        "family_history": FamilyInput(**family),
        **told,
    }
    return known.model_copy(update=changed)


def left_out(known: KnownInput, all_added: Sequence[Added]) -> Iterator[Issue]:
    """What a case has no more room for."""
    if len(known.diagnoses) + sum(len(each.get("diagnoses", ())) for each in all_added) > MOST_DIAGNOSES:
        what = f"A case keeps {MOST_DIAGNOSES} diagnoses; others may be left out."
        yield warning(Fault(field="Bundle", what=what, mend="Nothing is to be done."), "too-costly")
    if len(known.tests_done) + sum(len(each.get("tests_done", ())) for each in all_added) > MOST_DONE:
        what = f"A case keeps {MOST_DONE} tests done; others may be left out."
        yield warning(Fault(field="Bundle", what=what, mend="Nothing is to be done."), "too-costly")


def _diagnoses(added: Added) -> list[DiagnosisInput]:
    return [DiagnosisInput.model_validate(each) for each in added.get("diagnoses", ())]


def _tests(added: Added) -> list[TestDoneInput]:
    return [TestDoneInput.model_validate(each) for each in added.get("tests_done", ())]
