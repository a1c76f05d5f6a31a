"""Diagnoses that the record states: `diseases`, and `interpretations` where a gene or a doubt belongs to one.

The schema leaves it to us whether `diseases` are diagnosed or suspected (docs/phenopacket.rst): here they are both, and
one that is only suspected has an Interpretation that is IN_PROGRESS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ontology.diseases import UnknownDisease
from ontology.knowledge import Knowledge
from service.fhir.reading.statements import onset_at
from service.models.known import NAME, DiagnosisInput
from service.phenopackets.names import Json
from service.phenopackets.taken import Gathering, Why, text_of
from service.problems import Fault

_YEAR = 365.2425  # days, the mean of the Gregorian calendar
_LABEL = 300  # characters that DiagnosisInput takes
_CURIE = re.compile(r"(HGNC|NCBIGene):[0-9]{1,9}")
_OWN = re.compile(r"-diagnosis-([0-9]{1,3})$")
#: ProgressStatus by which a diagnosis is still a doubt.
_OPEN = ("IN_PROGRESS", "UNKNOWN_PROGRESS", "UNSOLVED")


def read_diagnoses(packet: Json, gathering: Gathering, interpretations: Sequence[tuple[int, Json]]) -> list[Json]:
    """Fields of DiagnosisInput, from diseases and from the interpretations at these places that name one."""
    found: list[tuple[str, Json]] = []
    for at, disease in enumerate(packet.get("diseases", ())):
        path = f"diseases[{at}]"
        told = _of(disease.get("term"), f"{path}.term", gathering)
        if told is not None:
            told |= {"excluded": disease.get("excluded", False), "confirmed": True}
            onset = read_onset(disease.get("onset"), f"{path}.onset", gathering)
            found.append((path, told | ({"onset": onset} if onset else {})))
        gathering.rest(disease, path, "term", "excluded", "onset")
    for at, each in interpretations:
        _interpretation(each, f"interpretations[{at}]", gathering, found)
    made: list[Json] = []
    for path, told in found:
        if told in made:
            gathering.leave(path, Why.REPEATED)
        elif gathering.checked(DiagnosisInput, told, path) is not None:
            made.append(told)
    return made


def read_onset(element: Json | None, path: str, gathering: Gathering) -> str | None:
    """The term below Onset that a TimeElement is, or that its age falls in."""
    if not element:
        return None
    if "ontologyClass" in element:
        return gathering.term(element["ontologyClass"], f"{path}.ontologyClass")
    if "ageRange" in element:
        days = gathering.age(element["ageRange"].get("start", {}), f"{path}.ageRange.start")
    else:
        days = gathering.days_at(element, path)
    onset = None if days is None else onset_at(days / _YEAR, gathering.knowledge.terms)
    gathering.leave(path, Why.AS_ONSET if onset else Why.NOT_HELD)
    return onset


def _interpretation(each: Json, path: str, gathering: Gathering, found: list[tuple[str, Json]]) -> None:
    """Add gene and doubt to the diagnosis of the same disease, or one that the diseases did not list."""
    diagnosis = each["diagnosis"]
    told = _of(diagnosis.get("disease"), f"{path}.diagnosis.disease", gathering)
    gathering.rest(each, path, "id", "progressStatus", "diagnosis")
    gene, rejected = _gene(diagnosis, f"{path}.diagnosis", gathering)
    if told is None:
        return
    doubt = each.get("progressStatus", _OPEN[1]) in _OPEN
    same = _same(str(each.get("id", "")), told["id"], found)
    if not same:
        told |= {"excluded": rejected, "confirmed": not doubt}
        found.append((path, told | ({"gene": gene} if gene else {})))
        return
    if gene:
        same[0]["gene"] = gene
    if each.get("progressStatus") == _OPEN[0]:
        same[0]["confirmed"] = False


def _same(id: str, disease: str, found: Sequence[tuple[str, Json]]) -> list[Json]:
    """The diagnosis that an interpretation belongs to: by our own numbering, else the first of the same disease."""
    own = _OWN.search(id)
    place = f"diseases[{int(own[1]) - 1}]" if own else ""
    numbered = [one for path, one in found if path == place and one["id"] == disease]
    return numbered or [one for _, one in found if one["id"] == disease and "gene" not in one]


def _gene(diagnosis: Json, path: str, gathering: Gathering) -> tuple[str | None, bool]:
    """The first gene, and whether it is the one thing said of it that it was rejected; others are left out."""
    gene: str | None = None
    rejected = False
    for at, each in enumerate(diagnosis.get("genomicInterpretations", ())):
        place = f"{path}.genomicInterpretations[{at}]"
        variant = each.get("variantInterpretation", {})
        descriptor = each.get("gene") or variant.get("variationDescriptor", {}).get("geneContext") or {}
        name = str(descriptor.get("symbol") or descriptor.get("valueId") or "")
        if re.fullmatch(NAME, name) and gene in (None, name):
            gene, rejected = name, each.get("interpretationStatus") == "REJECTED"
            if variant:
                gathering.leave(f"{place}.variantInterpretation")
            else:
                gathering.rest(descriptor, f"{place}.gene", "symbol", "valueId")
        else:
            gathering.leave(place)
    return gene, rejected


def _of(term: Json | None, path: str, gathering: Gathering) -> Json | None:
    id, label = str((term or {}).get("id", "")), text_of((term or {}).get("label"))[:_LABEL]
    if not id:
        gathering.faults.append(Fault(field=f"{path}.id", what="This field is missing.", mend="Add it."))
        return None
    known = _name(id, gathering.knowledge)
    return {"id": id} | ({"label": label} if label and known is None and label != id else {})


def tell_diagnoses(
    diagnoses: Sequence[DiagnosisInput],
    signed: str | None,
    case: str,
    knowledge: Knowledge,
    term: Callable[[str], Json],
) -> tuple[list[Json], list[Json], int]:
    """Diseases, interpretations, and how many genes are not told because their names are of no known gene.

    `signed` is the diagnosis that a clinician has signed. A disease that the release knows has its name there.
    """
    diseases: list[Json] = []
    interpretations: list[Json] = []
    unknown = 0
    for at, one in enumerate(diagnoses, 1):
        disease = {"id": one.id, "label": _name(one.id, knowledge) or one.label or one.id}
        told: Json = {"term": disease}
        if one.excluded:
            told["excluded"] = True
        if one.onset:
            told["onset"] = {"ontologyClass": term(one.onset)}
        diseases.append(told)
        gene = _told_gene(one.gene, knowledge)
        unknown += one.gene is not None and gene is None
        if gene is None and one.confirmed:
            continue
        status = "REJECTED" if one.excluded else "CAUSATIVE" if one.confirmed else "CANDIDATE"
        genomic = {"subjectOrBiosampleId": case, "interpretationStatus": status, "gene": gene}
        interpretations.append(
            {
                "id": f"{case}-diagnosis-{at}",
                "progressStatus": "SOLVED" if one.confirmed else _OPEN[0],
                "diagnosis": {"disease": disease} | ({"genomicInterpretations": [genomic]} if gene else {}),
            }
        )
    stated = {one.id for one in diagnoses if one.confirmed and not one.excluded}
    if signed is not None and signed not in stated:
        diseases.append({"term": {"id": signed, "label": _name(signed, knowledge) or signed}})
    return diseases, interpretations, unknown


def prefixes_of(packet: Json) -> Iterator[str]:
    """Prefixes of all ids of ontology classes and genes in a packet."""
    waiting: list[Any] = [value for name, value in packet.items() if name != "metaData"]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            id = value.get("id") if "label" in value else value.get("valueId")
            if isinstance(id, str) and ":" in id:
                yield id.partition(":")[0]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _told_gene(name: str | None, knowledge: Knowledge) -> Json | None:
    """A GeneDescriptor; None for a name of no known gene, which might name someone."""
    if name is None:
        return None
    if _CURIE.fullmatch(name):
        return {"valueId": name, "symbol": name}
    symbols = list(knowledge.genes.symbols)
    if name not in symbols:
        return None
    return {"valueId": f"NCBIGene:{int(knowledge.genes.ncbi_ids[symbols.index(name)])}", "symbol": name}


def _name(id: str, knowledge: Knowledge) -> str | None:
    try:
        return knowledge.diseases.name(knowledge.diseases.position(id))
    except UnknownDisease:
        return None
