"""The items of a JSON file one by one, so that a large file needs no more memory than its largest item.

An array, an object with the array under some key, as programs answer it (`{"results": [...]}`), or JSON Lines.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping

from matching.genetic_tests.catalogues.faults import CatalogueRefused

#: The longest item, in characters.
LONGEST_ITEM = 4_000_000
_CHUNK = 1 << 16
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def json_items(start: str, text: io.TextIOBase, name: str) -> Iterator[Mapping[str, str] | str]:
    """Each item flat: keys of inner objects joined by a dot, lists by semicolons; an item that is no object as text.

    `start` has been read from `text` already. Raises CatalogueRefused at what is no JSON, or ends too early.
    """
    stream = _Stream(start, text, name)
    if stream.peek() == "[":
        stream.skip(1)
        yield from (_flat(item) for item in stream.array())
        return
    lone = stream.into_array()
    if lone is None:
        yield from (_flat(item) for item in stream.array())
        return
    yield _flat(lone)
    yield from (_flat(item) for item in stream.lines())


class _Stream:
    """A window over the text that is moved on as values are taken."""

    def __init__(self, start: str, text: io.TextIOBase, name: str) -> None:
        self._window = start
        self._text = text
        self._name = name
        self.place = 0

    def peek(self) -> str:
        """The next character that is no blank and no comma; empty at the end."""
        while True:
            found = _SPACE.match(self._window, self.place)
            self.place = found.end() if found else self.place
            if self.place < len(self._window) or not self._more():
                return self._window[self.place : self.place + 1]

    def skip(self, count: int) -> None:
        """Pass over characters."""
        self.place += count

    def value(self) -> object:
        """The next whole value."""
        self.peek()
        self._window, self.place = self._window[self.place :], 0
        while True:
            try:
                found, end = _DECODER.raw_decode(self._window)
            except ValueError as error:
                # a fault far from the end of the window stays one, however much follows
                if len(self._window) < LONGEST_ITEM and self._more(len(self._window)):
                    continue
                raise self._damaged() from error
            except RecursionError as error:
                raise self._damaged() from error
            if end == len(self._window) and not isinstance(found, (dict, list, str)) and self._more():
                continue  # a number may go on
            self.place = end
            return found

    def into_array(self) -> dict[str, object] | None:
        """Go behind the opening bracket of an object's first array of objects; the object itself where it has none."""
        self.skip(1)
        passed: dict[str, object] = {}
        while self.peek() == '"':
            key = str(self.value())
            if self.peek() != ":":
                raise self._damaged()
            self.skip(1)
            if self.peek() == "[" and self._opens_objects():
                self.skip(1)
                return None
            passed[key] = self.value()
        if self.peek() != "}":
            raise self._damaged()
        self.skip(1)
        return passed

    def array(self) -> Iterator[object]:
        """Items up to the closing bracket."""
        while (mark := self.peek()) != "]":
            if not mark:
                raise self._damaged()
            yield self.value()

    def lines(self) -> Iterator[object]:
        """Values up to the end of the text."""
        while self.peek():
            yield self.value()

    def _opens_objects(self) -> bool:
        """Whether the bracket at the place is followed by a brace."""
        while True:
            found = _SPACE.match(self._window, self.place + 1)
            end = found.end() if found else self.place + 1
            if end < len(self._window) or not self._more():
                return self._window[end : end + 1] == "{"

    def _more(self, least: int = 0) -> bool:
        read = self._text.read(max(_CHUNK, least))
        self._window += read
        return bool(read)

    def _damaged(self) -> CatalogueRefused:
        return CatalogueRefused(
            f"{self._name} is no JSON, or ends in the middle of an item.", "Export it again, whole, as JSON in UTF-8."
        )


def _flat(item: object) -> Mapping[str, str] | str:
    if not isinstance(item, dict):
        return _cell(item)
    flat: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            for inner, deep in value.items():
                flat[f"{key}.{inner}"] = _cell(deep)
        else:
            flat[key] = _cell(value)
    return flat


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(_cell(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
