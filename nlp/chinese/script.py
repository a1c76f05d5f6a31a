"""One script for look-up: traditional to simplified characters, full to half width, small letters.

Every character becomes exactly one character, so that offsets into the folded text are offsets into the note as given.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ontology.arrays import StringPool

_NAME = "script"
_LATIN = ((0x41, 0x24F), (0x386, 0x3CE), (0xFF01, 0xFF5E))  # with its capitals and accents; Greek; full width
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2F800, 0x2FA1F))
#: Signs that stand for each other in records and that no compatibility form joins.
_SIGNS = {
    "﹣": "-", "－": "-", "—": "-", "–": "-", "−": "-", "‐": "-", "﹢": "+", "＋": "+", "〔": "(", "〕": ")", "【": "(",
    "】": ")", "［": "(", "］": ")", "[": "(", "]": ")", "“": '"', "”": '"', "‘": "'", "’": "'", "×": "x", "∕": "/",
    "､": "、", "｡": "。", "\u3000": " ", "\xa0": " ", "\t": " ", "µ": "μ", "～": "~", "﹑": "、",
    "・": "、", "丶": "、",
}  # fmt: skip

#: Characters that stand for each other in these words; lexicon and text are folded alike, so that no word is lost.
_MERGED = {"覆": "复", "颚": "腭", "黏": "粘", "瘜": "息", "睪": "睾", "著": "着"}


@dataclass(frozen=True, slots=True)
class Script:
    """Folds text for look-up; `characters` maps code points to the one character each becomes."""

    characters: Mapping[int, str]

    def fold(self, text: str) -> str:
        """The text as it is looked up, character for character."""
        return text.translate(self.characters)

    @classmethod
    def of_opencc(cls) -> Script:
        """The script of OpenCC's characters for Taiwan (Apache-2.0), which hold those of Hong Kong and the standard."""
        import opencc

        convert = opencc.OpenCC("tw2s").convert
        characters: dict[int, str] = {}
        for first, last in _HAN:
            for point in range(first, last + 1):
                simple = convert(unicodedata.normalize("NFKC", chr(point)))
                if simple != chr(point) and len(simple) == 1:
                    characters[point] = simple
        for first, last in _LATIN:
            for point in range(first, last + 1):
                plain = unicodedata.normalize("NFKC", chr(point)).lower()
                if plain != chr(point) and len(plain) == 1:
                    characters[point] = plain
        characters |= {ord(sign): plain for sign, plain in (_SIGNS | _MERGED).items()}
        return cls(characters)

    def write(self, folder: Path) -> None:
        """Write as two strings of the same length."""
        points = sorted(self.characters)
        StringPool.of(["".join(map(chr, points)), "".join(self.characters[p] for p in points)]).write(folder, _NAME)

    @classmethod
    def read(cls, folder: Path) -> Script:
        """Read what `write` has written; raises OSError or ValueError where it is damaged."""
        given, folded = StringPool.read(folder, _NAME)
        return cls({ord(one): other for one, other in zip(given, folded, strict=True)})
