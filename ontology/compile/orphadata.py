"""What all products of Orphadata have in common: a dated list of disorders that says how many it holds."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError, iterparse

from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError


def each_disorder(file: ReleaseFile, mend: str, take: Callable[[str, Element], None]) -> str:
    """Give `take` the id (ORPHA:...) and element of each disorder in turn; return the release date.

    An element is emptied once it was taken. Raises SourceError, mended by `mend`, where the file is cut off, declares a
    document type, has no date, or holds no disorder or fewer than it says.
    """
    version, promised, found = "", 0, 0
    _refuse_document_type(file, mend)
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
                    take(f"ORPHA:{element.findtext('OrphaCode')}", element)
                    element.clear()
    except (ParseError, ValueError) as error:
        raise SourceError(f"{file.name} cannot be read as XML ({type(error).__name__}).", mend) from error
    if not version or found == 0 or found < promised:
        raise SourceError(f"{file.name} holds {found} of {promised} entries, release date {version!r}.", mend)
    return version


def _refuse_document_type(file: ReleaseFile, mend: str) -> None:
    """Entity expansion is the one way a small XML file becomes a large one."""
    with file.open() as handle:
        if b"<!DOCTYPE" in handle.read(4096):
            raise SourceError(f"{file.name} declares a document type.", mend)
