"""`phenomap face PHOTO...`: what a photo shows, or why it was not read; as the API tells it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cli.options import Commands, add_knowledge_option, open_knowledge

if TYPE_CHECKING:
    from service.models.faces import FaceAnswer, MeasurementAnswer, PhotoAnswer


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `face`."""
    command = commands.add_parser("face", help="describe face photos: quality, measures, suggested terms")
    command.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    command.add_argument("--sex", choices=("female", "male", "other", "unknown"), default="unknown")
    command.add_argument("--age", help="ISO 8601 duration, such as P3Y2M")
    command.add_argument("--ancestry", metavar="CODE", help="as it was told, such as han; by it norms are chosen")
    command.add_argument("--reference", type=Path, help="the hospital's own reference")
    command.add_argument("--models", type=Path, help="folder of the face models (default: $PHENOMAP_MODELS, models)")
    command.add_argument("--language", choices=("en", "zh"), default="en", help="of names and sentences (default: en)")
    command.add_argument("--json", action="store_true", help="one JSON object a photo")
    add_knowledge_option(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Describe each photo; 1 where any was not read."""
    from facial.norms.ancestry import checked
    from matching.case import Photo
    from ontology.features import PatientSex
    from service.faces.command import read_photos
    from service.faces.opening import FaceFiles
    from service.faces.telling import photo_told
    from service.translate import Translator

    translator = Translator.of(open_knowledge(chosen), chosen.language)
    # numbered, not named: a file's name may be a patient's
    photos = [Photo(f"photo {number}", path.read_bytes()) for number, path in enumerate(chosen.photos, 1)]
    told = (chosen.age, PatientSex(chosen.sex), checked(chosen.ancestry))
    declined = 0
    for photo, reading in zip(
        photos, read_photos(photos, *told, FaceFiles(chosen.models, chosen.reference)), strict=True
    ):
        answer = photo_told(reading, translator, photo.id)
        declined += answer.face is None
        if chosen.json:
            print(json.dumps(answer.model_dump(mode="json", exclude_none=True), ensure_ascii=False))
        else:
            for line in lines_of(answer):
                print(line)
    return 1 if declined else 0


def lines_of(photo: PhotoAnswer) -> Iterator[str]:
    """A photo on the screen."""
    quality = photo.quality
    if quality is not None:
        yield f"{photo.id}: {quality.verdict}"
        yield from (f"  {fault.what} {fault.mend}" for fault in quality.faults)
    if photo.abstention and not (quality and quality.faults):
        yield f"{photo.id}: {photo.abstention.reason} {photo.abstention.mend}"
    if photo.face is not None:
        yield from _face_lines(photo.face)
        yield from (f"  ! {limit}" for limit in photo.limits)


def _face_lines(face: FaceAnswer) -> Iterator[str]:
    for term in face.suggestions:
        yield f"  ? {term.id} {term.label} ({term.confidence:.0%}, {term.measurement}): suggested, not observed"
    yield from map(_measure_line, face.measurements)
    for each in face.likenesses:
        yield f"  ~ {each.rank} {each.disease} {each.name}{f': {each.why}' if each.why else ''}"


def _measure_line(measure: MeasurementAnswer) -> str:
    value = f"{measure.value:.3g} ({measure.low:.3g} to {measure.high:.3g}) {measure.unit}"
    if measure.norm is None or measure.z is None:
        return f"  {measure.name}: {value}; {measure.why}"
    norm = f"{measure.norm.mean:.3g} ± {measure.norm.sd:.3g}, {measure.norm.population}"
    return f"  {measure.name}: {value}; {measure.z:+.1f} SD of {norm}"
