"""Compiling the Chinese lexicon of a release: wordings, parts with their qualities, finer terms, the script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.chinese.disease_names import DiseaseName, read_disease_names
from nlp.chinese.lexicon import JOINED, other_phrases
from nlp.chinese.look_up import LookUp
from nlp.chinese.names import Standing
from nlp.chinese.nearest import NearestChinese
from nlp.chinese.phrases import Phrases
from nlp.chinese.rules import ChineseRules
from nlp.chinese.script import Script
from nlp.chinese.term_wordings import FOLDER, TermWordings, read_names, read_terms
from ontology.arrays import StringPool, write_array
from ontology.diseases import Diseases, UnknownDisease
from ontology.knowledge import Knowledge
from ontology.terms import Terms, UnknownTerm
from ontology.translations import Translations

#: Schema of the compiled lexicon; raised whenever its arrays or their meaning change.
VERSION = 9

_LONGEST_QUALITY = 5
#: Characters before a quality that are no part of their own: 侧 of 侧凸 makes no 侧明显.
_NO_PART = frozenset("侧假偏半点斑色高低小易后虚衰体吐呕咳感极浮水瘦经哄张寐性姆矮pd23")
#: How the ontology names a term that adds a side or a degree to another one.
REFINING = {
    "both": ("bilateral",),
    "one": ("unilateral",),
    "mild": ("mild",),
    "moderate": ("moderate",),
    "severe": ("severe", "profound"),
    "profound": ("profound", "severe"),
    "progressive": ("progressive",),
}
#: Annotations with the finer term, as a share of those with the plain one, from which it is used. Chosen by hand
#: between bilateral ptosis (.07), which curators leave at ptosis, and unilateral cleft lip (.22).
_USED = {
    "both": 0.15, "one": 0.15, "mild": 0.02, "moderate": 0.02, "severe": 0.02, "profound": 0.02, "progressive": 0.25,
}  # fmt: skip


def version() -> int:
    """The schema together with a checksum of every row and rule, so that a changed lexicon is compiled anew."""
    checksum = 0
    for path in sorted(FOLDER.rglob("*.*")):
        checksum = crc32(path.read_bytes(), crc32(path.name.encode(), checksum))
    return VERSION << 32 | checksum


def write_lexicon(knowledge: Knowledge, folder: Path) -> None:
    """Compile the Chinese lexicon of a release into `folder` (see `nlp.chinese.lexicon`)."""
    script = Script.of_opencc()
    rules = ChineseRules(script)
    rows = tuple(_known(read_terms(), knowledge.terms))
    annotated = np.bincount(knowledge.annotations.terms, minlength=len(knowledge.terms))
    ours = _wordings(rows, script, knowledge.terms, annotated)
    official = _official(knowledge)
    added = _added(official, ours, script)
    wordings = ours | added
    Phrases.of(wordings, other_phrases(rules, lambda _: None)).write(folder)
    StringPool.of(sorted(wordings)).write(folder, "wordings")
    _write(folder, "pairs", pairs_of(added, rules.qualities) | pairs_of(ours, rules.qualities))
    names = {term: (label, Standing.IMPORTED) for term, label in official.items()}
    named = (*rows, *_known(read_names(), knowledge.terms))
    names |= {term: (row.name, _standing(row)) for row, term in reversed(named)}
    _write_names(folder, names, len(knowledge.terms))
    _write_diseases(folder, read_disease_names(), knowledge.diseases)
    called = [names.get(term, ("",))[0] for term in range(len(knowledge.terms))]
    LookUp.write(folder, wordings, called, script, annotated)
    NearestChinese.write(folder, wordings, rules.qualities)
    _write_refined(folder, knowledge.terms, annotated)
    script.write(folder)


def _known(rows: Iterable[TermWordings], terms: Terms) -> Iterable[tuple[TermWordings, int]]:
    """Rows with the positions of their terms; a row of a term that this release lacks is left out."""
    for row in rows:
        try:
            yield row, terms.resolve(row.id).position
        except UnknownTerm:  # a small or older release
            continue


def _wordings(
    rows: Iterable[tuple[TermWordings, int]], script: Script, terms: Terms, annotated: NDArray[np.integer]
) -> dict[str, int]:
    """Folded wordings to terms; `annotated` counts annotations by term, for two that claim one wording."""
    found: dict[str, int] = {}
    claimed: set[str] = set()
    for row, term in rows:
        for wording in row.wordings:
            folded = script.fold(wording)
            known = found.get(folded)
            if wording in row.claimed:
                claimed.add(folded)
                found[folded] = term
            elif known is None or (folded not in claimed and _is_meant(terms, annotated, term, known)):
                found[folded] = term
    return found


def _official(knowledge: Knowledge) -> dict[int, str]:
    """Labels of phenotypic abnormalities in the translation that the operator has imported, by term."""
    labels = Translations.read(knowledge.folder, len(knowledge.terms)).labels
    return {term: labels[term] for term in np.flatnonzero(knowledge.terms.is_phenotype).tolist() if labels[term]}


def _added(official: Mapping[int, str], ours: Mapping[str, int], script: Script) -> dict[str, int]:
    """Folded labels of an imported translation that are no wording of ours; of two terms the first."""
    found: dict[str, int] = {}
    for term, label in official.items():
        folded = script.fold(label)
        if folded not in ours:
            found.setdefault(folded, term)
    return found


def _standing(row: TermWordings | DiseaseName) -> Standing:
    return Standing.CHECKED if row.checked_by else Standing.UNCHECKED


def _is_meant(terms: Terms, annotated: NDArray[np.integer], term: int, other: int) -> bool:
    """Whether a wording that two terms claim is `term`'s: the finer one's, else the oftener annotated one's."""
    if terms.is_ancestor(other, term) or terms.is_ancestor(term, other):
        return terms.is_ancestor(other, term)
    return bool(annotated[term] > annotated[other])


def pairs_of(wordings: Mapping[str, int], qualities: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Parts with groups of quality to the terms that wordings made of both name; the shortest wording decides.

    A quality of several meanings (低 is low in amount, low in place, flat) stands for one of them only where another
    wording of the same part and term bears that out: 鼻梁低 is flat because 鼻梁扁平 names the same, 耳低 is not.
    """
    cut = [(part, groups, term) for part, groups, term in map(_cut(qualities), _shortest_first(wordings)) if groups]
    cut = [row for row in cut if row[0] not in _NO_PART]
    sure = {(part, groups[0], term) for part, groups, term in cut if len(groups) == 1}
    found: dict[str, int] = {}
    for part, groups, term in cut:
        for group in groups:
            if len(groups) == 1 or (part, group, term) in sure:
                found.setdefault(f"{part}{JOINED}{group}", term)
    return found


def _shortest_first(wordings: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(wordings.items(), key=lambda item: (len(item[0]), item[0]))


def _cut(
    qualities: Mapping[str, tuple[str, ...]],
) -> Callable[[tuple[str, int]], tuple[str, tuple[str, ...], int]]:
    """A wording and its term to its part, the groups of its longest quality, if it ends in one, and the term."""

    def cut(named: tuple[str, int]) -> tuple[str, tuple[str, ...], int]:
        wording, term = named
        for length in range(min(_LONGEST_QUALITY, len(wording) - 1), 0, -1):
            groups = qualities.get(wording[-length:], ())
            if groups:
                return wording[:-length], groups, term
        return wording, (), term

    return cut


def _write(folder: Path, name: str, found: Mapping[str, int]) -> None:
    ordered = sorted(found)
    StringPool.of(ordered).write(folder, name)
    write_array(folder, f"{name}_terms", np.array([found[one] for one in ordered], np.int32))


def _write_names(folder: Path, names: Mapping[int, tuple[str, Standing]], count: int, kind: str = "") -> None:
    """Names by position, with whose they are; of diseases under `kind`."""
    ordered = [names.get(at, ("", Standing.NONE)) for at in range(count)]
    StringPool.of([name for name, _ in ordered]).write(folder, f"{kind}names")
    standings = f"{kind or 'name_'}standings"
    write_array(folder, standings, np.array([standing for _, standing in ordered], np.int8))


def _write_diseases(folder: Path, rows: Sequence[DiseaseName], diseases: Diseases) -> None:
    """Names of the diseases of this release; where several records of one disease are named, the first counts."""
    found: dict[int, tuple[str, Standing]] = {}
    for row in rows:
        try:
            found.setdefault(diseases.position(row.id), (row.name, _standing(row)))
        except UnknownDisease:  # a small or older release
            continue
    _write_names(folder, found, len(diseases), "disease_")


def _write_refined(folder: Path, terms: Terms, annotated: NDArray[np.integer]) -> None:
    """Which term says another one with a side or a degree: "Bilateral cleft lip" is cleft lip with `both`.

    Only terms that curators do use beside the plain one: of ptosis few say the side, and it is kept beside the term.
    """
    named: dict[str, int] = {}
    for term in range(len(terms)):
        for text in (terms.label(term), *(synonym.text for synonym in terms.synonyms_of(term))):
            named.setdefault(text.lower(), term)
    refined: list[tuple[int, str, int]] = []
    for term in range(len(terms)):
        texts = [terms.label(term), *(synonym.text for synonym in terms.synonyms_of(term))]
        for kind, prefixes in REFINING.items():
            finer = [named.get(f"{prefix} {text.lower()}") for prefix in prefixes for text in texts]
            best = next((other for other in finer if other is not None and terms.is_ancestor(term, other)), None)
            if best is not None and best != term and annotated[best] >= _USED[kind] * annotated[term]:
                refined.append((term, kind, best))
    write_array(folder, "refined_from", np.array([row[0] for row in refined], np.int32))
    StringPool.of([row[1] for row in refined]).write(folder, "refined_by")
    write_array(folder, "refined_to", np.array([row[2] for row in refined], np.int32))
