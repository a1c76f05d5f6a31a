"""The demonstration's gallery: one portrait in the public domain, changed as the annotations of some diseases say.

    python -m benchmarks.synthetic_gallery [--out service/gallery/synthetic.json]

No patient is in it. Of each disease the facial terms that our warps can draw are taken from its published annotations;
NASA's portrait of Eileen Collins (tests/facial/astronaut.jpg) is changed by them, milder or stronger in each of PEOPLE
faces, and by small changes that belong to no disease, so that faces differ. What is written are numbers, in the form
of `phenomap gallery export`, and no picture. Seeded; made again whenever the face model or the measures' head changes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

from benchmarks.face_warps.mesh import Mesher
from benchmarks.face_warps.sitters import WORK, square
from benchmarks.face_warps.warp import changed, drawn, warped
from benchmarks.faces_syndromes import STRENGTHS, Strengths, affected
from facial.alignment import Pixels
from facial.face_reader import FaceReader
from facial.likeness.portrait import Portrait
from facial.reading import FacePatient
from ontology.features import PatientSex
from ontology.knowledge import Knowledge, root_folder
from service.cases.sealing import digest_of
from service.gallery.exchange import FORMAT
from service.gallery.rows import packed

PORTRAIT = Path("tests/facial/astronaut.jpg")
OUT = Path("service/gallery/synthetic.json")
#: Diseases whose annotations hold several terms that the warps draw, and which geneticists know by the face.
DISEASES = ("OMIM:163950", "OMIM:194050", "OMIM:147920", "OMIM:122470", "OMIM:190685", "OMIM:117550")
PEOPLE = 6
#: Fewer changes than these would be no face of a disease.
LEAST_CHANGES = 3
#: What each face has of its own, as a share of the strengths that the head was taught by.
_OWN = 0.25
_SEED = 618
#: Terms that a change draws; a disease has it where it is annotated with the term or a more specific one.
CHANGES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "HP:0000316": ("icd", 1),
        "HP:0000506": ("telecanthus", 1),
        "HP:0000582": ("slant", 1),
        "HP:0000494": ("slant", -1),
        "HP:0000637": ("pfl", 1),
        "HP:0012745": ("pfl", -1),
        "HP:0000508": ("ptosis", 1),
        "HP:0000445": ("nasw", 1),
        "HP:0000460": ("nasw", -1),
        "HP:0003189": ("nose_len", 1),
        "HP:0003196": ("nose_len", -1),
        "HP:0000343": ("phil", 1),
        "HP:0000322": ("phil", -1),
        "HP:0000154": ("mouth", 1),
        "HP:0000160": ("mouth", -1),
        "HP:0000215": ("upverm", 1),
        "HP:0000219": ("upverm", -1),
        "HP:0000179": ("loverm", 1),
        "HP:0000275": ("facew", -1),
        "HP:0000283": ("facew", 1),
        "HP:0000331": ("chin", -1),
        "HP:0002553": ("brow_arch", 1),
    }
)


def drawn_of(knowledge: Knowledge, disease: str) -> Strengths:
    """The changes that the annotations of a disease name, each at its mean strength; raises ValueError for too few."""
    terms = knowledge.terms
    rows = knowledge.annotations.of_disease(knowledge.diseases.position(disease))
    annotated = {row.term for row in rows if not row.excluded}
    found: Strengths = {}
    for id, (kind, sign) in CHANGES.items():
        general = terms.position(id)
        if any(term == general or terms.is_ancestor(general, term) for term in annotated):
            found.setdefault(kind, sign * STRENGTHS[kind])
    if len(found) < LEAST_CHANGES:
        raise ValueError(f"The annotations of {disease} name {len(found)} changes that can be drawn.")
    return found


def faces(portrait: Pixels, mesher: Mesher, knowledge: Knowledge, reader: FaceReader) -> Iterator[tuple[str, Portrait]]:
    """Disease and portrait of each face of the gallery."""
    face = square(portrait, mesher.landmarks(portrait[None])[0])
    landmarks = mesher.landmarks(face[None])[0]
    for disease in DISEASES:
        strengths = drawn_of(knowledge, disease)
        print(f"{disease}: {' '.join(f'{kind}{value:+.2f}' for kind, value in strengths.items())}", file=sys.stderr)
        generator = np.random.default_rng((_SEED, int(disease.partition(":")[2])))
        for _ in range(PEOPLE):
            own = {kind: _OWN * strength for kind, strength in drawn(generator).items()}
            moved = changed(landmarks, own)
            person = warped(face, landmarks, moved)
            mesh = landmarks.copy()
            mesh[:, :2] += moved
            yield disease, _portrait(affected(person, mesh, strengths, generator), reader)


def written(found: list[tuple[str, Portrait]]) -> str:
    """The file's text, as `phenomap gallery import` reads it."""
    listed = [
        {
            "id": hashlib.md5(f"face {number}".encode(), usedforsecurity=False).hexdigest(),
            "person": hashlib.md5(f"person {number}".encode(), usedforsecurity=False).hexdigest(),
            "disease": disease,
            "sex": "unknown",
            "embedding": packed(portrait.embedding),
            "measures": packed(portrait.measures),
        }
        for number, (disease, portrait) in enumerate(found)
    ]
    whole = {"phenomap_gallery": FORMAT, "model": found[0][1].model, "sha256": digest_of(listed), "faces": listed}
    return json.dumps(whole, indent=0, sort_keys=True) + "\n"


def main() -> None:
    """Make the faces, read them as photos are read, and write their numbers."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--work", type=Path, default=WORK)
    chosen = parser.parse_args()
    mesher = Mesher.in_folder((chosen.work / "mediapipe").absolute())
    portrait = np.asarray(Image.open(PORTRAIT).convert("RGB"))
    found = list(faces(portrait, mesher, Knowledge.open(root_folder()), FaceReader.open()))
    chosen.out.write_text(written(found), encoding="utf-8")
    print(json.dumps({"faces": len(found), "diseases": len(DISEASES), "model": found[0][1].model}))


def _portrait(picture: Pixels, reader: FaceReader) -> Portrait:
    photo = io.BytesIO()
    Image.fromarray(picture).save(photo, "PNG")
    reading = reader.describe("photo", photo.getvalue(), FacePatient(None, PatientSex.UNKNOWN, None))
    if reading.face is None:
        raise ValueError("A changed face was refused: change it less.")
    return Portrait.of(reading.face)


if __name__ == "__main__":
    main()
