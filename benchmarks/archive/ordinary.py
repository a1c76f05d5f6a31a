"""Ordinary hospital patients and their notes: common conditions with their true findings, in English or Chinese.

They are hard for screening on purpose: elderly people with several diseases, long lists of what is denied and what is
normal, relatives' diseases, risks that are only spoken of, and paragraphs copied from the note before. All of it was
made up; no sentence is of a real note.
"""

from __future__ import annotations

import csv
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
#: How long a note is on average; the issue of screening asks for 1,500 over both languages.
_CHARACTERS = {"en": 2000, "zh": 1550}
#: Of follow-up notes, the share that begins with words of the note before.
_COPIED = 0.33
#: Of a condition's sentences, the share that a note tells, and of these the share that is introduced by a phrase.
_SAID, _CARRIED = 0.8, 0.1
_OF_SEX = {"pregnancy": "female", "孕期检查": "female", "prostate enlargement": "male", "前列腺增生": "male"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A common condition, at what ages (years), how frequent (a weight), and its sentences by section."""

    name: str
    least: int
    most: int
    weight: float
    sentences: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up patient; `age` in years at the first note."""

    sex: str
    birth: date
    age: int
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Writes patients and notes of one language."""

    language: str
    conditions: tuple[Condition, ...]
    common: Mapping[str, Any]

    @classmethod
    @cache
    def read(cls, language: str) -> Ordinary:
        """The sentences of a language."""
        common = tomllib.loads((_HERE / "common.toml").read_text(encoding="utf-8"))[language]
        with (_HERE / f"conditions_{language}.tsv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter="\t"))
        return cls(language, tuple(map(_condition, rows)), common)

    def person(self, dice: random.Random, first: date, age: int | None = None) -> Person:
        """Someone of any age (or of `age`), with what people of that age have: more of it the older they are."""
        years = _age(dice) if age is None else age
        sex = dice.choice(("male", "female"))
        fitting = [
            each for each in self.conditions if each.least <= years <= each.most and _OF_SEX.get(each.name, sex) == sex
        ]
        count = 1 + (years > 45) + sum(dice.random() < (0.55 if years > 60 else 0.25) for _ in range(4))
        found: dict[str, Condition] = {}
        for each in dice.choices(fitting, [each.weight for each in fitting], k=count):
            found[each.name] = each
        birth = first - timedelta(days=years * 365 + dice.randrange(365))
        return Person(sex, birth, years, tuple(found.values()))

    def note(self, dice: random.Random, person: Person, when: date, before: str = "", woven: Sequence[str] = ()) -> str:
        """A note of that day; `before` is the note before, `woven` are sentences that must stand in it."""
        here = dice.sample(person.conditions, min(len(person.conditions), dice.choice((1, 1, 2, 3))))
        age = max(0, (when - person.birth).days // 365)
        parts = {
            "history": [self._opening(dice, age), *self._of(dice, here, "history"), *self._some(dice, "negations", 5)],
            "past": [self._named(each) for each in person.conditions if each not in here],
            "family": self._some(dice, "family", 1),
            "social": self._some(dice, "social", 2),
            "drugs": self._some(dice, "drugs", 3),
            "examination": [*self._of(dice, here, "examination"), *self._some(dice, "normals", 6)],
            "results": [*self._of(dice, here, "results"), *self._some(dice, "results", 3)],
            "plan": [*self._of(dice, here, "plan"), *self._some(dice, "plan", 2)],
        }
        for sentence in woven:
            section = parts[dice.choice(("history", "examination"))]
            section.insert(dice.randrange(1, len(section) + 1), sentence)
        if before and dice.random() < _COPIED:
            parts["history"].append(dice.choice(before.split("\n")).partition(self._mark)[2])
        wanted = _CHARACTERS[self.language] * dice.uniform(0.6, 1.3)
        for pool, lengthened in _LENGTHENED:
            text = self._laid(parts)
            if len(text) >= wanted:
                break
            parts[lengthened] += dice.sample(self.common[pool], len(self.common[pool]) * 2 // 3)
        text = self._laid(parts)
        return filled(text, dice, age)

    def _laid(self, parts: Mapping[str, Sequence[str]]) -> str:
        headings, joint, mark = self.common["headings"], self.common["joint"], self._mark
        return "\n".join(
            f"{headings[name]}{mark}{joint.join(dict.fromkeys(said))}" for name, said in parts.items() if said
        )

    @property
    def _mark(self) -> str:
        """What stands behind a heading."""
        return ": " if self.language == "en" else "："

    def _opening(self, dice: random.Random, age: int) -> str:
        common = self.common
        opening: str = dice.choice(common["opening"])
        return opening.format(place=dice.choice(common["places"]), who=dice.choice(common["whos"]), age=age)

    def _named(self, condition: Condition) -> str:
        return f"{condition.name.capitalize()}." if self.language == "en" else f"{condition.name}病史。"

    def _of(self, dice: random.Random, conditions: Sequence[Condition], section: str) -> list[str]:
        said = [each for condition in conditions for each in condition.sentences[section] if dice.random() < _SAID]
        return [self._carried(dice, each) if dice.random() < _CARRIED else each for each in said]

    def _carried(self, dice: random.Random, sentence: str) -> str:
        """An ordinary finding introduced as rare ones are, so that the words around it tell nothing."""
        carrier: str = dice.choice(self.common["carriers"])
        return carrier.replace("{w}", sentence.rstrip(".。"))

    def _some(self, dice: random.Random, pool: str, most: int) -> list[str]:
        return dice.sample(self.common[pool], dice.randint(0 if most < 3 else 2, most))


def filled(text: str, dice: random.Random, age: int) -> str:
    """Numbers put where a text asks for them."""
    return text.format_map(_Numbers(dice, age))


class _Numbers(dict[str, Any]):
    """Draws each number as it is asked for."""

    def __init__(self, dice: random.Random, age: int) -> None:
        super().__init__()
        self._dice, self._age = dice, age

    def __missing__(self, name: str) -> object:
        least, most = _RANGES.get(name, (2, 12))
        if name in _TENTHS:
            return round(self._dice.uniform(least, most), 1)
        return self._dice.randint(int(least), int(most))


#: What a note that is too short is lengthened by, one after the other.
_LENGTHENED = (
    ("normals", "examination"), ("negations", "history"), ("results", "results"), ("plan", "plan"),
    ("negations", "history"), ("normals", "examination"), ("drugs", "drugs"), ("social", "social"),
    ("plan", "plan"), ("family", "family"), ("negations", "history"), ("normals", "examination"),
)  # fmt: skip

_RANGES: Mapping[str, tuple[float, float]] = {
    "sys": (125, 182), "dia": (72, 104), "year": (2005, 2023), "crea": (55, 140), "bmi": (27, 38), "hba": (6.4, 10.2),
    "pct": (30, 85), "temp": (37.4, 39.9), "crp": (20, 190), "crp2": (1, 9), "tsh": (8, 40), "hb": (72, 108),
    "hb2": (118, 158), "pw": (24, 36), "bw": (900, 2400), "hr": (58, 98), "ckd": (3, 5), "egfr": (9, 48),
    "acu": (9, 24), "mmse": (9, 23), "na": (136, 144), "k": (3.6, 4.9), "wbc": (4.2, 9.8), "plt": (160, 380),
    "alt": (11, 38), "glu": (4.2, 6.0), "age": (45, 78),
}  # fmt: skip
_TENTHS = frozenset({"hba", "temp", "k", "wbc", "glu"})


def _age(dice: random.Random) -> int:
    """Years, as in a general hospital: a quarter children, half above fifty."""
    kind = dice.random()
    if kind < 0.25:
        return dice.randint(0, 17)
    return dice.randint(18, 49) if kind < 0.5 else dice.randint(50, 92)


def _condition(row: Mapping[str, str]) -> Condition:
    sections = {
        name: tuple(each.strip() for each in row[name].split("||") if each.strip())
        for name in ("history", "examination", "results", "plan")
    }
    return Condition(row["name"], int(row["least"]), int(row["most"]), float(row["weight"]), sections)
