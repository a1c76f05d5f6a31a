"""What to send, what to talk about, whose samples help, and what comes next, for each test of a plan.

Worked out from the test's modality, the usual lesions of the diseases that it covers, how they are inherited and when
they begin, the patient's sex, and the order of the plan. Each rule names the page that was opened for it, by its
abstract or the words quoted, or says `unverified`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matching.genetic_tests.inheritance import Mode
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.proposal import (
    ConsentPoint,
    Lesion,
    Mechanism,
    NextStep,
    Reason,
    Relatives,
    Sample,
    TestPlan,
    TestSuggestion,
)
from matching.onset import FIRST_DAY, Onsets
from ontology.features import PatientSex
from ontology.knowledge import Knowledge

#: What concerns this share of the listed diseases' belief is said of the test. A choice: what is said of every test
#: because of one unlikely disease is read of none.
CONCERNS = 0.2
REANALYSIS = "exome:reanalysis"

_ADULT_DAY = FIRST_DAY["HP:0003581"]
_ANY_X = Mode.X_RECESSIVE | Mode.X_LINKED
_SEQUENCING = ("gene_panel", "exome")
_READ_BY_AN_EXOME = re.compile(r"trio exome|sequencing of the whole gene|[\w ]+ gene panel")
_REPEATS = (Mechanism.REPEAT_EXPANSION, Mechanism.REPEAT_CONTRACTION)
#: Samples that an assay of the lesion table names, by its words. Which anticoagulant leucocytes and red cells want, and
#: what a bare analyte is measured in, is `unverified`: laboratories differ, and theirs counts.
_NAMED = (
    (re.compile(r"dried blood|blood spot|blood succinylacetone", re.IGNORECASE), Sample.DRIED_BLOOD_SPOT),
    (re.compile(r"leucocyte|red cell|blood count|h(a)?emoglobin", re.IGNORECASE), Sample.BLOOD_EDTA),
    (re.compile(r"lymphocyte|breakage", re.IGNORECASE), Sample.BLOOD_HEPARIN),
    (re.compile(r"plasma|ammonia|acylcarnitine", re.IGNORECASE), Sample.PLASMA),
    (re.compile(r"serum|caeruloplasmin|17-hydroxyprogesterone|^urate", re.IGNORECASE), Sample.SERUM),
    (re.compile(r"\burin", re.IGNORECASE), Sample.URINE),
    (re.compile(r"cerebrospinal", re.IGNORECASE), Sample.CEREBROSPINAL_FLUID),
    (re.compile(r"sweat", re.IGNORECASE), Sample.SWEAT),
    (re.compile(r"fibroblast", re.IGNORECASE), Sample.SKIN_FIBROBLASTS),
)


def with_orders(
    plan: TestPlan, knowledge: Knowledge, lesions: LesionTable, onsets: Onsets, sex: PatientSex
) -> TestPlan:
    """The same plan, each of its tests with samples, consent, relatives and the step if it is negative."""

    def told(test: TestSuggestion, step: NextStep | None) -> TestSuggestion:
        concern = Concern.of(test, knowledge, lesions, onsets)
        adds = to_add(test, knowledge, lesions)
        return replace(
            test,
            sources=tuple(dict.fromkeys(test.sources if adds is None else (*test.sources, adds.source))),
            adds=adds,
            samples=samples(test, concern),
            consent=consent(test, concern),
            relatives=relatives(test, concern, sex),
            if_negative=step,
            beside=None if test.beside is None else told(test.beside, NextStep.SECOND_LINE),
        )

    return replace(plan, tests=tuple(told(test, if_negative(plan, at)) for at, test in enumerate(plan.tests)))


@dataclass(frozen=True, slots=True)
class Concern:
    """What is true of enough of the diseases that a test covers (CONCERNS of their belief)."""

    recessive: bool = False
    dominant: bool = False
    x_linked: bool = False
    mitochondrial: bool = False
    mosaic: bool = False
    imprinted: bool = False
    presymptomatic: bool = False

    @classmethod
    def of(cls, test: TestSuggestion, knowledge: Knowledge, lesions: LesionTable, onsets: Onsets) -> Concern:
        """Sum the belief of the listed diseases by what is stated of each."""
        total = sum(each.posterior for each in test.covers)
        held = dict.fromkeys(cls.__dataclass_fields__, 0.0)
        for each in test.covers:
            disease = knowledge.diseases.position(each.disease)
            for fact in _facts(disease, lesions, onsets):
                held[fact] += each.posterior
        return cls(**{fact: total > 0 and share >= CONCERNS * total for fact, share in held.items()})


def _facts(disease: int, lesions: LesionTable, onsets: Onsets) -> Iterator[str]:
    modes = Mode(int(lesions.modes.bits[disease]))
    found = np.flatnonzero(lesions.diseases == disease)
    mechanism = lesions.lesions[int(found[0])].mechanism if len(found) else None
    told = (
        ("recessive", modes & Mode.RECESSIVE),
        ("dominant", modes & Mode.DOMINANT),
        ("x_linked", modes & _ANY_X),
        ("mitochondrial", modes & Mode.MITOCHONDRIAL),
        ("mosaic", mechanism is Mechanism.MOSAIC_ANEUPLOIDY),
        ("imprinted", mechanism is Mechanism.IMPRINTING),
        ("presymptomatic", _found_in_the_well(disease, modes, mechanism, onsets)),
    )
    yield from (fact for fact, holds in told if holds)


def _found_in_the_well(disease: int, modes: Mode, mechanism: Mechanism | None, onsets: Onsets) -> bool:
    """Whether a relative who is well may learn from the result that they will fall ill.

    Dominant or X-linked, and it begins in adulthood: by the earliest onset that is stated, or, of a dominant repeat
    expansion, wherever not every stated onset is of childhood (Huntington disease begins at any age, most often in
    middle age: Columbia University's page on predictive testing, "typically only appear in middle age").
    """
    if not modes & (Mode.DOMINANT | _ANY_X):
        return False
    if _ADULT_DAY <= onsets.earliest[disease] < np.inf:
        return True
    if mechanism not in _REPEATS or not modes & Mode.DOMINANT:
        return False
    span = onsets.knowledge.annotations.rows_of(disease)
    days = onsets.first[slice(*np.searchsorted(onsets.rows, [span.start, span.stop]))]
    return not len(days) or int(days.max()) >= _ADULT_DAY


def samples(test: TestSuggestion, concern: Concern) -> tuple[Sample, ...]:
    """What is sent.

    DNA of blood in EDTA, never heparin, which inhibits PCR (Carolinas HealthCare, FAQs for Molecular Pathology);
    chromosomes in heparin, as living cells (Hallym University, Instructions for drawing blood for chromosome studies).
    Mitochondrial variants are rarer in blood than in urine (PMID:19460298) and in muscle (doi:10.1002/ana.410310408).
    What is mosaic may be missing in blood: 13 of 15 patients with Pallister-Killian syndrome had normal lymphocytes
    (doi:10.1186/s13039-018-0395-z). Enzymes keep in dried blood (PMID:21831684): where the assay names no sample, that.
    """
    if test.code == REANALYSIS:
        return ()
    if test.modality in ("enzyme", "functional"):
        named = tuple(sample for pattern, sample in _NAMED if pattern.search(test.assay))
        measurable = test.modality == "enzyme" and "activity" in test.assay
        return named or ((Sample.DRIED_BLOOD_SPOT,) if measurable else ())
    if test.modality == "mitochondrial":
        return (Sample.BLOOD_EDTA, Sample.URINE, Sample.MUSCLE)
    first = Sample.BLOOD_HEPARIN if test.modality == "karyotype" else Sample.BLOOD_EDTA
    return (Sample.SKIN_FIBROBLASTS, Sample.SECOND_TISSUE, first) if concern.mosaic else (first,)


def consent(test: TestSuggestion, concern: Concern) -> tuple[ConsentPoint, ...]:
    """What to talk about before.

    An exome tells of carrier status and of diseases that nobody asked about (ACMG, points to consider for informed
    consent, doi:10.1038/gim.2013.94); with the parents' samples also of parentage (PMID:30214068). A microarray finds
    changes of uncertain significance and needs the parents (Mayo Medical Laboratories, Chromosomal microarray testing,
    pretest counseling, 2011); so does sequencing. Predictive tests of adult disease are a relative's own decision, and
    no child's (Predictive genetic testing: the Huntington disease model, eLS, a0005617, its key concepts). Recessive
    and X-linked diseases concern carriers, most mothers of boys with fragile X syndrome among them (PMC5621635).
    """
    points = {
        ConsentPoint.UNCERTAIN_VARIANTS: test.modality in (*_SEQUENCING, "microarray"),
        ConsentPoint.SECONDARY_FINDINGS: test.modality == "exome",
        ConsentPoint.PARENTAGE: test.modality == "microarray" or test.code == "exome:trio",
        ConsentPoint.CARRIER_STATUS: test.modality == "exome" or concern.recessive or concern.x_linked,
        ConsentPoint.RELATIVES_CONCERNED: concern.dominant or concern.x_linked or concern.mitochondrial,
        ConsentPoint.PRESYMPTOMATIC: concern.presymptomatic,
    }
    return tuple(point for point, holds in points.items() if holds)


def relatives(test: TestSuggestion, concern: Concern, sex: PatientSex) -> tuple[Relatives, ...]:
    """Whose samples help.

    A trio's parents from the beginning, for what is new in the child: the guideline that recommends the exome
    (doi:10.1038/s41436-021-01242-6) leaves open who is sequenced, `unverified`. Of a copy number, the parents tell
    whether it is new (Mayo, as in `consent`); of an imprinting defect, which mechanism it is, and so the recurrence
    (PMC5253259). Parents of a recessive case are carriers, some 98 % of them in spinal muscular atrophy (WikiDoc, its
    page on the risk factors). Of an X-linked disease the mother: a third of boys with Duchenne dystrophy have a new
    variant (PMID:38895972); a girl may have hers from either parent (by inheritance alone, `unverified`). Of a
    mitochondrial variant, the mother's line: 23 of 25 maternal relatives of patients with MELAS had it
    (doi:10.1002/ana.410310408).
    """
    if test.code == "exome:trio":
        return (Relatives.PARENTS_TRIO,)
    girl = concern.x_linked and sex is PatientSex.FEMALE
    copies = test.modality in ("microarray", "karyotype") or test.code == REANALYSIS
    asked = {
        Relatives.PARENTS_ORIGIN: copies or concern.imprinted or girl or (concern.dominant and _of_dna(test)),
        Relatives.PARENTS_CARRIERS: concern.recessive,
        Relatives.MOTHER_CARRIER: concern.x_linked and not girl,
        Relatives.MATERNAL_LINE: concern.mitochondrial or test.modality == "mitochondrial",
    }
    return tuple(who for who, holds in asked.items() if holds)


def _of_dna(test: TestSuggestion) -> bool:
    """Whether the test itself can be done for the parents and tell where the change came from."""
    return test.modality not in ("enzyme", "functional")


def to_add(test: TestSuggestion, knowledge: Knowledge, lesions: LesionTable) -> Lesion | None:
    """What the table of sequenced diseases says of the likeliest disease of a panel or an exome.

    None where that holds less than CONCERNS of what the test covers, and of an exome where more sequencing of the same
    genes is all that would be added.
    """
    if test.modality not in _SEQUENCING or not test.covers or test.covers[0].posterior < CONCERNS * test.mass:
        return None
    row = lesions.sequenced.get(knowledge.diseases.position(test.covers[0].disease))
    read = row is not None and test.modality == "exome" and _READ_BY_AN_EXOME.fullmatch(row.second_line)
    return None if read else row


def if_negative(plan: TestPlan, at: int) -> NextStep | None:
    """What comes after the test at index `at`, if it shows nothing.

    After a lesion test, where more belief lies: the next suggestion, or what the first assay leaves of its disease and
    the second line would find. After a panel the next suggestion, or every other gene. Behind a negative exome stand a
    genome, which sees structural variants and introns (PMC10432150, table 3), and reading it again in some years
    (PMID:27441994).
    """
    test = plan.tests[at]
    behind = plan.tests[at + 1] if at + 1 < len(plan.tests) else None
    if test.lesion is not None and test.reason is not Reason.BESIDE_EXOME:
        left = sum(each.posterior for each in test.covers[:1]) * (1 - test.lesion.detects)  # of the lesion's disease
        return NextStep.NEXT_SUGGESTION if behind is not None and behind.mass > left else NextStep.SECOND_LINE
    if behind is not None:
        return NextStep.NEXT_SUGGESTION
    if test.modality == "gene_panel":
        return NextStep.EXOME
    return NextStep.REANALYSE if test.code == "exome:trio" else NextStep.GENOME
