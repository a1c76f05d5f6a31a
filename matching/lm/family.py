"""Families of diseases: what the patients of the kin show is to be expected where little is known of a disease itself.

Three kinds of kin, each told by the release alone: diseases of one numbered series (`Developmental and epileptic
encephalopathy 12`), diseases of one gene, and diseases that one Orphanet entry maps to.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.lm.profile import Doubles, weighed
from matching.lm.settings import Settings
from ontology.arrays import Bools, Ints, Rows
from ontology.diseases import Diseases
from ontology.knowledge import Knowledge

#: Own features of a disease: terms ascending, and their mass. Looked up by disease position.
Own = Callable[[int], tuple[Ints, Doubles]]

#: Larger groups say nothing: every retinopathy, every disorder of a gene with a dozen allelic ones.
MOST_OF_A_SERIES, MOST_OF_A_GENE, MOST_OF_AN_ENTRY = 150, 15, 60
KINDS = ("series", "gene", "entry")

_MODE = re.compile(
    r"\b(?:autosomal|x-linked|y-linked|mitochondrial|digenic)\b(?: (?:dominant|recessive|semidominant))?"
    r"|\b(?:dominant|recessive)\b"
)
_CLAUSE = re.compile(r",? with | due to | caused by | and/or | associated with ")
_KIND = re.compile(r",? *\b(?:type|subtype|group|complementation group|form)\b.*$")
_NUMBER = re.compile(r"[, ]+(?:\d+[a-z]{0,2}\d*|x{0,3}(?:ix|iv|v?i{0,3})[a-z]?|[a-z])\s*$")
_NUMBER_WITHIN = re.compile(r"[, ]+\d+[a-z]{0,2}\b.*$")


def series_of(name: str) -> str:
    """The name without its number, type and mode of inheritance: equal for the diseases of one series.

    >>> series_of("Epileptic encephalopathy, early infantile, 12")
    'epileptic encephalopathy early infantile'
    """
    stem = re.sub(r"\(.*?\)|[\[\]{}?]", "", name.lower()).split(";")[0]
    stem = _KIND.sub("", _MODE.sub("", _CLAUSE.split(stem)[0]))
    stem = _NUMBER_WITHIN.sub("", _NUMBER.sub("", stem.strip(" ,")))
    return re.sub(r"[^a-z0-9]+", " ", stem).strip()


@dataclass(frozen=True, slots=True)
class Families:
    """Kin of each disease, ascending, itself left out; one Rows (diseases,) a kind, in the order of KINDS."""

    series: Rows
    gene: Rows
    entry: Rows

    @classmethod
    def of(cls, knowledge: Knowledge, considered: Bools) -> Families:
        """Find the kin among the diseases that have annotations of their own."""
        who = np.flatnonzero(considered).tolist()
        genes, described = knowledge.genes, knowledge.descriptions
        return cls(
            _kin(_by_series(knowledge.diseases, who), MOST_OF_A_SERIES, len(considered)),
            _kin(_groups(who, lambda d: genes.genes[genes.of_disease[d]].tolist()), MOST_OF_A_GENE, len(considered)),
            _kin(_groups(who, lambda d: described.of_disease[d].tolist()), MOST_OF_AN_ENTRY, len(considered)),
        )

    def kinds(self) -> tuple[Rows, Rows, Rows]:
        """In the order of KINDS."""
        return self.series, self.gene, self.entry

    def of_disease(self, disease: int) -> Ints:
        """All kin of one disease, ascending."""
        kin: Ints = np.unique(np.concatenate([rows[disease] for rows in self.kinds()]))
        return kin

    @classmethod
    def read(cls, folder: Path) -> Families:
        """Map the arrays written in `folder`."""
        return cls(*(Rows.read(folder, f"kin_{kind}") for kind in KINDS))

    def write(self, folder: Path) -> None:
        """Write the arrays into `folder`."""
        for kind, rows in zip(KINDS, self.kinds(), strict=True):
            rows.write(folder, f"kin_{kind}")


def expected_of_kin(disease: int, families: Families, own: Own, settings: Settings) -> tuple[Ints, Doubles]:
    """What the disease's kin lets expect of it: terms ascending, and their mass.

    Of each kind the kin's features are averaged, a kin with n terms weighing n / (n + kin_half). The whole counts the
    more, the less is known of the disease itself: kin_share + kin_rescue / (1 + mass / kin_thin).
    """
    terms: list[Ints] = []
    mass: list[Doubles] = []
    for rows, share in zip(
        families.kinds(), (settings.series_share, settings.gene_share, settings.entry_share), strict=True
    ):
        found, expected = _average([own(int(kin)) for kin in rows[disease]], settings.kin_half)
        kept = expected >= settings.kin_least
        terms.append(found[kept])
        mass.append(share * expected[kept])
    together, total = _pooled(terms, mass)
    known = float(own(disease)[1].sum())
    return together, total * (
        settings.kin_share + settings.kin_rescue * settings.kin_thin / (settings.kin_thin + known)
    )


def _average(kin: list[tuple[Ints, Doubles]], half: float) -> tuple[Ints, Doubles]:
    weights = np.array([len(terms) / (len(terms) + half) for terms, _ in kin])
    if not weights.sum():
        return np.zeros(0, np.int32), np.zeros(0)
    weights /= weights.sum()
    return _pooled([terms for terms, _ in kin], [weight * mass for weight, (_, mass) in zip(weights, kin, strict=True)])


def _pooled(terms: list[Ints], mass: list[Doubles]) -> tuple[Ints, Doubles]:
    together, group = np.unique(np.concatenate(terms), return_inverse=True)
    return together.astype(np.int32), weighed(group, np.concatenate(mass), len(together))


def _by_series(diseases: Diseases, who: Iterable[int]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for disease in who:
        stem = series_of(diseases.name(disease))
        if len(stem) > 3:
            groups[stem].append(disease)
    return groups


def _groups(who: Iterable[int], of: Callable[[int], list[int]]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for disease in who:
        for key in of(disease):
            groups[key].append(disease)
    return groups


def _kin(groups: Mapping[str, list[int]] | Mapping[int, list[int]], most: int, width: int) -> Rows:
    kin: list[set[int]] = [set() for _ in range(width)]
    for members in groups.values():
        if 1 < len(members) <= most:
            for disease in members:
                kin[disease].update(members)
    return Rows.of(sorted(others - {disease}) for disease, others in enumerate(kin))
