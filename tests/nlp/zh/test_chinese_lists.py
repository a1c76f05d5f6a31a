"""Lists by number and without signs, denials inside a wording, milestones, values told once: on the real release."""

from __future__ import annotations

import pytest

from nlp.readers import NoteReaders, open_readers
from ontology.knowledge import Knowledge

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def readers(real_knowledge: Knowledge) -> NoteReaders:
    return open_readers(real_knowledge)


def told(readers: NoteReaders, text: str, assertion: str = "observed") -> set[str]:
    return {mention.type for mention in readers.read("n", text).mentions if mention.assertion.value == assertion}


def test_fingers_listed_by_number_are_each_a_finding(readers: NoteReaders) -> None:
    # short middle phalanx of the second, third, fourth and fifth finger
    assert told(readers, "2-5指中节指骨短小。") == {"HP:0009577", "HP:0009439", "HP:0009295", "HP:0004220"}


def test_toes_that_are_joined_are_one_finding(readers: NoteReaders) -> None:
    assert told(readers, "第二、三趾并趾。") == {"HP:0004691"}  # 2-3 toe syndactyly


def test_parts_written_together_share_a_quality(readers: NoteReaders) -> None:
    assert told(readers, "手足背水肿。") == {"HP:0007514", "HP:0012098"}  # oedema of the dorsum of hands, of feet


def test_comma_ends_a_list_of_parts(readers: NoteReaders) -> None:
    assert told(readers, "延至鼻梁，前额突出。") == {"HP:0011220"}  # prominent forehead, and no prominent nasal bridge
    assert told(readers, "小脑萎缩，垂体未见异常。") == {"HP:0001272"}  # and no small pituitary


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("晶状体无明显混浊。", "HP:0000518"),  # cataract
        ("十二指肠未见息肉。", "HP:0004783"),  # duodenal polyposis
        ("甲状腺不大。", "HP:0000853"),  # goitre
        ("心超：无二尖瓣脱垂。", "HP:0001634"),
        ("房、室间隔完整。", "HP:0001629"),  # ventricular septal defect
        ("抗核抗体阴性。", "HP:0003493"),
        ("心电图正常。", "HP:0003115"),
        ("闭目难立征阴性。", "HP:0002403"),
        ("不符合特应性皮炎。", "HP:0001047"),
        ("無咳、無腹瀉。", "HP:0012735"),  # cough, one character that is too short to be a wording
        ("没有耳朵疼。", "HP:0030766"),  # and no absent ear
    ],
)
def test_denial_inside_or_behind_a_wording_excludes_it(readers: NoteReaders, text: str, term: str) -> None:
    assert term in told(readers, text, "excluded")
    assert told(readers, text) == set()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("18月方能独走。", {"HP:0031936"}),
        ("1岁4月独走。", set()),  # 16 months: most children walk by 17.6
        ("男，12岁。空腹血糖 7.8mmol/L。", {"HP:0003074"}),
        ("男，3岁。IgG、IgA均低。", {"HP:0004315", "HP:0002720"}),
        ("男，6岁，AST、ALT均>1000U/L。", {"HP:0031956", "HP:0031964"}),
        ("咖啡斑8处。", {"HP:0007565"}),  # multiple, not a spot as well
        ("男，2岁，pH 7.18，HCO3- 9mmol/L。", {"HP:0001942", "HP:0032066"}),
        ("男，5岁，尿钙/肌酐 0.6。", set()),  # a ratio is no creatinine
        ("男，5岁，身高128cm，头围54.5cm（>P97）。", {"HP:0000098", "HP:0000256"}),
        ("女，9岁，身高130cm，头围54.5cm（>P97）。", {"HP:0000256"}),  # the centile is the head's
        ("ABR双耳90dB未引出。", {"HP:0000365"}),
        ("尿pH 7.5。", {"HP:0032944"}),  # and no alkalosis of the blood
    ],
)
def test_number_is_read_as_it_is_meant(readers: NoteReaders, text: str, terms: set[str]) -> None:
    assert told(readers, text) == terms


def test_screening_that_was_not_passed_settles_nothing(readers: NoteReaders) -> None:
    assert told(readers, "听力筛查未通过。", "uncertain") == {"HP:0000365"}


def test_death_of_a_sibling_is_of_the_family(readers: NoteReaders) -> None:
    assert told(readers, "其舅舅生后4天死亡。", "family") == {"HP:0003811"}


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("双侧隐睾（已于2岁行下降固定术）。", "historical"),
        ("新生儿期起抽搐。", "observed"),  # since then, and still
        ("有高血压病史20年。", "observed"),
        ("仅会叫妈妈，语言发育迟缓。", "observed"),  # a word of the child, and no relative
        ("妈妈代述：反复抽搐。", "observed"),
        ("家中老大，老二抽搐。", "family"),
        ("视频脑电图监测到抽搐3次。", "observed"),
    ],
)
def test_whose_and_when(readers: NoteReaders, text: str, assertion: str) -> None:
    assert {mention.assertion.value for mention in readers.read("n", text).mentions} == {assertion}
