"""What the tables of lesions, of sequenced diseases and of treatable disorders hold, and what they rest on."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.proposal import Lesion, Mechanism
from matching.genetic_tests.rows import packaged_lesions, packaged_sequenced
from matching.genetic_tests.treatable import TreatableTable, packaged_treatable
from ontology.knowledge import Knowledge

#: OMIM numbers of diseases that a geneticist asked an answer for.
ASKED_FOR = tuple(
    f"OMIM:{number}"
    for number in re.findall(
        r"\d+",
        """
    176270 105830 130650 180860 616222 608149 601410 603233 103580 300624 143100 160900 602668 229300 164400 183090
    109150 183086 164500 125370 614575 105550 313200 164300 209880 158900 253300 310200 300376 118220 162500 201910
    127300 604131 613985 603903 306700 192430 188400 194050 182290 610883 247200 194190 123450 607872 610443 606232
    147791 611913 612474 612001 610253 300260 137920 194072 190685 601803 115470 540000 545000 535000 551500 530000
    557000 256000 230800 301500 232300 607014 309900 253000 253200 252900 272800 245200 250100 257220 257200 278000
    300100 270400 261600 251000 277400 606054 248600 311250 231670 201450 277900 230400 219800 219700 212065 235200
    100800 146000 101200 176670 187600 312750 162200 191100 613254 154700 609192 130050 163950 115150 218040 122470
    147920 214800 117550 180849 135900 118450 154500 193500 193400 166200 108300 192500 192600 613688 173900 301050
    175100 193300 180200 158350 208900 227650 300755 301000 308300 110100 119600 106210 302060 203800 209900 220290
    274600 264800 187300 125310 607208
        """,
    )
)
#: Asked for by names whose own ids this release does not annotate, and the record that stands for each.
ASKED_FOR_ELSEWHERE = {
    "Turner syndrome": "ORPHA:881",
    "Trisomy 13": "ORPHA:3378",
    "Trisomy 18": "ORPHA:3380",
    "48,XXYY syndrome, for Klinefelter syndrome, which the release does not annotate": "ORPHA:10",
}
#: Ids that the tables may name and the release may lack, with the reason. None today.
NOT_IN_THE_RELEASE: dict[str, str] = {}

REPEATS = re.findall(
    r"[\w-]+",
    "FMR1 AFF2 HTT JPH3 DMPK CNBP FXN ATXN1 ATXN2 ATXN3 CACNA1A ATXN7 ATN1 TBP PPP2R2B ATXN10 ATXN8OS NOP56 BEAN1 DAB1 "
    "NOTCH2NLC SAMD12 STARD7 MARCHF6 YEATS2 TNRC6A RAPGEF2 LRP12 GIPC1 RILPL1 RFC1 FGF14 ZFHX3 C9orf72 AR PABPN1 "
    "PHOX2B CSTB XYLT1 TCF4 GLS DIP2B NUTM2B-AS1 TAF1 EIF4A3",
)
SUBJECT = re.compile(r"[A-Za-z0-9-]{3,}")
EVERYDAY = {
    "and",
    "the",
    "with",
    "for",
    "due",
    "not",
    "type",
    "types",
    "disease",
    "syndrome",
    "disorder",
    "deficiency",
    "autosomal",
    "linked",
    "test",
    "while",
    "whole",
    "from",
    "where",
    "gene",
    "genes",
    "enzyme",
    "functional",
    "genome",
    "plasma",
    "serum",
    "urine",
}


def speaks(words: str, *of: str) -> bool:
    """Whether `words` hold the beginning of a word of `of` that tells a subject: a gene, a name, what is measured."""
    subjects = {word.casefold() for text in of for word in SUBJECT.findall(text)} - EVERYDAY
    return any(subject[:8] in words.casefold() for subject in subjects)


def test_words_kept_of_a_source_speak_of_the_disease_the_locus_or_the_assay():
    for row in (*packaged_lesions(), *packaged_sequenced()):
        if row.source.verified:
            assert speaks(row.words, row.disease, row.locus, row.target, row.test, row.second_line, *row.genes), (
                row.disease_id
            )


def test_words_kept_of_a_source_speak_of_the_test_of_a_treatable_disorder():
    for row in packaged_treatable():
        if row.source.verified:
            assert speaks(row.words, row.test, row.code), row.code


def test_each_citation_has_one_address_and_none_is_cited_without():
    addresses = defaultdict(set)
    for row in (*packaged_lesions(), *packaged_sequenced(), *packaged_treatable()):
        assert bool(row.url) == bool(row.words) == row.source.verified
        assert row.source.verified != row.source.citation.startswith("unverified")
        if row.source.verified:
            assert re.match(r"https?://[\w.-]+/\S+$", row.url), row.url
            addresses[row.source.citation].add(row.url)
    assert {citation: urls for citation, urls in addresses.items() if len(urls) > 1} == {}


def test_a_citation_of_the_directory_keeps_the_line_it_names():
    """`R53.1 Fragile X: STR testing` keeps `Fragile X | FMR1 STR | STR testing`."""
    for row in (*packaged_lesions(), *packaged_sequenced()):
        found = (
            re.search(r"\bR\d+\.\d+ (.+)$", row.source.citation) if "Test Directory" in row.source.citation else None
        )
        if found:
            indication, *_, method = (cell.strip() for cell in row.words.split("|"))
            assert found.group(1) == f"{indication}: {method}", row.disease_id


def test_no_disease_has_two_rows():
    ids = [row.disease_id for row in (*packaged_lesions(), *packaged_sequenced())]
    assert len(ids) == len(set(ids))


def test_two_thirds_of_the_rows_rest_on_words_that_were_opened():
    for rows in (packaged_lesions(), packaged_sequenced(), packaged_treatable()):
        assert sum(row.source.verified for row in rows) >= 2 / 3 * len(rows)


def test_a_row_of_the_sequenced_is_shown_by_sequencing():
    rows = packaged_sequenced()
    assert {row.mechanism for row in rows} == {Mechanism.SEQUENCE_VARIANT}
    assert {row.exome_sees for row in rows} == {1.0}
    assert Mechanism.SEQUENCE_VARIANT not in {row.mechanism for row in packaged_lesions()}


@pytest.mark.real
def test_every_id_of_the_tables_is_in_the_real_release_or_allowed(real_knowledge: Knowledge):
    known = set(real_knowledge.diseases.record_ids)
    named = {row.disease_id for row in (*packaged_lesions(), *packaged_sequenced())}
    named |= {id for row in packaged_treatable() for id in row.disease_ids}
    assert named - known == set(NOT_IN_THE_RELEASE)
    assert TreatableTable.open(real_knowledge).unresolved == tuple(NOT_IN_THE_RELEASE)


@pytest.mark.real
def test_a_treatable_disorder_is_named_by_all_its_records(real_knowledge: Knowledge):
    diseases = real_knowledge.diseases
    for row in packaged_treatable():
        for id in row.disease_ids:
            if id not in NOT_IN_THE_RELEASE:
                assert set(diseases.ids(diseases.position(id))) <= set(row.disease_ids), (row.code, id)


@pytest.mark.real
def test_a_sequenced_disease_bears_the_name_of_its_record_and_no_lesion(real_knowledge: Knowledge, answered):
    diseases = real_knowledge.diseases
    for row in packaged_sequenced():
        assert row.disease == diseases.record_names[diseases.record(row.disease_id)], row.disease_id
        assert diseases.position(row.disease_id) not in answered, row.disease_id


@pytest.mark.real
def test_every_disease_asked_for_has_an_answer(real_knowledge: Knowledge, answered):
    assert len(ASKED_FOR) == len(set(ASKED_FOR)) == 149
    position = real_knowledge.diseases.position
    sequenced = {position(row.disease_id) for row in packaged_sequenced()}
    ids = [*ASKED_FOR, *ASKED_FOR_ELSEWHERE.values()]
    assert [id for id in ids if position(id) not in answered and position(id) not in sequenced] == []


@pytest.mark.real
def test_every_gene_of_a_repeat_expansion_has_a_disease_whose_row_counts_the_repeat(answered):
    counted = {gene for row in answered.values() if row.mechanism is Mechanism.REPEAT_EXPANSION for gene in row.genes}
    assert set(REPEATS) <= counted


@pytest.mark.real
def test_every_decipher_record_and_every_named_imbalance_has_a_lesion(real_knowledge: Knowledge, answered):
    named = re.compile(r"micro(dele|dupli)|(dele|dupli)tion .*\bsyndrome|trisomy|tetrasomy|monosomy|uniparental", re.I)
    told = re.compile(r"^(?!.*(mitochondrial|myelodysplasia|leukemia|Pseudotrisomy|enteric))", re.I)
    diseases = real_knowledge.diseases
    missing = []
    for p in range(len(diseases)):
        chromosomal = any(id.startswith("DECIPHER:") for id in diseases.ids(p)) or named.search(diseases.name(p))
        if chromosomal and told.search(diseases.name(p)) and p not in answered:
            missing.append(diseases.name(p))
    assert missing == []


@pytest.fixture(scope="module")
def answered(real_knowledge: Knowledge) -> dict[int, Lesion]:
    table = LesionTable.open(real_knowledge)
    return dict(zip((int(d) for d in table.diseases), table.lesions, strict=True))
