"""What was made of a photo, in words: norms, reasons and limits as sentences of one language."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence

from facial import reading as f
from matching.case import Photo
from ontology.diseases import UnknownDisease
from ontology.terms import UnknownTerm
from service.face_faults import fault_told, verdict_told
from service.faces.seam import Explains
from service.models import faces as m
from service.translate import Translator

#: What none of it is, each a key of the catalogues.
_LIMITS = (
    "face.api.limit_training",
    "face.api.limit_patients",
    "face.api.limit_findings",
    "face.api.limit_device",
)


def photo_told(reading: f.PhotoReading, translator: Translator, id: str | None = None) -> m.PhotoAnswer:
    """A reading as it is answered, with its limits."""
    words = translator.wording.words
    looked_at = reading.width is not None or bool(reading.quality.findings)
    return m.PhotoAnswer(
        id=id,
        width=reading.width,
        height=reading.height,
        quality=quality_told(reading.quality, words) if looked_at else None,
        face=_face(reading.face, reading.likenesses, translator) if reading.face else None,
        abstention=translator.abstention(reading.abstention),
        limits=[words[key] for key in _LIMITS],
    )


def photos_told(
    photos: Sequence[Photo], readings: Sequence[f.PhotoReading], translator: Translator
) -> list[m.PhotoAnswer]:
    """The readings of photos, each under its photo's id."""
    return [photo_told(reading, translator, photo.id) for photo, reading in zip(photos, readings, strict=True)]


def quality_told(quality: f.Quality, words: Mapping[str, str]) -> m.QualityAnswer:
    """The verdict on a photo and what is wrong with it."""
    told = [(finding, fault_told(finding, words)) for finding in quality.findings]
    return m.QualityAnswer(
        accepted=quality.accepted,
        verdict=verdict_told(quality, words),
        faults=[
            m.FaultAnswer(
                check=finding.check,
                fault=finding.fault,
                refused=finding.refused,
                what=said.what,
                mend=said.mend,
                value=finding.value,
                limit=finding.limit,
                unit=finding.unit,
            )
            for finding, said in told
        ],
    )


def _face(face: f.Face, likenesses: tuple[f.Likeness, ...], translator: Translator) -> m.FaceAnswer:
    words = translator.wording.words
    return m.FaceAnswer(
        box=face.box,
        points=[_place(point) for point in face.points],
        measurements=[_measurement(each, words) for each in face.measurements],
        suggestions=[_suggestion(each, translator) for each in face.suggestions],
        likenesses=[_likeness(each, translator) for each in likenesses],
        model=face.model,
        measured_by=face.measured_by,
    )


def _measurement(given: f.Measurement, words: Mapping[str, str]) -> m.MeasurementAnswer:
    found, spread = given.compared, given.spread.populations if given.spread else ()
    return m.MeasurementAnswer(
        code=given.code,
        name=_measured(given, words),
        value=given.value,
        low=given.low,
        high=given.high,
        unit=given.unit,
        line=[_place(point) for point in given.line],
        norm=_norm(found.norm, words) if found else None,
        z=found.z if found else None,
        z_low=found.low if found else None,
        z_high=found.high if found else None,
        without=given.without,
        why=words[f"face.without.{given.without.value}"] if given.without else None,
        spread=[m.PopulationAnswer(population=population, mean=mean) for population, mean in spread],
    )


def _measured(given: f.Measurement, words: Mapping[str, str]) -> str:
    """What is measured; a length in mm goes by a name of its own."""
    code = f"{given.code}_mm" if given.unit == "mm" else given.code
    return words.get(f"face.measure.{code}", given.code)


def _norm(norm: f.Norm, words: Mapping[str, str]) -> m.NormAnswer:
    return m.NormAnswer(
        population=norm.population,
        ancestry=norm.ancestry,
        sex=norm.sex,
        age_from=norm.age_from,
        age_to=norm.age_to,
        n=norm.n,
        mean=norm.mean,
        sd=norm.sd,
        method=norm.method,
        source=norm.source,
        confidence=norm.confidence,
        seen=words.get(f"face.seen.{norm.confidence}", norm.confidence),
        own=norm.own,
        cautions=[words[f"face.caution.{each.value}"] for each in norm.cautions],
    )


def _suggestion(given: f.SuggestedTerm, translator: Translator) -> m.SuggestedFeatureAnswer:
    try:
        label, label_en = translator.naming.label(given.type), translator.naming.label_en(given.type)
    except UnknownTerm:  # the release in use has it not
        label, label_en = given.type, None
    return m.SuggestedFeatureAnswer(
        id=given.type,
        label=label,
        label_en=label_en,
        confidence=given.confidence,
        region=given.box,
        objective=given.objective,
        measurement=given.measurement,
    )


def _likeness(given: f.Likeness, translator: Translator) -> m.LikenessAnswer:
    words, naming = translator.wording.words, translator.naming
    try:
        diseases = translator.knowledge.diseases
        english = diseases.name(diseases.position(given.disease))
    except UnknownDisease:
        english = given.disease
    return m.LikenessAnswer(
        disease=given.disease,
        name=naming.disease(given.disease, english),
        name_en=naming.disease_en(given.disease, english),
        rank=given.rank,
        nats=given.nats,
        cases=given.cases,
        weighs=given.weighs,
        why_not=given.why_not,
        why=words[f"face.likeness.why_not.{given.why_not}"] if given.why_not else None,
        evaluated=given.evaluated,
    )


def _place(point: f.Point) -> tuple[float, float]:
    return round(point.x, 1), round(point.y, 1)


def explanation_told(found: Explains, words: Mapping[str, str], measure: bool) -> m.ExplanationAnswer:
    """An explanation as it is answered; of a `measure` its line is drawn, which is no evidence."""
    if not found.regions:
        said = ["face.explain.nothing"]
    else:
        said = ["face.explain.heat", "face.explain.method"] if found.holds else ["face.explain.not_held"]
    said += ["face.explain.line"] if measure else []
    return m.ExplanationAnswer(
        image=b64encode(found.png).decode(),
        regions=[m.RegionAnswer(box=part.box, share=part.share) for part in found.regions],
        holds=found.holds,
        words=[words[key] for key in (*said, "face.explain.limit")],
    )
