"""The compiled Knowledge of one release: opened in milliseconds, memory-mapped, read-only, refused when damaged."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ontology.annotations import Annotations
from ontology.descriptions import Descriptions
from ontology.diseases import Diseases
from ontology.errors import KnowledgeDamaged, KnowledgeForeign, KnowledgeMissing
from ontology.genes import GeneLinks
from ontology.manifest import Manifest
from ontology.natural_histories import FOLDER as NATURAL_HISTORY
from ontology.natural_histories import NaturalHistories
from ontology.prevalences import FOLDER as PREVALENCE
from ontology.prevalences import Prevalences
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms, UnknownTerm

_REBUILD = "Run `phenomap knowledge build`."


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the readers and the ranker know, and the `folder` where compiled companions of other rooms lie."""

    folder: Path
    manifest: Manifest
    terms: Terms
    diseases: Diseases
    annotations: Annotations
    genes: GeneLinks
    descriptions: Descriptions
    prevalences: Prevalences
    histories: NaturalHistories

    @classmethod
    def open(cls, root: Path) -> Knowledge:
        """Open the release in use under `root` (see `root_folder`), checking every file against its checksum.

        Of large files the size alone is checked (see Manifest.verify).
        """
        return cls.open_release(current_release(root))

    @classmethod
    def open_release(cls, folder: Path, whole: bool = False) -> Knowledge:
        """Open one release folder; raises a KnowledgeError where it is absent, empty, damaged or foreign.

        `whole` compares what large files hold, too.
        """
        manifest = Manifest.read(folder)
        manifest.verify(folder, whole)
        return cls.assemble(folder, manifest)

    @classmethod
    def assemble(cls, folder: Path, manifest: Manifest) -> Knowledge:
        """Map the arrays of `folder` without comparing checksums (the compiler does, before there are any)."""
        try:
            diseases = Diseases.read(folder / "diseases")
            descriptions = Descriptions.read(folder / "descriptions")
            knowledge = cls(
                folder,
                manifest,
                Terms.read(folder / "terms"),
                diseases,
                Annotations.read(folder / "annotations"),
                GeneLinks.read(folder / "genes"),
                descriptions,
                Prevalences.read(folder / PREVALENCE, len(diseases)),
                NaturalHistories.read(folder / NATURAL_HISTORY, len(descriptions)),
            )
        except (OSError, ValueError, EOFError) as error:
            raise KnowledgeDamaged(f"{folder} cannot be read ({type(error).__name__}).", _REBUILD) from error
        knowledge._refuse_empty()
        return knowledge

    def companion(self, name: str, version: int) -> Path:
        """Folder of what another room compiled; raises KnowledgeForeign where it is absent or of another version."""
        found = self.manifest.companions.get(name)
        if found != version:
            raise KnowledgeForeign(f"{self.folder} holds {name} {found}; this version reads {version}.", _REBUILD)
        return self.folder / name

    def counts(self) -> dict[str, int]:
        """How much there is of each kind; the manifest holds the same numbers."""
        return {
            "terms": len(self.terms),
            "phenotype_terms": int(self.terms.is_phenotype.sum()),
            "synonyms": len(self.terms.synonym_texts),
            "diseases": len(self.diseases),
            "records": len(self.diseases.record_ids),
            "annotations": len(self.annotations),
            "references": len(self.annotations.reference_ids),
            "gene_links": len(self.genes),
            "descriptions": len(self.descriptions),
        }

    def _refuse_empty(self) -> None:
        counts = self.counts()
        for kind in ("terms", "phenotype_terms", "diseases", "annotations"):
            if counts[kind] == 0:
                raise KnowledgeDamaged(f"{self.folder} holds no {kind.replace('_', ' ')}.", _REBUILD)
        for kind, expected in self.manifest.counts.items():
            if counts.get(kind) != expected:
                raise KnowledgeDamaged(
                    f"{self.folder} holds {counts.get(kind)} {kind.replace('_', ' ')}, its manifest says {expected}.",
                    _REBUILD,
                )
        try:
            self.terms.position(PHENOTYPIC_ABNORMALITY)
        except UnknownTerm as error:
            raise KnowledgeDamaged(f"{self.folder} has no Phenotypic abnormality, HP:0000118.", _REBUILD) from error


def root_folder(given: Path | None = None) -> Path:
    """Where releases lie: `given`, else $PHENOMAP_KNOWLEDGE, else `knowledge` in the working folder."""
    return given or Path(os.environ.get("PHENOMAP_KNOWLEDGE", "knowledge"))


def current_release(root: Path) -> Path:
    """The folder of the release in use: the one that `root/CURRENT` names; raises KnowledgeMissing."""
    pointer = root / "CURRENT"
    if not pointer.is_file():
        raise KnowledgeMissing(f"No knowledge has been built in {root}.", _REBUILD)
    name = pointer.read_text(encoding="utf-8").strip()
    if not name or Path(name).name != name:
        raise KnowledgeDamaged(f"{pointer} does not name a release.", _REBUILD)
    return root / name
