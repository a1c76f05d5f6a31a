"""The compiled model: everything that scoring reads, as plain arrays that are mapped from disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from matching.lm.background import Background, Lattice
from matching.lm.postings import Postings
from matching.lm.profile import StatedRows, masses, stated_rows
from matching.lm.settings import SETTINGS, Settings
from ontology.annotations import Relation
from ontology.arrays import Bools, Floats, Ints, read_array, write_array
from ontology.errors import KnowledgeDamaged
from ontology.knowledge import Knowledge

FOLDER = "ranking"


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Postings, and what turns them into a score.

    weights     float32 (terms,)     w(q) of a finding
    considered  bool    (diseases,)  diseases with a phenotype annotation of their own: those that are ranked
    floor       float                eps
    """

    postings: Postings
    weights: Floats
    considered: Bools
    floor: float

    @classmethod
    def open(cls, folder: Path) -> LanguageModel:
        """Map the model written in `folder`; raises KnowledgeDamaged where it is absent."""
        try:
            return cls(
                Postings.read(folder),
                read_array(folder, "weights"),
                read_array(folder, "considered"),
                float(read_array(folder, "floor")[0]),
            )
        except (OSError, ValueError, EOFError, IndexError) as error:
            raise KnowledgeDamaged(
                f"The disease profiles in {folder} cannot be read ({type(error).__name__}).",
                "Run `phenomap knowledge build`.",
            ) from error

    def write(self, folder: Path) -> None:
        """Write every array into `folder`."""
        self.postings.write(folder)
        write_array(folder, "weights", self.weights)
        write_array(folder, "considered", self.considered)
        write_array(folder, "floor", np.array([self.floor]))


@dataclass(frozen=True, slots=True)
class Workshop:
    """A model with what it was made from: enough to weigh one disease anew against the same background."""

    settings: Settings
    rows: StatedRows
    lattice: Lattice
    background: Background
    model: LanguageModel

    @classmethod
    def build(cls, knowledge: Knowledge, settings: Settings = SETTINGS) -> Workshop:
        """Weigh every disease of `knowledge`; seconds of work, numpy alone."""
        terms = knowledge.terms
        rows = stated_rows(knowledge.annotations, terms.is_phenotype)
        profiles = masses(rows, len(terms), settings)
        lattice = Lattice.of(terms)
        background = Background.of(profiles, lattice, terms.is_phenotype, settings)
        considered = np.zeros(len(knowledge.diseases), np.bool_)
        considered[rows.owners[rows.relations == Relation.OWN]] = True
        model = LanguageModel(
            Postings.of(profiles, lattice, background, settings),
            background.query_weights(settings),
            considered,
            settings.floor,
        )
        return cls(settings, rows, lattice, background, model)

    def profile(self, rows: StatedRows) -> DiseaseProfile:
        """Weigh one disease as if only `rows` were known of it."""
        weighed = masses(rows, len(self.background.exact), self.settings)
        spread, own = np.zeros_like(self.model.weights), np.zeros_like(self.model.weights)
        if len(weighed.mass):
            alone = replace(weighed, owners=np.zeros_like(weighed.owners))
            postings = Postings.of(alone, self.lattice, self.background, self.settings)
            held = np.flatnonzero(np.diff(postings.pointers))
            spread[held], own[held] = postings.spread, postings.own
        return DiseaseProfile(self.lattice, spread, own)


@dataclass(frozen=True, slots=True)
class DiseaseProfile:
    """One disease, weighed by itself; `spread` and `own` as in Postings, float32 (terms,), 0 where it holds nothing."""

    lattice: Lattice
    spread: Floats
    own: Floats

    def likelihood_ratios(self, findings: Ints) -> Floats:
        """LR(q | disease) of each finding; float32 (findings,)."""
        inherited = [self.spread[self.lattice.row(int(q))].sum() for q in findings]
        ratios: Floats = np.array(inherited, np.float32) + self.own[findings]
        return ratios
