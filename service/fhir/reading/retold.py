"""What this software told of a case itself: which of it is read back, and what its own extensions add to a finding.

A report is made from a case, and is made again where the case is kept: nothing of it is read, or what was read from a
note would come back as if someone had stated it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ontology.features import Assertion
from service.fhir.issues import Issue
from service.fhir.names import HPO
from service.fhir.reading.concepts import codes_of, codings, hpo_id, terms_of
from service.fhir.reading.context import Context
from service.fhir.reading.items import Finding, Item, Json, Quoted
from service.fhir.reading.statements import extension, onset_of, severity_of
from service.fhir.telling import own
from service.fhir.telling.finding import ECO, MODIFIER, READ

_HPO_ID = re.compile(r"HP:[0-9]{7}")


def is_of_a_report(resource: Json) -> bool:
    """Whether this is part of a report of this software: by its tag, or where that was lost by its own codes."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    if codes_of({"coding": tags} if isinstance(tags, list) else None, own.MADE):
        return True
    kind = resource.get("resourceType")
    if kind == "Observation":
        return extension(resource, own.EVIDENCE) is not None and READ[0] in codes_of(resource.get("method"), ECO)
    return kind == "DiagnosticReport" and own.REPORT in codes_of(resource.get("code"), own.DOCUMENT)


def only_stated(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """Readings that an Observation strikes out, or a possibility that it names; nothing where it is another's."""
    struck = _is_struck(resource) and resource.get("status") == "entered-in-error"
    if not struck and not _is_hypothetical(resource):
        return
    qualities = _qualities(resource, context)
    for term in terms_of(resource.get("code"), f"{path}.code", context.terms):
        if isinstance(term, Issue):
            yield term
        else:
            said = None if struck else Assertion.HYPOTHETICAL
            yield with_own_words(Finding(term[0], said, term[1], *qualities), resource)


def with_own_words(item: Item, resource: Json) -> Item:
    """A finding with the words that it was stated for, and what it strikes out; anything else as it is."""
    if not isinstance(item, Finding):
        return item
    struck, told = _is_struck(resource), extension(resource, own.EVIDENCE)
    if not struck and told is None:
        return item
    quoted = _quoted(resource, told or {})
    return replace(item, struck=struck, quoted=quoted, retold=True, modifiers=_modifiers(resource))


def _qualities(resource: Json, context: Context) -> tuple[str | None, str | None]:
    """Onset and severity among the components."""
    told = [each.get("valueCodeableConcept") for each in resource.get("component") or () if isinstance(each, dict)]
    onsets = (onset_of(each, context.terms) for each in told)
    severities = (severity_of(each, context.terms) for each in told)
    return next(filter(None, onsets), None), next(filter(None, severities), None)


def _is_struck(resource: Json) -> bool:
    return (extension(resource, own.STRUCK) or {}).get("valueBoolean") is True


def _modifiers(resource: Json) -> tuple[str, ...]:
    """What the words beside a finding add: components of an Observation, else extensions; HPO ids as they are told."""
    conditions = [each for each in resource.get("condition") or () if isinstance(each, dict)]
    told = [each.get("valueCodeableConcept") for part in (resource, *conditions) for each in _all(part, own.MODIFIER)]
    for each in resource.get("component") or ():
        if isinstance(each, dict) and MODIFIER in codes_of(each.get("code"), HPO):
            told.append(each.get("valueCodeableConcept"))
    found = (hpo_id(coding) for concept in told for coding, _ in codings(concept, ""))
    return tuple(dict.fromkeys(id for id in found if id and _HPO_ID.fullmatch(id)))


def _all(told: Json, url: str) -> list[Json]:
    held = told.get("extension")
    return (
        [each for each in held if isinstance(each, dict) and each.get("url") == url] if isinstance(held, list) else []
    )


def _is_hypothetical(resource: Json) -> bool:
    told = _parts(extension(resource, own.EVIDENCE) or {})
    without = not any(name.startswith("value") for name in resource)
    return without and told.get("assertion", {}).get("valueCode") == Assertion.HYPOTHETICAL.value


def _quoted(resource: Json, told: Json) -> Quoted | None:
    """The words that the first place quotes; None where it has none."""
    place, words = _parts(extension(resource, own.DERIVED) or {}), _parts(told)
    reference = place.get("reference", {}).get("valueReference")
    note = reference.get("reference") if isinstance(reference, dict) else None
    start, length = (place.get(name, {}).get("valueInteger") for name in ("offset", "length"))
    text, section = (words.get(name, {}).get("valueString") for name in ("text", "section"))
    if not (isinstance(note, str) and isinstance(start, int) and isinstance(length, int) and isinstance(text, str)):
        return None
    if start < 0 or length <= 0:
        return None
    return Quoted(note, start, start + length, text, section if isinstance(section, str) else None)


def _parts(told: Json) -> dict[str, Json]:
    held = told.get("extension")
    return {str(each.get("url")): each for each in held if isinstance(each, dict)} if isinstance(held, list) else {}
