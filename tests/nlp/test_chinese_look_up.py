"""Chinese wordings in pinyin, and terms looked up by them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.chinese import near_misses
from nlp.chinese.lexicon import FOLDER
from nlp.chinese.look_up import By, Closeness, LookUp
from nlp.chinese.script import Script
from nlp.chinese.spelling import Spellings, syllables
from ontology.arrays import StringPool
from ontology.errors import KnowledgeDamaged

CpuSeconds = Callable[[Callable[[], object]], float]

NAMES = ["眼距增宽", "咳嗽", "耳位低", "IgA缺乏", ""]
WORDINGS = {"眼距增宽": 0, "眼距宽": 0, "夜间咳": 1, "咳嗽": 1, "低位耳": 2, "iga缺乏": 3, "宽眼距": 0}
SCRIPT = Script({ord("寬"): "宽", ord("I"): "i", ord("A"): "a", ord("Y"): "y"})


@pytest.fixture
def look_up(tmp_path: Path) -> LookUp:
    return made(tmp_path, WORDINGS, NAMES)


def made(root: Path, wordings: dict[str, int], names: list[str]) -> LookUp:
    folder = root / FOLDER
    StringPool.of(sorted(wordings)).write(folder, "wordings")
    StringPool.of(names).write(folder, "names")
    SCRIPT.write(folder)
    LookUp.write(folder, wordings, names, SCRIPT, np.array([900, 20, 300, 5, 0]))
    return LookUp.open(root)


def found(look_up: LookUp, query: str) -> list[tuple[int, str]]:
    return [(hit.term, hit.wording) for hit in look_up.find(query)]


@pytest.mark.parametrize(
    ("wording", "spelt"),
    [
        ("眼距宽", "yan ju kuan"),
        ("第3趾", "di 3 zhi"),
        ("IgA缺乏（选择性）", "i g a que fa xuan ze xing"),
        ("绿色瘤", "lv se liu"),
        ("四肢长骨", "si zhi chang gu"),  # long, not growing
        ("生长迟缓", "sheng zhang chi huan"),
        ("胸椎血管瘤", "xiong zhui xue guan liu"),
        ("重复肾", "chong fu shen"),
        ("α地贫", "di pin"),
    ],
)
def test_wordings_are_spelt_as_physicians_say_them(wording: str, spelt: str) -> None:
    assert " ".join(syllables(wording)) == spelt


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), max_size=4))
def test_spellings_keep_their_order_and_begin_with_their_initials(wordings: list[str]) -> None:
    spelt = Spellings.of(wordings)
    assert len(spelt.letters) == len(spelt.initials) == len(wordings)
    for at, wording in enumerate(wordings):
        begins = spelt.begins[spelt.letters.offsets[at] : spelt.letters.offsets[at + 1]]
        assert int(begins.sum()) == len(list(syllables(wording)))
        marked = (letter for letter, begin in zip(spelt.letters[at].encode(), begins, strict=True) if begin)
        assert bytes(marked).decode("ascii", "replace")[:1] == spelt.initials[at][:1]


def test_characters_are_found_in_either_script_closest_first(look_up: LookUp) -> None:
    (hit,) = look_up.find("眼距寬")
    assert (hit.wording, hit.closeness, hit.by, hit.named) == ("眼距宽", Closeness.EQUAL, By.CHARACTERS, False)
    (hit,) = look_up.find("眼距")  # begins both; the name goes before the shorter synonym
    assert (hit.wording, hit.closeness, hit.named) == ("眼距增宽", Closeness.BEGINS, True)
    assert found(look_up, "低 耳") == [(2, "低位耳")]
    assert found(look_up, "鼻") == []


def test_pinyin_begins_at_syllables_with_or_without_spaces_and_tones(look_up: LookUp) -> None:
    for query in ("yanjukuan", "yan ju kuan", "YAN JU KUAN", "yǎn jù kuān", "yan'ju'kuan"):
        assert found(look_up, query) == [(0, "眼距宽")], query
    assert found(look_up, "kuany") == [(0, "宽眼距")]
    assert found(look_up, "an ju") == []  # inside the syllable yan
    assert found(look_up, "yanj ukuan") == []


def test_initials_of_equal_length_put_the_oftener_term_first(look_up: LookUp) -> None:
    # 眼距宽 and 夜间咳 both are yjk; 900 diseases are annotated with the first, 20 with the second
    assert found(look_up, "yjk") == [(0, "眼距宽"), (1, "夜间咳")]
    assert found(look_up, "y") == []
    assert found(look_up, "igaqf") == [(3, "IgA缺乏")]


def test_a_wording_that_names_a_second_term_finds_both(tmp_path: Path) -> None:
    look_up = made(tmp_path, {"多毛": 0}, ["", "多毛", "", "", ""])
    assert [(hit.term, hit.named) for hit in look_up.find("多毛")] == [(1, True), (0, False)]


def test_nothing_is_found_across_two_wordings(tmp_path: Path) -> None:
    look_up = made(tmp_path, {"咳": 0, "嗽": 1}, ["咳", "嗽", "", "", ""])
    assert found(look_up, "咳嗽") == found(look_up, "嗽咳") == found(look_up, "kesou") == []


@pytest.mark.parametrize(
    ("query", "wording"),
    [
        ("眼巨增宽", "眼距增宽"),  # sounds alike
        ("岩菊赠", "眼距增宽"),  # every character does
        ("眼球增宽", "眼距增宽"),  # one wrong
        ("眼增宽", "眼距增宽"),  # one missing
        ("眼眼距增宽", "眼距增宽"),  # one too many
        ("距眼增寬", "眼距增宽"),  # two changed with each other, one in the other script
        ("眼增距宽", "眼距增宽"),
        ("yanjvzeng", "眼距增宽"),
        ("yajuzengkuan", "眼距增宽"),
        ("yanjuzengkaun", "眼距增宽"),
        ("kesuo", "咳嗽"),
        ("咳受", "咳嗽"),  # sounds nearly so, and begins with the same character
    ],
)
def test_what_a_query_nearly_says_is_found_where_nothing_else_is(look_up: LookUp, query: str, wording: str) -> None:
    assert look_up.find(query) == []
    assert wording in [hit.wording for hit in look_up.near(query)]


@pytest.mark.parametrize(
    "query", ["", "鼻", "鼻子塌", "眼鼻宽大", "kua", "bizita", "😀", "𠀀𠀀𠀀", "增眼宽距", "yuanjvzengk"]
)
def test_what_is_farther_away_is_not_near(look_up: LookUp, query: str) -> None:
    assert look_up.near(query) == []


SIGNS = st.text("眼距增宽耳", min_size=3, max_size=6)


@given(SIGNS, SIGNS)
def test_near_are_just_those_that_begin_so_but_for_one_slip(one: str, other: str) -> None:
    """Against every way to slip, tried one by one."""

    def begins(query: str, signs: str) -> bool:
        return signs[: len(query)] == query

    slips = [one[:at] + sign + one[at + 1 :] for at in range(len(one)) for sign in "眼距增宽耳"]
    slips += [one[:at] + sign + one[at:] for at in range(1, len(one)) for sign in "眼距增宽耳"]
    slips += [one[:at] + one[at + 1 :] for at in range(len(one))]
    slips += [one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)]
    expected = any(begins(slip, other) for slip in slips)
    # one wrong where the wording has ended
    expected |= begins(one[:-1], other) and len(other) == len(one) - 1
    columns = np.zeros((10, 1), np.uint16)
    columns[: len(other), 0] = [*map(ord, other)]
    assert bool(len(near_misses._misses(columns, np.array([*map(ord, one)], np.uint16)))) == expected


def test_what_was_compiled_without_spellings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeDamaged, match="phenomap knowledge build"):
        LookUp.open(tmp_path)


@pytest.mark.real
@pytest.mark.parametrize(
    ("query", "label"),
    [("yanjukuan", "Hypertelorism"), ("yjk", "Hypertelorism"), ("癲癇", "Seizure"), ("fr", "Fever"), ("fare", "Fever")],
)
def test_look_up_in_the_real_release(real_knowledge, query: str, label: str) -> None:
    first = LookUp.open(real_knowledge.folder).find(query)[0]
    assert real_knowledge.terms.label(first.term) == label


@pytest.mark.real
@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("肌张历低下", "Hypotonia"),
        ("jizanglidixia", "Hypotonia"),
        ("肌張历低下", "Hypotonia"),
        ("眼矩宽", "Hypertelorism"),
        ("室间隔却损", "Ventricular septal defect"),
        ("癫间", "Seizure"),
    ],
)
def test_a_slip_finds_the_term_in_the_real_release_in_bounded_time(
    cpu_seconds: CpuSeconds, real_knowledge, query: str, label: str
) -> None:
    look_up = LookUp.open(real_knowledge.folder)
    assert look_up.find(query) == []
    near = look_up.near(query)
    assert label in [real_knowledge.terms.label(hit.term) for hit in near[:3]]
    assert cpu_seconds(lambda: (look_up.find(query), look_up.near(query))) < 0.02
