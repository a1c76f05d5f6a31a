"""Observation: a finding by its HPO code in any of the usual forms, a size of the body, or a laboratory's value."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from ontology.features import Assertion
from service.fhir.issues import Issue, notice, warning
from service.fhir.names import SNOMED
from service.fhir.reading.concepts import codes_of, codings, hpo_id, terms_of, words_of
from service.fhir.reading.context import Context
from service.fhir.reading.dates import day_of, moment_of, not_yet
from service.fhir.reading.items import Finding, Item, Json, Related, Text, Withdrawn
from service.fhir.reading.laboratory import is_laboratory, read_value
from service.fhir.reading.measurements import read_size, size_of
from service.fhir.reading.retold import only_stated, with_own_words
from service.fhir.reading.statements import (
    answered,
    answered_in_words,
    below,
    extension,
    interpreted,
    onset_of,
    severity_of,
)
from service.fhir.telling import own
from service.fhir.telling.finding import MODIFIER
from service.intake import ONSET, SEVERITY
from service.problems import Fault

_CONSANGUINITY = "842009"  # SNOMED CT
_NO_RESULT = frozenset({"registered", "cancelled"})
_VALUES = (
    "valueBoolean",
    "valueCodeableConcept",
    "valueString",
    "valueQuantity",
    "valueInteger",
    "valueRange",
    "valueRatio",
)
_WHEN = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued")


def read(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """Findings, sentences about values, or a notice that it is not read."""
    status = resource.get("status")
    retold = list(only_stated(resource, path, context))
    if retold:
        yield from retold
        return
    if status == "entered-in-error":
        yield Withdrawn(path)
        return
    if status in _NO_RESULT:
        what = "An observation without a result is not read."
        yield notice(Fault(field=f"{path}.status", what=what, mend="Send it again when it is done."), "not-supported")
        return
    if resource.get("focus"):
        what = "An observation that is about somebody or something else is not read."
        mend = "Send a relative's conditions as FamilyMemberHistory."
        yield notice(Fault(field=f"{path}.focus", what=what, mend=mend), "not-supported")
        return
    for name in ("effectiveDateTime", "effectiveInstant"):
        yield from not_yet(resource.get(name), f"{path}.{name}", context.today)
    items = list(_items(resource, path, context))
    day = day_of(moment_of(resource, *_WHEN))
    for item in items:
        told = Text(item.words, item.path, item.dated or day, item.language) if isinstance(item, Text) else item
        yield with_own_words(told, resource)
    if not items:
        what = "This observation is of no kind that is read here."
        mend = "Findings are read by codes of the HPO, sizes and laboratory values by LOINC."
        yield notice(Fault(field=f"{path}.code", what=what, mend=mend), "not-supported")
    for at, note in enumerate(resource.get("note") or ()):
        yield Text(str(note["text"]), f"{path}.note[{at}].text", day)


def _items(resource: Json, path: str, context: Context) -> Iterator[Item]:
    if _names_terms(resource.get("code")):
        yield from _finding(resource, path, context)
        return
    if _CONSANGUINITY in codes_of(resource.get("code"), SNOMED):
        clear, said = _answer(resource.get("valueBoolean", resource.get("valueCodeableConcept")), context)
        if clear and said in (Assertion.OBSERVED, Assertion.EXCLUDED):
            yield Related("consanguineous", said is Assertion.OBSERVED, f"{path}.code")
        return
    size = size_of(resource.get("code"))
    if size is not None and "valueQuantity" in resource:
        day = day_of(moment_of(resource, *_WHEN))
        yield from read_size(size, resource["valueQuantity"], f"{path}.valueQuantity", day, context)
    elif _names_terms(resource.get("valueCodeableConcept")):
        yield from _value_that_is_a_finding(resource, path, context)
    elif is_laboratory(resource) and not resource.get("component"):
        yield from read_value(resource, path)
    elif isinstance(resource.get("valueString"), str) and not size:
        yield Text(_labelled(words_of(resource.get("code")), resource["valueString"]), f"{path}.valueString")
    for at, component in enumerate(resource.get("component") or ()):
        yield from _component(component, f"{path}.component[{at}]", resource, context)


def _component(component: Json, path: str, resource: Json, context: Context) -> Iterator[Item]:
    size = size_of(component.get("code"))
    if size is not None:
        day = day_of(moment_of(resource, *_WHEN))
        yield from read_size(size, component.get("valueQuantity"), f"{path}.valueQuantity", day, context)
    elif _names_terms(component.get("code")):
        moment = moment_of(resource, *_WHEN)
        yield from _stated(component, path, context, moment, None, None)
    elif is_laboratory(component) or is_laboratory(resource):
        yield from read_value(component, path)


def _finding(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A finding whose term is the code; modifiers are components."""
    onset: str | None = None
    severity: str | None = None
    for at, component in enumerate(resource.get("component") or ()):
        where = f"{path}.component[{at}]"
        above = next((hpo_id(coding) for coding, _ in codings(component.get("code"), "") if hpo_id(coding)), None)
        if above in (ONSET, SEVERITY):
            for found in below(
                component.get("valueCodeableConcept"), above, f"{where}.valueCodeableConcept", context.terms
            ):
                if isinstance(found, Issue):
                    yield found
                elif above == ONSET:
                    onset = found
                else:
                    severity = found
        elif above == MODIFIER and extension(resource, own.EVIDENCE) is not None:
            continue  # told with the finding (service.fhir.reading.retold)
        elif above != MODIFIER and _names_terms(component.get("code")):
            yield from _stated(component, where, context, moment_of(resource, *_WHEN), None, None)
        else:
            what = "This part of the finding is not read."
            yield notice(
                Fault(field=where, what=what, mend="Onset and severity are, by codes of the HPO."), "not-supported"
            )
    yield from _stated(resource, path, context, moment_of(resource, *_WHEN), onset, severity)


def _stated(
    part: Json, path: str, context: Context, moment: str, onset: str | None, severity: str | None
) -> Iterator[Item]:
    """The term of the code, as what the value says of it."""
    said = yield from _said(part, path, context)
    value = part.get("valueCodeableConcept")
    onset, severity = onset or onset_of(value, context.terms), severity or severity_of(value, context.terms)
    for term in terms_of(part.get("code"), f"{path}.code", context.terms):
        if isinstance(term, Issue):
            yield term
        elif said is not None:
            yield Finding(term[0], said, term[1], onset, severity, moment)


def _said(part: Json, path: str, context: Context) -> Generator[Issue, None, Assertion | None]:
    """What a value says of the finding that the code is: it is there where there is no value, None where unclear."""
    flagged = interpreted(part.get("interpretation"))
    name = next((each for each in _VALUES if each in part), None)
    if name is None and "dataAbsentReason" not in part:
        return flagged or Assertion.OBSERVED
    clear, said = _answer(part[name], context) if name else (True, None)
    if clear and said is None:
        what = "Nobody has looked for this finding, or its answer is not known."
        fault = Fault(
            field=f"{path}.{name or 'dataAbsentReason'}", what=what, mend="It is taken neither as there nor as absent."
        )
        yield notice(fault)
        return None
    if not clear:
        what = "What this says of the finding is not understood; it is not taken."
        mend = "Send present (SNOMED CT 52101004) or absent (2667000), or a valueBoolean."
        yield warning(Fault(field=f"{path}.{name}", what=what, mend=mend), "not-supported")
        return None
    if said is not None and flagged is not None and {said, flagged} == {Assertion.OBSERVED, Assertion.EXCLUDED}:
        what = "Value and interpretation contradict each other."
        yield Issue(Fault(field=f"{path}.interpretation", what=what, mend="Correct one of the two."), code="invariant")
        return None
    return said


def _answer(value: object, context: Context) -> tuple[bool, Assertion | None]:
    """Whether a value is an answer about a finding, and which."""
    if isinstance(value, bool):
        return True, Assertion.OBSERVED if value else Assertion.EXCLUDED
    if isinstance(value, str):
        said = answered_in_words(value)
        return said is not None, said
    clear, said = answered(value)
    if clear:
        return clear, said
    if severity_of(value, context.terms) or onset_of(value, context.terms) or _names_terms(value):
        return True, Assertion.OBSERVED
    return False, None


def _value_that_is_a_finding(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A finding that is the value, under a code of no finding of its own."""
    said = interpreted(resource.get("interpretation")) or Assertion.OBSERVED
    for term in terms_of(resource["valueCodeableConcept"], f"{path}.valueCodeableConcept", context.terms):
        if isinstance(term, Issue):
            yield term
        else:
            yield Finding(term[0], said, term[1], None, None, moment_of(resource, *_WHEN))


def _labelled(label: str, words: str) -> str:
    return f"{label}: {words}" if label else words


def _names_terms(concept: object) -> bool:
    return any(hpo_id(coding) for coding, _ in codings(concept, ""))
