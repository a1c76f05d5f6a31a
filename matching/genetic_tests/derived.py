"""Lesions that the release itself tells: by a name ("Trisomy 13 syndrome"), or by genes that are all mitochondrial.

They fill in where the lesion table has no row. No page was opened for them, and their source says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.proposal import Lesion, Mechanism, SourceKind, TestSource
from matching.genetic_tests.rows import EXOME_SEES
from matching.genetic_tests.shares import MITOCHONDRIAL
from ontology.knowledge import Knowledge

_NOT_INHERITED_COPY_NUMBER = re.compile(r"mitochondrial|myelodysplasia|leukemia", re.IGNORECASE)
_SEGMENT = re.compile(
    r"micro(deletion|duplication)|\b(deletion|duplication) syndrome|\b(mono|tri|tetra)somy (\d+|X)[pq]",
    re.IGNORECASE,
)
_CHROMOSOME = re.compile(r"\b(mono|tri|tetra)somy (\d+|X)\b|\bring chromosome\b|^4[5-9],[XY]+ syndrome", re.IGNORECASE)
_BAND = re.compile(r"\b(\d{1,2}|X|Y)[pq][\w.\-]*", re.IGNORECASE)
_WHOLE = re.compile(r"chromosome (\d+|X|Y)\b|\b4[5-9],[XY]+|somy (\d+|X)\b", re.IGNORECASE)


def derived_lesions(knowledge: Knowledge, known: set[int]) -> Iterator[tuple[int, Lesion]]:
    """(disease position, lesion) of every disease outside `known` whose name or genes tell its lesion."""
    diseases = knowledge.diseases
    mitochondrial = _mitochondrial(knowledge)
    for position in range(len(diseases)):
        if position in known:
            continue
        name = diseases.name(position)
        if position in mitochondrial:
            yield position, _lesion(diseases.id(position), name, Mechanism.MTDNA_VARIANT, "mitochondrial")
        elif _NOT_INHERITED_COPY_NUMBER.search(name):
            continue
        elif _SEGMENT.search(name) or diseases.id(position).startswith("DECIPHER:"):
            yield position, _lesion(diseases.id(position), name, _kind(name), "microarray")
        elif _CHROMOSOME.search(name):
            yield position, _lesion(diseases.id(position), name, Mechanism.ANEUPLOIDY, "karyotype")


def _mitochondrial(knowledge: Knowledge) -> set[int]:
    links = knowledge.genes
    encoded = [symbol.startswith(MITOCHONDRIAL) for symbol in links.symbols]
    rows = (links.of_disease[d] for d in range(len(links.of_disease)))
    return {d for d, row in enumerate(rows) if len(row) and all(encoded[int(links.genes[i])] for i in row)}


def _kind(name: str) -> Mechanism:
    gained = re.search(r"duplication|(tri|tetra)somy", name, re.IGNORECASE)
    return Mechanism.MICRODUPLICATION if gained else Mechanism.MICRODELETION


_WORDS = {
    "microarray": ("Chromosomal microarray (SNP array or array CGH)", "karyotype and parental testing"),
    "karyotype": (
        "Karyotype of 30 or more cells (rapid aneuploidy testing by QF-PCR where it is urgent)",
        "microarray; a second tissue where mosaicism is likely",
    ),
    "mitochondrial": (
        "Mitochondrial DNA: common variants, whole-genome sequencing and rearrangements",
        "muscle or urine, where blood is negative",
    ),
}
_MISSES = {
    "microarray": "the imbalance, unless copy number is called and checked",
    "karyotype": "how the chromosome lies, and low mosaicism",
    "mitochondrial": "mitochondrial DNA that the capture leaves out, and low heteroplasmy in blood",
}


def _lesion(id: str, name: str, mechanism: Mechanism, modality: str) -> Lesion:
    test, second_line = _WORDS[modality]
    found = _BAND.search(name) or _WHOLE.search(name)
    told_by = SourceKind.DISEASE_GENES if modality == "mitochondrial" else SourceKind.DISEASE_NAME
    return Lesion(
        disease_id=id,
        disease=name,
        locus="mitochondrial DNA"
        if modality == "mitochondrial"
        else found.group(0).removeprefix("somy ")
        if found
        else "the named segment",
        genes=(),
        mechanism=mechanism,
        modality=modality,
        target="genome",
        test=test,
        second_line=second_line,
        exome_misses=_MISSES[modality],
        exome_sees=EXOME_SEES["part" if modality == "microarray" else "none"],
        detects=MODALITIES[modality].detects,
        source=TestSource(id, verified=False, kind=told_by),
    )
