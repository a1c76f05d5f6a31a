"""A gallery: the embeddings of enrolled faces, each with its disease. Plain arrays; numpy alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ontology.arrays import Bools, Floats, Ints
from ontology.errors import PhenomapError


class GalleryMixed(PhenomapError):
    """Embeddings of two models, or synthetic and real faces, in one gallery."""


class GalleryUnusable(PhenomapError):
    """What is to be a gallery has rows that are not of one length, not finite, or more names than rows."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """Enrolled faces.

    vectors   float32 (faces, dimensions)  rows of unit length, read-only
    diseases  the id of the disease of each face
    persons   a pseudonym of the person of each face; one person may have several
    model     sha256 of the model that made the embeddings; vectors of two models cannot be compared
    synthetic whether the faces are made, not of patients: such a gallery never ranks
    """

    vectors: Floats
    diseases: tuple[str, ...]
    persons: tuple[str, ...]
    model: str
    synthetic: bool = False

    def __post_init__(self) -> None:
        vectors = np.ascontiguousarray(self.vectors, np.float32)
        named = len(self.diseases) == len(self.persons) == len(vectors)
        if vectors.ndim != 2 or not named or not np.isfinite(vectors).all():
            raise GalleryUnusable("The gallery's faces are not in order.", "Enrol them again.")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (lengths > 0).all():
            raise GalleryUnusable("A face of the gallery is empty.", "Enrol it again.")
        vectors = vectors / lengths
        vectors.setflags(write=False)
        object.__setattr__(self, "vectors", vectors)

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
        return Gallery(self.vectors[rows], diseases, persons, self.model, self.synthetic)

    def one_a_person(self) -> Gallery:
        """The same with one face for each person and disease, the mean of theirs: many photos make no more patients."""
        keys = sorted(set(zip(self.diseases, self.persons, strict=True)))
        place = {key: position for position, key in enumerate(keys)}
        owners = [place[key] for key in zip(self.diseases, self.persons, strict=True)]
        means = np.zeros((len(keys), self.vectors.shape[1]), np.float32)
        np.add.at(means, owners, self.vectors)
        return Gallery(means, tuple(k[0] for k in keys), tuple(k[1] for k in keys), self.model, self.synthetic)

    @property
    def digest(self) -> str:
        """SHA-256 of all that is in it, whatever the order: of one gallery and no other."""
        rows = sorted(zip(self.diseases, self.persons, (row.tobytes() for row in self.vectors), strict=True))
        digest = hashlib.sha256(f"{self.model} {self.synthetic} {self.vectors.shape}".encode())
        for disease, person, content in rows:
            digest.update(f"{disease} {person} ".encode() + content)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One face of a gallery, with the model that embedded it. `vector` is float32 (dimensions,)."""

    vector: Floats
    disease: str
    person: str
    model: str
    synthetic: bool = False


def gathered(faces: Sequence[Enrolled]) -> Gallery:
    """A gallery of at least one face; raises GalleryMixed where they do not belong together, GalleryUnusable."""
    if not faces:
        raise GalleryUnusable("The gallery holds no face.", "Enrol one first.")
    if len({face.model for face in faces}) > 1:
        raise GalleryMixed("The faces were embedded by different models.", "Enrol them with one model.")
    if len({face.synthetic for face in faces}) > 1:
        raise GalleryMixed("Synthetic and real faces are mixed.", "Remove the synthetic ones first.")
    if len({face.vector.shape for face in faces}) > 1:
        raise GalleryUnusable("The faces' embeddings differ in length.", "Enrol them again.")
    return Gallery(
        np.stack([face.vector for face in faces]),
        tuple(face.disease for face in faces),
        tuple(face.person for face in faces),
        faces[0].model,
        faces[0].synthetic,
    )
