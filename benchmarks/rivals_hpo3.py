"""hpo3 (https://github.com/anergictcell/hpo3, Rust) as one more way of ranking, on the release files we compiled from.

hpo3 installs the package `pyhpo`, as another project of that name does: never install both. It is an optional extra:
`pip install '.[rivals]'`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matching.lm.profile import StatedRows, stated_rows
from matching.lm.query import Query
from ontology.annotations import Relation
from ontology.arrays import Bools, Floats, Ints, Longs
from ontology.compile.releases import ReleaseFile, default_release_set
from ontology.errors import SourceError
from ontology.knowledge import Knowledge

#: Similarities of two terms, and ways to combine them, that hpo3 offers for two sets of terms.
METHODS = ("graphic", "resnik", "lin", "jc", "rel", "ic", "dist")
COMBINATIONS = ("funSimAvg", "funSimMax", "BMA")
_KIND = "omim"  # information content over OMIM records


def load_hpo3(knowledge: Knowledge, downloads: Path) -> Any:  # noqa: ANN401 - a module without types
    """hpo3's module, its one ontology read from the files that `knowledge` was compiled from.

    Raises SourceError where hpo3 is not installed, or where `downloads` holds another release.
    """
    try:
        import pyhpo
    except ImportError as error:
        raise SourceError("hpo3 is not installed.", "Run `pip install '.[rivals]'`.") from error
    release = default_release_set(downloads, lambda message: None)
    compiled = {source.name: source.sha256 for source in knowledge.manifest.sources}
    files = (release.ontology, release.annotations, release.genes)
    for file in files:
        if compiled.get(file.name) != file.sha256:
            raise SourceError(
                f"The knowledge was not compiled from the {file.name} of the default release.",
                "Run `phenomap knowledge build` in another folder and name it with --knowledge.",
            )
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            _copy(file, Path(folder) / file.name)
        pyhpo.Ontology(folder, from_obo_file=True)
    return pyhpo


@dataclass(frozen=True, slots=True)
class Hpo3Measure:
    """Diseases with the same features as our own rankers give them, so that only the measure differs.

    held  int64 (holding,)  diseases that have any feature, in the order of `sets`
    """

    pyhpo: Any
    numbers: Ints
    considered: Bools
    held: Longs
    sets: list[Any]
    method: str
    combination: str

    @classmethod
    def of(cls, knowledge: Knowledge, pyhpo: Any, method: str, combination: str) -> Hpo3Measure:  # noqa: ANN401
        """Make one set of terms a disease."""
        rows = stated_rows(knowledge.annotations, knowledge.terms.is_phenotype)
        considered = np.zeros(len(knowledge.diseases), np.bool_)
        considered[rows.owners[rows.relations == Relation.OWN]] = True
        seen = rows.positive()
        pairs = np.unique(rows.owners[seen].astype(np.int64) * len(knowledge.terms) + rows.terms[seen])
        owners, terms = np.divmod(pairs, len(knowledge.terms))
        held, starts = np.unique(owners, return_index=True)
        numbers = np.asarray(knowledge.terms.numbers)
        sets = [pyhpo.HPOSet(numbers[part].tolist()) for part in np.split(terms, starts[1:])]
        return cls(pyhpo, numbers, considered, held, sets, method, combination)

    @property
    def name(self) -> str:
        """What it is and by what it compares."""
        return f"hpo3 {self.pyhpo.__version__} {self.method} {self.combination}"

    def answer(self, query: Query) -> Scores:
        """Compare one patient with every disease; scores 0 where a disease has no feature."""
        scores = np.zeros(len(self.considered), np.float32)
        scores[self.held] = self.patient(query).similarity_scores(self.sets, _KIND, self.method, self.combination)
        return Scores(scores)

    def anew(self, changed: Mapping[int, StatedRows]) -> dict[int, Alone]:
        """Diseases as if only these rows were known of them; information content stays as released."""
        return {disease: self._alone(rows) for disease, rows in changed.items()}

    def _alone(self, rows: StatedRows) -> Alone:
        terms = np.unique(rows.terms[rows.positive()])
        return Alone(self, self.pyhpo.HPOSet(self.numbers[terms].tolist()) if len(terms) else None)

    def patient(self, query: Query) -> Any:  # noqa: ANN401
        """The patient's findings as hpo3 holds them."""
        return self.pyhpo.HPOSet(self.numbers[query.present].tolist())


@dataclass(frozen=True, slots=True)
class Scores:
    """One patient beside every disease; float32 (diseases,)."""

    scores: Floats


@dataclass(frozen=True, slots=True)
class Alone:
    """One disease by itself."""

    measure: Hpo3Measure
    terms: Any

    @property
    def empty(self) -> bool:
        """Whether no feature is left."""
        return self.terms is None

    def score(self, query: Query) -> float:
        """As `Hpo3Measure.answer` has it."""
        if self.terms is None:
            return 0.0
        patient, measure = self.measure.patient(query), self.measure
        return float(patient.similarity(self.terms, _KIND, measure.method, measure.combination))


def _copy(file: ReleaseFile, target: Path) -> None:
    with file.open() as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
