"""What is told beside a mention, and the whole of an answer and of the page, with no English left in Chinese."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from nlp.analytes import Analytes
from ontology.features import Assertion, Grounds, Mention, TextSpan
from service.catalogues import DICTIONARIES
from service.demo import demo_case
from service.reading_words import reading_in_words
from service.translate import Translator

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
NOTE = """主诉：发现智力落后、抽搐2年。
现病史：患儿男，3岁2月，生后发育落后，1岁11个月独走，反复抽搐。近1年疑似ASD表现。
既往史：新生儿期低血糖。
家族史：母亲有癫痫病史。
体格检查：身高85cm，体重9.5kg，头围44cm（-3SD），肝肋下4cm，可闻及3/6级收缩期杂音。血压150/95mmHg，心率190次/分。
辅助检查：CK 5400U/L，血氨 180（参考值18-72），乳酸4.5mmol/L，Hb 65g/L，血小板 30×10^9/L，ALT 230U/L↑，血糖2.1mmol/L，
pH 7.21，IgG 1.2g/L，QTc 520ms。IQ 45。心超：ASD、VSD。骨龄相当于9月。房间隔、室间隔缺损。
诊断：1. 癫痫 2. 全面性发育迟缓 3. arachnodactyly
处理：完善基因检测，警惕脊柱侧凸。"""


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("ammonia 180umol/l: high, above 50", "血氨 180umol/l：偏高，高于 50"),
        ("ammonia 180 (read as umol/l): high, above 50", "血氨 180（按 umol/l 读取）：偏高，高于 50"),
        ("csf protein here 1.4g/l: high, by the note's own flag", "脑脊液蛋白 1.4g/l：偏高，按病历所注高低"),
        ("IgG 1.2 g/L: low, by the note's own norm 5-12", "免疫球蛋白 G 1.2 g/L：偏低，按病历所附参考值 5-12"),
        ("glucose 4.9mmol/l: within", "血糖 4.9mmol/l：在正常范围内"),
        ("creatine kinase 12 times the norm", "肌酸激酶为正常值的 12 倍"),
        ("calcium said to be low", "病历述血钙偏低"),
        (
            "blood pressure 150/95 mmHg: high at every age, 140/90 mmHg or more",
            "血压 150/95 mmHg：达到 140/90 mmHg，任何年龄均偏高",
        ),
        (
            "blood pressure 60/30 mmHg: systolic below 74 mmHg, Pediatric Advanced Life Support",
            "血压 60/30 mmHg：收缩压低于 74 mmHg，儿童高级生命支持标准",
        ),
        ("height 85cm: -3.2 SD, WHO growth reference", "身高 85cm：-3.2 SD，WHO 生长标准"),
        ("body mass index 31: obese by the WHO's limits for adults", "体重指数 31：肥胖按 WHO 成人界值"),
        ("head circumference -3sd", "头围 -3sd"),
        ("iq 45: <50 (HPO)", "iq 45：<50 (HPO)"),
        (
            "肝肋下4cm: >=2 (unverified (below 2 cm is common in young children))",
            "肝肋下4cm：>=2 (未核实 (幼儿 2 cm 以下常见))",
        ),
        ("walking at 23 months: later than 18 months", "独走：23 个月，晚于 18 个月"),
        ("at 23 months: later than 17.6 (WHO)", "23 个月，晚于 17.6 个月（WHO）"),
        ("bone age 1.5 years at 3.2 years (limit unverified)", "骨龄 1.5 岁，实际年龄 3.2 岁（界限未核实）"),
    ],
)
def test_a_value_is_told_in_the_language_of_the_answer(english: str, chinese: str) -> None:
    assert reading_in_words(english, "zh") == chinese
    assert reading_in_words(english, "en") == english


def test_what_has_no_words_stays_as_it_is() -> None:
    assert reading_in_words(None, "zh") is None
    assert reading_in_words("some quantity 3", "zh") == "some quantity 3"


def test_every_quantity_that_readers_name_is_in_chinese() -> None:
    names = {
        analyte.name
        for language in ("en", "zh")
        for table in ("laboratory.tsv", "vital_signs.tsv")
        if files("nlp").joinpath("languages", language, table).is_file()
        for rows in Analytes.read(language, table).rows.values()
        for analyte in (rows.values() if isinstance(rows, dict) else rows)
    }
    measured = json.loads(files("nlp").joinpath("languages/en/measurements.json").read_text(encoding="utf-8"))
    names |= {*measured["findings"], "blood pressure", "IQ", "developmental quotient"}
    names |= {row[0] for row in rows_of("languages/en/milestones.tsv")}
    assert len(names) > 100
    assert {
        name for name in names if not re.search("[\u4e00-\u9fff]", reading_in_words(f"{name} 3", "zh") or "")
    } == set()


def test_every_source_of_a_limit_is_in_chinese() -> None:
    told = {row[-1] for row in rows_of("languages/zh/numbers.tsv")} | {
        row[-1] for row in rows_of("languages/zh/milestones.tsv")
    }
    left = {source for source in told if english_words(reading_in_words(f"x: 3 ({source})", "zh") or "")}
    assert left == set()


def test_every_section_and_way_of_being_read_is_in_both_languages() -> None:
    for language, column in (("en", 1), ("zh", 0)):
        sections = {row[column] for row in rows_of(f"languages/{language}/sections.tsv")}
        assert {f"section.{name}" for name in sections} <= set(DICTIONARIES["zh"])


def test_sections_and_grounds_are_told_in_the_language_of_the_answer(small_knowledge) -> None:
    span = TextSpan("n", 0, 2, "抽搐", "chief complaint")
    mention = Mention(
        "HP:0001250", Assertion.OBSERVED, span, grounds=Grounds("抽搐", "Chinese lexicon", ("shared words",))
    )
    told = {
        language: Translator.of(small_knowledge, language)._mentions.in_note(mention, span) for language in ("en", "zh")
    }
    assert [told[each].section for each in ("en", "zh")] == ["chief complaint", "主诉"]
    assert [told[each].grounds.source for each in ("en", "zh")] == ["Chinese lexicon", "中文词表"]
    assert [told[each].grounds.steps for each in ("en", "zh")] == [["shared words"], ["共用词语"]]


def rows_of(path: str) -> list[list[str]]:
    lines = files("nlp").joinpath(path).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


#: Units, as notes and tables write them, and names that are so in both languages.
_SAME = r"u?mol/l|mmol/l|umol|mg/dl|g/dl|g/l|u/l|iu/l|mmhg|kg|cm|mm|ms|ml|db|min|ph|iq|hpo|who|southern|orphanet"
_ID = r"(?:HP|OMIM|ORPHA|DECIPHER|PMID|NCBIGene|doi):?[\w./-]*|https?://\S+"


def english_words(said: str) -> list[str]:
    """Words of small letters, three at least: units, ids and symbols of genes are none."""
    said = re.sub(_ID, "", said)
    return [
        word
        for word in re.findall(r"(?<![\w.-])[A-Za-z]?[a-z]{2,}(?![\w-])", said)
        if not re.fullmatch(_SAME, word.lower())
    ]


#: Ids and codes, what is quoted, cited or of a release, and the English beside a Chinese name.
_NOT_WORDS = {
    "id", "case", "status", "sex",
    "language", "note", "assertion", "match", "relation", "kind", "feature", "through", "record",
    "records", "also", "disease", "code", "modality", "genes", "symbol", "source", "association", "inheritance_of",
    "evidence", "references", "fingerprint", "release", "version", "licence", "label_en", "name_en", "through_label_en",
    "text", "wording", "definition", "citation", "reader", "ranker", "terms", "implied_by", "unexplained", "onset",
    "severity", "modifiers", "software",
}  # fmt: skip


def words_of(value: object, key: str = "", over: str = "") -> Iterator[tuple[str, str]]:
    """Every string of an answer that is in words, with its key; grounds' `source` is."""
    if isinstance(value, dict):
        for name, each in value.items():
            if not (name in ("label", "name") and f"{name}_en" not in value):  # has no other name, and says so
                yield from words_of(each, name, key)
    elif isinstance(value, list):
        for each in value:
            yield from words_of(each, key, over)
    elif isinstance(value, str) and (key not in _NOT_WORDS or (key, over) == ("source", "grounds")):
        yield key, value


def left_in(answer: dict, names: set[str]) -> set[tuple[str, str]]:
    """Strings in words that hold English, names of diseases and terms without a Chinese one aside."""
    found = set()
    for key, said in words_of(answer):
        plain = said
        for name in sorted((name for name in names if name in said), key=len, reverse=True):
            plain = plain.replace(name, "")
        if english_words(plain):
            found.add((key, said))
    return found


def names_in(knowledge) -> set[str]:
    terms = knowledge.terms
    entries = (name for names in knowledge.descriptions.entry_names for name in names.split("\n"))
    labels = (terms.label(at) for at in range(len(terms)))
    return {*knowledge.diseases.record_names, *entries, *labels}


@pytest.mark.parametrize("path", ["/api/v1/extract", "/api/v1/assess"])
def test_no_english_is_left_in_the_answer_to_a_note_of_values(client, small_knowledge, path) -> None:
    asked = {"text": NOTE, "suggestions": True} if "extract" in path else {"notes": [{"text": NOTE}]}
    answer = client.post(path, json=asked, headers=CHINESE).json()
    told = dict(words_of(answer))
    assert {"section", "label"} <= set(told)
    assert left_in(answer, names_in(small_knowledge)) == set()
    assert left_in(client.post(path, json=asked).json(), set())  # the walk sees English where there is some


@pytest.mark.real
def test_no_english_is_left_in_an_answer_of_the_real_release(real_client, real_knowledge) -> None:
    names = names_in(real_knowledge)
    read = real_client.post("/api/v1/extract", json={"text": NOTE, "suggestions": True}, headers=CHINESE).json()
    readings = [each["reading"] for each in read["features"] if "reading" in each]
    assert len(readings) > 10
    assert left_in(read, names) == set()
    assert (
        left_in(real_client.post("/api/v1/assess", json={"notes": [{"text": NOTE}]}, headers=CHINESE).json(), names)
        == set()
    )


#: The page's scripts read their words from a template with keys; the footer lists sources as their owners cite them.
_KEYS_AND_SOURCES = re.compile(r'<template id="words">.*?</template>|(?<=</summary>)\s*<ul>.*?</ul>', re.DOTALL)


class Texts(HTMLParser):
    """What a page shows and what it reads aloud: text, and the attributes that are words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(_KEYS_AND_SOURCES.sub("", page))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [value or "" for name, value in attrs if name in ("title", "placeholder", "aria-label", "alt")]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_the_page_shows_no_english_in_chinese(client) -> None:
    shown = {word for said in Texts(client.get("/", headers=CHINESE).text).said for word in english_words(said)}
    assert shown <= {"Phenomap", "Ctrl", "Enter", "English"}  # the button that leads there
    assert {"Findings", "diseases"} <= {
        word for said in Texts(client.get("/").text).said for word in english_words(said)
    }


def test_the_example_is_told_in_the_language_of_the_page(client) -> None:
    chinese, english = (client.get("/", headers=headers).text for headers in (CHINESE, {}))
    assert demo_case().told("zh") in chinese
    assert demo_case().text in english


@pytest.mark.real
def test_the_example_says_the_same_in_both_languages(real_assessor) -> None:
    def found(language: str) -> set[tuple[str, str]]:
        read = real_assessor.readers.read("n", demo_case().told(language), language)
        return {(each.type, each.assertion.value) for each in read.mentions}

    english, chinese = found("en"), found("zh")
    assert len(english & chinese) >= 0.8 * len(english | chinese)
