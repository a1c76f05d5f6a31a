"""Records of patients who never were, each marked so that any trace of one is found wherever it turns up."""

from __future__ import annotations

import random
from dataclasses import dataclass

#: Every mark begins so: to look for these is to look for all of them. Rare characters and long digits, so that neither
#: a word of a lexicon nor a digest is taken for one.
MARKS = ("zqxvy", "龘靐齾", "19900009", "110105190001", "H8888000")


@dataclass(frozen=True)
class Canary:
    """One record: a name, a hospital's number, a phone, an identity card, and two notes that hold them all."""

    name: str
    number: str
    phone: str
    card: str
    english: str
    chinese: str


def canaries(count: int, seed: int = 618) -> list[Canary]:
    """`count` records, the same for the same seed."""
    dice = random.Random(seed)
    return [_canary(dice, at) for at in range(count)]


def traces(content: bytes) -> list[str]:
    """Marks found in bytes, in any form that text is usually kept in."""
    return [mark for mark in MARKS if any(form in content for form in _forms(mark))]


def _forms(mark: str) -> set[bytes]:
    escaped = mark.encode("unicode_escape")
    return {mark.encode(), mark.encode("utf-16-le"), mark.encode("utf-16-be"), escaped, escaped.upper()}


def _canary(dice: random.Random, at: int) -> Canary:
    word = "zqxvy" + "".join(dice.choices("abcdefghijklmnop", k=6)) + str(at)
    sign = "龘靐齾" + "".join(dice.choices("赵钱孙李周吴郑王", k=3))
    phone, number = f"19900009{dice.randrange(1000):03}", f"H8888000{at:04}"
    card = f"110105190001{dice.randrange(1_000_000):06}"
    english = (
        f"{word} has arachnodactyly and scoliosis. No seizures. Phone {phone}, ID {card}, hospital number {number}. "
        f"The mother, Ann {word}, says it began at school {word}."
    )
    chinese = f"患儿{sign}，住院号{number}，电话{phone}，身份证{card}。{sign}的母亲诉其身材高大，蜘蛛指。"
    return Canary(f"Ann {word} {sign}", number, phone, card, english, chinese)
