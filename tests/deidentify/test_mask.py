"""What could name a person is covered, in place; what a reader of the note needs stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ontology.knowledge import Knowledge
from service.deidentify.mask import COVER, mask
from service.deidentify.spans import Kind, Span

# Each identifier stands between angle brackets; the test takes the brackets away and expects just it to be covered.
MARKED = [
    # resident identity numbers; 11010519491231002X has a right check character (the example of GB 11643-1999)
    "身份证号：<11010519491231002X>，汉族",
    "ID <110105194912310021> with a slip of the pen",
    "旧证<110105491231002>在档",
    "身份证 <110105 19491231 002X>",
    # phones
    "电话：<13812345678>转告",
    "手机 <138-1234-5678>",
    "<+86 13812345678>",
    "座机<0731-88888888>",
    "Tel: <(555) 123-4567>",
    "call <+44 20 7946 0958>",
    "<555-123-4567>",
    # dates: the year stays, a date of birth goes whole
    "于2023年<5月6日>入院",
    "2023-<05-06> 查",
    "2023.<5.6>",
    "二〇二三年<五月六日>",
    "<3月5日>复查",
    "seen on <May 6>, 2023",
    "seen <6 May> 2023",
    "on <12/05>/2023",
    "出生日期：<2019年3月2日>",
    "DOB: <03/02/2019>",
    "born on <2 March 2019>",
    # numbers of records
    "住院号：<0012345>",
    "病案号 <ZY123456>",
    "床号：<12>",
    "<12>床患儿",
    "MRN: <1234567>",
    "Hospital No. <H-12345>",
    "NHS number: <943 476 5919>",
    "Bed <12>",
    # addresses
    "家住<湖南省长沙市岳麓区麓山南路932号3栋502室>，",
    "来自<温州市瓯海区>，",
    "邮编：<410083>",
    "at <12 Oak Street, Springfield, IL 62701>",
    "London <SW1A 1AA>",
    # accounts, mail, cards
    "微信号：<abc_12345>",
    "QQ：<12345678>",
    "邮箱 <zhang.san@example.com>",
    "see <https://example.org/patient/123>.",
    "银行卡号：<6222021234567890128>",
    "card <4539 1488 0343 6467>",  # Luhn: the sum is 80
    "SSN <123-45-6789>",
    # names in Chinese
    "姓名：<张三>  性别：男",
    "姓名：<李亚男>",
    "姓　名：<李 四>　　性 别：男",
    "孩子叫<王小二>，今年5岁",
    "<李晓明>的母亲诉",
    "姓名 <欧阳娜娜>",
    "姓名：<阿卜杜拉·买买提>",
    "患者<张某某>，男",
    "患儿<李明>因咳嗽入院",
    "<王小明>，男，3岁",
    "其母<王芳>诉",
    "父亲：<赵铁柱>，体健",
    "主治医师：<钱多多>/<孙少平>",
    "医师签名：<周瑜>",
    "<李>主任查房，<王强>医生记录",
    "<张>先生",
    "联系人：<刘备>（父亲）",
    # names in English
    "Name: <John Smith>",
    "Patient: <John Smith>, male",
    "Pt: <J. Smith>, 3y",
    "Patient name: <SMITH, John>",
    "Dr. <Smith> noted it",
    "Mrs <O'Brien-Jones> said",
    "Dr <Turner> and Prof. <van der Berg>",
    "<John Smith> is a 3-year-old boy",
    "Dear Dr <Okafor>",
    "Signed by: <Priya Adeyemi>, MD",
    "<Zhang Wei> was seen",
    "her mother, <Emma Brown>, reports",
    # full-width forms
    "ＭＲＮ：<１２３４５６７>",
    "电话：<１３８１２３４５６７８>",
]


def _unmarked(marked: str) -> tuple[str, str]:
    """The note, and the note as it should be covered."""
    note, covered, inside = "", "", False
    for sign in marked:
        if sign in "<>":
            inside = sign == "<"
        else:
            note += sign
            covered += COVER if inside else sign
    return note, covered


@pytest.mark.parametrize("marked", MARKED)
def test_an_identifier_is_covered_and_nothing_else(marked: str):
    note, covered = _unmarked(marked)
    assert mask(note).text == covered


CLEAN = [
    "患者黄疸，高热，白内障，方颅。父亲高血压，母亲石骨症。",
    "患儿，男，3岁5月，马凡综合征？唐氏综合征待排。",
    "孕38+2周出生，出生体重1.9kg，头围42cm（-3.2SD），身高88cm（<P3），血压120/80mmHg",
    "生后3月5天出现抽搐，3月龄抬头，心前区杂音3/6级，韦氏智力测验IQ 45",
    "余无特殊，单侧隐睾，左室肥厚，周围神经病，常染色体显性遗传",
    "核型46,XY,del(15)(q11.2q13)；FBN1 c.1129C>T (p.Arg377*)，chr15:48700503-48900503",
    "医生查房，主任医师会诊后，护士测体温。上级医师同意。",
    "血氨 180μmol/L↑，肌酶 12000 U/L，血小板 250000/ul，X线片示骨龄落后",
    "Marfan syndrome, Noonan syndrome, Down syndrome, Smith-Lemli-Opitz syndrome and Williams syndrome are likely.",
    "Drooling, drop attacks and a DRD2 variant; MR imaging of the brain, Ms excluded.",
    "She is a 5-year-old girl. He was aged 3 years 5 months at 38+2 weeks of gestation.",
    "Mother: Hypertension. Father: Type 2 Diabetes. Patient: seizures since birth.",
    "Head circumference 42.1 cm (-3.2 SD), allele frequency 0.00009747, OMIM 154700, PMID 12345678, HP:0001250",
    "The patient has Duchenne muscular dystrophy and the Babinski sign. White matter lesions. May have ataxia.",
]


@pytest.mark.parametrize("note", CLEAN)
def test_a_note_that_names_nobody_stays_as_it_is(note: str):
    masked = mask(note)
    assert masked.text == note
    assert masked.spans == ()


def test_spans_say_kind_and_place_and_hold_no_word():
    masked = mask("姓名：张三，电话13812345678")
    assert masked.spans == (Span(3, 5, Kind.NAME), Span(8, 19, Kind.PHONE))
    assert "张三" not in repr(masked)


def test_a_name_once_shown_is_covered_wherever_it_stands():
    note, covered = _unmarked("姓名：<张三>。现病史：<张三>昨日发热。患者诉<张三>头痛。")
    assert mask(note).text == covered
    note, covered = _unmarked("Name: <Xiomara Quispe>. Today <Xiomara> walked; <Quispe>'s gait is broad.")
    assert mask(note).text == covered


def test_a_name_that_a_disease_bears_stays_with_the_disease():
    note, covered = _unmarked("Patient: <John Wilson>. Wilson disease was excluded; <Wilson> is well.")
    assert mask(note).text == covered


@pytest.mark.parametrize(
    ("known", "marked"),
    [
        ("张力", "患者<张力>，肌张力低下，今<张力>再诊"),
        ("王 芳", "<王芳>陪同，<王　芳>签"),
        ("Xiomara Quispe", "so <Xiomara  Quispe> came; <QUISPE, Xiomara> and <Quispe> too"),
        ("1234-567", "no <1234567>, no <1234 567>, but 91234567"),
        ("Marfan", "Mr <Marfan> has Marfan syndrome"),
        (" ", "nothing"),
    ],
)
def test_what_the_record_names_is_covered_everywhere(known: str, marked: str):
    note, covered = _unmarked(marked)
    assert mask(note, [known]).text == covered


def test_line_ends_stay_where_they_are():
    assert mask("Address: 12 Oak Street\nSeizures").text.endswith("\nSeizures")


PIECES = st.sampled_from(
    [
        *(_unmarked(marked)[0] for marked in MARKED),
        *CLEAN,
        "姓名：",
        "Name: ",
        "Dr. ",
        "王",
        "John",
        "138",
        "2023",
        "\n",
        " ",
        "，",
        COVER,
        "，男，",
        "é",
        "\U0001f600",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=60))


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, known=st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=2))
def test_covering_keeps_the_length_and_the_spans_true(text: str, known: list[str]):
    masked = mask(text, known)
    assert len(masked.text) == len(text)
    inside = {at for span in masked.spans for at in range(span.start, span.end)}
    for at, (before, after) in enumerate(zip(text, masked.text, strict=True)):
        assert after == (COVER if at in inside else before)
    ends = [0, *(place for span in masked.spans for place in (span.start, span.end))]
    assert ends == sorted(ends)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, known=st.lists(PIECES, max_size=2))
def test_covering_twice_covers_no_more(text: str, known: list[str]):
    once = mask(text, known).text
    assert mask(once, known).text == once


@settings(max_examples=150, deadline=None)
@given(
    findings=st.lists(st.sampled_from([part for note in CLEAN for part in note.rstrip("。.").split("，")]), max_size=6),
    named=st.sampled_from(["", "姓名：张三\n", "Name: John Smith\n", "患儿李明，男，5岁\n"]),
)
def test_findings_are_never_covered(findings: list[str], named: str):
    note = named + "。\n".join(findings)
    assert mask(note).text[len(named) :] == note[len(named) :]


@pytest.mark.real
def test_no_label_of_the_ontology_is_covered(real_knowledge: Knowledge):
    terms = real_knowledge.terms
    labels = [terms.label(at) for at in range(0, len(terms), 7)]
    note = "".join(f"The patient has {label}.\n" for label in labels)
    assert [note[span.start : span.end] for span in mask(note).spans] == []
