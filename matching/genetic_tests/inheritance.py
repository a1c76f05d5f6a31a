"""How each disease is inherited: what the release's inheritance annotations say, else Orphanet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from matching.genetic_tests.shares import MITOCHONDRIAL
from ontology.annotations import Aspect, Relation
from ontology.arrays import Bools, Bytes
from ontology.knowledge import Knowledge
from ontology.natural_histories import Inheritance
from ontology.terms import UnknownTerm


class Mode(IntFlag):
    """Modes of inheritance that a family's history tells apart."""

    NOT_STATED = 0
    RECESSIVE = 1  # autosomal
    DOMINANT = 2  # autosomal
    X_RECESSIVE = 4
    X_LINKED = 8  # dominant, or not told which
    MITOCHONDRIAL = 16


#: Modes of inheritance in the HPO; a term counts as the first of these that it is a form of.
_TERMS = (
    ("HP:0001419", Mode.X_RECESSIVE),
    ("HP:0001417", Mode.X_LINKED),
    ("HP:0000007", Mode.RECESSIVE),
    ("HP:0000006", Mode.DOMINANT),
    ("HP:0001427", Mode.MITOCHONDRIAL),
    ("HP:0025352", Mode.DOMINANT),  # typically de novo
)
#: What Orphanet's entries tell apart; they do not tell dominant from recessive in this release.
_OF_ENTRIES = (
    (Inheritance.X_LINKED_RECESSIVE, Mode.X_RECESSIVE),
    (Inheritance.X_LINKED_DOMINANT, Mode.X_LINKED),
    (Inheritance.MITOCHONDRIAL, Mode.MITOCHONDRIAL),
)


@dataclass(frozen=True, slots=True)
class Modes:
    """Modes of every disease: `bits` int8 (diseases,), Mode."""

    bits: Bytes

    @classmethod
    def of(cls, knowledge: Knowledge) -> Modes:
        """From inheritance annotations; Orphanet's entries and mitochondrial genes where a disease has none."""
        bits = _annotated(knowledge)
        silent = bits == 0
        bits[silent] = _of_entries(knowledge)[silent]
        bits[(bits == 0) & _mitochondrial(knowledge)] = Mode.MITOCHONDRIAL
        bits.setflags(write=False)
        return cls(bits)

    def having(self, modes: Mode) -> Bools:
        """Diseases of which any of `modes` is stated: bool (diseases,)."""
        found: Bools = (self.bits & np.int8(modes)) != 0
        return found

    def only(self, mode: Mode) -> Bools:
        """Diseases of which `mode` alone is stated: bool (diseases,)."""
        found: Bools = self.bits == np.int8(mode)
        return found


def _annotated(knowledge: Knowledge) -> Bytes:
    annotations, terms = knowledge.annotations, knowledge.terms
    of_term = np.zeros(len(terms), np.int8)
    for id, mode in reversed(_TERMS):
        try:
            general = terms.position(id)
        except UnknownTerm:
            continue
        of_term[_forms_of(knowledge, general)] = mode
    speaks = (np.asarray(annotations.aspects) == Aspect.INHERITANCE) & ~np.asarray(annotations.excluded)
    rows = np.flatnonzero(speaks)
    owners = np.searchsorted(annotations.pointers, rows, side="right") - 1
    bits = np.zeros(len(knowledge.diseases), np.int8)
    np.bitwise_or.at(bits, owners, of_term[annotations.terms[rows]])
    return bits


def _forms_of(knowledge: Knowledge, general: int) -> Bools:
    """The term `general` and all that are forms of it: bool (terms,)."""
    ancestors = knowledge.terms.ancestors
    owner = np.repeat(np.arange(len(ancestors)), np.diff(ancestors.pointers))
    found = np.zeros(len(ancestors), np.bool_)
    found[owner[np.asarray(ancestors.values) == general]] = True
    return found


def _of_entries(knowledge: Knowledge) -> Bytes:
    described = knowledge.descriptions.of_disease
    owner = np.repeat(np.arange(len(described)), np.diff(described.pointers))
    same = np.asarray(knowledge.descriptions.relations) <= Relation.EXACT
    stated = np.asarray(knowledge.histories.modes)[np.asarray(described.values)[same]]
    bits = np.zeros(len(knowledge.diseases), np.int8)
    for said, mode in _OF_ENTRIES:
        np.bitwise_or.at(bits, owner[same], np.where(stated & said, mode, 0).astype(np.int8))
    return bits


def _mitochondrial(knowledge: Knowledge) -> Bools:
    """Diseases whose genes all lie in the mitochondrial genome: bool (diseases,)."""
    links = knowledge.genes
    encoded = np.array([symbol.startswith(MITOCHONDRIAL) for symbol in links.symbols], np.bool_)
    owner = np.repeat(np.arange(len(links.of_disease)), np.diff(links.of_disease.pointers))
    inside = encoded[np.asarray(links.genes)[np.asarray(links.of_disease.values)]]
    of_all = np.bincount(owner, minlength=len(knowledge.diseases))
    of_these = np.bincount(owner, weights=inside, minlength=len(knowledge.diseases))
    alone: Bools = (of_all > 0) & (of_these == of_all)
    return alone
