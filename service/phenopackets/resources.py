"""`resources` of metaData: one for each terminology whose ids a packet uses (docs/metadata.rst), with its release."""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType

from ontology.knowledge import Knowledge
from service.phenopackets.names import Json

#: id, name, url, IRI prefix by prefix of ids; and which file of the release, if any, its version is that of.
_KNOWN: Mapping[str, tuple[str, str, str, str, str | None]] = MappingProxyType(
    {
        "HP": (
            "hp",
            "human phenotype ontology",
            "http://purl.obolibrary.org/obo/hp.owl",
            "http://purl.obolibrary.org/obo/HP_",
            "hp.obo",
        ),
        "ECO": (
            "eco",
            "Evidence and Conclusion Ontology",
            "http://purl.obolibrary.org/obo/eco.owl",
            "http://purl.obolibrary.org/obo/ECO_",
            None,
        ),
        "OMIM": (
            "omim",
            "Online Mendelian Inheritance in Man",
            "https://www.omim.org",
            "https://www.omim.org/entry/",
            "phenotype.hpoa",
        ),
        "ORPHA": (
            "ordo",
            "Orphanet",
            "https://www.orpha.net",
            "http://www.orpha.net/ORDO/Orphanet_",
            "phenotype.hpoa",
        ),
        "DECIPHER": (
            "decipher",
            "DECIPHER",
            "https://www.deciphergenomics.org",
            "https://www.deciphergenomics.org/syndrome/",
            "phenotype.hpoa",
        ),
        "MONDO": (
            "mondo",
            "Mondo Disease Ontology",
            "http://purl.obolibrary.org/obo/mondo.owl",
            "http://purl.obolibrary.org/obo/MONDO_",
            None,
        ),
        "LOINC": ("loinc", "LOINC", "https://loinc.org", "https://loinc.org/", None),
        "UCUM": ("ucum", "Unified Code for Units of Measure", "https://ucum.org", "https://ucum.org/", None),
        "NCBIGene": (
            "ncbigene",
            "NCBI Gene",
            "https://www.ncbi.nlm.nih.gov/gene",
            "https://www.ncbi.nlm.nih.gov/gene/",
            None,
        ),
        "HGNC": ("hgnc", "HGNC", "https://www.genenames.org", "https://identifiers.org/HGNC:", None),
    }
)
_UNKNOWN = "unspecified"


def resources_of(prefixes: Set[str], knowledge: Knowledge) -> list[Json]:
    """The resources of these prefixes, in one order always; of one not known here, only its prefix is told."""
    releases = {source.name: source.version for source in knowledge.manifest.sources}
    others = sorted(prefixes - set(_KNOWN))
    return [_resource(prefix, releases, knowledge) for prefix in (*_KNOWN, *others) if prefix in prefixes]


def _resource(prefix: str, releases: Mapping[str, str], knowledge: Knowledge) -> Json:
    lower = prefix.lower()
    iri = f"https://identifiers.org/{lower}:"
    unknown = (lower, prefix, f"https://identifiers.org/{lower}", iri, None)
    id, name, url, iri, source = _KNOWN.get(prefix, unknown)
    # what is of no release compiled here has no version that is known
    version = _UNKNOWN if source is None else releases.get(source, knowledge.manifest.release)
    return {
        "id": id,
        "name": name,
        "url": url,
        "version": version,
        "namespacePrefix": prefix,
        "iriPrefix": iri,
    }
