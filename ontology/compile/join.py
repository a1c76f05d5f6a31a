"""Join records to diseases, and lay annotation rows and gene links under them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from ontology.annotations import Annotations, Aspect, Relation
from ontology.arrays import Floats, Rows, StringPool
from ontology.compile.genes import Link
from ontology.compile.hpoa import AnnotationRelease, Row
from ontology.compile.orphanet import OrphanetMap, OrphanetRelease
from ontology.descriptions import Descriptions
from ontology.diseases import Diseases
from ontology.genes import GeneLinks
from ontology.terms import Terms

_ORDER = {"OMIM": 0, "ORPHA": 1, "DECIPHER": 2}


def join_records(release: AnnotationRelease, maps: Sequence[OrphanetMap]) -> Diseases:
    """One disease a record, but for an ORPHA and an OMIM record that are exactly each other's only annotated partner.

    Partners are counted among records with a phenotype row: joining two OMIM records through one ORPHA entry, or
    two ORPHA entries through one OMIM record, would merge what their editors keep apart.
    """
    described = {row.record for row in release.rows if row.aspect is Aspect.PHENOTYPE}
    exact = [
        (m.orpha, m.omim) for m in maps if m.relation is Relation.EXACT and m.orpha in described and m.omim in described
    ]
    partners = Counter(id for pair in exact for id in pair)
    partner = {omim: orpha for orpha, omim in exact if partners[orpha] == partners[omim] == 1}
    joined = set(partner.values())
    ids = sorted(release.names)
    at = {id: i for i, id in enumerate(ids)}
    records = [
        [at[id]] + ([at[partner[id]]] if id in partner else [])
        for id in sorted(ids, key=lambda id: (_ORDER.get(id.partition(":")[0], 9), id))
        if id not in joined
    ]
    owner = np.zeros(len(ids), np.int32)
    for disease, held in enumerate(records):
        owner[held] = disease
    return Diseases(StringPool.of(ids), StringPool.of(release.names[id] for id in ids), owner, Rows.of(records))


def lay_annotations(release: AnnotationRelease, diseases: Diseases, maps: Sequence[OrphanetMap]) -> Annotations:
    """Every row under its disease; and the phenotype rows of an ORPHA entry lent to each OMIM record it maps to.

    An entry lends where it is not the disease's own: exactly (but not one to one), as the broader or as the narrower.
    """
    owner = {id: int(o) for id, o in zip(diseases.record_ids, diseases.record_owner, strict=True)}
    record = {id: i for i, id in enumerate(diseases.record_ids)}
    laid = [(owner[row.record], Relation.OWN, row) for row in release.rows]
    of_record: dict[str, list[Row]] = defaultdict(list)
    for row in release.rows:
        if row.aspect is Aspect.PHENOTYPE:
            of_record[row.record].append(row)
    for m in maps:
        if m.omim in owner and m.orpha in owner and owner[m.omim] != owner[m.orpha]:
            laid += [(owner[m.omim], m.relation, row) for row in of_record[m.orpha]]
    laid.sort(key=lambda entry: (entry[0], entry[1]))
    references = sorted({reference for _, _, row in laid for reference in row.references})
    reference = {id: i for i, id in enumerate(references)}
    pointers = np.zeros(len(diseases) + 1, np.int64)
    pointers[1:] = np.cumsum(np.bincount([d for d, _, _ in laid], minlength=len(diseases)))
    rows = [row for _, _, row in laid]
    return Annotations(
        pointers=pointers,
        terms=np.array([row.term for row in rows], np.int32),
        excluded=np.array([row.excluded for row in rows], np.bool_),
        affected=np.array([row.counts[0] if row.counts else -1 for row in rows], np.int32),
        examined=np.array([row.counts[1] if row.counts else -1 for row in rows], np.int32),
        frequency=np.array([np.nan if row.frequency is None else row.frequency for row in rows], np.float32),
        onsets=np.array([row.onset for row in rows], np.int32),
        sexes=np.array([row.sex for row in rows], np.int8),
        evidence=np.array([row.evidence for row in rows], np.int8),
        aspects=np.array([row.aspect for row in rows], np.int8),
        records=np.array([record[row.record] for row in rows], np.int32),
        relations=np.array([relation for _, relation, _ in laid], np.int8),
        references=Rows.of([reference[id] for id in row.references] for row in rows),
        reference_ids=StringPool.of(references),
    )


def lay_descriptions(orphanet: OrphanetRelease, diseases: Diseases) -> Descriptions:
    """Orphanet's entries under the diseases they describe; entries of no annotated disease are left out.

    An entry describes the disease that holds it as a record, and each disease whose OMIM record it maps to.
    """
    owner = {id: int(o) for id, o in zip(diseases.record_ids, diseases.record_owner, strict=True)}
    described: list[dict[str, Relation]] = [{} for _ in range(len(diseases))]
    for entry in orphanet.entries:
        if entry.id in owner:
            described[owner[entry.id]][entry.id] = Relation.OWN
    for m in orphanet.maps:
        if m.omim in owner:
            described[owner[m.omim]].setdefault(m.orpha, m.relation)
    links = [sorted((relation, id) for id, relation in held.items()) for held in described]
    named = {id for held in described for id in held}
    kept = [entry for entry in orphanet.entries if entry.id in named]
    at = {entry.id: i for i, entry in enumerate(kept)}
    return Descriptions(
        StringPool.of(entry.id for entry in kept),
        StringPool.of("\n".join(entry.names) for entry in kept),
        StringPool.of(entry.definition for entry in kept),
        Rows.of([at[id] for _, id in held] for held in links),
        np.array([relation for held in links for relation, _ in held], np.int8),
    )


def lay_gene_links(links: Sequence[Link], diseases: Diseases, source: str, dated: str) -> GeneLinks:
    """Links under their disease, one a gene; links of records without annotations are left out.

    Where two records of a disease name the same gene, the first association in alphabetical order stands (MENDELIAN
    before POLYGENIC before UNKNOWN).
    """
    owner = {id: int(o) for id, o in zip(diseases.record_ids, diseases.record_owner, strict=True)}
    of_disease: list[dict[str, Link]] = [{} for _ in range(len(diseases))]
    for link in sorted(links, key=lambda link: (link.symbol, link.association)):
        if link.record in owner:
            of_disease[owner[link.record]].setdefault(link.symbol, link)
    kept = [link for held in of_disease for link in held.values()]
    number: Mapping[str, int] = {link.symbol: link.ncbi_id for link in kept}
    symbols = sorted(number)
    gene = {symbol: i for i, symbol in enumerate(symbols)}
    associations = sorted({link.association for link in kept})
    counts = np.cumsum([0] + [len(held) for held in of_disease])
    return GeneLinks(
        of_disease=Rows.of(range(int(a), int(b)) for a, b in pairwise(counts)),
        genes=np.array([gene[link.symbol] for link in kept], np.int32),
        symbols=StringPool.of(symbols),
        ncbi_ids=np.array([number[symbol] for symbol in symbols], np.int32),
        associations=np.array([associations.index(link.association) for link in kept], np.int32),
        association_names=StringPool.of(associations),
        sources=np.zeros(len(kept), np.int32),
        source_names=StringPool.of([f"{source}|{dated}"]),
    )


def information_content(terms: Terms, annotations: Annotations, diseases: Diseases) -> Floats:
    """-ln(share of diseases annotated at or below each term), nats, float32 (terms,); Resnik, arXiv:cmp-lg/9511007.

    Lent rows do not count: they are another disease's. A term that no disease has gets ln(diseases).
    """
    counted = (annotations.aspects == Aspect.PHENOTYPE) & ~annotations.excluded
    counted &= (annotations.relations == Relation.OWN) & ~(annotations.frequency == 0)
    at_or_below = np.zeros(len(terms), np.int64)
    for disease in range(len(diseases)):
        rows = slice(int(annotations.pointers[disease]), int(annotations.pointers[disease + 1]))
        own = annotations.terms[rows][counted[rows]]
        if len(own):
            at_or_below[np.unique(np.concatenate([terms.ancestors[int(t)] for t in own]))] += 1
    content: Floats = (-np.log(np.maximum(at_or_below, 1) / len(diseases))).astype(np.float32)
    return content
