"""The rules of one language as data: a folder of small files under `nlp/languages/`, read into frozen values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from nlp.stems import StemRules


@dataclass(frozen=True)
class WordRules:
    """What sorts of words a language has; every set holds folded words (files `words.json`, `stems.json`).

    stop              carry no meaning of their own
    coordinators      join conjuncts
    connectors        stand between parts of a statement ("a heart with murmurs")
    copulas           say what follows of what stands before
    modifiers         may stand inside or beside a finding without changing which it is
    fillers           verbs and adverbs that may stand inside a finding
    absences          before "of" a finding they deny it, before "of" a body part they are one
    barriers          never stand inside a finding, unless its wording holds them
    joining_prefixes  are written together or apart
    too_short_alone   labels and synonyms that say too little as a single word
    read_apart        wordings left out so that each half is found by itself
    neutral           neither anatomy nor quality
    sides             which of a pair
    vague             too vague to take part in a substitution
    may_be_dropped    may be left out of a label
    not_slips         ordinary words that are never taken for a misspelling (file `not_slips.txt`)
    """

    stop: frozenset[str]
    coordinators: frozenset[str]
    connectors: frozenset[str]
    copulas: frozenset[str]
    modifiers: frozenset[str]
    fillers: frozenset[str]
    absences: frozenset[str]
    barriers: frozenset[str]
    joining_prefixes: frozenset[str]
    too_short_alone: frozenset[str]
    read_apart: frozenset[str]
    neutral: frozenset[str]
    sides: frozenset[str]
    vague: frozenset[str]
    may_be_dropped: frozenset[str]
    not_slips: frozenset[str]
    qualities_not_anatomy: frozenset[str]
    severity: Mapping[str, str]
    word_groups: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class AbbreviationRules:
    """Abbreviations read beside the release's own: term ids, each with the words that tell it from other meanings."""

    curated: Mapping[str, tuple[tuple[str, frozenset[str]], ...]]
    never: frozenset[str]


@dataclass(frozen=True, slots=True)
class MeasurementRules:
    """Quantities by name (regular expressions), term ids of low and high values, IQ limits (below which: term id)."""

    quantities: Mapping[str, str]
    not_quantities: str
    findings: Mapping[str, Mapping[str, str]]
    intelligence: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class LanguageFolder:
    """The rule files of one language, each read when first asked for."""

    code: str

    @property
    def _folder(self) -> Traversable:
        return files("nlp") / "languages" / self.code

    def _json(self, name: str) -> dict[str, Any]:
        rules: dict[str, Any] = json.loads((self._folder / name).read_text(encoding="utf-8"))
        return rules

    def _rows(self, name: str) -> Iterator[list[str]]:
        for line in (self._folder / name).read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.split("\t")

    @cached_property
    def stems(self) -> StemRules:
        """Rules that make forms of one word equal."""
        given = self._json("stems.json")
        same = {word: "=" + row.split()[0] for row in given["same"] for word in row.split()}
        return StemRules(
            numerals=given["numerals"],
            same=same,
            spellings=tuple((a, b) for a, b in given["spellings"]),
            adjectives=tuple((a, b) for a, b in given["adjectives"]),
            endings=tuple(given["endings"]),
        )

    @cached_property
    def words(self) -> WordRules:
        """Sorts of words."""
        given = self._json("words.json")
        sorts = {name: frozenset(value.split()) for name, value in given.items() if isinstance(value, str)}
        groups = tuple((row[0], tuple(row[1].split())) for row in self._rows("word_groups.tsv"))
        return WordRules(
            **sorts,
            read_apart=frozenset(given["read_apart"]),
            severity=given["severity"],
            word_groups=groups,
            not_slips=frozenset(word for row in self._rows("not_slips.txt") for word in row[0].split()),
        )

    @cached_property
    def abbreviations(self) -> AbbreviationRules:
        """Abbreviations beside the release's own."""
        curated: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {}
        for row in self._rows("abbreviations.tsv"):
            needed = frozenset(row[2].lower().split()) if len(row) > 2 else frozenset()
            curated[row[0]] = (*curated.get(row[0], ()), (row[1], needed))
        never = frozenset(word for row in self._rows("not_abbreviations.txt") for word in row[0].split())
        return AbbreviationRules(curated, never)

    @cached_property
    def everyday(self) -> tuple[tuple[str, str], ...]:
        """Wordings of notes that the release lacks, with their term ids."""
        return tuple((row[0], row[1]) for row in self._rows("everyday.tsv"))

    @cached_property
    def described(self) -> tuple[tuple[str, str], ...]:
        """Wordings of parents, examinations and investigations, with their term ids; believed less than the release."""
        names = sorted(file.name for file in (self._folder / "described").iterdir() if file.name.endswith(".tsv"))
        return tuple((row[0], row[1]) for name in names for row in self._rows(f"described/{name}"))

    @cached_property
    def qualifiers(self) -> Mapping[str, str]:
        """Words that modify a finding, to HPO ids."""
        return {row[0]: row[1] for row in self._rows("qualifiers.tsv")}

    @cached_property
    def not_findings(self) -> tuple[str, ...]:
        """Phrases that hold the words of a finding and mean none."""
        return tuple(row[0] for row in self._rows("not_findings.txt"))

    @cached_property
    def assertion(self) -> Mapping[str, tuple[str, ...]]:
        """Cue phrases and word lists by kind."""
        return {kind: tuple(phrases) for kind, phrases in self._json("assertion.json").items()}

    @cached_property
    def measurements(self) -> MeasurementRules:
        """Measurements compared with a norm."""
        given = self._json("measurements.json")
        intelligence = tuple((limit, id) for limit, id in given["intelligence"])
        return MeasurementRules(given["quantities"], given["not_quantities"], given["findings"], intelligence)

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """Headings in lower case to section names."""
        return {row[0]: row[1] for row in self._rows("sections.tsv")}
