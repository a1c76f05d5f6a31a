"""Orphanet's prevalences (en_product9_prev.xml, CC-BY-4.0): one statement an entry, laid under the diseases.

An entry has many statements. The one kept is validated rather than not, a point prevalence rather than one at birth,
worldwide rather than European rather than of another place; of several alike the lowest, for small places are studied
where a disease is frequent. A class counts as the middle of its bounds: the value of one study claims more than it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from xml.etree.ElementTree import Element

import numpy as np

from ontology.annotations import Relation
from ontology.arrays import StringPool
from ontology.compile.orphadata import each_disorder
from ontology.compile.orphanet import OrphanetMap
from ontology.compile.releases import ReleaseFile
from ontology.diseases import Diseases
from ontology.errors import SourceError
from ontology.prevalences import Basis, Prevalences

_MEND = "Download en_product9_prev.xml again from Orphadata: the file is cut off or is not that product."
#: Geometric middle of each class, as a share of people; the open classes count as their one bound, the rarest as half a
#: power of ten below it.
CLASSES = {
    ">1 / 1000": 1e-3,
    "6-9 / 10 000": sqrt(6e-4 * 9e-4),
    "1-5 / 10 000": sqrt(1e-4 * 5e-4),
    "1-9 / 100 000": sqrt(1e-5 * 9e-5),
    "1-9 / 1 000 000": sqrt(1e-6 * 9e-6),
    "<1 / 1 000 000": 1e-6 / sqrt(10),
}
#: Kinds of statement that tell a prevalence, the better first. Yearly incidence does not, without a length of life.
#: Of "Cases/families" the number is of the published; that few are rarer than one in a million.
_KINDS = ("point prevalence", "prevalence at birth", "lifetime prevalence", "cases/families")
_PLACES = ("worldwide", "europe")


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated of one entry: the share of people, and Orphanet's words for it."""

    people: float
    words: str


@dataclass(frozen=True, slots=True)
class PrevalenceRelease:
    """The kept statement of each entry by its id (ORPHA:...), and the release date."""

    statements: dict[str, Statement]
    version: str


def read_prevalences(file: ReleaseFile) -> PrevalenceRelease:
    """Read the kept statements; raises SourceError where the file is cut off or holds fewer entries than it says."""
    statements: dict[str, Statement] = {}

    def take(id: str, disorder: Element) -> None:
        if (kept := _best(disorder)) is not None:
            statements[id] = kept

    version = each_disorder(file, _MEND, take)
    if not statements:
        raise SourceError(f"{file.name} states no prevalence.", _MEND)
    return PrevalenceRelease(statements, version)


def lay_prevalences(release: PrevalenceRelease, diseases: Diseases, maps: Sequence[OrphanetMap]) -> Prevalences:
    """Each disease's prevalence: of its own entry, else of the entries that Orphanet maps to its OMIM record.

    Narrower entries are added up; an entry that is broader, or exactly several diseases, is shared evenly among them.
    """
    owner = {id: int(o) for id, o in zip(diseases.record_ids, diseases.record_owner, strict=True)}
    lent: dict[tuple[int, Basis], list[Statement]] = defaultdict(list)
    for id, statement in release.statements.items():
        if id in owner:
            lent[owner[id], Basis.OWN].append(statement)
    for basis, relations in (
        (Basis.NARROWER, (Relation.NARROWER,)),
        (Basis.SHARED, (Relation.EXACT, Relation.BROADER)),
    ):
        for orpha, held in _mapped(maps, relations, owner).items():
            if (whole := release.statements.get(orpha)) is not None:
                part = Statement(whole.people / (len(held) if basis is Basis.SHARED else 1), whole.words)
                for disease in held:
                    lent[disease, basis].append(part)
    return _laid(lent, len(diseases))


def _laid(lent: dict[tuple[int, Basis], list[Statement]], diseases: int) -> Prevalences:
    people, bases = np.full(diseases, np.nan, np.float32), np.zeros(diseases, np.int8)
    words = [""] * diseases
    for (disease, basis), statements in sorted(lent.items(), key=lambda item: (item[0][0], -item[0][1])):
        # The better basis comes later and stands. An entry shared by way of several is counted at its least.
        shares = [statement.people for statement in statements]
        people[disease] = min(shares) if basis is Basis.SHARED else sum(shares)
        bases[disease] = basis
        words[disease] = "; ".join(sorted(statement.words for statement in statements))
    return Prevalences(people, bases, StringPool.of(words))


def _mapped(maps: Sequence[OrphanetMap], relations: Sequence[Relation], owner: dict[str, int]) -> dict[str, set[int]]:
    """Diseases of this release that each entry maps to in one of `relations`."""
    held: dict[str, set[int]] = defaultdict(set)
    for m in maps:
        if m.relation in relations and m.omim in owner:
            held[m.orpha].add(owner[m.omim])
    return held


def _best(disorder: Element) -> Statement | None:
    """The statement to keep, None where there is none that tells a prevalence."""
    orpha = f"ORPHA:{disorder.findtext('OrphaCode')}"
    told = []
    for row in disorder.iter("Prevalence"):
        kind, named, place, status = (
            row.findtext(f"{tag}/Name") or ""
            for tag in ("PrevalenceType", "PrevalenceClass", "PrevalenceGeographic", "PrevalenceValidationStatus")
        )
        people = _people(row, kind, named)
        if people is not None:
            order = (status != "Validated", _KINDS.index(kind.lower()), _place(place), people)
            said = ", ".join(word for word in (kind, named, place, status) if word)
            told.append((order, Statement(people, f"{orpha}: {said}")))
    return min(told, key=lambda pair: pair[0])[1] if told else None


def _people(row: Element, kind: str, named: str) -> float | None:
    """Share of people by class, else by the value per 100 000; None where the row tells neither, or no prevalence."""
    if kind.lower() not in _KINDS:
        return None
    if named in CLASSES:
        return CLASSES[named]
    if kind.lower() == "cases/families":
        return CLASSES["<1 / 1 000 000"]
    value = float(row.findtext("ValMoy") or 0)
    return value / 100_000 if 0 < value <= 100_000 else None


def _place(name: str) -> int:
    return _PLACES.index(name.lower()) if name.lower() in _PLACES else len(_PLACES)
