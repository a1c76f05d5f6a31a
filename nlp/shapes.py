"""The shape of a note: one letter for what each word does, so that regular expressions find places worth looking at.

A note of 200 words is a string of 200 letters; a search through it costs less than looking at three of its words.
"""

from __future__ import annotations

import re
from enum import IntEnum

HYPHENS = frozenset("-‐‑−")

STOP, COPULA, LINE_END = ".", "=", "\n"
COORDINATOR, COMMA, BREAK = "&", ",", "!"
HYPHEN, QUOTE = "-", '"'
RUN_TOGETHER = "Z"

#: A content word is a letter from A on: 1 for a body part, 2 for a number from one to five, 4 for capitals.
_ANATOMY, _DIGIT, _CAPITALS = 1, 2, 4
_CONTENT = "[A-HZ]"


class Kind(IntEnum):
    """What a token does inside a finding."""

    WORD = 0
    STOP = 1
    COORDINATOR = 2
    COMMA = 3
    HYPHEN = 4
    BREAK = 5


class Role(IntEnum):
    """How a token acts on a window over the words: not at all, as one foreign word, without harm, or by ending it."""

    NONE = 0
    FOREIGN = 1
    OPEN = 2
    SHUT = 3


_SIGNS = {Kind.STOP: STOP, Kind.COORDINATOR: COORDINATOR, Kind.COMMA: COMMA, Kind.BREAK: BREAK}


def content_shape(anatomy: bool, digit: bool, capitals: bool) -> str:
    """The letter of a content word."""
    return chr(ord("A") + anatomy * _ANATOMY + digit * _DIGIT + capitals * _CAPITALS)


def sign_shape(kind: Kind, text: str, copula: bool = False) -> str:
    """The letter of what is no content word."""
    if kind is Kind.HYPHEN:
        return HYPHEN if text in HYPHENS else QUOTE
    if kind is Kind.STOP and (copula or text == "\n"):
        return COPULA if copula else LINE_END
    return _SIGNS[kind]


def _letters(bit: int) -> str:
    return "".join(chr(ord("A") + letter) for letter in range(8) if letter & bit)


DIGITS = _letters(_DIGIT)
#: What stands between conjuncts.
BETWEEN = f"{STOP}{COPULA}{LINE_END}{QUOTE}{COORDINATOR}{COMMA}{HYPHEN}"  # the hyphen last: it goes into brackets

#: Words run together, and hyphens between words, a line end behind the hyphen allowed.
JOINTS = re.compile(f"{RUN_TOGETHER}|(?<={_CONTENT}){HYPHEN}{LINE_END}?(?=[A-H])")
CAPITALS = re.compile(f"[{_letters(_CAPITALS)}]")
#: Commas and conjunctions with a word near enough before and behind.
_NEAR_BEFORE = "|".join(f"(?<={_CONTENT}{f'[{BETWEEN}]' * between})" for between in range(3))
LINKS = re.compile(f"(?:{_NEAR_BEFORE})[{COORDINATOR}{COMMA}](?=[{BETWEEN}]{{0,3}}{_CONTENT})")
#: Copulas, and commas and conjunctions behind a body part.
STATEMENTS = re.compile(f"{COPULA}|(?<=[{_letters(_ANATOMY)}])[{COORDINATOR}{COMMA}]")
#: Two or more numbers from one to five in a list.
DIGIT_LISTS = re.compile(f"[{DIGITS}](?:[{BETWEEN}]{{0,3}}[{DIGITS}])+")
#: "hepato- and splenomegaly".
SHARED_ENDINGS = re.compile(f"{_CONTENT}(?=[{QUOTE}{HYPHEN}]{COORDINATOR}{_CONTENT})")
