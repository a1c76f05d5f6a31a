"""What Chinese notes say: findings by many wordings, lists, normal things, and what is said of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.readers import NoteReaders, open_readers
from ontology.features import Mention, TextSpan
from ontology.knowledge import Knowledge

CpuSeconds = Callable[[Callable[[], object]], float]

SEIZURE, HYPOTONIA, WIDE_EYES = "HP:0001250", "HP:0001252", "HP:0000316"
LOW_EARS, SMALL_HEAD, DELAY, DISABILITY = "HP:0000369", "HP:0000252", "HP:0001263", "HP:0001249"
VSD, ASD, SCOLIOSIS, HEART = "HP:0001629", "HP:0001631", "HP:0002650", "HP:0001627"


def read(readers: NoteReaders, text: str) -> list[tuple[str, str]]:
    """Terms and assertions, in order of position."""
    return [(m.type, m.assertion.value) for m in readers.read("n", text).mentions]


def only(readers: NoteReaders, text: str) -> Mention:
    (mention,) = readers.read("n", text).mentions
    return mention


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("眼距宽。", WIDE_EYES),
        ("兩眼眼距過寬。", WIDE_EYES),  # traditional script
        ("耳位低。", LOW_EARS),
        ("反复抽搐。", SEIZURE),
        ("癲癇發作。", SEIZURE),
        ("小头畸形。", SMALL_HEAD),
        ("四肢肌张力减低。", HYPOTONIA),
        ("四肢肌张力稍低。", HYPOTONIA),  # a word of degree inside
        ("室缺。", VSD),
        ("患儿ＶＳＤ。", VSD),  # full width
        ("患儿seizures，2次。", SEIZURE),  # English inside
        ("脊柱侧凸。", SCOLIOSIS),
    ],
)
def test_finding_is_read_in_the_words_of_the_note(readers: NoteReaders, text: str, term: str) -> None:
    assert read(readers, text) == [(term, "observed")]


def test_mention_is_the_text_as_given(readers: NoteReaders) -> None:
    text = "查體：兩眼眼距寬，ＶＳＤ。"
    for mention in readers.read("n", text).mentions:
        assert isinstance(mention.evidence, TextSpan)
        assert text[mention.evidence.start : mention.evidence.end] == mention.evidence.text


def test_list_that_shares_its_end_is_several_findings(readers: NoteReaders) -> None:
    # 房间隔缺损 and 室间隔缺损, said with one 缺损
    assert sorted(read(readers, "房间隔、室间隔缺损。")) == sorted([(ASD, "observed"), (VSD, "observed")])


@pytest.mark.real
def test_course_said_once_is_said_of_the_whole_list(real_knowledge: Knowledge) -> None:
    readers = open_readers(real_knowledge)
    # 反复 before the first: recurrent sinusitis, recurrent pneumonia, recurrent otitis media
    told = read(readers, "反复鼻窦炎、肺炎及中耳炎。")
    assert told == [("HP:0011108", "observed"), ("HP:0006532", "observed"), ("HP:0000403", "observed")]


def test_numbers_that_run_backwards_are_no_list(readers: NoteReaders) -> None:
    assert read(readers, "第4-2趾短，眼距宽。") == [(WIDE_EYES, "observed")]


@pytest.mark.parametrize(
    "text",
    ["无抽搐。", "未见抽搐。", "否认抽搐。", "抽搐（-）。", "抽搐：无。", "否认外伤、抽搐史。", "无发热、抽搐。"],
)
def test_denied_finding_is_excluded(readers: NoteReaders, text: str) -> None:
    assert (SEIZURE, "excluded") in read(readers, text)


@pytest.mark.parametrize(
    "text", ["无明显诱因反复抽搐。", "抽搐未见好转。", "无发热，有抽搐。", "未予治疗，抽搐。", "原因不明的抽搐。"]
)
def test_word_that_only_looks_like_a_denial_denies_nothing(readers: NoteReaders, text: str) -> None:
    assert (SEIZURE, "observed") in read(readers, text)


@pytest.mark.parametrize("text", ["抽搐？", "可疑抽搐。", "抽搐待排。", "抽搐不除外。", "不排除抽搐。"])
def test_doubt_is_uncertain(readers: NoteReaders, text: str) -> None:
    assert read(readers, text) == [(SEIZURE, "uncertain")]


@pytest.mark.parametrize("text", ["其母有抽搐。", "家族史：舅舅抽搐。", "患儿姐姐抽搐，已夭折。", "有抽搐家族史。"])
def test_finding_of_a_relative_is_not_the_patients(readers: NoteReaders, text: str) -> None:
    assert read(readers, text) == [(SEIZURE, "family")]


def test_patient_and_relative_in_one_note_are_told_apart(readers: NoteReaders) -> None:
    assert read(readers, "其母有抽搐。患儿眼距宽。") == [(SEIZURE, "family"), (WIDE_EYES, "observed")]


def test_what_a_relative_does_not_have_says_nothing_of_the_patient(readers: NoteReaders) -> None:
    assert read(readers, "其母无抽搐。") == [(SEIZURE, "hypothetical")]


@pytest.mark.parametrize("text", ["如出现抽搐，及时就诊。", "警惕抽搐。"])
def test_warning_is_hypothetical(readers: NoteReaders, text: str) -> None:
    assert read(readers, text) == [(SEIZURE, "hypothetical")]


def test_treatment_is_no_finding(readers: NoteReaders) -> None:
    assert read(readers, "抗癫痫治疗。") == []


def test_past_history_is_historical(readers: NoteReaders) -> None:
    assert read(readers, "既往史：抽搐。") == [(SEIZURE, "historical")]


@pytest.mark.parametrize("text", ["室缺修补术后。", "室间隔缺损，1岁已手术。", "室间隔缺损，现已自愈。", "曾有室缺。"])
def test_what_is_over_is_historical(readers: NoteReaders, text: str) -> None:
    assert read(readers, text) == [(VSD, "historical")]


def test_what_lasts_is_there_still_although_told_of_before(readers: NoteReaders) -> None:
    # A heart defect stays until it is mended; a seizure was once.
    assert read(readers, "既往室缺、抽搐。") == [(VSD, "observed"), (SEIZURE, "historical")]


@pytest.mark.parametrize("text", ["室间隔缺损，建议手术。", "室间隔缺损，拟行修补。"])
def test_what_is_to_be_operated_on_is_not_over(readers: NoteReaders, text: str) -> None:
    assert read(readers, text) == [(VSD, "observed")]


def test_son_is_the_patient_of_a_parent_and_the_relative_of_a_grown_up(readers: NoteReaders) -> None:
    assert read(readers, "妈妈说：儿子两岁半，抽搐3次。") == [(SEIZURE, "observed")]
    assert read(readers, "患者女，45岁，耳位低。儿子抽搐。") == [(LOW_EARS, "observed"), (SEIZURE, "family")]


def test_english_sentence_keeps_what_english_says(readers: NoteReaders) -> None:
    assert read(readers, "患儿眼距宽。No seizures were noted.") == [(WIDE_EYES, "observed"), (SEIZURE, "excluded")]


def test_value_of_its_own_is_not_said_to_be_normal(readers: NoteReaders) -> None:
    # what stands before 正常 in the list has a value that says otherwise
    assert (DISABILITY, "excluded") not in read(readers, "智商 45，听力正常。")


@pytest.mark.parametrize(
    ("text", "term"),
    [("智力正常。", DISABILITY), ("心脏彩超未见异常。", HEART), ("发育正常。", DELAY)],
)
def test_what_is_said_to_be_normal_excludes_what_would_not_be(readers: NoteReaders, text: str, term: str) -> None:
    assert (term, "excluded") in read(readers, text)


def test_degree_beside_a_finding_is_kept(readers: NoteReaders) -> None:
    assert only(readers, "重度脊柱侧弯。").severity == "HP:0012828"


def test_cue_and_grounds_are_told(readers: NoteReaders) -> None:
    mention = only(readers, "否认抽搐。")
    assert mention.cue is not None
    assert mention.cue.text == "否认"
    assert mention.grounds is not None
    assert mention.grounds.wording == "抽搐"


PHRASES = (
    "抽搐",
    "眼距宽",
    "耳位低",
    "室缺",
    "肌张力",
    "减低",
    "无",
    "否认",
    "其母",
    "家族史：",
    "？",
    "（-）",
    "正常",
    "及",
    "双侧",
)
SIGNS = ("、", "，", "。", "\n", "VSD", "seizure", "𠮷", "\u0301", "\u200d", "👨\u200d👩\u200d👧", "ﬁ", "İ", "\x00")
pieces = st.sampled_from((*PHRASES, *SIGNS))
notes = st.lists(st.one_of(pieces, st.text(st.characters(exclude_categories=()), max_size=20)), max_size=30).map(
    "".join
)


@given(notes)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_exact_offsets(readers: NoteReaders, text: str) -> None:
    for mention in readers.read("n", text, "zh").mentions:
        for span in (mention.evidence, mention.cue):
            if isinstance(span, TextSpan):
                assert text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    "piece", ["无", "无抽搐、", "抽搐，", "、", "其母", "(", "肝、脾", "眼距", "减低", "正常", "seizures "]
)
def test_time_is_linear_in_hostile_text(cpu_seconds: CpuSeconds, readers: NoteReaders, piece: str) -> None:
    def seconds(characters: int) -> float:
        text = (piece * characters)[:characters]
        return cpu_seconds(lambda: readers.read("n", text, "zh"))

    seconds(1_000)
    assert seconds(80_000) < 8 * 4 * max(seconds(10_000), 0.005)
