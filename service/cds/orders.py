"""Which genetic tests a clinician is about to order: draft ServiceRequests, told by their codes and words.

A hospital's order catalogue is its own: an order is known by a code that was proposed here, or by words for a kind of
test in its codings and texts, English or Chinese. What is no genetic test of the patient by these is passed over: a
missed one costs a card, a wrong one a clinician's patience.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from service.fhir.telling import own


def _words(english: str, chinese: str = "") -> re.Pattern[str]:
    """English words as wholes, also where Chinese ones touch them."""
    latin = rf"(?<![a-z])(?:{english})(?![a-z])"
    return re.compile(f"{latin}|{chinese}" if chinese else latin, re.IGNORECASE)


#: Words of an order by the modality of service.models.known.ModalityWord that they speak of by themselves.
_KINDS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "exome": _words("exomes?|whole[- ]genome|wes|wgs", "外显子|全基因组"),
        "microarray": _words(
            "chromosom\\w* micro-?array|acgh|array[- ]cgh|snp[- ]array|cma|cnv-?seq", "染色体(?:微阵列|芯片)|基因芯片"
        ),
        "karyotype": _words("karyotyp\\w*|chromosome analysis", "核型"),
        "gene_panel": _words("(?:multi-?)?genes? panel|panel of genes", "基因(?:包|组合|套餐)"),
        "methylation": _words("methylation", "甲基化"),
        "mlpa": _words("mlpa|multiplex ligation[- ]dependent probe amplification", "多重连接探针"),
        "repeat_pcr": _words("repeat (?:expansion|analysis)|repeat[- ]primed(?: pcr)?", "动态突变|三核苷酸"),
        "mitochondrial": _words("mitochondrial (?:dna|genome)\\w*|mtdna", "线粒体(?:dna|基因|全长)"),
    }
)
_GENETIC = _words(
    "genetic (?:tests?|testing|analysis)|genes? (?:sequencing|tests?|analysis)|sanger|dna sequencing",
    "基因检测|遗传检测|基因测序|染色体",
)
#: Panels and arrays of other laboratories, too, are called so.
_IN_A_GENE_CONTEXT = _words("panel|array|fish", "芯片|测序")
_CONTEXT = _words("genes?|genetic|hereditary|inherited|congenital|dysmorph\\w*", "基因|遗传|先天")
#: Of an infection, an allergy or a tumour, or no test at all.
_OTHERS = _words(
    "viral|virus|hbv|hcv|hpv|hiv|ebv|cmv|bacteri\\w*|mtb|metagenom\\w*|mngs|pathogens?|antibod\\w*|anti-dna|ig[egma]"
    "|allerg\\w*|lipid|metabolic panel|counsell?ing|referral|consultation|tumou?r|somatic",
    "病毒|乙肝|丙肝|细菌|真菌|结核|病原|宏基因组|抗体|过敏|咨询|门诊|肿瘤|体细胞|用药|药物基因",
)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class GeneticOrder:
    """A draft of a genetic test: its name, the codes of our proposals in it, the modalities that its words tell.

    `selected` says that it is one of those that were selected just now.
    """

    name: str
    codes: frozenset[str]
    modalities: frozenset[str]
    selected: bool


def genetic_orders(selections: Iterable[str], drafts: Mapping[str, Any]) -> list[GeneticOrder]:
    """The genetic tests among all drafts of the session; `drafts` is their Bundle."""
    wanted = set(selections)
    found = (_genetic(resource, _is_among(resource, wanted)) for resource in _resources(drafts))
    return [order for order in found if order is not None]


def kinds_of(words: str) -> frozenset[str] | None:
    """Modalities that the words of an order tell: none where only that it is genetic, None where it is not."""
    if _OTHERS.search(words):
        return None
    kinds = {kind for kind, pattern in _KINDS.items() if pattern.search(words)}
    if not kinds and _IN_A_GENE_CONTEXT.search(words) and _CONTEXT.search(words):
        kinds |= {"gene_panel"} if _words("panel").search(words) else set()
        return frozenset(kinds)
    return frozenset(kinds) if kinds or _GENETIC.search(words) else None


def _resources(drafts: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in _listed(drafts.get("entry")):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and resource.get("resourceType") == "ServiceRequest":
            yield resource


def _is_among(resource: Mapping[str, Any], wanted: set[str]) -> bool:
    id = resource.get("id")
    return isinstance(id, str) and bool({f"ServiceRequest/{id}", id} & wanted)


def _genetic(resource: Mapping[str, Any], selected: bool) -> GeneticOrder | None:
    concepts = [resource.get("code"), *_listed(resource.get("orderDetail"))]
    codings = [each for concept in concepts if isinstance(concept, dict) for each in _listed(concept.get("coding"))]
    codings = [each for each in codings if isinstance(each, dict)]
    ours = frozenset(str(each.get("code")) for each in codings if each.get("system") in (own.TEST, own.CATALOGUE))
    texts = [concept.get("text") for concept in concepts if isinstance(concept, dict)]
    said = [text[:_LONGEST] for text in (*texts, *(each.get("display") for each in codings)) if isinstance(text, str)]
    kinds = kinds_of(" \n ".join(said))
    if kinds is None and not ours:
        return None
    return GeneticOrder(said[0] if said else next(iter(ours)), ours, kinds or frozenset(), selected)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
