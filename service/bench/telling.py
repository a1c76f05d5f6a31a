"""What is known beside the findings, changed a piece at a time: tests done, the family, acute illness."""

from __future__ import annotations

import re

from service.models.bench import AncestryForm, DoneForm, FamilyForm
from service.models.known import NAME, FamilyInput, KnownInput, ModalityWord, TestDoneInput
from service.problems import Fault, invalid

#: Tests that read genes; the others look at one locus, or everywhere.
SEQUENCING = frozenset({ModalityWord.GENE_PANEL, ModalityWord.EXOME})
_BETWEEN = re.compile(r"[\s,;，；、]+")


def with_done(known: KnownInput, given: DoneForm) -> KnownInput:
    """With a test added; raises a 422 problem for what is no gene's name."""
    written = given.looked.strip()
    genes: list[str] = []
    if given.modality in SEQUENCING:
        genes = list(dict.fromkeys(each for each in _BETWEEN.split(written) if each))
        if any(not re.fullmatch(NAME, gene) for gene in genes):
            what = "One of these is no gene's name."
            raise invalid((Fault(field="looked", what=what, mend="Write symbols with commas between them."),))
    test = TestDoneInput(
        modality=given.modality,
        result=given.result,
        genes=genes,
        target="" if genes or given.modality in SEQUENCING else written[:100],
        code=given.code.strip(),
        year=given.year,
    )
    return known.model_copy(update={"tests_done": [*known.tests_done, test]})


def without_done(known: KnownInput, at: int) -> KnownInput:
    """Without the test at a place of the list; as it was where there is none."""
    return known.model_copy(update={"tests_done": [*known.tests_done[:at], *known.tests_done[at + 1 :]]})


def with_family(known: KnownInput, given: FamilyForm) -> KnownInput:
    """With the family and acute illness as given."""
    flags = given.model_dump(include=set(FamilyInput.model_fields))
    return known.model_copy(update={"family_history": FamilyInput(**flags), "acutely_ill": given.acutely_ill})


def with_ancestry(known: KnownInput, given: AncestryForm) -> KnownInput:
    """With the ancestry as it was told, or with none."""
    return known.model_copy(update={"ancestry": given.ancestry})
