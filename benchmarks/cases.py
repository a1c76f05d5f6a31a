"""Published cases and notes as lines of JSON, and the draws and perturbations that are made of them."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.circumstances import NOT_GIVEN, Circumstances
from ontology.diseases import Diseases, UnknownDisease
from ontology.features import PatientSex
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms, UnknownTerm
from service.age import days_of
from service.models.inputs import AGE


@dataclass(frozen=True, slots=True)
class PublishedCase:
    """One case: its papers, findings as HPO ids or a text, and the disease as published."""

    id: str
    pmids: tuple[str, ...]
    observed: tuple[str, ...]
    excluded: tuple[str, ...]
    diseases: tuple[str, ...]
    text: str = ""
    patient: Circumstances = NOT_GIVEN


@dataclass(frozen=True, slots=True)
class Question:
    """A case made ready to rank.

    `present` maps term positions to weights; `true` are the positions of the diseases that answer it, `strict` those
    whose own id, not a joined one, was published; `patient` is what is known of age and sex.
    """

    id: str
    pmids: frozenset[str]
    present: dict[int, float]
    true: tuple[int, ...]
    strict: tuple[int, ...]
    patient: Circumstances = NOT_GIVEN


def read_cases(path: Path) -> list[PublishedCase]:
    """Read `.jsonl` or `.jsonl.gz`; raises OSError, ValueError or KeyError for another file."""
    return [
        PublishedCase(
            id=str(line["id"]),
            pmids=tuple(line.get("pmid", ())),
            observed=tuple(line.get("observed", ())),
            excluded=tuple(line.get("excluded", ())),
            diseases=tuple(line["diseases"]),
            text=line.get("text", ""),
            patient=_circumstances(line),
        )
        for line in _lines(path)
    ]


def drawn(cases: Sequence[PublishedCase], per_disease: int | None, seed: int) -> list[PublishedCase]:
    """At most `per_disease` cases of each disease, drawn at random; all where it is None."""
    if per_disease is None:
        return list(cases)
    groups: dict[str, list[PublishedCase]] = defaultdict(list)
    for case in cases:
        groups[case.diseases[0]].append(case)
    dice = random.Random(seed)
    return [case for name in sorted(groups) for case in dice.sample(groups[name], min(per_disease, len(groups[name])))]


def question(case: PublishedCase, present: dict[int, float], diseases: Diseases) -> Question | None:
    """The case with these findings; None where no disease of it is in the release, or nothing is found."""
    positions = {}
    for id in case.diseases:
        try:
            positions[id] = diseases.position(id)
        except UnknownDisease:
            continue
    if not positions or not present:
        return None
    strict = tuple(sorted({at for id, at in positions.items() if diseases.id(at) == id}))
    true = tuple(sorted(set(positions.values())))
    return Question(case.id, frozenset(case.pmids), present, true, strict, case.patient)


def findings(ids: Sequence[str], terms: Terms) -> list[int]:
    """Positions of phenotypic abnormalities among `ids`, each once, in order; ids of no term are passed over."""
    found: dict[int, None] = {}
    for id in ids:
        try:
            term = terms.position(id)
        except UnknownTerm:
            continue
        if terms.is_phenotype[term] and terms.id(term) != PHENOTYPIC_ABNORMALITY:
            found[term] = None
    return list(found)


class Perturbation:
    """Changes findings as hurried notes do.

    noise50 adds half as many random ones; parent takes each one step up, never to Phenotypic abnormality itself;
    keep3 leaves three.
    """

    KINDS = ("noise50", "parent", "keep3")

    def __init__(self, kind: str | None, terms: Terms, seed: int) -> None:
        self._kind = kind
        self._terms = terms
        self._dice = random.Random(seed)
        self._pool = [t for t in range(len(terms)) if terms.is_phenotype[t]]
        self._root = terms.position(PHENOTYPIC_ABNORMALITY)

    def __call__(self, found: list[int]) -> list[int]:
        """The changed findings, each once; draws advance with every call."""
        match self._kind:
            case "noise50":
                changed = found + self._dice.sample(self._pool, max(1, round(0.5 * len(found))))
            case "parent":
                changed = [self._parent(term) for term in found]
            case "keep3":
                changed = self._dice.sample(found, min(3, len(found)))
            case _:
                changed = found
        return list(dict.fromkeys(changed))

    def _parent(self, term: int) -> int:
        parents = [p for p in self._terms.parents[term].tolist() if self._terms.is_phenotype[p] and p != self._root]
        return int(self._dice.choice(parents)) if parents else term


def _circumstances(line: dict[str, Any]) -> Circumstances:
    """`sex` in the words of Phenopackets and `age` as an ISO 8601 duration; what is neither is not given."""
    sex, age = str(line.get("sex") or "").lower(), str(line.get("age") or "")
    known = PatientSex(sex) if sex in tuple(PatientSex) else PatientSex.UNKNOWN
    return Circumstances(known, days_of(age) if re.fullmatch(AGE, age) else None)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    for line in text.splitlines():
        if line.strip():
            yield json.loads(line)
