"""What Orphanet wrote of a disease, with the words in it that speak of features."""

from __future__ import annotations

from pydantic import Field

from service.models.explanations import Answer, LabelEn


class DefinitionMarkAnswer(Answer):
    """Words of a definition that speak of a feature: `definition[start:end]`, in characters (Unicode code points)."""

    id: str
    label: str
    label_en: LabelEn = None
    start: int
    end: int
    text: str
    doubtful: bool = Field(description="Said with a doubt, such as `possible`; it counts half in the ranking.")
    superterms: list[str] = Field(description="The term and all phenotypic abnormalities above it.")


class DescriptionAnswer(Answer):
    """One Orphanet entry that describes the disease, unchanged. To be cited with `citation` and `licence`."""

    id: str
    names: list[str] = Field(description="The preferred name, then the synonyms.")
    relation: str = Field(description="How the entry lies to the disease: own, exact, broader or narrower.")
    definition: str | None = Field(default=None, description="In English; left out where Orphanet wrote none.")
    marks: list[DefinitionMarkAnswer]
    released: str = Field(description="Date of the release that it was taken from.")
    citation: str
    licence: str
