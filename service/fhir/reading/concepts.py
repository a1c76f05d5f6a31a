"""Codes of CodeableConcepts: which system they are of, in the spellings that hospitals send, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ontology.terms import Moved, Terms, UnknownTerm
from service.fhir.issues import Issue, notice, warning
from service.fhir.names import HPO, LOINC, OMIM, ORPHANET, SNOMED
from service.fhir.reading.items import Json
from service.problems import Fault

#: Systems by the names they are sent under: terminology.hl7.org's own, its OIDs, OBO's PURLs and what else is seen.
SYSTEMS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                HPO,
                "http://www.human-phenotype-ontology.org",
                "https://human-phenotype-ontology.org",
                "http://human-phenotype-ontology.github.io",
                "https://hpo.jax.org",
                "https://hpo.jax.org/app",
                "http://purl.obolibrary.org/obo/hp.owl",
                "http://purl.obolibrary.org/obo/hp.fhir",
                "http://purl.obolibrary.org/obo/hp",
                "urn:oid:2.16.840.1.113883.6.339",
            ),
            HPO,
        ),
        **dict.fromkeys(
            (OMIM, "http://omim.org", "http://www.omim.org", "https://www.omim.org", "urn:oid:2.16.840.1.113883.6.174"),
            OMIM,
        ),
        **dict.fromkeys(
            (
                ORPHANET,
                "https://www.orpha.net",
                "http://orpha.net",
                "http://www.orpha.net/ORDO",
                "http://www.orpha.net/ordo",
                "urn:oid:2.16.840.1.113883.2.16.3.1.5.3",
                "urn:oid:1.3.6.1.4.1.19376.1.5.3.1.4.6.1",
            ),
            ORPHANET,
        ),
        **dict.fromkeys((SNOMED, "urn:oid:2.16.840.1.113883.6.96"), SNOMED),
        **dict.fromkeys((LOINC, "https://loinc.org", "urn:oid:2.16.840.1.113883.6.1"), LOINC),
        **dict.fromkeys(
            (
                "http://purl.obolibrary.org/obo/mondo.owl",
                "http://purl.obolibrary.org/obo/mondo",
                "https://mondo.monarchinitiative.org",
                "urn:phenomap:mondo",
            ),
            "MONDO",
        ),
    }
)
_HP_CODE = re.compile(r"(?:http://purl\.obolibrary\.org/obo/)?(?:(?:HP|hp)[:_])?(\d{7})")
_LOOKS_LIKE_HP = re.compile(r"(?:http://purl\.obolibrary\.org/obo/)?(?:HP|hp)[:_]\d{7}")
_OMIM_CODE = re.compile(r"(?:(?:O?MIM|MIM)[:_ ]?)?[#%+*^]?(?:PS)?(\d{6})", re.IGNORECASE)
_ORPHA_CODE = re.compile(r"(?:(?:ORPHA|Orphanet|ORDO)[:_ ]?)?(\d{1,7})", re.IGNORECASE)
_MONDO_CODE = re.compile(r"(?:MONDO[:_])?(\d{7})")
_DECIPHER_CODE = re.compile(r"(?:DECIPHER:)?(\d{1,7})")
#: Systems of diseases, the preferred first: the prefix of their ids, and how their codes are written.
_DISEASES = (
    (OMIM, "OMIM", _OMIM_CODE),
    (ORPHANET, "ORPHA", _ORPHA_CODE),
    ("https://www.deciphergenomics.org", "DECIPHER", _DECIPHER_CODE),
    ("MONDO", "MONDO", _MONDO_CODE),
)


def codings(concept: object, path: str) -> Iterator[tuple[Json, str]]:
    """The codings of a CodeableConcept, each with its path."""
    if isinstance(concept, dict):
        held = concept.get("coding")
        for at, coding in enumerate(held if isinstance(held, list) else ()):
            if isinstance(coding, dict):
                yield coding, f"{path}.coding[{at}]"


def system_of(coding: Json) -> str:
    """The system of a coding, under the name used here where it has one."""
    written = str(coding.get("system") or "").rstrip("/")
    return SYSTEMS.get(written, written)


def codes_of(concept: object, system: str) -> tuple[str, ...]:
    """The codes that a concept has in `system`."""
    return tuple(str(each.get("code") or "") for each, _ in codings(concept, "") if system_of(each) == system)


def words_of(concept: object) -> str:
    """What a concept is called: its text, else the first display."""
    if not isinstance(concept, dict):
        return ""
    displays = (each.get("display") for each, _ in codings(concept, ""))
    words = concept.get("text") or next((each for each in displays if each), "")
    return " ".join(str(words).split())


def all_words(concept: object) -> str:
    """Text and every display of a concept, to look for words in."""
    if not isinstance(concept, dict):
        return ""
    return " | ".join(
        str(each) for each in (concept.get("text"), *(c.get("display") for c, _ in codings(concept, ""))) if each
    )


def hpo_id(coding: Json) -> str | None:
    """The HPO id that a coding is written as, however it is spelled; None where it is of another system."""
    code = str(coding.get("code") or "").strip()
    is_hpo = system_of(coding) == HPO
    found = _HP_CODE.fullmatch(code) if is_hpo or _LOOKS_LIKE_HP.fullmatch(code) else None
    if found is not None:
        return f"HP:{found[1]}"
    return code[:40] if is_hpo else None


def terms_of(concept: object, path: str, terms: Terms, *, phenotypes: bool = True) -> Iterator[tuple[str, str] | Issue]:
    """Each HPO term of a concept, as its current id and its path, and what is wrong with codes that are to be some.

    With `phenotypes`, terms that are no phenotypic abnormality are faults.
    """
    seen: set[str] = set()
    for coding, at in codings(concept, path):
        id = hpo_id(coding)
        if id is None:
            continue
        if system_of(coding) not in (HPO, ""):
            what = "This is a code of the HPO under another code system."
            yield Issue(
                Fault(field=f"{at}.system", what=what, mend=f"Send it with the system {HPO}"), code="code-invalid"
            )
            continue
        if not coding.get("system"):
            what = "This code of the HPO comes without its code system."
            yield warning(Fault(field=f"{at}.system", what=what, mend=f"Send it with the system {HPO}"), "code-invalid")
        try:
            found = terms.resolve(id)
        except UnknownTerm as unknown:
            yield Issue(Fault(field=f"{at}.code", what=unknown.what, mend=unknown.mend), code="code-invalid")
            continue
        if found.moved is not None:
            yield _moved(found.moved, id, found.id, f"{at}.code")
        if phenotypes and not terms.is_phenotype[found.position]:
            what = f"{found.id} ({terms.label(found.position)}) is not a phenotypic abnormality."
            mend = "Send terms below HP:0000118; inheritance, onset and modifiers are none."
            yield Issue(Fault(field=f"{at}.code", what=what, mend=mend), code="code-invalid")
        elif found.id not in seen:
            seen.add(found.id)
            yield found.id, f"{at}.code"


def disease_ids(concept: object, path: str) -> Iterator[tuple[str, Json] | Issue]:
    """Ids of diseases in a concept, OMIM first, each with its coding; what is no code of its system is a fault."""
    for system, prefix, form in _DISEASES:
        for coding, at in codings(concept, path):
            if system_of(coding) != system:
                continue
            found = form.fullmatch(str(coding.get("code") or "").strip())
            if found is None:
                what = f"This is no code of {prefix}."
                yield Issue(
                    Fault(field=f"{at}.code", what=what, mend="Correct the code or its system."), code="code-invalid"
                )
            else:
                yield f"{prefix}:{found[1]}", coding


def _moved(how: Moved, given: str, current: str, path: str) -> Issue:
    if how is Moved.ALTERNATIVE:
        return notice(Fault(field=path, what=f"{given} is now {current}.", mend="It is read as that."), "code-invalid")
    what = f"{given} is obsolete; {current} has replaced it."
    return notice(Fault(field=path, what=what, mend="It is read as that."), "code-invalid")
