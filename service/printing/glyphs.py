"""Text as a font can show it: what it has no glyph for becomes a box and is counted, never left out in silence.

Control characters, and those that turn the direction of what follows, are boxes too: on paper nobody could tell.
What has no width and shows nothing anywhere (joiners, soft hyphens, variation selectors) is left out.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

BOX = "\u25a1"
#: General categories of what is no text: controls, formats, halves of a pair, private use.
_COMMANDS = frozenset(("Cc", "Cf", "Cs", "Co"))
#: Widthless and without effect on paper: soft hyphen, joiners, marks of byte order, variation selectors.
_NOTHING = re.compile("[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_ACCENTED = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_BLANKS = {"\t": " ", "\r": " ", "\x0b": " ", "\x0c": " ", "\x85": " ", "\u2028": "\n", "\u2029": "\n"}


def characters_of(font: Path, face: int) -> frozenset[int]:
    """Code points that a face of an OpenType file or collection has a glyph for; raises ValueError where it is none.

    Reads the tables `cmap` of formats 4 and 12 (ISO/IEC 14496-22, 5.2.1), which every font of today has.
    """
    with font.open("rb") as file:
        content = file.read()
    try:
        start = _face(content, face)
        count = struct.unpack_from(">H", content, start + 4)[0]
        for at in range(start + 12, start + 12 + 16 * count, 16):
            tag, _, offset, _ = struct.unpack_from(">4sIII", content, at)
            if tag == b"cmap":
                return frozenset(_mapped(content, offset))
    except struct.error as error:
        raise ValueError(f"{font.name} is damaged") from error
    raise ValueError(f"{font.name} maps no characters")


class Legible:
    """Makes text legible with the code points `known`, and counts what it had to put a box for."""

    def __init__(self, known: Container[int]) -> None:
        self._known = known
        self.boxed: Counter[str] = Counter()

    def of(self, value: Any) -> Any:  # noqa: ANN401
        """A value of `content`, or of JSON, with each of its texts made legible; values become mappings."""
        if isinstance(value, str):
            return self.text(value)
        if is_dataclass(value):
            return {each.name: self.of(getattr(value, each.name)) for each in fields(value)}
        if isinstance(value, Mapping):
            return {name: self.of(each) for name, each in value.items()}
        return [self.of(each) for each in value] if isinstance(value, tuple | list) else value

    def text(self, text: str) -> str:
        """The text with a box for each character that cannot be shown."""
        if not text.isascii():
            text = _ACCENTED.sub(lambda found: unicodedata.normalize("NFC", found[0]), _NOTHING.sub("", text))
        return "".join(map(self._shown, text))

    def _shown(self, character: str) -> str:
        character = _BLANKS.get(character, character)
        if character == "\n" or (unicodedata.category(character) not in _COMMANDS and ord(character) in self._known):
            return character
        self.boxed[character] += 1
        return BOX


def _face(content: bytes, face: int) -> int:
    if content[:4] != b"ttcf":
        return 0
    faces = struct.unpack_from(">I", content, 8)[0]
    if face >= faces:
        raise ValueError("the collection has no such face")
    start: int = struct.unpack_from(">I", content, 12 + 4 * face)[0]
    return start


def _mapped(content: bytes, cmap: int) -> Iterator[int]:
    for at in range(struct.unpack_from(">H", content, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", content, cmap + 4 + 8 * at)
        table = cmap + offset
        form = struct.unpack_from(">H", content, table)[0]
        if platform in (0, 3) and form == 12:
            yield from _segments(content, table)
        elif platform in (0, 3) and form == 4:
            yield from _deltas(content, table)


def _segments(content: bytes, table: int) -> Iterator[int]:
    for at in range(struct.unpack_from(">I", content, table + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", content, table + 16 + 12 * at)
        yield from range(first if glyph else first + 1, last + 1)


def _deltas(content: bytes, table: int) -> Iterator[int]:
    twice = struct.unpack_from(">H", content, table + 6)[0]
    for at in range(0, twice, 2):
        last = struct.unpack_from(">H", content, table + 14 + at)[0]
        first = struct.unpack_from(">H", content, table + 16 + twice + at)[0]
        delta = struct.unpack_from(">H", content, table + 16 + 2 * twice + at)[0]
        where = table + 16 + 3 * twice + at
        skip = struct.unpack_from(">H", content, where)[0]
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", content, where + skip + 2 * (code - first))[0] if skip else code
            if (skip == 0 or glyph) and (glyph + delta) & 0xFFFF:
                yield code
