"""How old and of which sex a note says the patient is, at a place of its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from nlp.norms import DAYS_IN_MONTH, DAYS_IN_YEAR, AgeSpan, Subject
from nlp.reading import Patient
from ontology.features import PatientSex

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = rf"\d{{1,3}}(?:\.\d{{1,2}})?|{'|'.join(_WORDS)}"
_UNIT = r"years?|yrs?|yo\b|y\b|months?|mos?\b|mths?|weeks?|wks?|days?"
_NOT_AN_AGE = (
    r"(?!,? (?:of gestation|gestation|after|later|post|following|prior|before|earlier|ago|of treatment|of therapy))"
)
_AGE = re.compile(
    rf"\b(?P<n1>{_NUMBER})(?P<half1>½| and a half)?[- ]?(?P<u1>{_UNIT})[- ]?"
    rf"(?:(?:and )?(?P<m1>\d{{1,2}})[- ]?months?[- ]?)?(?:old\b|of age\b)"
    rf"|\b(?:aged?|at(?: the| an)? age(?: of)?|at) (?:about |approximately |around )?"
    rf"(?P<n2>{_NUMBER})(?P<half2>½| and a half)?[- ]?(?P<u2>{_UNIT})(?: (?:and )?(?P<m2>\d{{1,2}}) months?)?\b"
    rf"{_NOT_AN_AGE}",
    re.IGNORECASE,
)
_RELATIVE = (
    r"mothers?|fathers?|brothers?|sisters?|parents?|sibs?|siblings?|aunts?|uncles?|cousins?|grand\w+|gravida|"
    r"primigravida|maternal|paternal|wife|husband|couple|maternally|paternally|G\dP\d"
)
_RELATIVE_AFTER = re.compile(rf"(?:[^.;]{{0,25}}?)\b(?:{_RELATIVE})\b", re.IGNORECASE)
_RELATIVE_BEFORE = re.compile(rf"\b(?:{_RELATIVE})\b[^.;]{{0,30}}$", re.IGNORECASE)
_INTRODUCED = re.compile(
    r"(?:old|of age)\W+(?:[\w-]+\W+){0,5}?(?P<who>boys?|girls?|m[ae]n\b|wom[ae]n\b|male|female|gentleman|lady)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:(?P<he>he|his|him|boy)|(?P<she>she|her|girl))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatedAges:
    """The ages of the patient that one note tells, each with its place, and the sex."""

    starts: tuple[int, ...]
    ages: tuple[AgeSpan, ...]
    sex: PatientSex
    patient: Patient

    @classmethod
    def of(cls, text: str, patient: Patient) -> StatedAges:
        """Find what `text` tells; what `patient` tells goes before it."""
        starts, ages = [], []
        for match in _AGE.finditer(text):
            if not _of_a_relative(text, match):
                starts.append(match.start())
                ages.append(_span(match))
        known = patient.sex in (PatientSex.FEMALE, PatientSex.MALE)
        return cls(tuple(starts), tuple(ages), patient.sex if known else _sex(text), patient)

    def at(self, start: int, sentence: tuple[int, int]) -> Subject:
        """Who a value at character `start` is told of.

        The ages of its sentence; else that of the case, or the first that the note tells, together with the last told
        before it: what is judged must hold for each.
        """
        first, last = bisect_right(self.starts, sentence[0] - 1), bisect_right(self.starts, sentence[1])
        here = self.ages[first:last]
        if here:
            return Subject(here, self.sex)
        ages = []
        if self.patient.age_days is not None:
            ages.append(AgeSpan(self.patient.age_days, self.patient.age_days))
        elif self.ages:
            ages.append(self.ages[0])
        before = bisect_right(self.starts, start)
        if before:
            ages.append(self.ages[before - 1])
        return Subject(tuple(dict.fromkeys(ages)), self.sex)


def _of_a_relative(text: str, match: re.Match[str]) -> bool:
    after = _RELATIVE_AFTER.match(text, match.end(), match.end() + 40)
    return after is not None or _RELATIVE_BEFORE.search(text, max(0, match.start() - 45), match.start()) is not None


def _span(match: re.Match[str]) -> AgeSpan:
    """A told age is that of completed units: "3 years" lasts until the fourth birthday."""
    which = "1" if match["n1"] is not None else "2"
    written, unit, months = match["n" + which].lower(), match["u" + which].lower(), match["m" + which]
    amount = float(_WORDS.index(written) + 1 if written in _WORDS else written)
    length = {"y": DAYS_IN_YEAR, "m": DAYS_IN_MONTH, "w": 7.0, "d": 1.0}[unit[0]]
    if match["half" + which]:
        return AgeSpan((amount + 0.5) * length, (amount + 0.5) * length)
    youngest = amount * length + (int(months) * DAYS_IN_MONTH if months else 0.0)
    exact = "." in written
    lasts = 0.0 if exact else (DAYS_IN_MONTH if months else length) - 1
    return AgeSpan(youngest, youngest + lasts)


def _sex(text: str) -> PatientSex:
    introduced = _INTRODUCED.search(text)
    if introduced:
        return PatientSex.FEMALE if introduced["who"].lower()[0] in "gwfl" else PatientSex.MALE
    seen = {match.lastgroup for match in _PRONOUN.finditer(text)}
    if len(seen) == 1:
        return PatientSex.MALE if "he" in seen else PatientSex.FEMALE
    return PatientSex.UNKNOWN
