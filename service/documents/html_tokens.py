"""HTML to tags and text in one pass, in time that grows with its length: no part of it is looked through twice.

As browsers do (HTML Standard, 13.2.5), what is begun and never ended (a comment, a tag, a quoted value) takes in all
that follows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Protocol

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,60})")
_NAME = re.compile(r"[\s/]*([^\s/>=][^\s/>=]*)\s*(=?)\s*")
_BARE = re.compile(r"[^\s>]*")
_TO_END = re.compile(r"[\s/=]*")
#: Elements whose content is letters up to their end tag, whatever it looks like.
_LETTERS = frozenset(("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"))


class Listener(Protocol):
    """Is told of tags, by names in small letters, and of text between them."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A start tag; attributes without a value have an empty one."""
        ...

    def end(self, tag: str) -> None:
        """An end tag."""
        ...

    def text(self, text: str) -> None:
        """Characters, character references resolved."""
        ...


def tokens(source: str, listener: Listener) -> None:
    """Tell `listener` of all in `source`, in order."""
    at = 0
    while at < len(source):
        begins = source.find("<", at)
        if begins < 0:
            listener.text(unescape(source[at:]))
            return
        if begins > at:
            listener.text(unescape(source[at:begins]))
        at = _markup(source, begins, listener)


def _markup(source: str, at: int, listener: Listener) -> int:
    """Where what begins with the `<` at `at` ends."""
    if source.startswith("<!--", at):
        return _behind(source, "-->", at + 4)
    if source.startswith(("<!", "<?"), at):
        return _behind(source, ">", at)
    tag = _TAG.match(source, at)
    if tag is None:
        listener.text("<")
        return at + 1
    name = tag[2].lower()
    if tag[1]:
        listener.end(name)
        return _behind(source, ">", at)
    attributes: dict[str, str] = {}
    ends = _attributes(source, tag.end(), attributes)
    listener.start(name, attributes)
    return _letters(source, ends, name, listener) if name in _LETTERS else ends


def _letters(source: str, at: int, name: str, listener: Listener) -> int:
    closing = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(source, at)
    until = closing.start() if closing else len(source)
    listener.text(unescape(source[at:until]))
    return until


def _attributes(source: str, at: int, found: dict[str, str]) -> int:
    """Read a tag's attributes into `found`; where the tag ends."""
    while (name := _NAME.match(source, at)) is not None:
        at, value = name.end(), ""
        if name[2] and (quote := source[at : at + 1]) in ("'", '"') and quote:
            ends = source.find(quote, at + 1)
            if ends < 0:
                return len(source)
            value, at = source[at + 1 : ends], ends + 1
        elif name[2] and (bare := _BARE.match(source, at)):
            value, at = bare[0], bare.end()
        if len(found) < 100:
            found.setdefault(name[1].lower(), unescape(value))
    behind = _TO_END.match(source, at)
    at = behind.end() if behind else at
    return at + 1 if source.startswith(">", at) else at


def _behind(source: str, ending: str, at: int) -> int:
    found = source.find(ending, at)
    return len(source) if found < 0 else found + len(ending)
