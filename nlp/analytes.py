"""Tables of quantities with a norm: names, units, limits by age and sex, and the terms of high and low values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from nlp.norms import Norm, Verdict

_FIRST_WORD = re.compile(r"[A-Za-zα-ω]+|\d+")
_FAHRENHEIT = "°f"
_SPECIMENS = ("blood", "urine", "csf")


@dataclass(frozen=True, slots=True)
class Finding:
    """The term of a value beyond a limit, and more specific ones from limits on, nearest limit first."""

    id: str
    grades: tuple[tuple[float, str], ...] = ()

    @classmethod
    def of(cls, written: str) -> Finding | None:
        """Read `HP:0012664 40=HP:0012665`; None for `-`."""
        if written == "-":
            return None
        id, *grades = written.split()
        pairs = [grade.split("=") for grade in grades]
        return cls(id, tuple((float(limit), graded) for limit, graded in pairs))

    def at(self, verdict: Verdict, amount: float) -> str:
        """The term for `amount`, in the first unit of the quantity."""
        passed = [id for limit, id in self.grades if (amount > limit if verdict is Verdict.HIGH else amount < limit)]
        return passed[-1] if passed else self.id


@dataclass(frozen=True, slots=True)
class Analyte:
    """One row: a quantity of one specimen. `units` are factors into the first unit."""

    name: str
    specimen: str
    units: Mapping[str, float]
    norm: Norm
    margin: float
    high: Finding | None
    low: Finding | None
    source: str

    @property
    def unit(self) -> str:
        """The unit of the norm."""
        return next(iter(self.units))

    def amount(self, value: float, unit: str) -> float | None:
        """`value` in the first unit; None where the table does not know `unit`."""
        if unit == _FAHRENHEIT and unit in self.units:
            return (value - 32) / 1.8
        factor = self.units.get(unit)
        return None if factor is None else value * factor

    def finding(self, verdict: Verdict) -> Finding | None:
        """The finding of a high or a low value."""
        return {Verdict.HIGH: self.high, Verdict.LOW: self.low}.get(verdict)


@dataclass(frozen=True, slots=True)
class Analytes:
    """Rows by the names that a text may give them; `patterns` by the first word or number of a name, in lower case."""

    rows: Mapping[str, Mapping[str, Analyte]]  # name as written in the table -> specimen -> row
    patterns: Mapping[str, re.Pattern[str]]

    @classmethod
    def read(cls, language: str, file: str) -> Analytes:
        """Read a table; raises ValueError for a row that is none."""
        lines = (files("nlp") / "languages" / language / file).read_text(encoding="utf-8").splitlines()
        return cls.of(line for line in lines if line.strip() and not line.startswith("#"))

    @classmethod
    def of(cls, lines: Iterable[str]) -> Analytes:
        """Read lines of nine columns (see the head of `laboratory.tsv`)."""
        rows: dict[str, dict[str, Analyte]] = {}
        for line in lines:
            name, names, specimen, units, norm, margin, high, low, source = line.split("\t")
            if specimen not in _SPECIMENS:
                raise ValueError(f"{specimen!r} is no specimen.")
            factors = dict(pair.split("=") for pair in units.split())
            row = Analyte(
                name=name,
                specimen=specimen,
                units={unit: float(factor) for unit, factor in factors.items()},
                norm=Norm.of(norm),
                margin=float(margin),
                high=Finding.of(high),
                low=Finding.of(low),
                source=source,
            )
            for written in names.split("|"):
                rows.setdefault(written, {})[specimen] = row
        return cls(rows, _patterns(rows))

    def match(self, text: str, start: int, word: str) -> tuple[re.Match[str], Mapping[str, Analyte]] | None:
        """The longest name that begins at character `start` with `word`, and its rows by specimen."""
        pattern = self.patterns.get(word)
        match = pattern.match(text, start) if pattern is not None else None
        if match is None:
            return None
        words = " ".join(match.group().split())
        known = self.rows.get(words) or self.rows.get(words.lower()) or self.rows.get(words[:1].lower() + words[1:])
        return (match, known) if known else None


def _patterns(rows: Iterable[str]) -> dict[str, re.Pattern[str]]:
    by_word: dict[str, list[str]] = {}
    for written in rows:
        first = _FIRST_WORD.match(written)
        if first is None:
            raise ValueError(f"{written!r} begins with no word.")
        by_word.setdefault(first.group().lower(), []).append(written)
    return {word: re.compile(_alternatives(names)) for word, names in by_word.items()}


def _alternatives(names: Iterable[str]) -> str:
    """Longest first. A name in small letters stands in any case, one with a capital as it is written."""
    ordered = sorted(names, key=len, reverse=True)
    words = [re.sub(r"\\ ", r"\\s{1,2}", re.escape(name)) for name in ordered]
    cased = [f"(?i:{word})" if name == name.lower() else word for name, word in zip(ordered, words, strict=True)]
    return rf"(?:{'|'.join(cased)})(?![A-Za-z0-9])(?!-\w)"
