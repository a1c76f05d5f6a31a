"""Genetic tests that were done: their kind by code or by words, their result by code; an unclear one is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from pydantic import ValidationError

from matching.genetic_tests.known import TestResult
from service.fhir.issues import Issue, notice
from service.fhir.names import LOINC, SNOMED
from service.fhir.reading.concepts import all_words, codes_of, codings, system_of, words_of
from service.fhir.reading.context import Context
from service.fhir.reading.dates import day_of, moment_of
from service.fhir.reading.items import Item, Json, Tested, Withdrawn
from service.fhir.telling import own
from service.models.known import FIRST_YEAR, ModalityWord, TestDoneInput
from service.problems import Fault

#: LOINC: whole exome and whole genome sequence analysis, karyotype (unverified).
_BY_LOINC: Mapping[str, ModalityWord] = MappingProxyType(
    {
        "86205-2": ModalityWord.EXOME,
        "86206-0": ModalityWord.EXOME,
        "29770-5": ModalityWord.KARYOTYPE,
    }
)
_MODALITIES = MappingProxyType({word.value: word for word in ModalityWord})
_GENE_STUDIED = "48018-6"  # LOINC: gene studied
#: Words that name one kind of test, in both languages; the first that is found decides.
_BY_WORDS: tuple[tuple[re.Pattern[str], ModalityWord], ...] = tuple(
    (re.compile(words, re.IGNORECASE), modality)
    for words, modality in (
        (r"\b(?:whole[- ])?(?:exome|genome) sequenc|\bW[EG]S\b|全?外显子|全基因组测序|临床外显子", ModalityWord.EXOME),
        (
            r"micro-?array|\bCMA\b|array[- ]?CGH|SNP[- ]array|\baCGH\b|染色体微阵列|基因芯片|拷贝数变异|CNV-?seq",
            ModalityWord.MICROARRAY,
        ),
        (r"karyotyp|核型", ModalityWord.KARYOTYPE),
        (r"\bMLPA\b|多重连接", ModalityWord.MLPA),
        (r"methylation|甲基化", ModalityWord.METHYLATION),
        (r"southern blot", ModalityWord.SOUTHERN),
        (r"repeat[- ](?:primed|expansion)|\bTP-?PCR\b|动态突变", ModalityWord.REPEAT_PCR),
        (r"mitochondrial (?:DNA|genome)|\bmtDNA\b|线粒体(?:基因|DNA)", ModalityWord.MITOCHONDRIAL),
        (r"gene panel|panel sequenc|multi-?gene|基因(?:包|panel)|靶向(?:捕获|测序)", ModalityWord.GENE_PANEL),
        (r"sanger|targeted variant|known (?:familial )?variant|一代测序|位点验证", ModalityWord.TARGETED_VARIANT),
        (r"enzyme activity|enzyme assay|酶活性", ModalityWord.ENZYME),
    )
)
#: Results by code: SNOMED CT and LOINC answers positive, negative, and of uncertain significance.
_RESULTS: Mapping[tuple[str, str], TestResult] = MappingProxyType(
    {
        (SNOMED, "10828004"): TestResult.POSITIVE,
        (SNOMED, "260385009"): TestResult.NEGATIVE,
        (SNOMED, "82334004"): TestResult.UNCERTAIN,
        (LOINC, "LA6576-8"): TestResult.POSITIVE,
        (LOINC, "LA6577-6"): TestResult.NEGATIVE,
        (LOINC, "LA9663-1"): TestResult.UNCERTAIN,  # inconclusive
        (LOINC, "LA26333-7"): TestResult.UNCERTAIN,  # uncertain significance
        (LOINC, "LA6668-3"): TestResult.POSITIVE,  # pathogenic
        (LOINC, "LA26332-9"): TestResult.POSITIVE,  # likely pathogenic
    }
)
#: A conclusion that begins by saying it.
_RESULT_WORDS: tuple[tuple[re.Pattern[str], TestResult], ...] = tuple(
    (re.compile(words, re.IGNORECASE), result)
    for words, result in (
        (r"\W*(?:variant of uncertain significance|VUS\b|意义(?:未明|不明))", TestResult.UNCERTAIN),
        (r"\W*(?:negative|normal|no (?:\w+ ){0,3}(?:pathogenic|causative|disease-causing))\b", TestResult.NEGATIVE),
        (r"\W*(?:阴性|未(?:检出|发现|见)[^，。；]{0,20}(?:致病|异常)[^，。；]{0,20}[。；]?$)", TestResult.NEGATIVE),
        (r"\W*(?:positive\b|阳性)", TestResult.POSITIVE),
    )
)


def read_test(resource: Json, path: str, day: date | None, context: Context) -> Iterator[Tested | Issue]:
    """The genetic test that a DiagnosticReport tells of, or why it is not taken; nothing for other reports."""
    retold = own.TEST_DONE in codes_of(resource.get("code"), own.DOCUMENT)
    modality = _named(resource.get("code")) if retold else modality_of(resource.get("code"))
    if modality is None and not retold:
        return
    if resource.get("status") in ("preliminary", "partial", "unknown"):
        what = "A genetic test is taken as done only once its report is final."
        yield notice(Fault(field=f"{path}.status", what=what, mend="Send it again when it is."), "not-supported")
        return
    result = _result(resource)
    if result is None:
        what = "What this genetic test has shown is not told by a code; it is not taken as done."
        mend = "Send conclusionCode positive, negative or inconclusive (SNOMED CT 10828004, 260385009, 82334004)."
        yield notice(Fault(field=f"{path}.conclusionCode", what=what, mend=mend), "incomplete")
        return
    if retold:  # issued as it was asked for
        day = day_of(moment_of(resource, "effectiveDateTime", "effectivePeriod"))
    year = day.year if day is not None and day.year >= FIRST_YEAR else None
    genes, target = _looked_at(resource, context)
    code = next(iter(codes_of(resource.get("code"), own.CATALOGUE)), "")
    given = {"modality": modality, "result": result, "year": year, "genes": genes, "target": target, "code": code}
    try:
        yield Tested(TestDoneInput.model_validate(given), f"{path}.code")
    except ValidationError:
        what = "What this genetic test looked at is not told in a form that is read here."
        yield notice(Fault(field=f"{path}.result", what=what, mend="Send symbols of genes."), "not-supported")
        yield Tested(TestDoneInput(modality=modality, result=result, year=year), f"{path}.code")


def _looked_at(resource: Json, context: Context) -> tuple[list[str], str]:
    """Genes that were studied, and the locus of a test at one, by components of the results that were sent along."""
    genes: list[str] = []
    target = ""
    for reference in resource.get("result") or ():
        found = context.find(reference.get("reference")) or {}
        for component in found.get("component") or ():
            code = component.get("code") if isinstance(component, dict) else None
            if _GENE_STUDIED in codes_of(code, LOINC):
                named = component.get("valueCodeableConcept")
                genes += [*codes_of(named, own.GENE)] or [words for words in (words_of(named),) if words]
            elif codes_of(code, own.TARGET):
                target = str(component.get("valueString") or "")
    return genes, target


def read_order(resource: Json, path: str, context: Context) -> Iterator[Item]:
    """A ServiceRequest: an order says that a test is wanted, and not what it has shown."""
    if resource.get("status") == "entered-in-error":
        yield Withdrawn(path)
        return
    what = "An order says that a test is wanted, and not what it has shown; it is not read."
    yield notice(Fault(field=path, what=what, mend="Send the DiagnosticReport once there is one."), "not-supported")


def modality_of(concept: object) -> ModalityWord | None:
    """The kind of genetic test that a concept names."""
    named = _named(concept)
    if named is not None:
        return named
    for code in codes_of(concept, LOINC):
        if code in _BY_LOINC:
            return _BY_LOINC[code]
    words = all_words(concept)
    return next((modality for form, modality in _BY_WORDS if form.search(words)), None)


def _named(concept: object) -> ModalityWord | None:
    """The kind of test by this software's own word for it."""
    return next((_MODALITIES[code] for code in codes_of(concept, own.MODALITY) if code in _MODALITIES), None)


def _result(resource: Json) -> TestResult | None:
    for concept in resource.get("conclusionCode") or ():
        for coding, _ in codings(concept, ""):
            found = _RESULTS.get((system_of(coding), str(coding.get("code") or "")))
            if found is not None:
                return found
    words = str(resource.get("conclusion") or "")
    return next((result for form, result in _RESULT_WORDS if form.match(words)), None)
