"""Suggested tests in words: English as it was, Chinese on request, nothing of either left in the other."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest

from matching.genetic_tests import proposal
from matching.genetic_tests.derived import _MISSES, _WORDS
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.proposal import Change, CoveredDisease, Mechanism, Reason, SourceKind
from matching.genetic_tests.rows import packaged_lesions, packaged_sequenced
from matching.genetic_tests.treatable import packaged_treatable
from service.catalogues import DICTIONARIES
from service.lesion_words import lesion_words
from service.wording import Wording
from service.wording_tests import PlanWording

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
FRAGILE_X = CoveredDisease("OMIM:300624", "Fragile X syndrome", 0.5, ("FMR1",))
LONG_LIMB = CoveredDisease("OMIM:900001", "Long-limb syndrome", 0.4, ("LIMB1",))


def suggestion(reason: Reason, **values: object) -> proposal.TestSuggestion:
    given = {"code": "x", "modality": "gene_panel", "genes": ("FMR1", "LIMB1"), "covers": (), "cannot_see": ()}
    return proposal.TestSuggestion(**{**given, "reason": reason, **values})


def row(id: str):
    return next(lesion for lesion in packaged_lesions() if lesion.disease_id == id)


REPEAT = suggestion(
    Reason.USUAL_LESION,
    modality="repeat_pcr",
    genes=("FMR1",),
    assay="FMR1 CGG repeat: PCR sizing with triplet-primed PCR",
    lesion=row("OMIM:300624"),
    covers=(FRAGILE_X, LONG_LIMB),
    mass=0.995,
)


@pytest.mark.parametrize(
    ("test", "english", "chinese"),
    [
        (
            REPEAT,
            "Fragile X syndrome and others: above 99 % of the belief. The usual lesion of Fragile X syndrome is a "
            "repeat expansion (FMR1 CGG repeat). Short-read exome cannot be relied on to show the expanded repeat: "
            "short reads cannot span or count it.",
            "脆性X综合征等疾病：占可能性的 99 % 以上。脆性X综合征的常见致病改变是重复序列扩增（FMR1 基因 CGG 重复）。"
            "短读长外显子组测序不能可靠检出：扩增的重复序列（短读段不能跨越，也不能计数）。",
        ),
        (
            suggestion(Reason.LIKELY_GENES, covers=(LONG_LIMB, FRAGILE_X), mass=0.6),
            "These genes stand for 60 % of the belief. Long-limb syndrome leads with 40 %.",
            "这些基因占可能性的 60 %。其中 Long-limb syndrome 居首，占 40 %。",
        ),
        (
            suggestion(Reason.LIKELY_GENES, genes=("FMR1",), covers=(FRAGILE_X,), mass=0.005),
            "This gene stands for under 1 % of the belief. Fragile X syndrome leads with 50 %.",
            "该基因占可能性的不足 1 %。其中脆性X综合征居首，占 50 %。",
        ),
        (
            suggestion(Reason.BELIEF_SPREAD, mass=0.7, held=0.2),
            "70 % of the belief lies on diseases with a known gene, and the 2 likeliest genes hold 20 % of that: too "
            "little to limit the search to a panel.",
            "70 % 的可能性属于有已知基因的疾病，其中最可能的 2 个基因只占 20 %：不足以把范围限定在基因包之内。",
        ),
        (
            suggestion(Reason.BELIEF_SPREAD, genes=("FMR1",), mass=0.7, held=0.2),
            "70 % of the belief lies on diseases with a known gene, and the likeliest gene holds 20 % of that: too "
            "little to limit the search to a panel.",
            "70 % 的可能性属于有已知基因的疾病，其中最可能的基因只占 20 %：不足以把范围限定在基因包之内。",
        ),
        (
            suggestion(Reason.AFTER_NEGATIVE),
            "If the tests before it are negative, the exome of child and both parents reads every other gene too.",
            "若此前的检测为阴性，患儿及父母的外显子组测序可同时读取其余所有基因。",
        ),
        (
            suggestion(Reason.NO_KNOWN_GENE, genes=()),
            "No likely disease has a known gene that sequencing could show.",
            "可能的疾病都没有测序可以检出的已知基因。",
        ),
        (
            suggestion(Reason.BESIDE_EXOME),
            "Belief is spread widely, and short-read sequencing may miss deletions and duplications.",
            "可能性分散于多种疾病，而短读长测序可能漏检缺失和重复。",
        ),
    ],
)
def test_why_a_test_is_suggested_is_told_in_both_languages(small_knowledge, test, english, chinese):
    wording = Wording.of(small_knowledge)
    assert PlanWording(wording).reason(test) == english
    assert PlanWording(wording.into("zh")).reason(test) == chinese


@pytest.mark.parametrize(
    ("id", "english", "chinese"),
    # An exome sees part of Angelman syndrome's lesions, and all the variants of phenylketonuria.
    [("OMIM:105830", "may miss", "可能漏检"), ("OMIM:261600", "can leave open", "可能无法定论")],
)
def test_what_an_exome_shows_of_a_lesion_is_told_as_the_table_has_it(small_knowledge, id, english, chinese):
    lesion = row(id)
    test = suggestion(Reason.USUAL_LESION, assay=lesion.test, lesion=lesion)
    wording = Wording.of(small_knowledge)
    assert f"Short-read exome {english} {lesion.exome_misses}." in PlanWording(wording).reason(test)
    assert f"短读长外显子组测序{chinese}：" in PlanWording(wording.into("zh")).reason(test)


@pytest.mark.parametrize(
    ("test", "english", "chinese"),
    [
        (REPEAT, REPEAT.assay, "FMR1 基因 CGG 重复：PCR 片段长度分析和三联体引物 PCR"),
        (
            suggestion(Reason.AFTER_NEGATIVE, modality="exome"),
            "Trio exome or genome sequencing",
            "家系（患儿及父母）全外显子组测序或全基因组测序",
        ),
        (suggestion(Reason.LIKELY_GENES), "Virtual gene panel of 2 genes", "虚拟基因包测序（2 个基因）"),
        (suggestion(Reason.LIKELY_GENES, genes=("FMR1",)), "Sequencing of FMR1", "FMR1 基因测序"),
    ],
)
def test_a_test_is_named_in_both_languages(small_knowledge, test, english, chinese):
    wording = Wording.of(small_knowledge)
    assert PlanWording(wording).name(test) == english
    assert PlanWording(wording.into("zh")).name(test) == chinese


@pytest.mark.parametrize(
    ("source", "english", "chinese"),
    [
        (proposal.TestSource("GeneReviews, Table 1", True), "GeneReviews, Table 1", "GeneReviews, Table 1"),
        (
            proposal.TestSource("unverified: general knowledge, no source opened", False),
            "unverified: general knowledge, no source opened",
            "未核实：一般知识，未查阅来源",
        ),
        (
            proposal.TestSource("OMIM:1", False, SourceKind.DISEASE_NAME),
            "unverified: told by the name of OMIM:1; no page was opened",
            "未核实：依据 OMIM:1 的疾病名称推断，未查阅资料",
        ),
        (
            proposal.TestSource("OMIM:1", False, SourceKind.DISEASE_GENES),
            "unverified: told by the genes, all mitochondrial of OMIM:1; no page was opened",
            "未核实：依据 OMIM:1 的基因（均为线粒体基因）推断，未查阅资料",
        ),
        (
            proposal.TestSource("genes.txt", False, SourceKind.GENE_LINKS, "2025-01-16"),
            "gene-disease links: genes.txt, 2025-01-16",
            "基因与疾病的关联：genes.txt，2025-01-16",
        ),
        (
            proposal.TestSource("genes.txt", False, SourceKind.GENE_LINKS),
            "gene-disease links: genes.txt",
            "基因与疾病的关联：genes.txt",
        ),
    ],
)
def test_a_citation_stays_and_what_is_said_in_its_place_is_told_in_both_languages(
    small_knowledge, source, english, chinese
):
    wording = Wording.of(small_knowledge)
    assert PlanWording(wording).source(source) == english
    assert PlanWording(wording.into("zh")).source(source) == chinese


def test_every_value_of_a_test_has_words():
    keys = {f"change.{change}" for change in Change} | {f"mechanism.{each}" for each in Mechanism}
    keys |= {f"source.{kind}" for kind in SourceKind if kind is not SourceKind.CITED}
    assert keys <= set(DICTIONARIES["en"])


def table_words() -> set[str]:
    """What the lesion table and what is derived beside it say in words; ids, symbols and bands have none."""
    said = {words for pair in _WORDS.values() for words in pair} | set(_MISSES.values())
    said |= {"the named segment", "mitochondrial DNA"}
    for lesion in (*packaged_lesions(), *packaged_sequenced()):
        said |= {lesion.locus, lesion.test, lesion.second_line, lesion.exome_misses}
        said |= set() if lesion.source.verified else {lesion.source.citation}
    for row in packaged_treatable():
        said |= {row.test, row.treatment, row.turnaround}
        said |= set() if row.source.verified else {row.source.citation}
    return {words for words in said if re.search(r"\b[a-z]{2,}\b", words)}


def test_every_word_of_the_lesion_table_is_in_chinese_and_no_other_is():
    chromosomes = {words for n in (*range(1, 23), "x", "y") for words in (str(n), f"chromosome {n}")}
    assert set(lesion_words("zh")) == {words.casefold() for words in table_words()} | chromosomes
    assert dict(lesion_words("en")) == {}


def test_the_chinese_of_the_lesion_table_names_the_same_genes_numbers_and_loci():
    """A gene that is lost or swapped in translation would be a wrong order."""

    def symbols(words: str) -> set[str]:
        return set(re.findall(r"[A-Z][A-Z0-9/]*[A-Z0-9]|[0-9]+(?:[pq][0-9.]+)?", words))

    for english in table_words():
        chinese = lesion_words("zh")[english.casefold()]
        assert re.search("[\u4e00-\u9fff]", chinese), english
        # Cells' repair is "DNA 修复" in Chinese.
        assert symbols(chinese) - {"DNA"} == symbols(english) - {"DNA"}, english


@pytest.mark.real
def test_every_lesion_of_the_real_release_is_told_in_chinese(real_knowledge):
    words = PlanWording(Wording.of(real_knowledge, "zh"))
    for lesion in LesionTable.open(real_knowledge).lesions:
        for said in (lesion.locus, lesion.test, lesion.second_line, lesion.exome_misses):
            # Bands of a name ("Xq27.3-q28", "6pter-p24") are written as they are in both languages.
            assert not re.search(r"\b[a-z]{2,} [a-z]{2,}\b", words.from_table(said)), said


#: What is quoted, cited or of a release, and what is beside a Chinese name.
_AS_PUBLISHED = {"label_en", "name_en", "through_label_en", "text", "definition", "licence"}


def prose(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string of an answer with its key, but what is quoted or cited."""
    if isinstance(value, dict):
        for name, each in value.items():
            if not (name == "citation" and value["verified"]):
                yield from prose(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from prose(each, key)
    elif isinstance(value, str) and key not in _AS_PUBLISHED:
        yield key, value


def latin(answer: dict, names: set[str]) -> set[tuple[str, str]]:
    """Strings of an answer with Latin words beside each other, where those are no disease's published name."""
    found = set()
    for key, said in prose(answer):
        for name in sorted(names, key=len, reverse=True):
            said = said.replace(name, "")
        if re.search(r"[A-Za-z]{2,},? [a-z]{2,}", said):
            found.add((key, said))
    return found


FINDINGS = [
    # Fragile X syndrome and more
    [{"id": "HP:0001249"}, {"id": "HP:0000256"}, {"id": "HP:0001263"}, {"id": "HP:0001250", "excluded": True}],
    [{"id": "HP:0001166"}, {"id": "HP:0001083"}, {"id": "HP:0000545"}],
    [{"id": "HP:0001250"}, {"id": "HP:0001263"}],
]


@pytest.mark.parametrize("findings", FINDINGS)
@pytest.mark.parametrize("path", ["/api/v1/suggest", "/api/v1/assess"])
def test_no_english_sentence_is_left_in_a_chinese_answer(client, small_knowledge, path, findings):
    photo = {"photos": [{"content": base64.b64encode(b"\xff\xd8\xff\xe0").decode()}]} if "assess" in path else {}
    notes = {"notes": [{"text": "У ребёнка судороги."}]} if "assess" in path else {}
    body = {"features": findings, **photo, **notes}
    answer = client.post(path, json=body, headers=CHINESE).json()
    assert answer["tests"]
    assert latin(answer, set(small_knowledge.diseases.record_names)) == set()
    in_english = client.post(path, json=body).json()
    assert [test["code"] for test in in_english["tests"]] == [test["code"] for test in answer["tests"]]
    for test in in_english["tests"]:
        for said in (test["name"], test["reason"], *test["cannot_see"]):
            assert not re.search("[\u4e00-\u9fff]", said)
    if photo:
        assert [each["reader"] for each in answer["abstentions"]] == ["nlp", "facial"]
        assert all(re.search("[\u4e00-\u9fff]", each["reason"] + each["mend"]) for each in answer["abstentions"])
        assert in_english["abstentions"][1] == {
            "reader": "facial",
            "reason": "This release reads no photos: no face model is installed, so nothing was looked for in it.",
            "mend": "Describe the face in the note, or add facial findings by hand.",
        }


def test_a_photo_is_declined_in_the_language_asked_for(client):
    sent = {"content": b"\xff\xd8\xff\xe0", "headers": {"Content-Type": "image/jpeg", **CHINESE}}
    told = client.post("/api/v1/photos:describe", **sent).json()["abstention"]
    assert told["reason"].startswith("此版本不读取照片")
    assert told["mend"].startswith("请在病历中描述面容")


@pytest.mark.real
def test_no_english_sentence_is_left_in_a_chinese_answer_of_the_real_release(real_client, real_knowledge):
    note = "患儿，男，6岁，因语言发育落后、多动就诊。智力障碍，长脸，大耳，刻板动作。无抽搐。其舅舅智力落后。"
    body = {"notes": [{"text": note}], "sex": "male", "age": "P6Y"}
    answer = real_client.post("/api/v1/assess", json=body, headers=CHINESE).json()
    assert any("FMR1" in test["name"] for test in answer["tests"])
    names = {name for disease in range(len(real_knowledge.diseases)) for name in real_knowledge.diseases.names(disease)}
    said = {key for key, _ in latin({"tests": answer["tests"], "notices": answer["notices"]}, names)}
    assert said == set()
