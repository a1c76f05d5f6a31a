"""Orphanet's product 9 on natural history (en_product9_ages.xml, CC-BY-4.0): ages of onset and types of inheritance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from xml.etree.ElementTree import Element

import numpy as np

from ontology.compile.orphadata import each_disorder
from ontology.compile.releases import ReleaseFile
from ontology.descriptions import Descriptions
from ontology.errors import SourceError
from ontology.natural_histories import DAYS_A_YEAR, Inheritance, NaturalHistories

_MEND = "Download en_product9_ages.xml again from Orphadata: the file is cut off or is not that product."
#: First day of each average age of onset, by Orphanet's classes: antenatal; neonatal, to the 4th week; infancy, to 23
#: months; childhood, 2 to 11 years; adolescence, 12 to 18; adult, 19 to 65; elderly, beyond. At all ages means from 0.
FIRST_DAY = {
    "Antenatal": 0,
    "Neonatal": 0,
    "All ages": 0,
    "Infancy": 28,
    "Childhood": round(2 * DAYS_A_YEAR),
    "Adolescent": round(12 * DAYS_A_YEAR),
    "Adult": round(19 * DAYS_A_YEAR),
    "Elderly": round(65 * DAYS_A_YEAR),
}
_SILENT_AGES = frozenset({"No data available"})
_MODES = {
    "Autosomal recessive": Inheritance.AUTOSOMAL,
    "Autosomal dominant": Inheritance.AUTOSOMAL,
    "Semi-dominant": Inheritance.AUTOSOMAL,
    "X-linked recessive": Inheritance.X_LINKED_RECESSIVE,
    "X-linked dominant": Inheritance.X_LINKED_DOMINANT,
    "Y-linked": Inheritance.Y_LINKED,
    "Mitochondrial inheritance": Inheritance.MITOCHONDRIAL,
    "Multigenic/multifactorial": Inheritance.SEVERAL_GENES,
    "Oligogenic": Inheritance.SEVERAL_GENES,
}
_SILENT_MODES = frozenset({"Not applicable", "Unknown", "No data available", "Not yet documented"})


@dataclass(frozen=True, slots=True)
class NaturalHistory:
    """What is stated of one entry; as NaturalHistories has it."""

    onset_from: int
    modes: Inheritance


@dataclass(frozen=True, slots=True)
class NaturalHistoryRelease:
    """Each entry's history by its id (ORPHA:...), the release date, and words that were not understood, sorted."""

    histories: dict[str, NaturalHistory]
    version: str
    notes: tuple[str, ...]


def read_natural_histories(file: ReleaseFile) -> NaturalHistoryRelease:
    """Read every entry; raises SourceError where the file is cut off or holds fewer entries than it says."""
    histories: dict[str, NaturalHistory] = {}
    strange: set[str] = set()

    def take(id: str, disorder: Element) -> None:
        histories[id] = _history(disorder, strange)

    version = each_disorder(file, _MEND, take)
    if not any(history.onset_from >= 0 for history in histories.values()):
        raise SourceError(f"{file.name} states no age of onset.", _MEND)
    notes = (f"{file.name} says what is not understood: {', '.join(sorted(strange))}.",) if strange else ()
    return NaturalHistoryRelease(histories, version, notes)


def lay_natural_histories(release: NaturalHistoryRelease, descriptions: Descriptions) -> NaturalHistories:
    """The histories of the entries in `descriptions`, in their order."""
    silent = NaturalHistory(-1, Inheritance.NOT_STATED)
    held = [release.histories.get(id, silent) for id in descriptions.entry_ids]
    return NaturalHistories(
        np.array([history.onset_from for history in held], np.int32),
        np.array([history.modes for history in held], np.int8),
    )


def _history(disorder: Element, strange: set[str]) -> NaturalHistory:
    """What the entry states; `strange` gathers words that are neither known nor known to say nothing.

    An age that is not understood might be the earliest: then none is stated.
    """
    ages = [row.findtext("Name") or "" for row in disorder.iter("AverageAgeOfOnset")]
    modes = [row.findtext("Name") or "" for row in disorder.iter("TypeOfInheritance")]
    strange.update(set(ages) - set(FIRST_DAY) - _SILENT_AGES, set(modes) - set(_MODES) - _SILENT_MODES)
    days = [FIRST_DAY[age] for age in ages if age in FIRST_DAY] if set(ages) <= set(FIRST_DAY) | _SILENT_AGES else []
    said = (_MODES[mode] for mode in modes if mode in _MODES)
    return NaturalHistory(min(days, default=-1), reduce(or_, said, Inheritance.NOT_STATED))
