"""Orphanet's product 1 (en_product1.xml, CC-BY-4.0): its entries in words, and how each lies to OMIM records."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ontology.annotations import Relation
from ontology.compile.orphadata import each_disorder
from ontology.compile.releases import ReleaseFile

_MEND = "Download en_product1.xml again from Orphadata: the file is cut off or is not product 1."
#: DisorderMappingRelation begins with one of these; the words after it are for people.
_RELATIONS = {"E": Relation.EXACT, "NTBT": Relation.NARROWER, "BTNT": Relation.BROADER}
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class OrphanetMap:
    """`orpha` is exactly, is broader than, or is narrower than `omim`."""

    orpha: str
    omim: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class OrphanetEntry:
    """One entry: its preferred name and synonyms, and its definition without markup, empty where there is none."""

    id: str
    names: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True)
class OrphanetRelease:
    """Every map to OMIM and every entry, sorted, and the release date."""

    maps: tuple[OrphanetMap, ...]
    entries: tuple[OrphanetEntry, ...]
    version: str


def read_orphanet(file: ReleaseFile) -> OrphanetRelease:
    """Read product 1; raises SourceError where the file is cut off or holds fewer entries than it says."""
    maps: set[OrphanetMap] = set()
    entries: dict[str, OrphanetEntry] = {}

    def take(id: str, disorder: Element) -> None:
        entries[id] = _entry(id, disorder)
        maps.update(_maps(id, disorder))

    version = each_disorder(file, _MEND, take)
    return OrphanetRelease(
        tuple(sorted(maps, key=lambda m: (m.orpha, m.omim, m.relation))),
        tuple(entries[id] for id in sorted(entries)),
        version,
    )


def _entry(id: str, element: Element) -> OrphanetEntry:
    names = [element.findtext("Name"), *(synonym.text for synonym in element.iterfind("SynonymList/Synonym"))]
    definitions = (
        section.findtext("Contents")
        for section in element.iter("TextSection")
        if section.findtext("TextSectionType/Name") == "Definition"
    )
    return OrphanetEntry(
        id,
        tuple(dict.fromkeys(" ".join(name.split()) for name in names if name and name.strip())),
        _plain(next((text for text in definitions if text), "")),
    )


def _maps(id: str, element: Element) -> list[OrphanetMap]:
    maps = []
    for reference in element.iter("ExternalReference"):
        relation = (reference.findtext("DisorderMappingRelation/Name") or "").split(" ")[0]
        if reference.findtext("Source") == "OMIM" and relation in _RELATIONS:
            maps.append(OrphanetMap(id, f"OMIM:{reference.findtext('Reference')}", _RELATIONS[relation]))
    return maps


def _plain(text: str) -> str:
    """The words without their markup, which the release escapes a second time."""
    return " ".join(_MARKUP.sub("", html.unescape(text)).split())
