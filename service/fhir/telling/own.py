"""Names of this service's own, for what FHIR and its terminologies have no code for. Nothing stands under these URNs.

In `coding.system`: MODALITY (words of service.models.known.ModalityWord), TEST (codes of suggested tests), CATALOGUE
(codes of the catalogue of tests in use), GENE (symbols), DOCUMENT (kinds of documents of this service), ACCOUNT (ids of
accounts, in `identifier.system`), DECISION (what a clinician decided), NUMBER (the hospital's own number of a patient).
In `meta.tag`: MADE, with the code `report` on whatever a report of this software consists of; it is not read back.

Extensions, all of them simple but DIAGNOSIS, EVIDENCE and FAMILY_FIELD:
EVIDENCE      on a finding, once for each mention, in the order of the derivation-reference extensions of those that
              have a place in a note: `assertion`, `text` (the words quoted), `section`, `reading`, `conflict`
STRUCK        on a finding that a clinician states: what notes and photos say of its term is struck out
FAMILY_FIELD  on a FamilyMemberHistory: `field` of FamilyInput, and `value`, whether such a relative has it
DIAGNOSIS     on a Condition: `id` and `label` of a diagnosis as they are kept, and whether it is `confirmed`
ONSET         on the onsetString of a Condition or a relative's condition: the onset as a term of the HPO
SEVERITY      on a relative's condition: its severity as a term of the HPO
MODIFIER      on a Condition that is a finding, and on a relative's condition: what else the words beside it add, once
              for each term of the HPO (side, spread, course); of an Observation these are components
ACUTELY_ILL, ANCESTRY, AGE_DAYS on a Patient
"""

from __future__ import annotations

_ROOT = "urn:phenomap"

MODALITY = f"{_ROOT}:modality"
TEST = f"{_ROOT}:test"
CATALOGUE = f"{_ROOT}:catalogue"
GENE = f"{_ROOT}:gene"
DOCUMENT = f"{_ROOT}:document"
ACCOUNT = f"{_ROOT}:account"
DECISION = f"{_ROOT}:decision"
NUMBER = f"{_ROOT}:patient-number"
TARGET = f"{_ROOT}:target"
MADE = f"{_ROOT}:made"
#: Of MADE.
REPORT = "report"
#: Of DOCUMENT: a note, one whose names are masked, a genetic test that was done, a consent.
NOTE, MASKED_NOTE, TEST_DONE, CONSENT = "note", "masked-note", "test-done", "consent"
#: Code system of the four purposes of a consent: `assessment`, `photo`, `gallery`, `federation`.
CONSENT_PURPOSE = "https://phenomap.org/fhir/CodeSystem/consent-purpose"

EVIDENCE = f"{_ROOT}:evidence"
STRUCK = f"{_ROOT}:struck"
FAMILY_FIELD = f"{_ROOT}:family-field"
DIAGNOSIS = f"{_ROOT}:diagnosis"
ONSET = f"{_ROOT}:onset"
SEVERITY = f"{_ROOT}:severity"
MODIFIER = f"{_ROOT}:modifier"
ACUTELY_ILL = f"{_ROOT}:acutely-ill"
ANCESTRY = f"{_ROOT}:ancestry"
AGE_DAYS = f"{_ROOT}:age-days"

#: Of HL7: where in another resource a text stands that something was read from (FHIR Extensions Pack, trial use).
DERIVED = "http://hl7.org/fhir/StructureDefinition/derivation-reference"
