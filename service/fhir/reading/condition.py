"""Condition: findings by HPO codes, diagnoses by OMIM and Orphanet codes, and else words for the reader of notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import ValidationError

from ontology.features import Assertion
from service.fhir.issues import Issue, notice
from service.fhir.reading.concepts import codes_of, codings, disease_ids, hpo_id, terms_of, words_of
from service.fhir.reading.context import Context
from service.fhir.reading.dates import age_on, day_of, moment_of, not_yet
from service.fhir.reading.items import Diagnosed, Finding, Item, Json, Text, Withdrawn
from service.fhir.reading.retold import with_own_words
from service.fhir.reading.statements import extension, onset_at, onset_of, severity_of, years_of
from service.fhir.reading.told_words import sentence_of
from service.fhir.telling import own
from service.models.known import NAME, DiagnosisInput
from service.problems import Fault

VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_SURE = {
    "unconfirmed": Assertion.UNCERTAIN,
    "provisional": Assertion.UNCERTAIN,
    "differential": Assertion.UNCERTAIN,
    "refuted": Assertion.EXCLUDED,
}
_PAST = frozenset({"inactive", "remission", "resolved"})
_LONGEST_LABEL = 300
_DAYS_IN_YEAR = 365.2425


def read(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """Findings, diagnoses, or a sentence of words."""
    if "entered-in-error" in codes_of(resource.get("verificationStatus"), VERIFICATION):
        yield Withdrawn(path)
        return
    for name in ("onsetDateTime", "recordedDate"):
        yield from not_yet(resource.get(name), f"{path}.{name}", context.today)
    said, concept, at = assertion_of(resource), resource.get("code"), f"{path}.code"
    onset, severity = _onset(resource, context), severity_of(resource.get("severity"), context.terms)
    coded = False
    for term in terms_of(concept, at, context.terms):
        coded = True
        if isinstance(term, Issue):
            yield term
        else:
            moment = moment_of(resource, "recordedDate", "onsetDateTime", "onsetPeriod")
            yield with_own_words(Finding(term[0], said, term[1], onset, severity, moment), resource)
    retold = _as_kept(resource, said, onset)
    if retold is not None:
        coded = True
        yield Diagnosed(retold, at)
    diagnosis = None
    for found in disease_ids(concept, at) if retold is None else ():
        coded = True
        if isinstance(found, Issue):
            yield found
        elif diagnosis is None:  # a disease is one diagnosis, by whichever of its ids comes first
            diagnosis = found[0]
            words = words_of(concept)
            label = "" if words == context.disease_name(diagnosis) else words
            yield Diagnosed(_diagnosis(diagnosis, label, said, onset, _gene(resource)), at)
    words = words_of(concept)
    if not coded and words:
        yield Text(sentence_of(words, said), at, day_of(resource.get("recordedDate")))
    elif not coded:
        what = "This names nothing that is read here."
        yield notice(
            Fault(field=at, what=what, mend="Send a code of the HPO, OMIM or Orphanet, or words."), "not-supported"
        )
    for number, note in enumerate(resource.get("note") or ()):
        yield Text(str(note["text"]), f"{path}.note[{number}].text", day_of(resource.get("recordedDate")))


def assertion_of(resource: Json) -> Assertion:
    """Whether the condition is there, was, is suspected or was ruled out."""
    for code in codes_of(resource.get("verificationStatus"), VERIFICATION):
        if code in _SURE:
            return _SURE[code]
    if _PAST.intersection(codes_of(resource.get("clinicalStatus"), CLINICAL)):
        return Assertion.HISTORICAL
    return Assertion.OBSERVED


def _as_kept(resource: Json, said: Assertion, onset: str | None) -> DiagnosisInput | None:
    """A diagnosis that this software told as it is kept; None where it is another's, or was made one since."""
    told = extension(resource, own.DIAGNOSIS)
    parts = {str(each.get("url")): each for each in (told or {}).get("extension") or () if isinstance(each, dict)}
    id, label, confirmed = (
        (parts.get(name) or {}).get(kind)
        for name, kind in (("id", "valueString"), ("label", "valueString"), ("confirmed", "valueBoolean"))
    )
    term = (extension(resource.get("_onsetString") or {}, own.ONSET) or {}).get("valueCodeableConcept")
    given = {
        "id": id,
        "label": label or "",
        "excluded": said is Assertion.EXCLUDED,
        "onset": onset or next((hpo_id(each) for each, _ in codings(term, "") if hpo_id(each)), None),
        "gene": _gene(resource),
        "confirmed": confirmed if said is Assertion.EXCLUDED else said is not Assertion.UNCERTAIN,
    }
    try:
        return DiagnosisInput.model_validate(given) if told is not None else None
    except ValidationError:
        return None


def _diagnosis(id: str, label: str, said: Assertion, onset: str | None, gene: str | None) -> DiagnosisInput:
    return DiagnosisInput(
        id=id,
        label="".join(sign for sign in label if sign.isprintable())[:_LONGEST_LABEL],
        excluded=said is Assertion.EXCLUDED,
        onset=onset,
        gene=gene,
        confirmed=said is not Assertion.UNCERTAIN,
    )


def _gene(resource: Json) -> str | None:
    """The gene that a molecular diagnosis names, as this service tells it."""
    for evidence in resource.get("evidence") or ():
        for concept in evidence.get("code") or () if isinstance(evidence, dict) else ():
            for symbol in codes_of(concept, own.GENE):
                if re.fullmatch(NAME, symbol):
                    return symbol
    return None


def _onset(resource: Json, context: Context) -> str | None:
    """The term below Onset: one that is told as such, for an age, a range's beginning, or a day after that of birth."""
    told = extension(resource.get("_onsetString") or {}, own.ONSET)
    if told is not None:
        return onset_of(told.get("valueCodeableConcept"), context.terms)
    spoken = resource.get("onsetRange")
    years = years_of(resource.get("onsetAge")) if "onsetAge" in resource else None
    if years is None and isinstance(spoken, dict):
        years = years_of(spoken.get("low"))
    if years is None:
        days = age_on(context.born, day_of(moment_of(resource, "onsetDateTime", "onsetPeriod")))
        years = None if days is None else days / _DAYS_IN_YEAR
    return onset_at(years, context.terms)
