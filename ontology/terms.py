"""HPO terms of one release: labels, synonyms, the graph, and where obsolete and alternative ids went.

A term is known inside by its *position*, its rank among the current terms by number; outside by its id, `HP:0001250`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path

import numpy as np

from ontology.arrays import Bools, Bytes, Floats, Ints, Rows, StringPool, read_array, write_array
from ontology.errors import PhenomapError

PHENOTYPIC_ABNORMALITY = "HP:0000118"
_ID = re.compile(r"HP:[0-9]{7}")


class SynonymScope(IntEnum):
    """How a synonym's meaning lies to its term's (OBO 1.4)."""

    EXACT = 0
    NARROW = 1
    BROAD = 2
    RELATED = 3


class SynonymKind(IntEnum):
    """What sort of wording a synonym is, from the release's synonym types."""

    PLAIN = 0
    LAYPERSON = 1
    ABBREVIATION = 2
    SPELLING = 3
    PLURAL = 4
    OBSOLETE = 5


class Moved(IntEnum):
    """Why an id is not a current term's own."""

    ALTERNATIVE = 0
    REPLACED = 1
    WITHDRAWN = 2


class NoTerm(StrEnum):
    """Why an id names no term."""

    NOT_AN_ID = "not_an_id"
    NOT_IN_RELEASE = "not_in_release"
    WITHDRAWN = "withdrawn"  # obsolete, with no replacement


class UnknownTerm(PhenomapError):
    """`id` names no term of this release, and why; `suggestions` are ids its editors point to, often none."""

    def __init__(self, id: str, why: NoTerm, what: str, mend: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(what, mend)
        self.id = id
        self.why = why
        self.suggestions = suggestions


@dataclass(frozen=True, slots=True)
class ResolvedTerm:
    """A current term, and how the given id led to it (`moved` is None where it is its own id)."""

    position: int
    id: str
    given: str
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class Synonym:
    """One wording of a term."""

    text: str
    scope: SynonymScope
    kind: SynonymKind


def term_id(number: int) -> str:
    """Write an HPO number as an id: `term_id(1250) == "HP:0001250"`."""
    return f"HP:{number:07d}"


@dataclass(frozen=True, slots=True)
class Terms:
    """All current terms of a release, by position.

    numbers          int32   (terms,)    HPO numbers, ascending
    labels           strings (terms,)
    definitions      strings (terms,)    empty where the release has none
    parents          rows    (terms,)    positions of direct superterms
    children         rows    (terms,)    positions of direct subterms
    ancestors        rows    (terms,)    positions, ascending, the term itself included
    is_phenotype     bool    (terms,)    at or below Phenotypic abnormality, HP:0000118
    synonyms         rows    (terms,)    indices into the synonym arrays
    synonym_texts    strings (synonyms,)
    synonym_scopes   int8    (synonyms,) SynonymScope
    synonym_kinds    int8    (synonyms,) SynonymKind
    moved_numbers    int32   (moved,)    alternative and obsolete HPO numbers, ascending
    moved_reasons    int8    (moved,)    Moved
    moved_targets    rows    (moved,)    positions: the term that took over, or those the editors say to consider
    content          float32 (terms,)    information content over diseases, nats: -ln(diseases at or below / diseases);
                                         ln(diseases) where none is (Resnik, arXiv:cmp-lg/9511007)
    """

    numbers: Ints
    labels: StringPool
    definitions: StringPool
    parents: Rows
    children: Rows
    ancestors: Rows
    is_phenotype: Bools
    synonyms: Rows
    synonym_texts: StringPool
    synonym_scopes: Bytes
    synonym_kinds: Bytes
    moved_numbers: Ints
    moved_reasons: Bytes
    moved_targets: Rows
    content: Floats
    #: Current ids met before: notes say the same few hundred again and again. Nothing else is remembered, and no text.
    _met: dict[str, ResolvedTerm] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def id(self, position: int) -> str:
        """The id of the term at `position`."""
        return term_id(int(self.numbers[position]))

    def label(self, position: int) -> str:
        """The primary label of the term at `position`."""
        return self.labels[position]

    def position(self, id: str) -> int:
        """Position of the current term that `id` is, or has become; raises UnknownTerm."""
        return self.resolve(id).position

    def resolve(self, id: str) -> ResolvedTerm:
        """Follow `id` to the current term, saying how; raises UnknownTerm where it leads to none."""
        if (met := self._met.get(id)) is not None:
            return met
        if not _ID.fullmatch(id):
            mend = "Write HP: and seven digits, such as HP:0001250."
            raise UnknownTerm(id[:40], NoTerm.NOT_AN_ID, "This is not an HPO id.", mend)
        number = int(id[3:])
        at = _find(self.numbers, number)
        if at is not None:
            met = self._met[id] = ResolvedTerm(at, id, id, None)
            return met
        gone = _find(self.moved_numbers, number)
        if gone is None:
            mend = "Check the number, or search GET /api/v1/terms."
            raise UnknownTerm(id, NoTerm.NOT_IN_RELEASE, f"{id} is not in this HPO release.", mend)
        targets = self.moved_targets[gone]
        reason = Moved(int(self.moved_reasons[gone]))
        if reason is Moved.WITHDRAWN:
            ids = tuple(self.id(int(t)) for t in targets)
            mend = f"Its editors suggest {', '.join(ids)}." if ids else "Choose another term: GET /api/v1/terms."
            raise UnknownTerm(id, NoTerm.WITHDRAWN, f"{id} is obsolete and has no replacement.", mend, ids)
        position = int(targets[0])
        return ResolvedTerm(position, self.id(position), id, reason)

    def synonyms_of(self, position: int) -> tuple[Synonym, ...]:
        """Every synonym of the term at `position`, in the release's order."""
        return tuple(
            Synonym(
                self.synonym_texts[int(s)],
                SynonymScope(int(self.synonym_scopes[s])),
                SynonymKind(int(self.synonym_kinds[s])),
            )
            for s in self.synonyms[position]
        )

    def is_ancestor(self, general: int, specific: int) -> bool:
        """Whether `general` is `specific` or one of its superterms."""
        row = self.ancestors[specific]
        at = int(np.searchsorted(row, general))
        return at < len(row) and int(row[at]) == general

    @classmethod
    def read(cls, folder: Path) -> Terms:
        """Open the terms written in `folder`."""
        return cls(
            numbers=read_array(folder, "numbers"),
            labels=StringPool.read(folder, "labels"),
            definitions=StringPool.read(folder, "definitions"),
            parents=Rows.read(folder, "parents"),
            children=Rows.read(folder, "children"),
            ancestors=Rows.read(folder, "ancestors"),
            is_phenotype=read_array(folder, "is_phenotype"),
            synonyms=Rows.read(folder, "synonyms"),
            synonym_texts=StringPool.read(folder, "synonym_texts"),
            synonym_scopes=read_array(folder, "synonym_scopes"),
            synonym_kinds=read_array(folder, "synonym_kinds"),
            moved_numbers=read_array(folder, "moved_numbers"),
            moved_reasons=read_array(folder, "moved_reasons"),
            moved_targets=Rows.read(folder, "moved_targets"),
            content=read_array(folder, "content"),
        )

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        for name in ("numbers", "is_phenotype", "synonym_scopes", "synonym_kinds", "moved_numbers", "moved_reasons"):
            write_array(folder, name, getattr(self, name))
        write_array(folder, "content", self.content)
        for name in ("labels", "definitions", "synonym_texts"):
            getattr(self, name).write(folder, name)
        for name in ("parents", "children", "ancestors", "synonyms", "moved_targets"):
            getattr(self, name).write(folder, name)


def _find(sorted_numbers: Ints, number: int) -> int | None:
    at = int(sorted_numbers.searchsorted(sorted_numbers.dtype.type(number)))  # of one type, or all is copied
    return at if at < len(sorted_numbers) and int(sorted_numbers[at]) == number else None


def current_id(terms: Terms, id: str) -> str:
    """The term's current id; a term that the release has dropped stands for itself."""
    try:
        return terms.id(terms.position(id))
    except UnknownTerm:
        return id
