"""Names that FHIR resources are told in: code systems, media types, and where the API stands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FHIR_JSON = "application/fhir+json"
#: Where the FHIR API stands.
ROOT = "/fhir"

HPO = "http://human-phenotype-ontology.org"  # as HL7's registry of external code systems (terminology.hl7.org) has it
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
OMIM = "https://omim.org"  # as above
ORPHANET = "http://www.orpha.net"  # as above
UCUM = "http://unitsofmeasure.org"
HGNC = "http://www.genenames.org/geneId"
#: Code system of each prefix of the ids used here.
SYSTEMS: Mapping[str, str] = MappingProxyType({"HP": HPO, "OMIM": OMIM, "ORPHA": ORPHANET})
