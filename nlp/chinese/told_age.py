"""Age and sex of the patient as a Chinese note tells them: 男，4岁; 患儿9月; 生后2天; 十一歲女童."""

from __future__ import annotations

import re

from nlp.norms import DAYS_IN_MONTH, DAYS_IN_YEAR, AgeSpan, Subject
from nlp.reading import Patient
from ontology.features import PatientSex

_NUMERAL = r"(?:\d{1,3}(?:\.\d)?|[一二两三四五六七八九十]{1,3})"
_AGE = re.compile(
    rf"(?P<years>{_NUMERAL})\s?(?:岁|周岁|y(?![a-z])|yo)(?!起|时|后|前|开始|始|会|能|才|以|左右|出现|诊断|发现)(?P<half>半)?(?:零?(?P<and>{_NUMERAL})\s?个?月)?"
    rf"|(?:(?<=[男女婴童儿者性,(:])|(?<=^))\s?(?P<months>{_NUMERAL})\s?(?:个月|月龄|月|m(?![a-z]))(?P<halfmonth>半)?"
    rf"(?=[,。;)\s大龄男女婴童的]|$)"
    rf"|(?:生后|出生|日龄|(?<=[男女婴童儿者性,])|(?<=^))\s?(?P<days>{_NUMERAL})\s?(?:天|日龄|日(?=龄|[,。;)])|d(?![a-z]))"
    rf"|(?P<months2>{_NUMERAL})\s?(?:个月大|月龄|个月(?=[男女婴]))|(?P<days2>{_NUMERAL})\s?(?:天大|日龄|天(?=[男女婴新]))",
)
#: Where an age may begin: tried there only, a note's start is read in a third of the time.
_BEGINS = re.compile(
    r"[\d一二两三四五六七八九十\s生出日](?=[\d一二两三四五六七八九十.\s后生龄]{0,12}[岁周y个月m天日d])"
)
_RELATIVE = re.compile(r"(?:父|母|兄|弟|姐|妹|舅|姨|姑|叔|伯|爷|奶|公|婆|儿子|女儿|哥|祖)[^,。;:]{0,6}$")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_SEX = re.compile(
    r"(?=[女男孕])(?:(?P<female>女(?:[性婴童孩,。;\s\d(]|$)|孕妇|女患)|(?P<male>男(?:[性婴童孩,。;\s\d(]|$)|男患))"
)
_LOOKED_AT = 400  # characters from the start, where a note tells whom it is about


def told_subject(text: str, patient: Patient) -> Subject:
    """Who the values of a folded note are told of: what is known of the patient, else what the note's start tells."""
    ages = (AgeSpan(patient.age_days, patient.age_days),) if patient.age_days is not None else _ages(text[:_LOOKED_AT])
    sex = patient.sex if patient.sex is not PatientSex.UNKNOWN else _sex(text[:_LOOKED_AT])
    return Subject(ages, sex)


def _ages(text: str) -> tuple[AgeSpan, ...]:
    """The first age that is not a relative's; completed units, so that 3岁 lasts until the fourth birthday."""
    behind = 0
    for begins in _BEGINS.finditer(text):
        match = _AGE.match(text, begins.start()) if begins.start() >= behind else None
        if match is None:
            continue
        behind = match.end()
        if _RELATIVE.search(text, max(0, match.start() - 12), match.start()):
            continue
        years, months, days = match["years"], match["months"] or match["months2"], match["days"] or match["days2"]
        if years is not None:
            youngest = number(years) * DAYS_IN_YEAR + (DAYS_IN_YEAR / 2 if match["half"] else 0)
            if match["and"]:
                youngest += number(match["and"]) * DAYS_IN_MONTH
            exact = match["half"] or match["and"] or "." in years
            return (AgeSpan(youngest, youngest + (DAYS_IN_MONTH if exact else DAYS_IN_YEAR) - 1),)
        if months is not None:
            youngest = number(months) * DAYS_IN_MONTH
            return (AgeSpan(youngest, youngest + DAYS_IN_MONTH - 1),)
        if days is not None:
            return (AgeSpan(number(days), number(days)),)
    return ()


def number(written: str) -> float:
    """A number in digits or in Chinese up to 99: 十一 is 11."""
    if written[0].isdigit():
        return float(written)
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return float(_DIGITS.get(written[-1].replace("两", "二"), 0))
    return float((_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0))


def _sex(text: str) -> PatientSex:
    match = _SEX.search(text)
    if match is None:
        return PatientSex.UNKNOWN
    return PatientSex.FEMALE if match["female"] else PatientSex.MALE
