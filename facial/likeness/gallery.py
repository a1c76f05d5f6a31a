"""A gallery: the embeddings of enrolled faces, each with its disease. Plain arrays; numpy alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from facial.likeness.portrait import Portrait
from ontology.arrays import Bools, Floats, Ints
from ontology.errors import PhenomapError


class GalleryMixed(PhenomapError):
    """Embeddings of two models, or synthetic and real faces, in one gallery."""


class GalleryUnusable(PhenomapError):
    """What is to be a gallery has rows that are not of one length, not finite, or more names than rows."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Enrolled faces.

    vectors   float32 (faces, dimensions)  embeddings of unit length, read-only
    measures  float32 (faces, measures)    see facial.likeness.portrait; of no width where faces were not measured
    diseases  the id of the disease of each face
    persons   a pseudonym of the person of each face; one person may have several
    model     sha256 of what made the two; those of two models cannot be compared
    synthetic whether the faces are made, not of patients: such a gallery never ranks
    """

    vectors: Floats
    measures: Floats
    diseases: tuple[str, ...]
    persons: tuple[str, ...]
    model: str
    synthetic: bool = False

    def __post_init__(self) -> None:
        vectors = np.ascontiguousarray(self.vectors, np.float32)
        measures = np.ascontiguousarray(self.measures, np.float32)
        named = len(self.diseases) == len(self.persons) == len(vectors) == len(measures)
        shaped = vectors.ndim == measures.ndim == 2
        if not shaped or not named or not np.isfinite(vectors).all() or not np.isfinite(measures).all():
            raise GalleryUnusable("The gallery's faces are not in order.", "Enrol them again.")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (lengths > 0).all():
            raise GalleryUnusable("A face of the gallery is empty.", "Enrol it again.")
        vectors = vectors / lengths
        for name, array in (("vectors", vectors), ("measures", measures)):
            array = array.copy()
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def known(self) -> tuple[str, ...]:
        """Each disease once, in order of its id."""
        return tuple(sorted(set(self.diseases)))

    @property
    def everyone(self) -> tuple[str, ...]:
        """Each person once, in order of the pseudonym."""
        return tuple(sorted(set(self.persons)))

    def persons_of(self, disease: str) -> int:
        """How many persons are enrolled with `disease`."""
        return len({person for person, of in zip(self.persons, self.diseases, strict=True) if of == disease})

    def classes(self) -> Ints:
        """The place of each face's disease in `known`, int32 (faces,)."""
        place = {disease: position for position, disease in enumerate(self.known)}
        return np.array([place[disease] for disease in self.diseases], np.int32)

    def without(self, persons: Iterable[str]) -> Gallery:
        """The gallery as if these persons had never been enrolled."""
        gone = set(persons)
        return self.chosen(np.array([person not in gone for person in self.persons], np.bool_))

    def chosen(self, rows: Bools) -> Gallery:
        """The faces where `rows`, bool (faces,), is True."""
        at = np.flatnonzero(rows).tolist()
        diseases, persons = (tuple(names[i] for i in at) for names in (self.diseases, self.persons))
        return Gallery(self.vectors[rows], self.measures[rows], diseases, persons, self.model, self.synthetic)

    def one_a_person(self) -> Gallery:
        """The same with one face for each person and disease, the mean of theirs: many photos make no more patients."""
        keys = sorted(set(zip(self.diseases, self.persons, strict=True)))
        place = {key: position for position, key in enumerate(keys)}
        owners = [place[key] for key in zip(self.diseases, self.persons, strict=True)]
        vectors, measures = (_means(array, owners, len(keys)) for array in (self.vectors, self.measures))
        diseases, persons = (tuple(key[part] for key in keys) for part in (0, 1))
        return Gallery(vectors, measures, diseases, persons, self.model, self.synthetic)

    @property
    def digest(self) -> str:
        """SHA-256 of all that is in it, whatever the order: of one gallery and no other."""
        contents = [row.tobytes() for row in np.hstack([self.vectors, self.measures])]
        rows = sorted(zip(self.diseases, self.persons, contents, strict=True))
        digest = hashlib.sha256(f"{self.model} {self.synthetic} {self.vectors.shape}".encode())
        for disease, person, content in rows:
            digest.update(f"{disease} {person} ".encode() + content)
        return digest.hexdigest()


def _means(array: Floats, owners: Sequence[int], count: int) -> Floats:
    means = np.zeros((count, array.shape[1]), np.float32)
    np.add.at(means, owners, array)
    return np.asarray(means / np.bincount(owners, minlength=count)[:, None], np.float32)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One face of a gallery."""

    portrait: Portrait
    disease: str
    person: str
    synthetic: bool = False


def gathered(faces: Sequence[Enrolled]) -> Gallery:
    """A gallery of at least one face; raises GalleryMixed where they do not belong together, GalleryUnusable."""
    if not faces:
        raise GalleryUnusable("The gallery holds no face.", "Enrol one first.")
    portraits = [face.portrait for face in faces]
    if len({portrait.model for portrait in portraits}) > 1:
        raise GalleryMixed("The faces were embedded by different models.", "Enrol them with one model.")
    if len({face.synthetic for face in faces}) > 1:
        raise GalleryMixed("Synthetic and real faces are mixed.", "Remove the synthetic ones first.")
    if len({(portrait.embedding.shape, portrait.measures.shape) for portrait in portraits}) > 1:
        raise GalleryUnusable("The faces' embeddings differ in length.", "Enrol them again.")
    return Gallery(
        np.stack([portrait.embedding for portrait in portraits]),
        np.stack([portrait.measures for portrait in portraits]),
        tuple(face.disease for face in faces),
        tuple(face.person for face in faces),
        portraits[0].model,
        faces[0].synthetic,
    )
