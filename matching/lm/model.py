"""The compiled model: everything that scoring reads, as plain arrays that are mapped from disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.lm.background import Background, Lattice
from matching.lm.postings import Postings
from matching.lm.profile import StatedRows, masses, stated_rows
from matching.lm.settings import SETTINGS, Settings
from ontology.annotations import Relation
from ontology.arrays import Bools, Floats, read_array, write_array
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

    def likelihood_ratios(self, rows: StatedRows, findings: np.ndarray) -> Floats:
        """LR(q | disease) of each finding, float32 (findings,), for one disease that has only `rows`."""
        profile = masses(rows, len(self.background.exact), self.settings)
        if not len(profile.mass):
            return np.zeros(len(findings), np.float32)
        postings = Postings.of(
            type(profile)(np.zeros_like(profile.owners), profile.terms, profile.mass),
            self.lattice,
            self.background,
            self.settings,
        )
        worth = np.zeros(len(self.background.exact), np.float32)
        held = np.repeat(np.arange(len(worth)), np.diff(postings.pointers))
        worth[held] = postings.spread
        ratios = np.array([worth[self.lattice.row(q)].sum() for q in findings], np.float32)
        worth[:] = 0
        worth[held] = postings.own
        return np.asarray(ratios + worth[findings], np.float32)
