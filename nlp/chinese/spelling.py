"""How wordings are spelt in pinyin, without tones, so that a search finds them by sound or by initials.

pypinyin (MIT) reads them where a release is compiled; it is not loaded afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontology.arrays import StringPool

#: Characters that pypinyin's phrases or defaults read otherwise than medicine does (椎 as chui, 肋 as le); each was
#: seen to go wrong among the wordings of this project.
_READ = {
    "血": "xue", "椎": "zhui", "系": "xi", "肋": "lei", "龈": "yin", "尾": "wei", "角": "jiao", "颈": "jing",
    "降": "jiang",
    "色": "se", "落": "luo", "咳": "ke", "似": "si", "尿": "niao", "模": "mo", "行": "xing", "膀": "pang", "差": "cha",
    "长": "chang",
}  # fmt: skip
#: Code points of the characters whose sound is kept, for those that no wording has: the common ones.
SOUNDED = range(0x4E00, 0x9FA6)
#: 长 is zhang where something grows.
_GROWING = re.compile("(?<=[生增成助未会])长(?!度)|长(?=[出大高牙胡毛得满肉胖了水溃瘊体])")


@dataclass(frozen=True, slots=True)
class Spellings:
    """Wordings in pinyin, in their order.

    letters   strings (wordings,)  small letters and digits: `yanjukuan`
    begins    uint8   (letters,)   1 where a syllable begins, over the letters of all wordings
    initials  strings (wordings,)  first letters of the syllables: `yjk`
    """

    letters: StringPool
    begins: NDArray[np.uint8]
    initials: StringPool

    @classmethod
    def of(cls, wordings: Iterable[str]) -> Spellings:
        """Spell every wording: about 60 µs each."""
        spelt = [tuple(syllables(wording)) for wording in wordings]
        lengths = [len(syllable) for one in spelt for syllable in one]
        begins = np.zeros(sum(lengths), np.uint8)
        begins[np.cumsum([0, *lengths], dtype=np.int64)[:-1]] = 1
        initials = ("".join(syllable[0] for syllable in one) for one in spelt)
        return cls(StringPool.of("".join(one) for one in spelt), begins, StringPool.of(initials))


def syllables(wording: str) -> Iterator[str]:
    """The syllables of a wording, each ASCII letter and digit in it as one of its own, and no other sign."""
    from pypinyin import lazy_pinyin

    growing = {found.start() for found in _GROWING.finditer(wording)}
    # its annotations know no list here; its documentation does
    read = lazy_pinyin(wording, errors=lambda signs: [*map(_plain, signs)])  # type: ignore[arg-type, return-value]
    for at, (sign, syllable) in enumerate(zip(wording, read, strict=True)):
        if syllable:
            yield "zhang" if at in growing else _READ.get(sign, syllable)


def sounds() -> Iterator[str]:
    """The syllable of each character SOUNDED, "" where it has none."""
    from pypinyin import lazy_pinyin

    for point in SOUNDED:
        yield _READ.get(chr(point)) or "".join(lazy_pinyin(chr(point), errors="ignore"))


def _plain(sign: str) -> str:
    return sign.lower() if sign.isascii() and sign.isalnum() else ""
