"""What is said of a finding in FHIR's own codes: there or not, how sure, since when, how severe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ontology.features import Assertion
from ontology.terms import Terms, UnknownTerm
from service.fhir.issues import Issue, notice
from service.fhir.names import LOINC, SNOMED
from service.fhir.reading.concepts import codes_of, codings, hpo_id, system_of
from service.fhir.reading.dates import AGE_UNITS
from service.fhir.reading.items import Json
from service.intake import ONSET, SEVERITY
from service.problems import Fault

_V2_YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"
_V2_EXPANDED = "http://terminology.hl7.org/CodeSystem/v2-0532"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
#: Answers by system and code: SNOMED CT present, absent, probably, suspected, unlikely; LOINC answers; HL7 v2 Y and N.
_ANSWERS: Mapping[tuple[str, str], Assertion | None] = MappingProxyType(
    {
        **dict.fromkeys(
            ((SNOMED, "52101004"), (SNOMED, "410515003"), (SNOMED, "10828004"), (SNOMED, "373066001")),
            Assertion.OBSERVED,
        ),
        **dict.fromkeys(
            ((SNOMED, "2667000"), (SNOMED, "410516002"), (SNOMED, "260385009"), (SNOMED, "373067005")),
            Assertion.EXCLUDED,
        ),
        **dict.fromkeys(
            ((SNOMED, "410592001"), (SNOMED, "415684004"), (SNOMED, "82334004"), (SNOMED, "419984006")),
            Assertion.UNCERTAIN,
        ),
        **dict.fromkeys(((LOINC, "LA9633-4"), (LOINC, "LA33-6"), (LOINC, "LA6576-8")), Assertion.OBSERVED),
        **dict.fromkeys(((LOINC, "LA9634-2"), (LOINC, "LA32-8"), (LOINC, "LA6577-6")), Assertion.EXCLUDED),
        **dict.fromkeys(((_V2_YES_NO, "Y"), (_V2_EXPANDED, "Y")), Assertion.OBSERVED),
        **dict.fromkeys(((_V2_YES_NO, "N"), (_V2_EXPANDED, "N")), Assertion.EXCLUDED),
        # asked, and not known
        **dict.fromkeys(
            (
                (SNOMED, "261665006"),
                (LOINC, "LA4489-6"),
                (_V2_EXPANDED, "UNK"),
                (_V2_EXPANDED, "ASKU"),
                (_V2_EXPANDED, "NA"),
            ),
            None,
        ),
    }
)
_WORDS: Mapping[str, Assertion] = MappingProxyType(
    {
        **dict.fromkeys(("present", "yes", "positive", "observed", "有", "是", "阳性", "存在"), Assertion.OBSERVED),
        **dict.fromkeys(
            ("absent", "no", "negative", "excluded", "not present", "无", "否", "阴性", "没有", "不存在"),
            Assertion.EXCLUDED,
        ),
        **dict.fromkeys(
            ("possible", "probable", "suspected", "uncertain", "可疑", "可能", "疑似", "不确定"), Assertion.UNCERTAIN
        ),
    }
)
_SEVERITIES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (SNOMED, "255604002"): "HP:0012825",  # mild
        (SNOMED, "6736007"): "HP:0012826",  # moderate
        (SNOMED, "24484000"): "HP:0012828",  # severe
        (SNOMED, "442452003"): "HP:0012829",  # life threatening: profound
        (LOINC, "LA6752-5"): "HP:0012825",
        (LOINC, "LA6751-7"): "HP:0012826",
        (LOINC, "LA6750-9"): "HP:0012828",
    }
)
#: Onsets by age in years, from each age on (HPO, definitions of the terms below Onset).
_ONSETS = (
    (60.0, "HP:0003584"),  # late
    (40.0, "HP:0003596"),  # middle age
    (16.0, "HP:0011462"),  # young adult
    (5.0, "HP:0003621"),  # juvenile
    (1.0, "HP:0011463"),  # childhood
    (28 / 365.2425, "HP:0003593"),  # infantile
    (1 / 365.2425, "HP:0003623"),  # neonatal
    (0.0, "HP:0003577"),  # congenital
)


def answered(concept: object) -> tuple[bool, Assertion | None]:
    """Whether a concept is an answer about a finding, and which: None where it is that nobody knows."""
    for coding, _ in codings(concept, ""):
        key = (system_of(coding), str(coding.get("code") or ""))
        if key in _ANSWERS:
            return True, _ANSWERS[key]
    if isinstance(concept, dict) and not list(codings(concept, "")):
        said = answered_in_words(concept.get("text"))
        return said is not None, said
    return False, None


def answered_in_words(words: object) -> Assertion | None:
    """The answer that a word is, in either language."""
    return _WORDS.get(str(words or "").strip().casefold())


def interpreted(concepts: object) -> Assertion | None:
    """What `interpretation` says of a finding: POS or NEG, or IND for neither."""
    for concept in concepts if isinstance(concepts, list) else ():
        for code in codes_of(concept, INTERPRETATION):
            said = {"POS": Assertion.OBSERVED, "NEG": Assertion.EXCLUDED, "IND": Assertion.UNCERTAIN}.get(code)
            if said is not None:
                return said
    return None


def onset_at(years: float | None, terms: Terms) -> str | None:
    """The term below Onset for an age in years, or the nearest above it that the release has."""
    if years is None or years < 0:
        return None
    id = next(id for least, id in _ONSETS if years >= least)
    return id if is_below(terms, id, ONSET) else None


def years_of(quantity: object) -> float | None:
    """An Age in years, its unit a code of UCUM."""
    if not isinstance(quantity, dict) or not isinstance(quantity.get("value"), int | float):
        return None
    days = AGE_UNITS.get(str(quantity.get("code") or quantity.get("unit") or ""))
    return None if days is None else float(quantity["value"]) * days / AGE_UNITS["a"]


def severity_of(concept: object, terms: Terms) -> str | None:
    """The term below Severity that a concept is, in HPO, SNOMED CT or LOINC."""
    for coding, _ in codings(concept, ""):
        id = hpo_id(coding) or _SEVERITIES.get((system_of(coding), str(coding.get("code") or "")))
        if id is not None and is_below(terms, id, SEVERITY):
            return current(terms, id)
    return None


def onset_of(concept: object, terms: Terms) -> str | None:
    """The term below Onset that a concept is."""
    for coding, _ in codings(concept, ""):
        id = hpo_id(coding)
        if id is not None and is_below(terms, id, ONSET):
            return current(terms, id)
    return None


def below(concept: object, above: str, path: str, terms: Terms) -> Iterator[str | Issue]:
    """The term below `above` (an onset, a severity) that a concept is to be, or that it is none."""
    found = onset_of(concept, terms) if above == ONSET else severity_of(concept, terms)
    if found is not None:
        yield found
        return
    what = "This is no onset of this release." if above == ONSET else "This is no severity of this release."
    yield notice(Fault(field=path, what=what, mend=f"Send a term below {above}."), "code-invalid")


def is_below(terms: Terms, id: str, above: str) -> bool:
    """Whether `id` is a term of this release below `above`."""
    try:
        return id != above and terms.is_ancestor(terms.position(above), terms.position(id))
    except UnknownTerm:
        return False


def current(terms: Terms, id: str) -> str:
    """The current id of a term that is there."""
    return terms.id(terms.position(id))


def extension(resource: Json, url: str) -> Json | None:
    """The first extension of this url."""
    held = resource.get("extension")
    for each in held if isinstance(held, list) else ():
        if isinstance(each, dict) and each.get("url") == url:
            return each
    return None
