"""XML as a stream of events: no document type, so no entities and nothing from elsewhere; elements bounded in depth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol
from xml.parsers import expat

from service.documents.document import Refusal, Refused


class Listener(Protocol):
    """Is told of elements by their local names, and of their text."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; attributes by local name, too."""
        ...

    def end(self, name: str) -> None:
        """An element ends."""
        ...

    def text(self, text: str) -> None:
        """Characters."""
        ...


def parse(content: bytes, listener: Listener, depth: int) -> None:
    """Tell `listener` of all in `content`; raises Refused where it is not well formed, too deep, or has a DTD.

    Names come without their namespace: those of WordprocessingML are told by the elements that they stand in.
    """
    open_elements = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal open_elements
        open_elements += 1
        if open_elements > depth:
            raise Refused(Refusal.DAMAGED)
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()} if attributes else attributes
        listener.start(name.rpartition(" ")[2], local)

    def end(name: str) -> None:
        nonlocal open_elements
        open_elements -= 1
        listener.end(name.rpartition(" ")[2])

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = _doctype  # ISO/IEC 29500-2, 9.1.4: packages have none
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(Refusal.DAMAGED) from error


def _doctype(*declaration: object) -> NoReturn:
    raise Refused(Refusal.ENTITIES)
