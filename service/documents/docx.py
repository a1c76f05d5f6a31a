"""Word documents (ISO/IEC 29500): which parts of the package hold text, and in which order they are read."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.documents.archive import Archive, resolved
from service.documents.document import Bounds, NoticeKind, Refusal, Refused
from service.documents.docx_story import Story
from service.documents.lines import beside
from service.documents.xml_events import parse

#: The last words of relationship types; ISO/IEC 29500-1, 11.3, and 15.
_HEADER, _FOOTER, _FOOTNOTES, _ENDNOTES = "header", "footer", "footnotes", "endnotes"
_OTHERS = {"xl/": "xlsx", "ppt/": "pptx", "visio/": "vsdx"}


def read_docx(content: bytes, bounds: Bounds) -> tuple[str, Counter[NoticeKind]]:
    """The text: heads, body with its tables and text boxes, notes, feet; and what was left out of it.

    Raises Refused.
    """
    archive = Archive(content, bounds)
    main = _main_part(archive, bounds)
    document = archive.read(main)
    if document is None:
        raise Refused(*_other(archive.names))
    related = _related(archive, main, bounds)
    body = Story()
    parse(document, body, bounds.depth)
    lines = [*_beside(archive, related, _HEADER, bounds), *body.lines]
    for notes in (_FOOTNOTES, _ENDNOTES):
        story = _story(archive, [target for kind, target in related if kind == notes], bounds)
        lines += story.lines
        body.counts += story.counts
    lines += _beside(archive, related, _FOOTER, bounds)
    return "\n".join(lines), body.counts


def _beside(archive: Archive, related: list[tuple[str, str]], kind: str, bounds: Bounds) -> list[str]:
    """Lines of all heads, or of all feet."""
    parts = [target for each, target in related if each == kind]
    return beside(_story(archive, parts, bounds).lines)


def _story(archive: Archive, names: list[str], bounds: Bounds) -> Story:
    story = Story()
    for name in dict.fromkeys(names):
        if (part := archive.read(name)) is not None:
            parse(part, story, bounds.depth)
    return story


@dataclass(slots=True)
class _Relationships:
    """Gathers (type's last word, target) of a part of relationships; those to elsewhere are passed over."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.found.append((attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")))

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


def _related(archive: Archive, name: str, bounds: Bounds) -> list[tuple[str, str]]:
    folder, base = posixpath.split(name)
    content = archive.read(posixpath.join(folder, "_rels", f"{base}.rels"))
    if content is None:
        return []
    relationships = _Relationships()
    parse(content, relationships, bounds.depth)
    return [(kind, resolved(folder, target)) for kind, target in relationships.found]


def _main_part(archive: Archive, bounds: Bounds) -> str:
    mains = [target for kind, target in _related(archive, "", bounds) if kind == "officeDocument"]
    main = mains[0] if mains else "word/document.xml"
    for folder, named in _OTHERS.items():
        if main.startswith(folder):
            raise Refused(Refusal.OTHER_OFFICE, named)
    return main


def _other(names: frozenset[str]) -> tuple[Refusal, str]:
    """What an archive without a Word document is."""
    found = next(iter(_kinds(names)), None)
    if found:
        return Refusal.OTHER_OFFICE, found
    return (Refusal.DAMAGED, "") if "[Content_Types].xml" in names else (Refusal.ARCHIVE, "")


def _kinds(names: frozenset[str]) -> Iterator[str]:
    for folder, named in _OTHERS.items():
        if any(name.startswith(folder) for name in names):
            yield named
    if "mimetype" in names and "content.xml" in names:
        yield "odt"
