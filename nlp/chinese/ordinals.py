"""Fingers, toes and their bones that are listed by number: 第四、五掌骨短 is two findings, 第2-4趾短 three."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.chinese.lexicon import ChineseLexicon
from nlp.chinese.selection import Found

_NUMERALS = "一二三四五"
_NUMBER = r"[一二三四五1-5]"
_LIST = re.compile(
    rf"第?(?P<numbers>{_NUMBER}(?:(?:[、,/及和与~-]|至)第?{_NUMBER})+)(?P<part>[指趾掌跖手足脚])(?P<rest>[^、,。;:\s]{{1,10}})"
)
_RANGE = re.compile(rf"({_NUMBER})(?:[~-]|至)第?({_NUMBER})$")


def listed_by_number(text: str, lexicon: ChineseLexicon) -> Iterator[Found]:
    """What lists tell: one finding of all their numbers (第2、3趾并趾), else one of each that the lexicon has."""
    for match in _LIST.finditer(text):
        numbers = _numbers(match["numbers"])
        if not numbers:
            continue  # 第4-2趾
        together = _named(match, (f"{numbers[0]}-{numbers[-1]}",), lexicon)
        each = (_named(match, (_NUMERALS[number - 1], str(number)), lexicon) for number in numbers)
        yield from (one for one in ((together,) if together is not None else each) if one is not None)


def _named(match: re.Match[str], written: tuple[str, ...], lexicon: ChineseLexicon) -> Found | None:
    """The longest wording with a number that is written in one of these ways."""
    for length in range(len(match["rest"]), 0, -1):
        for number in written:
            wording = f"第{number}{match['part']}{match['rest'][:length]}"
            term = lexicon.look_up(wording)
            if term is not None:
                return Found(match.start(), match.start("rest") + length, term, wording, "shared words")
    return None


def _numbers(written: str) -> list[int]:
    bounds = _RANGE.match(written)
    if bounds is not None:
        return list(range(_number(bounds[1]), _number(bounds[2]) + 1))
    return [_number(sign) for sign in re.findall(_NUMBER, written)]


def _number(sign: str) -> int:
    return int(sign) if sign.isdigit() else _NUMERALS.index(sign) + 1
