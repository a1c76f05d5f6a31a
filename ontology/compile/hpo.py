"""hp.obo to Terms, read by pronto."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from tempfile import NamedTemporaryFile

import numpy as np
import pronto

from ontology.arrays import Floats, Rows, StringPool
from ontology.compile.releases import ReleaseFile
from ontology.errors import SourceError
from ontology.terms import PHENOTYPIC_ABNORMALITY, Moved, SynonymKind, SynonymScope, Terms

_SCOPES = {
    "EXACT": SynonymScope.EXACT,
    "NARROW": SynonymScope.NARROW,
    "BROAD": SynonymScope.BROAD,
    "RELATED": SynonymScope.RELATED,
}
_KINDS = {
    "layperson": SynonymKind.LAYPERSON,
    "abbreviation": SynonymKind.ABBREVIATION,
    "uk_spelling": SynonymKind.SPELLING,
    "plural_form": SynonymKind.PLURAL,
    "obsolete_synonym": SynonymKind.OBSOLETE,
}
_MEND = "Download hp.obo again: the file is cut off or is not the Human Phenotype Ontology."


@dataclass(frozen=True, slots=True)
class OntologyRelease:
    """The terms (their information content still zero) and the release date that the file states."""

    terms: Terms
    version: str


def read_ontology(file: ReleaseFile) -> OntologyRelease:
    """Read hp.obo; raises SourceError where it holds no terms, lacks a superterm, or states no version."""
    try:
        # from a named file, as pronto guesses the encoding of a stream whatever it is told
        with file.open() as handle, NamedTemporaryFile(suffix=".obo") as copy:
            shutil.copyfileobj(handle, copy)
            copy.flush()
            ontology = pronto.Ontology(copy.name, import_depth=0, encoding="utf-8")
    except (ValueError, SyntaxError, KeyError, TypeError, UnicodeError) as error:
        raise SourceError(f"{file.name} cannot be read as OBO ({type(error).__name__}).", _MEND) from error
    version = (ontology.metadata.data_version or "").rsplit("/", 1)[-1]
    if not version:
        raise SourceError(f"{file.name} states no data-version.", _MEND)
    hpo = [term for term in ontology.terms() if term.id.startswith("HP:")]
    current = sorted((t for t in hpo if not t.obsolete), key=lambda t: t.id)
    position = {term.id: i for i, term in enumerate(current)}
    if PHENOTYPIC_ABNORMALITY not in position:
        raise SourceError(f"{file.name} has no term {PHENOTYPIC_ABNORMALITY}.", _MEND)
    nameless = next((t.id for t in current if not t.name), None)
    if nameless:
        raise SourceError(f"{file.name} names {nameless} as a superterm but does not define it.", _MEND)
    return OntologyRelease(_terms(current, [t for t in hpo if t.obsolete], position), version)


def with_content(terms: Terms, content: Floats) -> Terms:
    """The same terms with their information content."""
    return replace(terms, content=content)


def _terms(current: list[pronto.Term], obsolete: list[pronto.Term], position: dict[str, int]) -> Terms:
    parents = Rows.of(
        sorted(position[p.id] for p in term.superclasses(distance=1, with_self=False) if p.id in position)
        for term in current
    )
    ancestors = _ancestors(parents)
    top = position[PHENOTYPIC_ABNORMALITY]
    owner = np.repeat(np.arange(len(current)), np.diff(ancestors.pointers))
    is_phenotype = np.zeros(len(current), np.bool_)
    is_phenotype[owner[ancestors.values == top]] = True
    rows, texts, scopes, kinds = _synonyms(current)
    numbers, reasons, targets = _moved(current, obsolete, position)
    return Terms(
        numbers=np.array([int(term.id[3:]) for term in current], np.int32),
        labels=StringPool.of(term.name or "" for term in current),
        definitions=StringPool.of(str(term.definition or "") for term in current),
        parents=parents,
        children=parents.inverted(len(current)),
        ancestors=ancestors,
        is_phenotype=is_phenotype,
        synonyms=rows,
        synonym_texts=StringPool.of(texts),
        synonym_scopes=np.array(scopes, np.int8),
        synonym_kinds=np.array(kinds, np.int8),
        moved_numbers=np.array(numbers, np.int32),
        moved_reasons=np.array(reasons, np.int8),
        moved_targets=Rows.of(targets),
        content=np.zeros(len(current), np.float32),
    )


def _ancestors(parents: Rows) -> Rows:
    """Reflexive-transitive closure, each term's own walk upwards (the graph is a shallow DAG)."""
    closed: dict[int, frozenset[int]] = {}

    def close(term: int) -> frozenset[int]:
        if term not in closed:
            above = [close(int(p)) for p in parents[term]]
            closed[term] = frozenset({term}).union(*above)
        return closed[term]

    return Rows.of(sorted(close(term)) for term in range(len(parents)))


def _synonyms(current: list[pronto.Term]) -> tuple[Rows, list[str], list[int], list[int]]:
    rows: list[list[int]] = []
    texts: list[str] = []
    scopes: list[int] = []
    kinds: list[int] = []
    for term in current:
        # pronto keeps synonyms in a set: sorted, so that two builds of one release are the same bytes
        ordered = sorted(term.synonyms, key=lambda s: (s.description, s.scope or ""))
        rows.append(list(range(len(texts), len(texts) + len(ordered))))
        for synonym in ordered:
            texts.append(synonym.description)
            scopes.append(_SCOPES.get(synonym.scope or "", SynonymScope.RELATED))
            kinds.append(_KINDS.get(synonym.type.id if synonym.type else "", SynonymKind.PLAIN))
    return Rows.of(rows), texts, scopes, kinds


def _moved(
    current: list[pronto.Term], obsolete: list[pronto.Term], position: dict[str, int]
) -> tuple[list[int], list[int], list[list[int]]]:
    moved: dict[int, tuple[Moved, list[int]]] = {}
    for term in obsolete:
        replacement = [position[t.id] for t in term.replaced_by if t.id in position]
        consider = sorted(position[t.id] for t in term.consider if t.id in position)
        reason = Moved.REPLACED if len(replacement) == 1 else Moved.WITHDRAWN
        moved[int(term.id[3:])] = (reason, replacement if len(replacement) == 1 else sorted({*replacement, *consider}))
    for term in current:
        for alternative in term.alternate_ids:
            if alternative.startswith("HP:") and alternative not in position:
                moved[int(alternative[3:])] = (Moved.ALTERNATIVE, [position[term.id]])
    numbers = sorted(moved)
    return numbers, [int(moved[n][0]) for n in numbers], [moved[n][1] for n in numbers]
