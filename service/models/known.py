"""What the service takes of a patient beside findings, for tests to order: tests already done, and the family."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, WithJsonSchema

from facial.norms.ancestry import ANCESTRIES
from matching.genetic_tests.known import TestResult
from service.models.base import Input

MOST_DONE = 50
MOST_DIAGNOSES = 50
#: An exome reads some 20,000 genes, and is told without them; the largest panels have some 6,000.
MOST_GENES = 7000
FIRST_YEAR = 1970


class ModalityWord(StrEnum):
    """Kinds of tests, the words of matching.genetic_tests.modalities."""

    METHYLATION = "methylation"
    REPEAT_PCR = "repeat_pcr"
    SOUTHERN = "southern"
    MLPA = "mlpa"
    TARGETED_VARIANT = "targeted_variant"
    MICROARRAY = "microarray"
    MITOCHONDRIAL = "mitochondrial"
    KARYOTYPE = "karyotype"
    ENZYME = "enzyme"
    FUNCTIONAL = "functional"
    GENE_PANEL = "gene_panel"
    EXOME = "exome"


NAME = r"^[A-Za-z0-9][A-Za-z0-9._:*@-]{0,39}$"
GeneName = Annotated[
    str,
    Field(
        pattern=NAME,
        description="A symbol, a previous one or alias, HGNC:… or NCBIGene:…",
        examples=["FMR1"],
    ),
]
#: One line of words, without control characters.
_LINE = r"^[^\x00-\x1f\x7f]*$"
_DONE = (
    "Tests that the patient has had. A negative one lowers what it would have seen; none is suggested again without a "
    "reason."
)


class TestDoneInput(Input):
    """A test that the patient has had: its modality, or its code in the catalogue in use."""

    modality: Annotated[ModalityWord, Field(strict=False, description="`exome` for a genome, too.")] | None = None
    result: Annotated[TestResult, Field(strict=False, description="`positive`: it explains the patient.")] = (
        TestResult.NEGATIVE
    )
    genes: Annotated[list[GeneName], Field(max_length=MOST_GENES)] = Field(
        default=[], description="That it looked at; none for all that the modality sees."
    )
    target: Annotated[str, Field(max_length=100, pattern=_LINE, description="Gene or locus of a test at one.")] = ""
    code: Annotated[str, Field(max_length=200, pattern=_LINE, description="In the catalogue in use.")] = ""
    year: Annotated[int, Field(ge=FIRST_YEAR, le=2200, description="When it was read.")] | None = None


class FamilyInput(Input):
    """What is known of the family; what nobody asked is left out or null."""

    consanguineous: bool | None = Field(default=None, description="The parents are related.")
    affected_parent: bool | None = Field(default=None, description="With the same condition.")
    affected_siblings: bool | None = None
    affected_children: bool | None = None
    affected_maternal_males: bool | None = Field(
        default=None, description="Brothers, or uncles and cousins through women only."
    )
    affected_maternal_line: bool | None = Field(default=None, description="The mother, her siblings, her mother.")


class DiagnosisInput(Input):
    """A diagnosis that the record states: shown and given on, and never ranked on.

    Without a gene it is a clinical one; with a gene, a molecular one.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,19}:[A-Za-z0-9._-]{1,40}$", examples=["OMIM:154700"])]
    label: Annotated[str, Field(max_length=300, pattern=_LINE)] = ""
    excluded: Annotated[bool, Field(description="It was looked for and is not there.")] = False
    onset: Annotated[str, Field(pattern=r"^HP:\d{7}$")] | None = None
    gene: GeneName | None = None
    confirmed: Annotated[bool, Field(description="No longer a suspicion.")] = True


Ancestry = Annotated[
    str,
    Field(pattern=f"^({'|'.join(ANCESTRIES)})$"),
    WithJsonSchema(
        {
            "type": "string",
            "enum": list(ANCESTRIES),
            "description": "As it was told; asked only to choose norms of the face, and never inferred from it.",
        }
    ),
]


class KnownInput(Input):
    """What inputs share that ask for tests, and what norms of the face are chosen by."""

    tests_done: Annotated[list[TestDoneInput], Field(max_length=MOST_DONE)] = Field(default=[], description=_DONE)
    family_history: FamilyInput = FamilyInput()
    acutely_ill: Annotated[bool, Field(description="What is fast, and treatable disorders, first.")] = False
    ancestry: Ancestry | None = None
    diagnoses: Annotated[list[DiagnosisInput], Field(max_length=MOST_DIAGNOSES)] = Field(
        default=[], description="That the record states; no ranking is made from them."
    )


def part_of(given: KnownInput) -> KnownInput:
    """What a larger input tells of it, by itself."""
    return KnownInput(**{name: getattr(given, name) for name in KnownInput.model_fields})
