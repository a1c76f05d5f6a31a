"""Blood pressure: "150/90 mmHg", by limits that hold for the patient's age, or by the centile that the note gives.

One reading is increased blood pressure, HP:0032263, as the definition of hypertension asks for several; but from
160/100 mmHg on, and of a child from 140/90 (stage 2), it is hypertension, as curators write it. From 140/90 mmHg on it
is high at every age from one year on (American Academy of Pediatrics, 2017, doi 10.1542/peds.2017-1904, and of adults;
unverified). Low limits are those of Pediatric Advanced Life Support (systolic,
mmHg: below 60 in the first month, 70 in the first year, 70 + 2 x years to ten years, then 90; tomwademd.net).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.norms import DAYS_IN_MONTH, DAYS_IN_YEAR, Subject
from nlp.quantities import Quantity, Value, Whereabouts
from nlp.reading import Unjudged
from nlp.words import Tokens
from ontology.features import Channel

_HIGH, _LOW, _HYPERTENSION = "HP:0032263", "HP:0002615", "HP:0000822"
_GROWN_UP = 18 * DAYS_IN_YEAR
_FIRST_WORDS = frozenset({"blood", "bp", "arterial", "systolic"})
_PRESSURE = re.compile(
    r"(?:(?:arterial )?blood pressures?|BP)(?:\s?\(BP\))?(?:[\s:=,]|was|were|of|is|measured|at|elevated"
    r"|high|low|to|recorded|raised|readings?|mean|right arm|on admission|around|about|approximately){0,8}?"
    r"(?P<systolic>\d{2,3})\s?/\s?(?P<diastolic>\d{2,3})\s?(?P<unit>mm\s?Hg)?"
    r"(?P<centile>\s?\(?\s?(?:>|above|over)\s?(?:the )?9[5-9](?:th|\.\d+(?:th)?)?\s?(?:per)?centile)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class BloodPressureReader:
    """Finds blood pressures and judges them."""

    first_words: frozenset[str] = _FIRST_WORDS

    def find(self, text: str, tokens: Tokens, where: Whereabouts) -> Iterator[Value]:
        """Findings and unjudged values in order of position."""
        end = 0
        for start, surface in zip(tokens.starts, tokens.surfaces, strict=True):
            if start < end or surface.lower() not in _FIRST_WORDS:
                continue
            match = _PRESSURE.match(text, start, min(len(text), start + 140))
            if match is None:
                continue
            end = match.end()
            told = judge_pressure(match, where.subject(start))
            if told is not None:
                yield told


def judge_pressure(match: re.Match[str], subject: Subject) -> Value | None:
    """What a pressure tells: groups `systolic`, `diastolic`, and `centile`, where the note gives one."""
    systolic, diastolic = int(match["systolic"]), int(match["diastolic"])
    amount = f"blood pressure {systolic}/{diastolic} mmHg"
    if not (40 <= systolic <= 300 and 20 <= diastolic < systolic):
        return None
    if match["centile"]:
        return _told(match, _HIGH, f"{amount}: high by the centile that the note gives")
    if systolic >= 140 or diastolic >= 90:
        if any(age.youngest >= DAYS_IN_YEAR for age in subject.ages) or systolic >= 140:
            child = bool(subject.ages) and all(age.oldest < _GROWN_UP for age in subject.ages)
            stage_2 = child or systolic >= 160 or diastolic >= 100
            id = _HYPERTENSION if stage_2 else _HIGH
            return _told(match, id, f"{amount}: high at every age, 140/90 mmHg or more")
        return Unjudged(match.start(), match.end(), amount, "no age is told")
    limits = [_lowest(age) for span in subject.ages for age in (span.youngest, span.oldest)] or [_lowest(0.0), 90.0]
    if all(systolic < limit for limit in limits):
        return _told(match, _LOW, f"{amount}: systolic below {min(limits):g} mmHg, Pediatric Advanced Life Support")
    if any(systolic < limit for limit in limits):
        return Unjudged(match.start(), match.end(), amount, "the norm turns on age")
    return None


def _lowest(age_days: float) -> float:
    if age_days < DAYS_IN_MONTH:
        return 60.0
    if age_days < DAYS_IN_YEAR:
        return 70.0
    return min(90.0, 70.0 + 2 * int(age_days / DAYS_IN_YEAR))


def _told(match: re.Match[str], id: str, reading: str) -> Quantity:
    return Quantity(match.start(), match.end(), id, reading, Channel.VITAL_SIGN)
