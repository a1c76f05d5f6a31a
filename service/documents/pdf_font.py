"""The fonts of a PDF: from the bytes of a string to characters and their widths.

pypdf reads encodings, ToUnicode maps and widths; the class it does so with is not of its published interface, which is
why its release is pinned, and why this module alone knows of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from pypdf.generic import DictionaryObject
from pypdf.generic._font import Font as _Read

from service.documents.lines import UNREADABLE

#: Predefined CMaps whose codes are letters in a known encoding; ISO 32000-1, table 118.
_LETTERS: Mapping[str, str] = MappingProxyType(
    {
        "GB-EUC": "gb2312",
        "GBpc-EUC": "gb2312",
        "GBK-EUC": "gb18030",
        "GBKp-EUC": "gb18030",
        "GBK2K": "gb18030",
        "B5pc": "cp950",
        "HKscs-B5": "big5hkscs",
        "ETen-B5": "cp950",
        "ETenms-B5": "cp950",
        "90ms-RKSJ": "cp932",
        "90msp-RKSJ": "cp932",
        "KSCms-UHC": "cp949",
    }
)
_UNICODE = ("UCS2", "UTF16")
_HALF, _WHOLE = 0.5, 1.0  # widths of Latin and of Chinese characters, in em, where a font tells none


class Glyph(NamedTuple):
    """What one code shows: its characters, its width in em, and whether word spacing is added to it."""

    text: str
    width: float
    spaces: bool


@dataclass(slots=True)
class Font:
    """One font resource; glyphs are kept by code."""

    codes: str
    glyph_names: Mapping[int, str]
    to_unicode: Mapping[str, str]
    widths: Mapping[str, float]
    default_width: float
    readable: bool
    _known: dict[int, Glyph]

    @classmethod
    def of(cls, resource: DictionaryObject) -> Font:
        """The font that a resource describes; raises what pypdf raises."""
        read = _Read.from_font_resource(resource)
        composite = resource.get("/Subtype") == "/Type0"
        widths = {code: width for code, width in read.character_widths.items() if isinstance(width, int | float)}
        default = widths.get("default", 500)
        return cls(
            _codes(resource.get("/Encoding")) if composite else "bytes",
            read.encoding if isinstance(read.encoding, dict) else {},
            read.character_map,
            widths,
            default,
            read.interpretable,
            {},
        )

    def glyphs(self, content: bytes) -> Iterator[Glyph]:
        """What the bytes of a string show."""
        if self.codes == "bytes":
            for code in content:
                yield self._known.get(code) or self._simple(code)
        elif self.codes in ("identity", "unicode"):
            for at in range(0, len(content) - 1, 2):
                code = content[at] << 8 | content[at + 1]
                yield self._known.get(code) or self._double(code)
        else:
            for character in content.decode(self.codes, "replace"):
                width = _HALF if character.isascii() else _WHOLE
                yield Glyph(self.to_unicode.get(character, character), width, character == " ")

    def _simple(self, code: int) -> Glyph:
        character = self.glyph_names.get(code, chr(code))
        text = self.to_unicode.get(character, character)
        if not self.readable or (len(text) > 1 and text.startswith("/")):
            text = "" if text == "/.notdef" else UNREADABLE
        return self._keep(code, text, code == 32)

    def _double(self, code: int) -> Glyph:
        character = chr(code)
        text = self.to_unicode.get(character)
        if text is None:
            text = UNREADABLE if self.codes == "identity" else character
        return self._keep(code, text, False)

    def _keep(self, code: int, text: str, spaces: bool) -> Glyph:
        if self.codes == "unicode":  # widths are told by glyph numbers, which these codes are not
            width = _HALF if code < 0x80 else _WHOLE
        else:
            width = self.widths.get(chr(code), self.default_width) / 1000
        glyph = self._known[code] = Glyph(text, width if width > 0 else 0.0, spaces)
        return glyph


def _codes(encoding: object) -> str:
    """How the codes of a composite font are read: `identity`, `unicode`, or a codec; as glyph numbers where unknown."""
    name = str(encoding).lstrip("/") if isinstance(encoding, str) else ""
    family = name.rpartition("-")[0]
    if any(form in family for form in _UNICODE):
        return "unicode"
    return _LETTERS.get(family, "identity")
