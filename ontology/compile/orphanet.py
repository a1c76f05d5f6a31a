"""Orphanet's product 1 (en_product1.xml, CC-BY-4.0): its entries in words, and how each lies to OMIM records."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, iterparse

from ontology.annotations import Relation
from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError

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
                    entry = _entry(element)
                    entries[entry.id] = entry
                    maps.update(_maps(element, entry.id))
                    element.clear()
    except (ParseError, ValueError) as error:
        raise SourceError(f"{file.name} cannot be read as XML ({type(error).__name__}).", _MEND) from error
    if not version or found == 0 or found < promised:
        raise SourceError(f"{file.name} holds {found} of {promised} entries, release date {version!r}.", _MEND)
    return OrphanetRelease(
        tuple(sorted(maps, key=lambda m: (m.orpha, m.omim, m.relation))),
        tuple(entries[id] for id in sorted(entries)),
        version,
    )


def _entry(element: Element) -> OrphanetEntry:
    names = [element.findtext("Name"), *(synonym.text for synonym in element.iterfind("SynonymList/Synonym"))]
    definitions = (
        section.findtext("Contents")
        for section in element.iter("TextSection")
        if section.findtext("TextSectionType/Name") == "Definition"
    )
    return OrphanetEntry(
        f"ORPHA:{element.findtext('OrphaCode')}",
        tuple(dict.fromkeys(" ".join(name.split()) for name in names if name and name.strip())),
        _plain(next((text for text in definitions if text), "")),
    )


def _maps(element: Element, id: str) -> list[OrphanetMap]:
    maps = []
    for reference in element.iter("ExternalReference"):
        relation = (reference.findtext("DisorderMappingRelation/Name") or "").split(" ")[0]
        if reference.findtext("Source") == "OMIM" and relation in _RELATIONS:
            maps.append(OrphanetMap(id, f"OMIM:{reference.findtext('Reference')}", _RELATIONS[relation]))
    return maps


def _plain(text: str) -> str:
    """The words without their markup, which the release escapes a second time."""
    return " ".join(_MARKUP.sub("", html.unescape(text)).split())


def refuse_entities(file: ReleaseFile) -> None:
    """Refuse a document type: entity expansion is the one way a small XML file becomes a large one."""
    with file.open() as handle:
        if b"<!DOCTYPE" in handle.read(4096):
            raise SourceError(f"{file.name} declares a document type.", _MEND)
