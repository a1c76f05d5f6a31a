"""Orphanet's cross-references: how each of its entries lies to OMIM records (en_product1.xml, CC-BY-4.0)."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import ParseError, iterparse

from ontology.annotations import Relation
from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError

_MEND = "Download en_product1.xml again from Orphadata: the file is cut off or is not product 1."
#: DisorderMappingRelation begins with one of these; the words after it are for people.
_RELATIONS = {"E": Relation.EXACT, "NTBT": Relation.NARROWER, "BTNT": Relation.BROADER}


@dataclass(frozen=True, slots=True)
class OrphanetMap:
    """`orpha` is exactly, is broader than, or is narrower than `omim`."""

    orpha: str
    omim: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class OrphanetRelease:
    """Every map to OMIM, sorted, and the release date."""

    maps: tuple[OrphanetMap, ...]
    version: str


def read_orphanet(file: ReleaseFile) -> OrphanetRelease:
    """Read the cross-references; raises SourceError where the file is cut off or holds fewer entries than it says."""
    maps: set[OrphanetMap] = set()
    version, promised, found = "", 0, 0
    refuse_entities(file)
    try:
        with file.open() as handle:
            for event, element in iterparse(handle, events=("start", "end")):  # noqa: S314
                if event == "start":
                    if element.tag == "JDBOR":
                        version = element.get("date", "")[:10]
                    elif element.tag == "DisorderList":
                        promised = int(element.get("count", "0"))
                elif element.tag == "Disorder" and element.findtext("OrphaCode"):
                    found += 1
                    orpha = f"ORPHA:{element.findtext('OrphaCode')}"
                    for reference in element.iter("ExternalReference"):
                        relation = (reference.findtext("DisorderMappingRelation/Name") or "").split(" ")[0]
                        if reference.findtext("Source") == "OMIM" and relation in _RELATIONS:
                            omim = f"OMIM:{reference.findtext('Reference')}"
                            maps.add(OrphanetMap(orpha, omim, _RELATIONS[relation]))
                    element.clear()
    except (ParseError, ValueError) as error:
        raise SourceError(f"{file.name} cannot be read as XML ({type(error).__name__}).", _MEND) from error
    if not version or found == 0 or found < promised:
        raise SourceError(f"{file.name} holds {found} of {promised} entries, release date {version!r}.", _MEND)
    return OrphanetRelease(tuple(sorted(maps, key=lambda m: (m.orpha, m.omim, m.relation))), version)


def refuse_entities(file: ReleaseFile) -> None:
    """Refuse a document type: entity expansion is the one way a small XML file becomes a large one."""
    with file.open() as handle:
        if b"<!DOCTYPE" in handle.read(4096):
            raise SourceError(f"{file.name} declares a document type.", _MEND)
