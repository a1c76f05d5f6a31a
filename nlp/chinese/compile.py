"""Compiling the Chinese lexicon of a release: wordings, parts with their qualities, finer terms, the script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.chinese.lexicon import JOINED
from nlp.chinese.rules import ChineseRules
from nlp.chinese.script import Script
from nlp.chinese.term_wordings import TermWordings, read_terms
from ontology.arrays import StringPool, write_array
from ontology.knowledge import Knowledge
from ontology.terms import Terms, UnknownTerm

#: Schema of the compiled lexicon; raised whenever its arrays, their meaning, the rows or the rules behind them change.
VERSION = 1

_LONGEST_QUALITY = 5
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


def write_lexicon(knowledge: Knowledge, folder: Path) -> None:
    """Compile the Chinese lexicon of a release into `folder` (see `nlp.chinese.lexicon`)."""
    script = Script.of_opencc()
    rules = ChineseRules(script)
    rows = tuple(_known(read_terms(), knowledge.terms))
    wordings = _wordings(rows, script, np.bincount(knowledge.annotations.terms, minlength=len(knowledge.terms)))
    names = {term: row.name for row, term in reversed(rows)}
    _write(folder, "wordings", wordings)
    _write(folder, "pairs", pairs_of(wordings, rules.qualities))
    StringPool.of([names.get(term, "") for term in range(len(knowledge.terms))]).write(folder, "names")
    _write_refined(folder, knowledge.terms)
    script.write(folder)


def _known(rows: Iterable[TermWordings], terms: Terms) -> Iterable[tuple[TermWordings, int]]:
    """Rows with the positions of their terms; a row of a term that this release lacks is left out."""
    for row in rows:
        try:
            yield row, terms.resolve(row.id).position
        except UnknownTerm:  # a small or older release
            continue


def _wordings(
    rows: Iterable[tuple[TermWordings, int]], script: Script, annotated: NDArray[np.integer]
) -> dict[str, int]:
    """Folded wordings to terms; of two terms the one that more diseases are annotated with, so the likelier one."""
    found: dict[str, int] = {}
    for row, term in rows:
        for wording in row.wordings:
            folded = script.fold(wording)
            known = found.get(folded)
            if known is None or annotated[term] > annotated[known]:
                found[folded] = term
    return found


def pairs_of(wordings: Mapping[str, int], qualities: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Parts with groups of quality to the terms that wordings made of both name; the shortest wording decides."""
    found: dict[str, int] = {}
    for wording, term in sorted(wordings.items(), key=lambda item: (len(item[0]), item[0])):
        for length in range(min(_LONGEST_QUALITY, len(wording) - 1), 0, -1):
            groups = qualities.get(wording[-length:], ())
            for group in groups:
                found.setdefault(f"{wording[:-length]}{JOINED}{group}", term)
            if groups:
                break
    return found


def _write(folder: Path, name: str, found: Mapping[str, int]) -> None:
    ordered = sorted(found)
    StringPool.of(ordered).write(folder, name)
    write_array(folder, f"{name}_terms", np.array([found[one] for one in ordered], np.int32))


def _write_refined(folder: Path, terms: Terms) -> None:
    """Which term says another one with a side or a degree: "Bilateral ptosis" is ptosis with `both`."""
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
            if best is not None and best != term:
                refined.append((term, kind, best))
    write_array(folder, "refined_from", np.array([row[0] for row in refined], np.int32))
    StringPool.of([row[1] for row in refined]).write(folder, "refined_by")
    write_array(folder, "refined_to", np.array([row[2] for row in refined], np.int32))
