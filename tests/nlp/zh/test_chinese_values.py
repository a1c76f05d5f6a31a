"""Findings that Chinese notes tell by a number, whose they are, and what is over."""

from __future__ import annotations

import pytest

from nlp.chinese.clauses import Clauses
from nlp.chinese.lexicon import ChineseLexicon
from nlp.chinese.quantities import ChineseQuantities
from nlp.chinese.told_age import told_subject
from nlp.norms import DAYS_IN_MONTH, DAYS_IN_YEAR
from nlp.quantities import Quantity
from nlp.reading import Patient
from ontology.features import PatientSex
from ontology.knowledge import Knowledge

ANEMIA, HYPOGLYCEMIA, LOW_PLATELETS, CK = "HP:0001903", "HP:0001943", "HP:0001873", "HP:0030234"


@pytest.fixture(scope="module")
def lexicon(small_knowledge: Knowledge) -> ChineseLexicon:
    return ChineseLexicon.open(small_knowledge.folder, lambda id: None)


def told(lexicon: ChineseLexicon, text: str) -> list[tuple[str, bool]]:
    """Ids told by numbers, and whether they are excluded, in order of position."""
    folded = lexicon.script.fold(text)
    found = ChineseQuantities.open().find(
        folded, lexicon.scan(folded), Clauses.of(folded), told_subject(folded, Patient())
    )
    values = [(one.value, one.excluded) for one in found if isinstance(one.value, Quantity)]
    return [(value.id, excluded) for value, excluded in sorted(values, key=lambda pair: pair[0].start)]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("女，2岁。血红蛋白62g/L。", ANEMIA),
        ("男，２岁。Ｈｂ　６２ｇ／Ｌ。", ANEMIA),  # full width
        ("男，8岁。PLT 12。", LOW_PLATELETS),  # no unit: that of Chinese laboratories
        ("男，8岁。血小板 8.2万。", LOW_PLATELETS),  # 8.2 x 10^4/ul
        ("男，5岁。CK 8600U/L。", CK),  # above four times the upper limit
        ("血糖 1.8mmol/L（参考值3.9-6.1）。", HYPOGLYCEMIA),  # the note's own norm
        ("女，4岁。身高 90cm（-2.6SD）。", "HP:0004322"),
        ("女，4岁。头围低于第3百分位。", "HP:0000252"),
        ("女，12岁。身高 127cm（-3.6SD）。", "HP:0003510"),
        ("男，45岁。BP 165/110mmHg。", "HP:0000822"),
        ("男，45岁。BP 148/92mmHg。", "HP:0032263"),
        ("肝肋下4cm。", "HP:0002240"),
        ("男，6岁。IQ 45。", "HP:0002342"),
        ("男，8岁。骨龄5.5岁。", "HP:0002750"),
        ("1岁8月独走。", "HP:0031936"),
        ("脑脊液：WBC 620×10^6/L。", "HP:0012229"),
    ],
)
def test_number_tells_a_finding(lexicon: ChineseLexicon, text: str, id: str) -> None:
    assert (id, False) in told(lexicon, text)


@pytest.mark.parametrize(
    "text",
    [
        "血糖升高1周。",  # a time, not a value
        "男，30岁。肌酐 1.1 mg/dL。",  # the mg of a unit is no magnesium
        "头颅MRI示T2高信号。",  # T2 is no temperature
        "IgG2缺乏。",
        "1岁2月独走。",
        "4岁时走路不稳。",
        "女，5岁。Hb 118g/L，血小板 260×10^9/L。",
    ],
)
def test_number_that_tells_nothing_is_no_finding(lexicon: ChineseLexicon, text: str) -> None:
    assert [id for id, excluded in told(lexicon, text) if not excluded] == []


def test_value_well_inside_its_norm_excludes_what_it_was_asked_for(lexicon: ChineseLexicon) -> None:
    assert told(lexicon, "男，5岁。CK 98U/L。") == [("HP:0003236", True)]


@pytest.mark.parametrize(
    ("text", "days", "sex"),
    [
        ("患儿，女，3岁4月。", 3 * DAYS_IN_YEAR + 4 * DAYS_IN_MONTH, PatientSex.FEMALE),
        ("十一歲女童，", 11 * DAYS_IN_YEAR, PatientSex.FEMALE),
        ("男，9月，抽搐。", 9 * DAYS_IN_MONTH, PatientSex.MALE),
        ("患儿生后2天，拒奶。", 2, PatientSex.UNKNOWN),
        ("其父36岁去世。患者男，28岁。", 28 * DAYS_IN_YEAR, PatientSex.MALE),
    ],
)
def test_age_and_sex_are_the_patients(lexicon: ChineseLexicon, text: str, days: float, sex: PatientSex) -> None:
    subject = told_subject(lexicon.script.fold(text), Patient())
    assert subject.ages[0].youngest == pytest.approx(days)
    assert subject.sex is sex
