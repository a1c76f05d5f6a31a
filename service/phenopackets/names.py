"""Names that reading and telling share: media types, codes, and the places of our own.

The words are those of the schema's documentation (github.com/phenopackets/phenopacket-schema, docs/: phenopacket,
interpretation, genomic-interpretation, metadata, measurement, externalreference) and of its protobuf files, which the
package `phenopackets` brings compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from matching.genetic_tests.known import TestResult
from ontology.features import PatientSex

Json = dict[str, Any]
SCHEMA = "2.0"
JSON = "application/json"
LINES = "application/x-ndjson"
#: The second is the one registered by Google for any message; the first is what most libraries send.
PROTOBUF = ("application/x-protobuf", "application/vnd.google.protobuf", "application/protobuf")


class Form(StrEnum):
    """How a packet is written."""

    JSON = "json"
    PROTOBUF = "protobuf"
    LINES = "lines"


#: The schema's enumeration Sex.
SEX: Mapping[str, str] = MappingProxyType(
    {
        PatientSex.FEMALE.value: "FEMALE",
        PatientSex.MALE.value: "MALE",
        PatientSex.OTHER.value: "OTHER_SEX",
        PatientSex.UNKNOWN.value: "UNKNOWN_SEX",
    }
)
#: Evidence and Conclusion Ontology: a clinician stated it, or this software read it from a note or photo.
STATED = {"id": "ECO:0000352", "label": "evidence used in manual assertion"}
READ = {"id": "ECO:0000501", "label": "evidence used in automatic assertion"}
#: `description` of a PhenotypicFeature that lies in the past: the schema has no field for that.
HISTORICAL = "historical"
#: ProgressStatus of the Interpretation of a test already done.
PROGRESS: Mapping[TestResult, str] = MappingProxyType(
    {TestResult.POSITIVE: "SOLVED", TestResult.NEGATIVE: "UNSOLVED", TestResult.UNCERTAIN: "COMPLETED"}
)
#: How `summary` of such an Interpretation begins the list of its genes.
GENES = "genes "

#: Ids of the externalReferences that carry what a Phenopacket has no field for: `phenomap:family_history.<field>`,
#: `phenomap:acutely_ill`, `phenomap:ancestry`, each with its value as description, and `phenomap:finding.<assertion>`.
OWN = "phenomap:"
FAMILY = OWN + "family_history."
ACUTE = OWN + "acutely_ill"
ANCESTRY = OWN + "ancestry"
FINDING = OWN + "finding."
#: IRI of a term of the HPO, by which such a finding is named.
HPO_IRI = "http://purl.obolibrary.org/obo/HP_"
MODIFIER = "HP:0012823"
