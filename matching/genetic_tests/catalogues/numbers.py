"""Numbers as catalogues write them: shares, prices and times; ValueError says what is wrong with one."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_CURRENCIES = (
    ("CNY", re.compile(r"cny|rmb|人民币|元|¥|yuan")),
    ("USD", re.compile(r"usd|us\$|\$|dollar")),
    ("GBP", re.compile(r"gbp|£")),
    ("EUR", re.compile(r"eur|€")),
)
#: Days of each unit; the first whose words are met. A working day is 7/5 of a day.
_UNITS = (
    (7 / 5, re.compile(r"个?工作日|(?:working|business|work)\s*days?|wd")),
    (1.0, re.compile(r"个?自然日|(?:calendar\s*)?days?|天|日|d")),
    (7.0, re.compile(r"weeks?|wks?|个?星期|周|w")),
    (30.0, re.compile(r"months?|个?月|m")),
    (1 / 24, re.compile(r"hours?|hrs?|个?小时|h")),
)
#: Behind a price: for each patient, sample or test.
_EACH = re.compile(r"\s*/\s*(?:次|人|例|人次|样本|项|test|sample)$")
_RANGE = re.compile(r"\s*(?:-|~|to|至|到|–|—|〜)\s*")
#: A test that takes longer than this is a slip of the pen.
_MOST_DAYS = 1000.0
_MOST_PRICE = 1e9


def share(cell: str, unit: str = "") -> float | None:
    """A fraction from 0 to 1, or a percentage with its sign (in the cell, or as the column's `unit`)."""
    text = _plain(cell)
    if not text:
        return None
    percent = text.endswith("%") or (unit.strip() == "%" and not text.endswith("%"))
    value = _number(text.removesuffix("%").strip(), cell) / (100 if percent else 1)
    if not 0 <= value <= 1:
        raise ValueError(f"{_shown(cell)} is no share: write 0 to 1, or a percentage with %.")
    return value


def price(cell: str, unit: str = "") -> tuple[float | None, str]:
    """An amount, and the currency that the cell or `unit` tells, empty where neither does."""
    text = _plain(cell)
    if not text:
        return None, ""
    currency, text = "", _EACH.sub("", text)
    for code, pattern in _CURRENCIES:
        if pattern.search(text) or pattern.search(_plain(unit)):
            currency, text = code, pattern.sub("", text).strip()
            break
    value = _number(text, cell)
    if value > _MOST_PRICE:
        raise ValueError(f"{_shown(cell)} is no price.")
    return value, currency


def currency_of(cell: str) -> str:
    """The ISO code of a currency's word; the word itself, in capitals, where it is none of those known."""
    text = _plain(cell)
    return next((code for code, pattern in _CURRENCIES if pattern.search(text)), text.upper())


def days(cell: str, unit: str = "") -> float | None:
    """Days of turnaround; of a range, its end."""
    text = _plain(cell)
    if not text:
        return None
    factor, bare = _unit(text)
    if bare == text:
        factor = _unit(_plain(unit))[0]
    value = max(_number(part, cell) for part in _RANGE.split(bare)) * factor
    if value > _MOST_DAYS:
        raise ValueError(f"{_shown(cell)} is no time in days.")
    return value


def _unit(text: str) -> tuple[float, str]:
    for factor, pattern in _UNITS:
        found = re.search(rf"\s*(?:{pattern.pattern})\.?$", text)
        if found:
            return factor, text[: found.start()]
    return 1.0, text


def _number(text: str, cell: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{_shown(cell)} is no number.")
    return float(text.replace(",", ""))


def _plain(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip().casefold()
    return "" if text in _NOTHING else text


def _shown(cell: str) -> str:
    return repr(cell.strip()[:40])


#: How a catalogue says that it says nothing.
_NOTHING = frozenset(("", "-", "--", "/", "n/a", "na", "nan", "none", "null", "无", "暂无", "—", "——", "面议"))
