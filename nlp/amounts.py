"""Numbers with units as notes write them, and the norm that a note gives beside a value.

"1,026.2 μmol/L", "26 000/mm3", "28×109/L", "2·1 mmol l-1" and "(normal range 8.6–10.2 mg/dL)" are read; a comma
before three digits groups thousands, before one or two digits it is a decimal comma.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NUMBER = r"(?:\d{1,3}(?:[,\s]\d{3})+(?:\.\d{1,3})?|\d{1,6}(?:[.·,]\d{1,3})?)(?![\d])"
_COUNT = (
    r"(?:[x×*·]\s?)?10\s?\^?\s?(?:9|⁹)\s?(?:/\s?|\s)(?:l|litre|liter)\b"
    r"|(?:[x×*·]\s?)?10\s?\^?\s?(?:3|³)\s?/\s?(?:[uµμ]l|mm\^?[3³])|[x×*]\s?10\s?\^?\s?(?:9|⁹)|k/[uµμ]l"
    r"|(?:cells\s?)?(?:/|per\s)\s?(?:[uµμ]l|mm\^?[3³]|cmm|cubic mm)"
)
_CONCENTRATION = (
    r"(?:[munpkµμ]?c?g|gms?|[munpµμ]?mol(?:es)?|[µμu]?kat|meq|[muµμk]?i?u|units?)"
    r"\s?(?:/|per\s|\s(?=d?l\s?[-−]1))\s?(?:dl|ml|[µμu]l|l|i|litre|liter|day|d|24\s?(?:h|hr|hours?)|h|kg/day)"
    r"(?:/h|/hr)?(?:\s?[-−]1)?\b"
)
_OTHER = (
    r"fl\b|mm\s?(?:/|per|in|at)\s?(?:the\s)?(?:1st\s|first\s)?h(?:r|our)?\b|mm\s?hg\b|l/l\b"
    r"|ml/min(?:/1[.,]73\s?m\s?[2²])?|°\s?[cf]\b|℃|degrees? (?:celsius|c|fahrenheit|f)\b|mg\s?%|%"
    r"|(?:beats|breaths|cycles|breath|beat)?\s?(?:/|per)\s?min(?:ute)?\b|bpm\b|g\b|cm\b|mm\b|m\b|kg/m\s?[2²]|kg\b"
)
UNIT = rf"(?:{_COUNT}|{_CONCENTRATION}|{_OTHER})"
_SPACES = re.compile(r"\s+")
_INVERSE = re.compile(r"(dl|ml|l)[-−]1$")
_LITRE = re.compile(r"/(?:i|litre|liter)$")
#: What two labs call the same: spelled out, by its sign, or by a slip of the pen (U/I for U/l).
_SAME = (
    ("µ", "u"), ("μ", "u"), ("³", "3"), ("⁹", "9"), ("²", "2"), ("^", ""), ("per", "/"), ("units", "u"), ("unit", "u"),
    ("moles", "mol"), ("gms", "g"), ("gm", "g"), ("mcg", "ug"), ("litre", "l"), ("liter", "l"), ("hours", "h"),
    ("hour", "h"), ("hr", "h"), ("degrees", "°"), ("degree", "°"), ("celsius", "c"), ("fahrenheit", "f"), ("℃", "°c"),
)  # fmt: skip

_LABEL = (
    r"(?:(?:normal|reference|ref\.?|laboratory|lab|expected|nl|NR|RR|RI|NV|VN|n)\b[\s.]*"
    r"(?:(?:lab|range|interval|value|limit|level)s?\b[\s.]*){0,3}|range\b)"
    r"(?:\s?[:=,]|\s(?:is|of|for age|being|was))*"
)
OWN_NORM = re.compile(
    rf"[\s,;]{{0,2}}(?P<open>[(\[])?\s?(?P<label>{_LABEL})?\s{{0,2}}"
    rf"(?:(?P<low>{NUMBER})\s?(?:{UNIT})?\s?(?:-|–|−|‐|—|to)\s?(?P<high>{NUMBER})"
    rf"|(?P<most><|≤|up to|less than|below|under)\s?(?P<upper>{NUMBER})"
    rf"|(?P<least>>|≥|more than|above|over)\s?(?P<lower>{NUMBER}))\s?(?P<unit>{UNIT})?\s?(?P<close>[)\]])?",
    re.IGNORECASE,
)


def number(written: str) -> float:
    """The number that `written`, a match of NUMBER, stands for."""
    plain = _SPACES.sub("", written).replace("·", ".")
    if "," in plain:
        head, *groups = plain.split(",")
        thousands = all(len(group.split(".")[0]) == 3 for group in groups) and head != "0"
        plain = "".join([head, *groups]) if thousands else plain.replace(",", ".", 1)
    return float(plain)


def canonical_unit(written: str) -> str:
    """One spelling for a unit: "µmol / L" and "umol l-1" are `umol/l`, "×109/L" and "K/µL" `10^9/l`."""
    plain = _SPACES.sub("", written.lower())
    for other, same in _SAME:
        plain = plain.replace(other, same)
    plain = _INVERSE.sub(r"/\1", plain).lstrip("x×*·")
    plain = _LITRE.sub("/l", plain)
    if plain.startswith("10"):
        return "10^9/l"
    if plain in ("k/ul",):
        return "10^9/l"
    if plain.removeprefix("cells") in ("/ul", "/mm3", "/cmm", "/cubicmm"):
        return "/ul"
    if plain.startswith("mm") and plain.endswith("h"):
        return "mm/h"
    if plain.startswith("ml/min"):
        return "ml/min"
    if plain == "bpm" or plain.endswith(("/min", "/minute")):
        return "/min"
    fixed = {"mg%": "mg/dl", "iu/l": "u/l", "miu/l": "mu/l", "miu/ml": "mu/ml", "uiu/ml": "uu/ml", "iu/ml": "iu/ml"}
    return fixed.get(plain, plain).replace("/day", "/24h").replace("/d/", "/24h/") if plain != "/d" else plain


@dataclass(frozen=True, slots=True)
class OwnNorm:
    """The limits that a note gives beside a value, in the unit of the value; `written` are its words."""

    low: float | None
    high: float | None
    end: int
    written: str


def own_norm(text: str, at: int, until: int, unit: str | None, units: Mapping[str, float]) -> OwnNorm | None:
    """The norm that begins at character `at`: labelled as one, or limits in brackets directly after a value.

    `unit` is the value's, canonical; `units` are factors into a common unit. None where there is none, and where it
    stands in a unit that cannot be compared with the value's.
    """
    match = OWN_NORM.match(text, at, until)
    if match is None or not (match["label"] or (match["open"] and match["close"])):
        return None
    factor = 1.0
    given = canonical_unit(match["unit"]) if match["unit"] else None
    if given is not None and unit is not None and given != unit:
        if given not in units or unit not in units:
            return None
        factor = units[given] / units[unit]
    low, high = match["low"] or match["lower"], match["high"] or match["upper"]
    if match["low"] and match["high"] and number(match["low"]) >= number(match["high"]):
        return None
    written = " ".join(match.group().strip(" ,;").split())
    return OwnNorm(number(low) * factor if low else None, number(high) * factor if high else None, match.end(), written)
