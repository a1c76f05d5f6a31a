"""Consent: what patient or guardian has agreed to, one resource a purpose; one that has ended is inactive."""

from __future__ import annotations

from service.fhir.telling import own
from service.fhir.telling.codes import Json, coding, concept, instant, meta, reference
from service.fhir.telling.told import Agreement, CaseTold

_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/consentcategorycodes"
_GUARDIAN = "guardian"


def consents(case: CaseTold) -> list[Json]:
    """The consents, in the order in which they were given."""
    return [_consent(case.patient.case, given, at) for at, given in enumerate(case.consents, 1)]


def _consent(case: str, given: Agreement, at: int) -> Json:
    """A consent; a policy must be named (ppc-1), and the only one known is that of this software."""
    guardian = {"type": "RelatedPerson", "display": given.by}  # who it is, is not kept
    return {
        "resourceType": "Consent",
        "id": f"{case}-consent-{at}",
        "meta": meta(1 if given.ended is None else 2, given.ended or given.at),
        "status": "active" if given.ended is None else "inactive",
        "scope": concept(coding(_SCOPE, "patient-privacy", "Privacy Consent")),
        "category": [concept(coding(_CATEGORY, "idscl", "Information Disclosure"))],
        "patient": reference("Patient", case),
        "dateTime": instant(given.at),
        "performer": [guardian if given.by == _GUARDIAN else reference("Patient", case)],
        "policyRule": concept(coding(own.DOCUMENT, own.CONSENT)),
        "provision": {"type": "permit", "purpose": [coding(own.CONSENT_PURPOSE, given.purpose)]},
    }
